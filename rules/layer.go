package rules

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// The layers, from the weakest to the strongest: what comes with the program,
// the user's own folder, the project's, and what was typed.
const (
	LayerBuiltin = "built-in"
	LayerUser    = "user"
	LayerProject = "project"
	LayerFlag    = "--rules"
)

// A Layer is the rules of one place. A rule of a later layer replaces the one
// of its id in those before, or takes it out.
type Layer struct {
	Name string
	// Set holds the rules that are right, those that are disabled as well.
	Set *Set
	// Untrusted are the names of files that nobody has allowed, and of those
	// that cannot be read, and so not be allowed. They are in no way looked into.
	Untrusted []string
}

// BuiltinLayer returns the rules that come with the program.
func BuiltinLayer() Layer { return Layer{Name: LayerBuiltin, Set: Builtin()} }

// UserLayer reads the rules of a user's folder, which need not be there. The
// error joins a FileError for each file that is wrong.
func UserLayer(folder string) (Layer, error) {
	set, err := ParseAll(readFolder(folder))
	return Layer{Name: LayerUser, Set: set}, err
}

// ProjectLayer reads the rules that come with a project: only those whose
// content is trusted, since a rule hides lines, and a checkout is written by
// anybody. A nil trust allows none. Files that were typed are left out: they
// are in the layer of those. So are empty ones that nobody trusts: such is the
// file that a shell has just made for "> .orbfilter/rules/mine.yaml".
func ProjectLayer(folder string, trust *Trust, typed ...File) (Layer, error) {
	l := Layer{Name: LayerProject}
	var files, allowed []File
	if isFolder(folder) {
		files = ReadInside(folder)
	}
	for _, f := range files {
		switch {
		case slices.ContainsFunc(typed, f.same):
		case f.err == nil && trust.Allows(f.Data):
			allowed = append(allowed, f)
		case f.err != nil || len(f.Data) > 0:
			l.Untrusted = append(l.Untrusted, f.Name)
		}
	}
	var err error
	l.Set, err = ParseAll(allowed)
	return l, err
}

// same reports whether two files have one name, or one content.
func (f *File) same(o File) bool {
	if f.err == nil && o.err == nil {
		return bytes.Equal(f.Data, o.Data)
	}
	a, errA := filepath.Abs(f.Name)
	b, errB := filepath.Abs(o.Name)
	return errA == nil && errB == nil && a == b
}

// isFolder reports whether a folder is there; "" is none.
func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// readFolder reads the rule files of a folder; none when it is not there.
func readFolder(folder string) []File {
	if folder == "" || !isThere(folder) {
		return nil
	}
	return Read(folder)
}

// isThere reports whether something of a user's own is there for us. It is not where a folder above it is a file, or is closed to us:
// HOME may be that of somebody else (sudo -u, a container), who keeps rules for himself.
func isThere(name string) bool {
	_, err := os.Stat(name)
	return !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.ENOTDIR)
}

// FlagLayer reads files and folders that were named by hand.
func FlagLayer(names []string) (Layer, []error) {
	l := Layer{Name: LayerFlag, Set: NewSet()}
	var errs []error
	for _, name := range names {
		set, err := Load(name)
		if err != nil {
			errs = append(errs, err)
		}
		for r := range set.All() {
			if err := l.Set.Add(r); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return l, errs
}

// ProjectFolder is where a project has its rules, below its own folder.
const ProjectFolder = ".orbfilter/rules"

// FindProject returns the folder of project rules that is nearest, from dir
// upwards; "" when there is none. It is dir's own form: absolute if dir is.
func FindProject(dir string) string {
	for {
		folder := filepath.Join(dir, filepath.FromSlash(ProjectFolder))
		if isFolder(folder) {
			return folder
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// Layers are layers from the weakest to the strongest.
type Layers []Layer

// Set returns the rules that are in use: of each id that of the last layer
// that has one, unless it is disabled there.
func (l Layers) Set() *Set {
	set := NewSet()
	for i, layer := range l {
		for r := range layer.Set.All() {
			r.Layer = i
			set.Put(r)
		}
	}
	return set
}

// An Entry is an id, and who decides about it.
type Entry struct {
	// Rule is that of the last layer. If it is disabled, nothing is in it but
	// its id.
	Rule  *Rule
	Layer string
	// Earlier is what it replaces or takes out, in the layer before; nil: nothing.
	Earlier *Entry
}

// Entries returns an entry for each id, in the order of the ids.
func (l Layers) Entries() []*Entry {
	byID := map[string]*Entry{}
	var ids []string
	for _, layer := range l {
		for r := range layer.Set.All() {
			if byID[r.ID] == nil {
				ids = append(ids, r.ID)
			}
			byID[r.ID] = &Entry{Rule: r, Layer: layer.Name, Earlier: byID[r.ID]}
		}
	}
	slices.Sort(ids)
	entries := make([]*Entry, 0, len(ids))
	for _, id := range ids {
		entries = append(entries, byID[id])
	}
	return entries
}

// Described returns the rule that says what the issue is: that of the entry,
// or, if it only takes one out, the one that was taken out. It is nil when
// there is none.
func (e *Entry) Described() *Rule {
	for ; e != nil; e = e.Earlier {
		if !e.Rule.Disabled {
			return e.Rule
		}
	}
	return nil
}
