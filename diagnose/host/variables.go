package host

import (
	"cmp"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// With returns the host as a command sees it for which these variables are set.
func (h *Host) With(vars map[string]string) *Host {
	return h.change(func(name string) (string, bool) { v, ok := vars[name]; return v, ok })
}

// Without returns the host as a command sees it for which these variables are not set.
func (h *Host) Without(names ...string) *Host {
	gone := map[string]string{}
	for _, name := range names {
		gone[name] = ""
	}
	return h.With(gone)
}

// Bare returns the host as a command sees it for which no variable is set but these. Where
// programs are looked for without PATH, the C library says (confstr, _CS_PATH).
func (h *Host) Bare(keep ...string) *Host {
	vars := map[string]string{"PATH": "/bin:/usr/bin"}
	for _, name := range keep {
		vars[name] = h.Getenv(name)
	}
	return h.change(func(name string) (string, bool) { return vars[name], true })
}

func (h *Host) change(in func(name string) (value string, changed bool)) *Host {
	other, getenv := *h, h.Getenv
	other.Getenv = func(name string) string {
		if v, changed := in(name); changed {
			return v
		}
		return getenv(name)
	}
	if home, changed := in("HOME"); changed {
		other.Home = cmp.Or(home, h.userHome(), h.Home)
	}
	return &other
}

// userHome is the home folder of whoever runs this, by the list of users, as for a program for which HOME is not set; "":
// it is not there.
func (h *Host) userHome() string {
	for line := range strings.Lines(string(h.Small("/etc/passwd"))) {
		if fields := strings.Split(strings.TrimSpace(line), ":"); len(fields) > 5 && fields[2] == strconv.Itoa(os.Getuid()) {
			return fields[5]
		}
	}
	return ""
}

// In returns the host with another working folder.
func (h *Host) In(dir string) *Host {
	other := *h
	other.Dir = h.Abs(dir)
	return &other
}

// Above returns the next folder from here upwards that has a file, or "".
func (h *Host) Above(file string) string {
	for dir := h.Dir; ; dir = filepath.Dir(dir) {
		if h.Exists(dir, file) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}
