package environ

import (
	"path/filepath"
	"slices"
	"strings"
)

// databases are what package managers of systems keep, with their names.
var databases = []struct{ dir, name string }{{"/var/lib/dpkg", "apt"}, {"/var/lib/rpm", "rpm"}, {"/usr/lib/sysimage/rpm", "rpm"}, {"/lib/apk", "apk"}, {"/var/lib/pacman", "pacman"}, {"/var/db/pkg", "portage"}}

// System returns the name of the system's package manager that owns the files of a package, or
// "": apt, rpm, brew, nix. What it owns nobody else may change.
func (e *Environment) System(d *Dist) string {
	if d == nil {
		return ""
	}
	path := filepath.ToSlash(e.Host.Real(d.Path))
	switch {
	case strings.HasPrefix(path, "/nix/store/"):
		return "nix"
	case strings.HasPrefix(path, "/gnu/store/"):
		return "guix"
	case strings.Contains(path, "/Cellar/"):
		return "brew"
	case strings.EqualFold(d.Installer, "debian"), filepath.ToSlash(d.Site) == "/usr/lib/python3/dist-packages":
		return "apt"
	case strings.EqualFold(d.Installer, "rpm"):
		return "rpm"
	}
	if inSystem(path) && !slices.Contains([]string{"pip", "uv"}, d.Installer) {
		for _, db := range databases {
			if e.Host.IsDir(db.dir) {
				return db.name
			}
		}
	}
	return ""
}

func inSystem(path string) bool {
	return strings.HasPrefix(path, "/usr/lib/") || strings.HasPrefix(path, "/usr/lib64/") || strings.HasPrefix(path, "/lib/")
}

// Formula is the name of Homebrew's package that a path belongs to, or "".
func Formula(path string) string {
	_, rest, ok := strings.Cut(filepath.ToSlash(path), "/Cellar/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// Managed reports whether the Python belongs to a system that asks to leave it alone (PEP 668).
func (e *Environment) Managed() bool {
	return e.venv == nil && e.Minor != "" && e.Host.Exists(e.Prefix, "lib", "python"+e.Minor, "EXTERNALLY-MANAGED")
}

// Virtual reports whether it is a virtual environment.
func (e *Environment) Virtual() bool { return e.venv != nil }

// MadeByUV reports whether uv made it: then it mostly has no pip.
func (e *Environment) MadeByUV() bool { return e.venv["uv"] != "" }

// HasPip reports whether python -m pip does something.
func (e *Environment) HasPip() bool {
	return slices.ContainsFunc(e.Sites, func(s string) bool { return e.Host.IsDir(filepath.Join(s, "pip")) })
}

// BasePython is the Python that a virtual environment was made from, if it has pip; or "".
func (e *Environment) BasePython() string {
	home := e.venv["home"]
	if home == "" {
		return ""
	}
	base := prefix(e.Host, filepath.Join(home, "python"+e.Minor))
	for _, site := range e.packages(base) {
		if e.Host.IsDir(filepath.Join(site, "pip")) {
			return e.Host.Look("python"+e.Minor, []string{home})
		}
	}
	return ""
}
