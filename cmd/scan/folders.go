package scan

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/internal/save"
)

// noFolder says why there can be no folder of this name: it is a file, or something in
// its path is. "": there can be one.
func noFolder(flag, name string) string {
	for at := name; name != ""; at = filepath.Dir(at) {
		switch info, err := os.Stat(at); {
		case err == nil && !info.IsDir() && at == name:
			return flag + " " + name + ": it is a file; name a folder"
		case err == nil && !info.IsDir():
			return flag + " " + name + ": " + at + " is a file; name a folder"
		case err == nil || at == filepath.Dir(at):
			return ""
		}
	}
	return ""
}

// sayInside warns when the clean copies are in a folder that is scanned. This run leaves
// them out; another one that has no --output, or another, takes them for logs.
func (s *scan) sayInside(paths []string) {
	if s.output == "" || s.options.Quiet {
		return
	}
	for _, p := range paths {
		if info, err := os.Stat(p); err == nil && info.IsDir() && inside(p, s.output) {
			fmt.Fprintf(s.io.Stderr(), "orbfilter: --output %s lies in %s, which is scanned: the next scan takes the clean copies for logs, unless it has this --output; name a folder outside of it\n", printable.Line(s.output), printable.Line(p))
			return
		}
	}
}

// inside reports whether a name, of which there need be nothing yet, is below a folder.
func inside(folder, name string) bool {
	folder, err1 := resolved(folder)
	name, err2 := resolved(name)
	return err1 == nil && err2 == nil && save.Below(folder, name)
}

// resolved is the path of what is there of a name, links followed, and the rest of it.
func resolved(name string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	rest := ""
	for at := name; ; at = filepath.Dir(at) {
		if target, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(target, rest), nil
		}
		if at == filepath.Dir(at) {
			return name, nil
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}

// maxAlike is how many files are named that have the same thing wrong with them, if they
// are many.
const maxAlike = 10

// alike returns failures a line each. Where very many have one reason, as on a full disk,
// they share a line: what else is wrong must be seen.
func alike(all []*logs.Failure) (lines []string) {
	byReason := map[string][]string{}
	for _, f := range all {
		reason := printable.Line(f.Err.Error())
		byReason[reason] = append(byReason[reason], printable.Line(f.Name))
	}
	for _, f := range all {
		reason := printable.Line(f.Err.Error())
		names := byReason[reason]
		switch {
		case names == nil: // said
		case len(names) <= maxAlike:
			lines = append(lines, printable.Line(f.Name)+": "+reason)
		default:
			lines = append(lines, fmt.Sprintf("%s: %s and %d more", reason, strings.Join(names[:2], ", "), len(names)-2))
			byReason[reason] = nil
		}
	}
	return lines
}
