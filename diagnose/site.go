// Package diagnose finds out about the machine: which packages are installed
// where, and how they are upgraded. It runs nobody's code.
package diagnose

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/orbfilter/orbfilter/rules"
)

// Installed returns the version of a package in a site-packages folder, or ""
// when it is not there. It reads the name of the *.dist-info folder, which
// holds both (PEP 376, PEP 427). When there are two, of a broken upgrade, it
// is the one that Python's importlib.metadata finds first: the first by name.
func Installed(site, pkg string) string {
	entries, err := os.ReadDir(site)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		name, version, ok := strings.Cut(strings.TrimSuffix(e.Name(), ".dist-info"), "-")
		if ok && strings.HasSuffix(e.Name(), ".dist-info") && rules.NormalName(name) == rules.NormalName(pkg) {
			return version
		}
	}
	return ""
}

var siteInPrefix = regexp.MustCompile(`[/\\](?:lib|lib64|Lib)[/\\](?:python\d+(?:\.\d+)?[/\\])?(?:site|dist)-packages$`)

// Prefix returns the folder of the environment that a site-packages folder
// belongs to: that of the virtual environment, or Python's own.
func Prefix(site string) string { return siteInPrefix.ReplaceAllString(site, "") }

// FixCommand returns the command that installs a requirement into the
// environment of a site-packages folder; an empty site stands for one that is
// not known.
func FixCommand(site, requirement string) string {
	if site == "" {
		return "python -m pip install -U " + quote(requirement)
	}
	prefix := Prefix(site)
	python := prefix + "/bin/python"
	switch {
	case strings.Contains(site, `\`):
		python = prefix + `\Scripts\python.exe`
	case prefix == "/usr" || prefix == "/usr/local":
		python += "3"
	}
	if uvOnly(prefix, site) {
		return "uv pip install --python " + quote(python) + " -U " + quote(requirement)
	}
	return quote(python) + " -m pip install -U " + quote(requirement)
}

// uvOnly reports whether an environment was made by uv and has no pip in it.
func uvOnly(prefix, site string) bool {
	cfg, err := os.ReadFile(filepath.Join(prefix, "pyvenv.cfg"))
	if err != nil || !strings.Contains("\n"+string(cfg), "\nuv = ") {
		return false
	}
	_, err = os.Stat(filepath.Join(site, "pip"))
	return err != nil
}

var plain = regexp.MustCompile(`^[\w./:~@%+=,\\-]+$`)

// quote writes s so that a POSIX shell reads it as one word.
func quote(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
