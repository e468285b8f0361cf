package diagnose

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/command"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/inventory"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// hosts are those that --inventory or the command names.
type hosts struct {
	inventory.Inventory
	text string // of all files, and the command
	from string // for people
	err  error  // the file of --inventory cannot be read
}

// named reports whether any inventory was named.
func (h *hosts) named() bool { return len(h.Hosts) > 0 || h.Open }

// readHosts reads the inventory that is asked for, and that of the command.
func readHosts(h *host.Host, req environ.Request) *hosts {
	out := &hosts{text: strings.Join(req.Command, "\n"), from: "the command"}
	for _, name := range inventoryArgs(req.Command) {
		if !strings.HasSuffix(name, ".py") {
			out.Add(inventory.List(name))
			continue
		}
		data, _ := h.Read(h.Abs(name), host.MaxText) // what is not there, pyinfra takes for a host
		out.text += "\n" + string(data)
		out.Add(inventory.Read(data))
	}
	if req.Inventory != "" {
		data, err := h.Read(h.Abs(req.Inventory), host.MaxText)
		if err == nil {
			err = inventory.Check(data)
		}
		out.from, out.err = filepath.ToSlash(req.Inventory), err
		if err == nil {
			out.text += "\n" + string(data)
			out.Add(inventory.Read(data))
		}
	}
	return out
}

// withValue are pyinfra's options that take a value (pyinfra --help).
var withValue = []string{"--limit", "--exclude", "--fail-percent", "--data", "--group-data", "--config", "--chdir", "--sudo-user", "--su-user", "--dzdo-user", "--shell-executable", "--parallel", "--retry", "--retry-delay",
	"--ssh-user", "--user", "--ssh-port", "--port", "--ssh-key", "--key", "--ssh-key-password", "--key-password", "--ssh-password", "--password"}

// inventoryArgs is the inventory of a command that runs pyinfra: the first word behind it that is
// no option. None: it does not run pyinfra.
func inventoryArgs(argv []string) (names []string) {
	at := slices.IndexFunc(argv, func(a string) bool {
		return command.Name(a) == environ.Program || strings.HasSuffix(a, ":"+environ.Program)
	})
	if at < 0 {
		return nil
	}
	for words := argv[at+1:]; len(words) > 0; words = words[1:] {
		switch {
		case slices.Contains(withValue, words[0]) && len(words) > 1:
			words = words[1:]
		case !strings.HasPrefix(words[0], "-"):
			return words[:1]
		}
	}
	return nil
}

// orbName is a machine in an inventory or on the command line, wherever it stands.
var orbName = lazyregexp.New(`@orbstack/([A-Za-z0-9][A-Za-z0-9._-]*)`)

// machines returns the machines that the inventory and the command name.
func (h *hosts) machines() (names []string) {
	for _, m := range orbName.FindAllStringSubmatch(h.text, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return names
}
