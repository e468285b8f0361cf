package command

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// sudoers are the settings of sudo that decide which variables a command has.
type sudoers struct {
	path, pathFrom string   // secure_path, and the file that has it; empty: the caller's is left alone
	keep           []string // variables that are kept beside those that always are
	all            bool     // !env_reset: all are kept
	setHome        bool     // HOME is always that of the user who runs it
	unsure         string   // why more is not known: a file that may not be read, a setting that is not understood
	files          int      // that were read
}

// maxSudoers is more files than anybody includes.
const maxSudoers = 50

// readSudoers reads /etc/sudoers and what it includes. Where there is none, sudo is as it comes.
func readSudoers(h *host.Host) *sudoers {
	s := &sudoers{}
	if h.GOOS == "darwin" { // as macOS ships it
		s.keep = append(s.keep, "HOME")
	}
	if h.Exists("/etc/sudoers") {
		s.read(h, "/etc/sudoers")
	}
	return s
}

var (
	sudoersInclude  = lazyregexp.New(`^[@#]include(dir)?[ \t]+"?([^"]+?)"?[ \t]*$`)
	sudoersDefaults = lazyregexp.New(`^[ \t]*Defaults([:@!>]\S+)?[ \t]+(.*)$`)
	sudoersSetting  = lazyregexp.New(`(!?)\s*(\w+)\s*(?:(\+=|-=|=)\s*("[^"]*"|(?:\\.|[^,\s"])*))?\s*(?:,|$)`)
)

func (s *sudoers) read(h *host.Host, file string) {
	if s.files++; s.files > maxSudoers {
		s.unsure = file + " is one file too many"
		return
	}
	data, err := h.Read(file, host.MaxSmall)
	if err != nil {
		s.unsure = file + " may not be read"
		return
	}
	for line := range strings.Lines(strings.ReplaceAll(string(data), "\\\n", " ")) {
		line = strings.TrimRight(line, "\r\n")
		if m := sudoersInclude.FindStringSubmatch(line); m != nil {
			s.include(h, m[1] != "", filepath.Join(filepath.Dir(file), m[2]), m[2])
			continue
		}
		if m := sudoersDefaults.FindStringSubmatch(line); m != nil {
			s.defaults(m[1], m[2], file)
		}
	}
}

// include reads a file, or those of a folder whose names have no dot and no ~ at the end.
func (s *sudoers) include(h *host.Host, folder bool, beside, name string) {
	if filepath.IsAbs(name) {
		beside = name
	}
	if !folder {
		s.read(h, beside)
		return
	}
	entries, err := h.Files.ReadDir(beside)
	if err != nil && h.Exists(beside) {
		s.unsure = beside + " may not be read"
	}
	var names []string
	for _, e := range entries {
		if !strings.Contains(e.Name(), ".") && !strings.HasSuffix(e.Name(), "~") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	for _, n := range names {
		s.read(h, filepath.Join(beside, n))
	}
}

// matters are settings that decide about variables, PATH, and folders.
var matters = []string{"secure_path", "env_keep", "env_reset", "env_delete", "env_check", "env_file", "restricted_env_file", "always_set_home", "exempt_group", "runcwd", "runchroot"}

// defaults reads a line of settings; for: whom or what it is about, "" everybody and everything.
func (s *sudoers) defaults(about, text, file string) {
	for _, m := range sudoersSetting.FindAllStringSubmatch(text, -1) {
		off, name, op, value := m[1] != "", m[2], m[3], strings.ReplaceAll(strings.Trim(m[4], `"`), `\`, "")
		switch {
		case !slices.Contains(matters, name):
		case about != "":
			s.unsure = file + " has " + name + " for some (" + about + ")"
		case name == "secure_path" && !off:
			s.path, s.pathFrom = value, file
		case name == "env_reset":
			s.all = off
		case name == "always_set_home":
			s.setHome = !off
		case name == "env_keep" && op == "+=" && !strings.Contains(strings.ReplaceAll(value, "LC_*", ""), "*"):
			s.keep = append(s.keep, strings.Fields(value)...)
		case (name == "env_keep" || name == "env_check") && op != "" && !mindful(value):
		default:
			s.unsure = file + " has " + name
		}
	}
}

// mindful reports whether a list of variables has one that matters.
func mindful(list string) bool {
	return slices.ContainsFunc(strings.Fields(list), func(v string) bool {
		return strings.Contains(v, "*") && !strings.HasPrefix(v, "LC_") || slices.Contains(minded, v) || v == "HOME" || v == "PATH"
	})
}
