package environ

import (
	"bytes"
	"cmp"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

var (
	pyenvExec = lazyregexp.New(`exec "[^"\n]*/pyenv" exec `)
	pyenvRoot = lazyregexp.New(`(?m)^export PYENV_ROOT="([^"$\x60\\]+)"$`)
)

// pyenvShim returns pyenv's folder if a script is one of its shims, which
// start the program of whatever version is chosen.
func pyenvShim(h *host.Host, script string, head []byte) (root string, ok bool) {
	if !pyenvExec.Match(head) {
		return "", false
	}
	if m := pyenvRoot.FindSubmatch(head); m != nil {
		return string(m[1]), true
	}
	return cmp.Or(h.Getenv("PYENV_ROOT"), filepath.Dir(filepath.Dir(script))), true
}

// pyenvWhich returns the program that a shim starts, or "": the first of the
// chosen versions that has it. It does what pyenv does (libexec/pyenv-which,
// pyenv-version-name) without running it.
func pyenvWhich(h *host.Host, root, name string) (program, chosen string) {
	versions, from := pyenvVersions(h, root)
	for _, v := range versions {
		if v == "system" {
			if p := h.Look(name, pathWithout(h, filepath.Join(root, "shims"))); p != "" {
				return p, "system, by " + from
			}
			continue
		}
		dir := pyenvDir(h, root, v)
		if program := filepath.Join(dir, "bin", name); dir != "" && h.Executable(program) {
			return program, v + ", by " + from
		}
	}
	return "", strings.Join(versions, ":") + ", by " + from
}

// pyenvVersions returns the versions that are chosen, and by what: by
// PYENV_VERSION, a .python-version here or above, or for the user. So it
// depends on the working folder.
func pyenvVersions(h *host.Host, root string) (versions []string, from string) {
	if v := h.Getenv("PYENV_VERSION"); v != "" {
		return strings.FieldsFunc(v, func(r rune) bool { return r == ':' }), "PYENV_VERSION"
	}
	for dir := cmp.Or(h.Getenv("PYENV_DIR"), h.Dir); ; dir = filepath.Dir(dir) {
		file := filepath.Join(dir, ".python-version")
		if versions := pyenvFile(h.Small(file)); len(versions) > 0 {
			return versions, file
		}
		if dir == filepath.Dir(dir) || dir == "." {
			break
		}
	}
	file := filepath.Join(root, "version")
	if versions := pyenvFile(h.Small(file)); len(versions) > 0 {
		return versions, file
	}
	return []string{"system"}, "default"
}

// pyenvFile reads a version file: names, and comments.
func pyenvFile(data []byte) (versions []string) {
	for line := range bytes.Lines(data) {
		line, _, _ = bytes.Cut(line, []byte("#"))
		for v := range strings.FieldsSeq(string(line)) {
			if plainVersion(v) {
				versions = append(versions, v)
			}
		}
	}
	return versions
}

// plainVersion reports whether a name stays inside the folder of versions: the
// file may lie in a project that somebody else wrote (CVE-2022-35861).
func plainVersion(v string) bool { return v == "system" || filepath.IsLocal(v) }

// pyenvDir returns the folder of a version: of that name, without "python-",
// or the newest that begins so ("3.12" is 3.12.1).
func pyenvDir(h *host.Host, root, version string) string {
	if !plainVersion(version) {
		return ""
	}
	all := filepath.Join(root, "versions")
	for _, name := range []string{version, strings.TrimPrefix(version, "python-")} {
		if dir := filepath.Join(all, name); h.IsDir(dir) {
			return dir
		}
	}
	entries, _ := h.Files.ReadDir(all)
	newest := ""
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), strings.TrimPrefix(version, "python-")+".") && (newest == "" || compareNumbers(e.Name(), newest) > 0) {
			newest = e.Name()
		}
	}
	if newest == "" {
		return ""
	}
	return filepath.Join(all, newest)
}

// compareNumbers compares 3.9.18 and 3.12.1 part by part.
func compareNumbers(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	return slices.CompareFunc(x, y, func(p, q string) int {
		m, errM := strconv.Atoi(p)
		n, errN := strconv.Atoi(q)
		if errM != nil || errN != nil {
			return cmp.Compare(p, q)
		}
		return cmp.Compare(m, n)
	})
}

func pathWithout(h *host.Host, dir string) []string {
	return slices.DeleteFunc(h.Path(), func(d string) bool { return d == filepath.Clean(dir) })
}
