package environ

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
)

// findSites lists the folders with packages in the order in which Python
// searches them (Lib/site.py): PYTHONPATH, the virtual environment, the
// user's, those of Python itself; each with what its .pth files add.
func (e *Environment) findSites() {
	var dirs []string
	if e.front != "" && len(newIndex(e.Host, e.front).names) > 0 {
		e.addSite(e.front)
	}
	for _, dir := range e.pythonPath() {
		e.addSite(dir)
	}
	if e.venv != nil {
		dirs = append(dirs, e.packages(e.Prefix)...)
	}
	if e.venv == nil || strings.EqualFold(e.venv["include-system-site-packages"], "true") {
		if user := e.userSite(); user != "" {
			dirs = append(dirs, user)
		}
		dirs = append(dirs, e.packages(e.base())...)
	}
	e.own = dirs
	for _, dir := range dirs {
		if e.addSite(dir) {
			for _, p := range e.pth(dir) {
				e.addSite(p)
			}
		}
	}
}

// Own reports whether Python searches a folder by itself, and not since PYTHONPATH or a .pth file
// adds it.
func (e *Environment) Own(dir string) bool {
	return slices.ContainsFunc(e.own, func(o string) bool { return e.Host.Real(o) == e.Host.Real(dir) })
}

// addSite adds a folder unless it is there under another name: lib64 is often
// a link to lib.
func (e *Environment) addSite(dir string) bool {
	same := func(s string) bool { return e.Host.Real(s) == e.Host.Real(dir) }
	if !e.Host.IsDir(dir) || slices.ContainsFunc(e.Sites, same) {
		return false
	}
	e.Sites = append(e.Sites, dir)
	return true
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
	if top, _, ok := strings.Cut(filepath.ToSlash(prefix), "/Cellar/"); ok { // Homebrew keeps them out of the Cellar
		add(top, "lib", python, "site-packages")
	}
	if prefix == "/usr" { // Debian and Fedora let pip install in /usr/local
		add("/usr/local/lib", python, "dist-packages")
		add("/usr/local/lib64", python, "site-packages")
		add("/usr/local/lib", python, "site-packages")
	}
	if h := e.Host; h.Real(filepath.Join(prefix, "lib64")) != h.Real(filepath.Join(prefix, "lib")) { // Fedora's
		add(prefix, "lib64", python, "site-packages")
	}
	add(prefix, "lib", python, "site-packages")
	add(prefix, "lib", "python3", "dist-packages")
	add(prefix, "lib", python, "dist-packages")
	return dirs
}

// userSite is the folder of pip install --user; "": it is not searched.
func (e *Environment) userSite() string {
	h := e.Host
	if strings.ContainsAny(e.Flags, "sI") || !strings.ContainsAny(e.Flags, "E") && h.Getenv("PYTHONNOUSERSITE") != "" {
		return ""
	}
	if base := h.Getenv("PYTHONUSERBASE"); base != "" && !strings.Contains(e.Flags, "E") {
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

// pth returns the folders that the .pth files of a folder add: editable
// installs have some. Lines that Python would run are left alone.
func (e *Environment) pth(site string) (dirs []string) {
	entries, _ := e.Host.Files.ReadDir(site)
	var names []string
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, ".pth") && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for line := range bytes.Lines(e.Host.Small(site, name)) {
			dir := strings.TrimRight(string(line), " \t\r\n")
			if dir == "" || strings.HasPrefix(dir, "#") || strings.HasPrefix(dir, "import ") || strings.HasPrefix(dir, "import\t") {
				continue
			}
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(site, dir)
			}
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
