package diagnose

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/inventory"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/diagnose/ssh"
)

// inventoryFound says which hosts there are, and how they are reached.
func inventoryFound(_ context.Context, x *exam) Result {
	hosts := x.hosts()
	switch {
	case hosts.err != nil:
		return Result{Status: Unknown, Found: hosts.from + " cannot be read: " + host.Cause(hosts.err), Fixes: []fix.Fix{{Text: passInventory}}}
	case !hosts.named() && x.doctor.Request.Inventory != "":
		return Result{Status: Info, Found: "no host is written in " + hosts.from, Evidence: []string{hosts.from}}
	case !hosts.named():
		return Result{Status: Skip, Found: "no inventory is named; see --inventory FILE"}
	}
	counts := map[string]int{}
	for _, h := range hosts.Hosts {
		counts[h.Connector]++
	}
	var parts []string
	for connector, n := range counts {
		parts = append(parts, fmt.Sprintf("%d by %s", n, connector))
	}
	slices.Sort(parts)
	r := Result{Status: OK, Found: strings.Join(parts, ", "), Evidence: []string{hosts.from}}
	if hosts.Open {
		r.Detail = []string{"It makes more while it runs, which are not known here."}
	}
	if r.Found == "" {
		r.Status, r.Found = Info, "none that is written in it"
	}
	if counts["docker"]+counts["podman"] > 0 {
		x.program(&r, counts)
	}
	return r
}

// program looks for what the connector of containers runs.
func (x *exam) program(r *Result, counts map[string]int) {
	for _, name := range []string{"docker", "podman"} {
		if counts[name] > 0 && x.host.Look(name, x.host.Path()) == "" {
			r.Status, r.Wanted = Warn, name+" on PATH"
			r.Detail = append(r.Detail, fmt.Sprintf("%s is not on PATH, which pyinfra runs for @%s.", name, name))
		}
	}
}

// reached are the hosts of SSH; skip is the result where there are none.
func (x *exam) reached() (hosts []inventory.Host, skip *Result) {
	if found := x.hosts(); found.err != nil {
		return nil, &Result{Status: Unknown, Found: found.from + " cannot be read: " + host.Cause(found.err), Fixes: []fix.Fix{{Text: passInventory}}}
	}
	hosts = x.hosts().Only("ssh", "dockerssh", "podmanssh")
	if len(hosts) == 0 {
		return nil, &Result{Status: Skip, Found: "no host that is named is reached by SSH"}
	}
	return hosts, nil
}

// agent looks for the socket of an agent; nobody connects to it. where is for people.
func (x *exam) agent() (there bool, where string) {
	socket := x.host.Getenv("SSH_AUTH_SOCK")
	if socket == "" {
		return false, "SSH_AUTH_SOCK is not set"
	}
	info, err := x.host.Files.Stat(x.host.Abs(socket))
	switch {
	case err != nil:
		return false, socket + ", which SSH_AUTH_SOCK names, is not there"
	case x.host.GOOS != "windows" && info.Mode()&fs.ModeSocket == 0:
		return false, socket + ", which SSH_AUTH_SOCK names, is no socket"
	}
	if table, err := x.host.Read("/proc/net/unix", host.MaxText); err == nil && x.host.GOOS == "linux" && !strings.Contains(string(table), socket) {
		return false, "nobody listens on " + socket + ", which SSH_AUTH_SOCK names"
	}
	return true, socket
}

func sshAgent(_ context.Context, x *exam) Result {
	if _, skip := x.reached(); skip != nil {
		return *skip
	}
	there, where := x.agent()
	switch {
	case there:
		return Result{Status: OK, Found: where}
	case x.host.Getenv("SSH_AUTH_SOCK") == "":
		return Result{Status: Info, Found: where}
	}
	return Result{Status: Warn, Found: where, Wanted: "an agent, or SSH_AUTH_SOCK not set", Detail: []string{"pyinfra asks that agent for keys, and goes on without it; a key with a passphrase is then of no use."}}
}

// defaultKeys are those that paramiko looks for.
var defaultKeys = []string{"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"}

// sshKeys looks at the private keys that the hosts are to be reached with.
func sshKeys(_ context.Context, x *exam) Result {
	hosts, skip := x.reached()
	if skip != nil {
		return *skip
	}
	agent, _ := x.agent()
	r := Result{Status: OK}
	seen, usable := map[string]bool{}, 0
	config := x.host.Small(x.host.Home, ".ssh", "config")
	for _, h := range hosts {
		named, files := x.keysOf(h, config)
		for _, file := range files {
			if seen[file] {
				continue
			}
			seen[file] = true
			data, err := x.host.Read(file, host.MaxSmall)
			encrypted, ok := ssh.Encrypted(data)
			switch {
			case err != nil && !named:
				delete(seen, file)
			case err != nil:
				r.Status, r.Wanted = worse(r.Status, Fail), "the key"
				r.Detail = append(r.Detail, fmt.Sprintf("%s, the key for %s, cannot be read: %s.", file, h.Name, host.Cause(err)))
			case !ok:
				r.Status = worse(r.Status, Warn)
				r.Detail = append(r.Detail, file+" is no private key that is known here.")
			case encrypted && !agent && h.Data["ssh_key_password"] == "":
				r.Status, r.Wanted = worse(r.Status, Warn), "an agent, or ssh_key_password"
				r.Detail = append(r.Detail, fmt.Sprintf("%s needs its passphrase, and there is no agent that has it.", file))
				r.Fixes = append(r.Fixes, fix.Fix{Text: "start an agent, and add the key: ssh-add " + shell.Quote(file)})
			default:
				usable++
				r.Evidence = append(r.Evidence, file)
			}
		}
		if len(files) == 0 || h.Data["ssh_password"] != "" {
			usable++ // a password
		}
	}
	r.Found = fmt.Sprintf("%d of %d can be used", len(r.Evidence), len(seen))
	if len(seen) == 0 {
		r.Found = "none"
	}
	if usable == 0 && !agent && r.Status == OK {
		r.Status, r.Wanted = Warn, "a key, an agent or a password"
		r.Detail = append(r.Detail, "There is no key in ~/.ssh, no agent, and no password in the inventory: hosts can only be reached if a password is given with --ssh-password.")
	}
	return r
}

// keysOf are the keys for a host; named: somebody has named them, so that they must be there.
func (x *exam) keysOf(h inventory.Host, config []byte) (named bool, files []string) {
	if key := h.Data["ssh_key"]; key != "" {
		return true, []string{x.host.Abs(key)}
	}
	if key := optionOf(x.doctor.Request.Command, "--ssh-key", "--key"); key != "" {
		return true, []string{x.host.Abs(key)}
	}
	for _, key := range ssh.Of(config, h.Name).Keys {
		if !strings.Contains(key, "%") {
			files = append(files, x.host.Abs(key))
		}
	}
	if len(files) > 0 {
		return true, files
	}
	for _, name := range defaultKeys {
		files = append(files, filepath.Join(x.host.Home, ".ssh", name))
	}
	return false, files
}

// optionOf is the value of an option in a command, or "".
func optionOf(argv []string, names ...string) string {
	for i, word := range argv {
		name, value, attached := strings.Cut(word, "=")
		switch {
		case !slices.Contains(names, name):
		case attached:
			return value
		case i+1 < len(argv):
			return argv[i+1]
		}
	}
	return ""
}

// sshKnownHosts looks the hosts up in known_hosts.
func sshKnownHosts(_ context.Context, x *exam) Result {
	hosts, skip := x.reached()
	if skip != nil {
		return *skip
	}
	config := x.host.Small(x.host.Home, ".ssh", "config")
	r := Result{Status: OK, Found: fmt.Sprintf("all of %d", len(hosts))}
	var missing, refused []string
	for _, h := range hosts {
		name, port := h.Name, h.Data["ssh_port"]
		if h.Data["ssh_hostname"] != "" {
			name = h.Data["ssh_hostname"]
		}
		c := ssh.Of(config, name)
		if c.HostName != "" {
			name = c.HostName
		}
		if port == "" {
			port = c.Port
		}
		file := filepath.Join(x.host.Home, ".ssh", "known_hosts")
		if own := h.Data["ssh_known_hosts_file"]; own != "" {
			file = x.host.Abs(own)
		}
		data, _ := x.host.Read(file, host.MaxText)
		system, _ := x.host.Read("/etc/ssh/ssh_known_hosts", host.MaxText)
		if ssh.Known(append(append(data, '\n'), system...), name, port) {
			continue
		}
		if strict := strings.ToLower(h.Data["ssh_strict_host_key_checking"]); strict == "yes" || strict == "true" {
			refused = append(refused, h.Name)
			continue
		}
		missing = append(missing, h.Name)
	}
	if n := len(missing); n > 0 {
		r.Status, r.Found = Info, fmt.Sprintf("%d of %d are new: %s", n, len(hosts), few(missing))
		r.Detail = append(r.Detail, "pyinfra accepts the key of a host that is new to it, and notes it.")
	}
	if len(refused) > 0 {
		r.Status, r.Found, r.Wanted = Fail, "not known: "+few(refused), "their keys in known_hosts"
		r.Detail = append(r.Detail, "With ssh_strict_host_key_checking, pyinfra refuses a host whose key is not known.")
	}
	return r
}

// few names the first of many.
func few(names []string) string {
	if len(names) <= maxNamed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s, and %d more", strings.Join(names[:maxNamed], ", "), len(names)-maxNamed)
}
