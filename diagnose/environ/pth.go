package environ

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/site"
)

// pth returns the folders that the .pth files of a folder add: editable installs have some. Lines
// that Python would run are left alone (Lib/site.py, addsitedir and addpackage).
func (e *Environment) pth(folder string) (dirs []string) {
	entries, _ := e.Host.Files.ReadDir(folder)
	var names []string
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, ".pth") && !(strings.HasPrefix(name, ".") && e.passesHidden()) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, line := range e.pthLines(string(e.Host.Small(folder, name))) {
			line = strings.TrimRightFunc(line, site.IsSpace)
			if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "import\t") {
				continue
			}
			if !filepath.IsAbs(line) {
				line = filepath.Join(folder, line)
			}
			dirs = append(dirs, filepath.Clean(line))
		}
	}
	return dirs
}

// pthLines are the lines of a .pth file. Since 3.13 Python reads it as UTF-8, with a byte order mark
// or without, and ends lines as str.splitlines does.
func (e *Environment) pthLines(text string) []string {
	ends := func(r rune) bool { return r == '\n' || r == '\r' }
	if e.since(13, 0) {
		text = strings.TrimPrefix(text, "\ufeff")
		ends = func(r rune) bool { return strings.ContainsRune("\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029", r) }
	}
	return strings.FieldsFunc(text, ends)
}

// hiddenSince are the patch levels since which Python passes .pth files over whose names begin with a
// dot (gh-113659), by the minor version of 3; newer ones all do.
var hiddenSince = map[int]int{8: 19, 9: 19, 10: 14, 11: 8, 12: 2}

// passesHidden reports whether Python passes .pth files over whose names begin with a dot.
func (e *Environment) passesHidden() bool {
	for minor, patch := range hiddenSince {
		if !e.since(minor+1, 0) && e.since(minor, 0) {
			return e.since(minor, patch)
		}
	}
	return e.since(13, 0)
}

// since reports whether Python has at least this version, of 3.
func (e *Environment) since(minor, patch int) bool {
	var is [3]int
	for i, part := range strings.SplitN(e.Full, ".", 3) {
		is[i], _ = strconv.Atoi(part)
	}
	return slices.Compare(is[:], []int{3, minor, patch}) >= 0
}
