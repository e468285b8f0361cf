package environ

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// findSites lists the folders with packages in the order in which Python
// searches them (Lib/site.py): PYTHONPATH, the virtual environment, the
// user's, those of Python itself; each with what its .pth files add.
func (e *Environment) findSites() {
	var dirs []string
	if e.front != "" && len(e.index(e.front).names) > 0 {
		e.addSite(e.front)
	}
	for _, dir := range e.pythonPath() {
		e.addSite(dir)
	}
	if e.venv != nil {
		dirs = append(dirs, e.packages(e.Prefix)...)
	}
	if system, says := e.venv["include-system-site-packages"]; e.venv == nil || !says || strings.EqualFold(system, "true") {
		if user := e.userSite(); user != "" {
			dirs = append(dirs, user)
		}
		dirs = append(dirs, e.packages(e.base())...)
	}
	e.own = dirs
	for _, dir := range dirs {
		e.addSite(dir)
		for _, p := range e.pth(dir) { // also where PYTHONPATH has the folder already
			e.addSite(p)
		}
	}
}

// Own reports whether Python searches a folder by itself, and not since PYTHONPATH or a .pth file
// adds it.
func (e *Environment) Own(dir string) bool {
	return slices.ContainsFunc(e.own, func(o string) bool { return e.Host.Real(o) == e.Host.Real(dir) })
}

// addSite adds a folder, or a file that may be a zip file, unless it is there under another name:
// lib64 is often a link to lib.
func (e *Environment) addSite(dir string) {
	same := func(s string) bool { return e.Host.Real(s) == e.Host.Real(dir) }
	if e.Host.Exists(dir) && !slices.ContainsFunc(e.Sites, same) {
		e.Sites = append(e.Sites, dir)
	}
}

// packages are the folders of a prefix that may hold packages, as the systems
// that Python comes with name them.
func (e *Environment) packages(prefix string) []string {
	if e.Host.GOOS == "windows" {
		return []string{filepath.Join(prefix, "Lib", "site-packages")}
	}
	python := "python" + e.Minor
	if m := slices.IndexFunc(e.libs(prefix), func(dir string) bool { return strings.Contains(filepath.Base(dir), e.Minor) }); m >= 0 {
		python = filepath.Base(e.libs(prefix)[m]) // pypy3.10, python3.13t
	}
	var dirs []string
	add := func(elem ...string) { dirs = append(dirs, filepath.Join(elem...)) }
	base := e.base()
	if e.Host.IsDir(filepath.Join(base, "lib", "python3", "dist-packages")) { // Debian's
		if e.venv != nil {
			add(prefix, "lib", python, "site-packages")
		}
		add(prefix, "local", "lib", python, "dist-packages")
		add(prefix, "lib", "python3", "dist-packages")
		add(prefix, "lib", python, "dist-packages")
		return dirs
	}
	if top, _, ok := strings.Cut(filepath.ToSlash(prefix), "/Cellar/"); ok { // Homebrew keeps them out of the Cellar
		add(top, "lib", python, "site-packages")
	}
	if prefix == "/usr" { // Fedora lets pip install in /usr/local
		add("/usr/local/lib64", python, "site-packages")
		add("/usr/local/lib", python, "site-packages")
	}
	if e.Host.Exists(base, "lib64", python, "os.py") { // its own modules are there, and so are others
		add(prefix, "lib64", python, "site-packages")
	}
	add(prefix, "lib", python, "site-packages")
	return dirs
}

// UserSite reports whether a folder is that of pip install --user.
func (e *Environment) UserSite(dir string) bool {
	user := e.userSite()
	return user != "" && e.Host.Real(user) == e.Host.Real(dir)
}

// isFlag reports whether a variable turns an option of Python on: 0 does not (Python/initconfig.c).
func isFlag(value string) bool {
	n, err := strconv.Atoi(strings.TrimSpace(value))
	return value != "" && (err != nil || n != 0)
}

// userSite is the folder of pip install --user; "": it is not searched.
func (e *Environment) userSite() string {
	h := e.Host
	if strings.ContainsAny(e.Flags, "sI") || !strings.ContainsAny(e.Flags, "E") && isFlag(h.Getenv("PYTHONNOUSERSITE")) {
		return ""
	}
	if base := h.Getenv("PYTHONUSERBASE"); base != "" && !strings.Contains(e.Flags, "E") {
		if !filepath.IsAbs(base) { // ~ has no meaning
			base = filepath.Join(h.Dir, base)
		}
		return filepath.Join(base, "lib", "python"+e.Minor, "site-packages")
	}
	switch {
	case h.GOOS == "windows":
		return filepath.Join(h.Getenv("APPDATA"), "Python", "Python"+strings.ReplaceAll(e.Minor, ".", ""), "site-packages")
	case h.Home == "":
		return ""
	case h.GOOS == "darwin" && strings.Contains(h.Real(e.Python), ".framework/"):
		return filepath.Join(h.Home, "Library", "Python", e.Minor, "lib", "python", "site-packages")
	}
	return filepath.Join(h.Home, ".local", "lib", "python"+e.Minor, "site-packages")
}
