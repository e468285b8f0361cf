package mask

import (
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// What of a path is particular to the program that is installed there, and
// what to the machine.

var (
	// particular is where that begins: at the folder of installed packages, or
	// at Python's own library.
	particular = lazyregexp.New(`^.*[\\/]((?:site|dist)-packages[\\/].*|python\d+\.\d+[\\/].*)$`)
	// everywhere are folders that are the same on all machines.
	everywhere = lazyregexp.New(`^/(?:bin|boot|dev|etc|lib|lib64|proc|run|sbin|sys|usr|var/(?:cache|lib|log|run|spool))/`)
	// temporary are names of mktemp(3) and of Python's tempfile.
	temporary = lazyregexp.New(`^(?:tmp[\w.-]{6,}|.*\.[A-Za-z0-9]{6,10})$`)
)

// pathPattern matches a path wherever it is installed.
func pathPattern(path string) string {
	if m := particular.FindStringSubmatch(path); m != nil {
		return anyFolder(path) + names(m[1])
	}
	if everywhere.MatchString(path) {
		return names(path)
	}
	bare := strings.TrimRight(path, `/\`) // a folder may end in some
	cut := strings.LastIndexAny(bare, `/\`)
	switch name := path[cut+1:]; {
	case cut < 0, cut == 0 && path[0] == '/' && !temporary.MatchString(name):
		return names(path) // it has one name only
	case strings.HasPrefix(path, "/tmp/") && temporary.MatchString(name), !strings.ContainsAny(name, letters):
		return anyFolder(path) + `[^\s/"]+` + names(path[len(bare):])
	default:
		return anyFolder(path) + names(name)
	}
}

// anyFolder matches the folders in front of the particular part of a path.
func anyFolder(path string) string {
	if strings.Contains(path, `\`) {
		return `\S*[\\/]`
	}
	return `\S*/`
}

// names matches the names of a path, but for what varies in them. Both kinds
// of slashes fit.
func names(path string) string {
	var out strings.Builder
	for path != "" {
		n := strings.IndexAny(path, `/\`)
		if n < 0 {
			n = len(path)
		}
		out.WriteString(Expression(Message(path[:n])))
		if n < len(path) {
			out.WriteString(slash(path[n]))
			n++
		}
		path = path[n:]
	}
	return out.String()
}

func slash(c byte) string {
	if c == '\\' {
		return `[\\/]`
	}
	return "/"
}
