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

// Load reads rules from a file, or from every .yaml and .yml file of a
// folder and what is below it. The set holds the rules that are right; the
// error joins a FileError for each that is not.
func Load(name string) (*Set, error) {
	info, err := os.Stat(name)
	if err != nil {
		return NewSet(), &FileError{File: name, Message: "cannot read rules: " + cause(err)}
	}
	if info.IsDir() {
		return loadFS(os.DirFS(name), name)
	}
	return loadFS(os.DirFS(filepath.Dir(name)), filepath.Dir(name), filepath.Base(name))
}

// cause returns the last part of a path error, without the path.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// loadFS reads the named files, or all rule files when none is named. Files
// are shown in messages below root.
func loadFS(fsys fs.FS, root string, names ...string) (*Set, error) {
	set := NewSet()
	var errs []error
	if len(names) == 0 {
		if names, errs = ruleFiles(fsys, root); len(names)+len(errs) == 0 {
			errs = append(errs, &FileError{File: root, Message: "there is no .yaml file in this folder"})
		}
	}
	for _, name := range names {
		rule, err := loadFile(fsys, name, shown(root, name))
		if err == nil {
			err = set.Add(rule)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return set, errors.Join(errs...)
}

// ruleFiles returns the rule files of a folder. What is hidden is left out:
// the folders of git and of virtual environments, the locks of editors.
func ruleFiles(fsys fs.FS, root string) (names []string, errs []error) {
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch ext := strings.ToLower(path.Ext(name)); {
		case err != nil:
			errs = append(errs, &FileError{File: shown(root, name), Message: cause(err)})
		case name != "." && strings.HasPrefix(path.Base(name), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && (ext == ".yaml" || ext == ".yml"):
			names = append(names, name)
		}
		return nil
	})
	return names, errs
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

func loadFile(fsys fs.FS, name, shown string) (*Rule, error) {
	wrong := func(format string, args ...any) (*Rule, error) {
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
		return Parse(shown, data)
	}
}
