// Package site tells where packages are installed, as the lines of a run name it: the files of a traceback or of a
// warning, and which folder a program has loaded its modules from.
package site

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A File is what the path in a line tells.
type File struct {
	Caretless bool   // its Python draws no carets
	Folder    string // the folder of installed packages that it lies in; empty: none
	Module    string // of Folder: the name in it that the path goes on with
}

const (
	// maxFile is how long a line may be that names a file, in bytes. No system has longer
	// paths (PATH_MAX of Linux is 4096).
	maxFile = 5 << 10
	// maxFiles is what is remembered of lines that name a file may take, in bytes.
	maxFiles = 512 << 10
)

// Files remembers what lines say of files. NewFiles makes it. It is not safe for concurrent use.
type Files struct {
	known capped.Cache[string, File] // by line
	last  []lastFile                 // by hash, the last of these: of each line it is asked some times; nil: there were none
	seed  maphash.Seed
}

// A lastFile is what was found of a line.
type lastFile struct {
	line []byte
	file File
}

const (
	// lastFiles is how many are at hand, and longestLast how long a line is of which that is so, in bytes.
	lastFiles   = 64
	longestLast = 256
)

// NewFiles returns one that has seen none.
func NewFiles() Files { return Files{known: capped.NewCache[string, File](maxFiles)} }

// Of returns what a line says of the file that it names.
func (f *Files) Of(line []byte) File {
	if len(line) > maxFile {
		return File{}
	}
	if len(line) == 0 || len(line) > longestLast {
		return f.find(line)
	}
	if f.last == nil {
		f.last, f.seed = make([]lastFile, lastFiles), maphash.MakeSeed()
	}
	l := &f.last[maphash.Bytes(f.seed, line)%lastFiles]
	if !bytes.Equal(l.line, line) {
		l.line, l.file = append(l.line[:0], line...), f.find(line)
	}
	return l.file
}

// find is Of for a line that is not at hand.
func (f *Files) find(line []byte) File {
	if known, ok := f.known.Get(string(line)); ok {
		return known
	}
	found := File{Caretless: noCarets.Match(line)}
	found.Folder, found.Module = folderIn(line)
	f.known.Put(string(line), found, 2*len(line))
	return found
}

// noCarets finds the Pythons that draw none in the path of a file.
var noCarets = lazyregexp.New(`[Pp]ython3?\.?(?:[6-9]|10)\b`)

// folder finds a file in a folder of installed packages: a path that a quote, a
// bracket, as in "from 'paramiko' (/path)", or the start of a text begins.
var folder = lazyregexp.New(`(?:^|["(])((?:/|[A-Za-z]:[\\/])[^"(]*?[\\/](?:site|dist)-packages)[\\/](\w*)`)

// packages is a part of each path that folder finds.
var packages = []byte("-packages")

// Named reports whether a text may name a file in a folder of installed packages: where it is false, no line that the text
// is of does.
func Named(text []byte) bool { return bytes.Contains(text, packages) }

// folderIn returns the folder of installed packages that the file lies in
// which a line names, and the name that its path goes on with there; or "".
func folderIn(line []byte) (site, module string) {
	if !Named(line) {
		return "", ""
	}
	if m := folder.FindSubmatch(line); m != nil {
		return string(m[1]), string(m[2])
	}
	return "", ""
}

// maxLoaded bounds what is remembered of the modules of a program, in bytes: there may be
// some hundred programs.
const maxLoaded = 8 << 10

// Loaded are the folders of installed packages that a program has loaded modules from, by the module. The zero value
// knows none. It is not safe for concurrent use.
type Loaded struct {
	from  map[string]string // nil: none was named
	bytes int               // that are in there
}

// Keep keeps where a module was loaded from, as long as there is room.
func (l *Loaded) Keep(at File) {
	if at.Folder == "" || l.from[at.Module] == at.Folder {
		return
	}
	more := len(at.Folder) - len(l.from[at.Module])
	if l.from[at.Module] == "" {
		more += len(at.Module)
	}
	if l.bytes+more > maxLoaded {
		return
	}
	if l.from == nil {
		l.from = map[string]string{}
	}
	l.bytes += more
	l.from[at.Module] = at.Folder
}

// Bytes is how much is kept; it changes with nearly all that is.
func (l *Loaded) Bytes() int { return l.bytes }

// Empty reports whether nothing is kept.
func (l *Loaded) Empty() bool { return len(l.from) == 0 }

// String is all that is kept, a module a line: the same for the same, in whatever order it came.
func (l *Loaded) String() string {
	var b strings.Builder
	for _, module := range slices.Sorted(maps.Keys(l.from)) {
		fmt.Fprintf(&b, "\n%q %q", module, l.from[module])
	}
	return b.String()
}

// modules are the names under which a package is imported that are not its own.
var modules = map[string][]string{"pyinfra": {"pyinfra", "pyinfra_cli"}, "setuptools": {"setuptools", "pkg_resources"}}

// Of returns the folder that the program has loaded a package from, or "".
func (l *Loaded) Of(name string) string {
	names := modules[name]
	if names == nil {
		names = []string{strings.ReplaceAll(name, "-", "_")}
	}
	for _, module := range names {
		if site := l.from[module]; site != "" {
			return site
		}
	}
	return ""
}
