package rules

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// maxFile is the largest rule file that is read. The largest that a person
// would write is some kilobytes; YAML parsers take a hundred times the size.
const maxFile = 1 << 18

// A File is a rule file as it was read; what it holds is not looked at yet.
type File struct {
	Name string // as it is shown in messages
	Data []byte
	err  error // why it cannot be read
}

// Err says why the file cannot be read, in which case Data is nil; nil: it was.
func (f *File) Err() error { return f.err }

// maxEntries is how much of a folder is looked at. A project's may be a link to
// anything, and a run does not wait for a whole disk to be searched.
const maxEntries = 2_000

// Load reads rules from a file, or from every .yaml and .yml file of a
// folder and what is below it. The set holds the rules that are right; the
// error joins a FileError for each that is not.
func Load(name string) (*Set, error) {
	files := Read(name)
	if len(files) == 0 {
		return NewSet(), &FileError{File: name, Message: "there is no .yaml file in this folder"}
	}
	return ParseAll(files)
}

// Read reads the files that Load takes. One that cannot be read is an error of
// ParseAll. It returns none for a folder without rule files.
func Read(name string) []File {
	info, err := os.Stat(name)
	if err != nil {
		return []File{{Name: name, err: &FileError{File: name, Message: "cannot read rules: " + cause(err)}}}
	}
	if info.IsDir() {
		return readFS(os.DirFS(name), name)
	}
	return readFS(os.DirFS(filepath.Dir(name)), filepath.Dir(name), filepath.Base(name))
}

// ReadInside is Read for what a checkout brings along: a link must stay within
// the folder, or within that of the file, since what it leads to (~/.netrc) is
// shown by whoever says what is wrong with it. One that leads out is an error,
// and not opened.
func ReadInside(name string) []File {
	folder, names := name, []string(nil)
	_, err := os.Lstat(name)
	if !isFolder(name) {
		folder, names = filepath.Dir(name), []string{filepath.Base(name)}
	}
	var root *os.Root
	if err == nil {
		root, err = openInside(folder)
	}
	if err != nil {
		return []File{{Name: name, err: &FileError{File: name, Message: "cannot read rules: " + cause(err)}}}
	}
	defer func() { _ = root.Close() }() // it was only read
	return readFS(root.FS(), folder, names...)
}

// openInside opens a folder out of which no link leads. That of a project's
// rules may itself not lead out of the project.
func openInside(folder string) (*os.Root, error) {
	rules := filepath.FromSlash(ProjectFolder)
	project := filepath.Dir(filepath.Dir(filepath.Clean(folder)))
	if filepath.Join(project, rules) != filepath.Clean(folder) {
		return os.OpenRoot(folder)
	}
	root, err := os.OpenRoot(project)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	return root.OpenRoot(rules)
}

// ParseAll returns the rules of files, which must have different ids. The
// error joins a FileError for each file that is wrong.
func ParseAll(files []File) (*Set, error) {
	set := NewSet()
	var errs []error
	for _, f := range files {
		errs = append(errs, set.parse(f))
	}
	return set, errors.Join(errs...)
}

// parse adds the rule of a file.
func (s *Set) parse(f File) error {
	if f.err != nil {
		return f.err
	}
	rule, err := Parse(f.Name, f.Data)
	if err != nil {
		return err
	}
	return s.Add(rule)
}

// cause returns the last part of a path error, without the path.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	if err.Error() == escapes {
		return "this is a link that leads out of the folder; put the file itself here"
	}
	return err.Error()
}

// escapes is the error of os.Root for a path that leads out of it; it has no
// name there.
const escapes = "path escapes from parent"

// readFS reads the named files, or all rule files when none is named. Files
// are shown in messages below root.
func readFS(fsys fs.FS, root string, names ...string) (files []File) {
	if len(names) == 0 {
		names, files = ruleFiles(fsys, root)
	}
	for _, name := range names {
		data, err := readFile(fsys, name, shown(root, name))
		files = append(files, File{shown(root, name), data, err})
	}
	return files
}

// ruleFiles returns the rule files of a folder. What is hidden is left out:
// the folders of git and of virtual environments, the locks of editors.
func ruleFiles(fsys fs.FS, root string) (names []string, unread []File) {
	seen := 0
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		seen++
		switch ext := strings.ToLower(path.Ext(name)); {
		case seen > maxEntries:
			unread = append(unread, File{Name: root, err: &FileError{File: root, Message: fmt.Sprintf("there are more than %d files in this folder; name one that holds rules and nothing else", maxEntries)}})
			return fs.SkipAll
		case err != nil:
			unread = append(unread, File{Name: shown(root, name), err: &FileError{File: shown(root, name), Message: cause(err)}})
		case name != "." && strings.HasPrefix(path.Base(name), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && (ext == ".yaml" || ext == ".yml"):
			names = append(names, name)
		}
		return nil
	})
	return names, unread
}

func readAtMost(fsys fs.FS, name string, n int64) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, n))
	return data, errors.Join(err, file.Close())
}

// shown is what a file below root is called in messages.
func shown(root, name string) string { return filepath.Join(root, filepath.FromSlash(name)) }

// readFile reads a file that may be a rule.
func readFile(fsys fs.FS, name, shown string) ([]byte, error) {
	wrong := func(format string, args ...any) ([]byte, error) {
		return nil, &FileError{File: shown, Message: fmt.Sprintf(format, args...)}
	}
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return wrong("%s", cause(err))
	case !info.Mode().IsRegular(): // a pipe may never end
		return wrong("this is not a regular file")
	}
	switch data, err := readAtMost(fsys, name, maxFile+1); {
	case err != nil:
		return wrong("%s", cause(err))
	case len(data) > maxFile:
		return wrong("this is too large for a rule file, of which the largest has %d bytes", maxFile)
	default:
		return data, nil
	}
}
