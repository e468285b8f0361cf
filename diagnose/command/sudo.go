package command

import (
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// keptBySudo are variables that env_reset leaves alone, of those that matter here.
var keptBySudo = []string{"PATH", "TERM", "LANG", "LC_ALL", "LC_CTYPE"}

// sudo runs a command as somebody else, with few variables, and with the PATH that its settings
// name. A shell, a login and another root take ways that cannot be read.
func sudo(w *Way, name string, given []option) error {
	for _, o := range given {
		switch o.name {
		case "i", "login", "s", "shell", "e", "edit", "l", "list", "v", "validate", "V", "R", "chroot", "h", "host", "U", "other-user", "K", "remove-timestamp", "c", "login-class":
			return w.strange(name, "-"+o.name)
		}
	}
	before := w.Host
	all := has(given, "E") || has(given, "preserve-env") && last(given, "preserve-env") == ""
	if !all {
		w.Host = w.Host.Bare(append(strings.Split(last(given, "preserve-env"), ","), keptBySudo...)...)
	}
	home, err := homeOf(before, last(given, "u", "user"))
	if err != nil {
		return err
	}
	if !all || has(given, "H", "set-home") {
		w.Host = w.Host.With(map[string]string{"HOME": home})
	}
	if dir := last(given, "D", "chdir"); dir != "" {
		w.Host = w.Host.In(dir)
	}
	w.assign() // sudo NAME=VALUE COMMAND
	return w.securePath(name)
}

// securePath puts the PATH of the settings in the place of the caller's. A command with a folder
// in its name does not need it.
func (w *Way) securePath(name string) error {
	if len(w.Argv) == 0 {
		return w.strange(name, "nothing to run")
	}
	path, file, err := secured(w.Host)
	switch {
	case err != nil && !strings.Contains(w.Argv[0], "/"):
		return &chain.UnknownError{What: name + " looks for " + w.Argv[0] + " in the PATH that " + file + " sets, which may not be read", Pass: "type the path of the program, or " + chain.PassPython}
	case path != "":
		w.Host = w.Host.With(map[string]string{"PATH": path})
		w.note(chain.Wrapper, name, "PATH="+path, file+", secure_path")
	}
	return nil
}

var securePath = lazyregexp.New(`(?m)^[ \t]*Defaults[ \t][^\n#]*\bsecure_path[ \t]*=[ \t]*"?([^"\s,]+)`)

// secured returns the PATH that sudo gives to commands; "": it leaves the caller's alone, or
// there are no settings.
func secured(h *host.Host) (path, file string, err error) {
	file = "/etc/sudoers"
	if !h.Exists(file) {
		return "", file, nil
	}
	data, err := h.Read(file, host.MaxSmall)
	if err != nil {
		return "", file, err
	}
	if m := securePath.FindSubmatch(data); m != nil {
		return string(m[1]), file, nil
	}
	entries, err := h.Files.ReadDir("/etc/sudoers.d")
	if err != nil && h.Exists("/etc/sudoers.d") {
		return "", "/etc/sudoers.d", err
	}
	for _, e := range entries {
		name := "/etc/sudoers.d/" + e.Name()
		if m := securePath.FindSubmatch(h.Small(name)); m != nil {
			return string(m[1]), name, nil
		}
	}
	return "", file, nil
}

// homeOf is the home folder of a user, by name or #id; root's where none is named.
func homeOf(h *host.Host, user string) (string, error) {
	if user == "" {
		user = "root"
	}
	for line := range strings.Lines(string(h.Small("/etc/passwd"))) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) > 5 && (fields[0] == user || "#"+fields[2] == user) {
			return fields[5], nil
		}
	}
	if user == "root" {
		return map[string]string{"darwin": "/var/root"}[h.GOOS], nil
	}
	return "", chain.Unknown("the home folder of " + user + " is not known here, which Python looks into")
}

// doas runs a command as somebody else, with few variables; which PATH it takes depends on its rules.
func doas(w *Way, name string, given []option) error {
	if has(given, "C", "s", "L") {
		return w.strange(name, "-C, -L or -s")
	}
	home, err := homeOf(w.Host, last(given, "u"))
	if err != nil {
		return err
	}
	w.Host = w.Host.Bare(keptBySudo...).With(map[string]string{"HOME": home})
	if len(w.Argv) > 0 && !strings.Contains(w.Argv[0], "/") {
		return &chain.UnknownError{What: "in which PATH doas looks for " + w.Argv[0] + " depends on its rules", Pass: "type the path of the program, or " + chain.PassPython}
	}
	return nil
}

// stepDown is gosu USER COMMAND and su-exec USER COMMAND, which change the home folder and nothing else.
func stepDown(w *Way, args []string) error {
	name := Name(w.Argv[0])
	if len(args) < 2 {
		return w.strange(name, "nothing to run")
	}
	user, _, _ := strings.Cut(args[0], ":")
	home, err := homeOf(w.Host, user)
	if err != nil {
		return err
	}
	w.link(chain.Wrapper, name, "as "+args[0])
	w.Host, w.Argv = w.Host.With(map[string]string{"HOME": home}), args[1:]
	return nil
}
