package logs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// A Search says which files of a folder are logs: all that are not hidden, as far
// as nothing else is said. What was typed is one in any case. In a folder links
// are not followed, and pipes and devices are left out.
type Search struct {
	// Include are patterns, of which a file must match one: its name or, where
	// the pattern has a slash, its path below the folder. None: all match.
	Include []string
	// Skip reports whether a file or folder below one that was typed is none of
	// the user's logs; nil: all are.
	Skip func(fs.FileInfo) bool
	// Own reports, by the first bytes of its text, unpacked, whether a file below a
	// folder that was typed is none of the user's logs; nil: all are.
	Own func(head []byte) bool
	// In is standard input.
	In *os.File

	files    []*File
	failures []*Failure
	known    map[string]bool // paths
}

// CheckPattern says what is wrong with a pattern of Include.
func CheckPattern(pattern string) error {
	if !doublestar.ValidatePattern(pattern) || pattern == "" {
		return fmt.Errorf("%q is no pattern; * stands for any part of a name, ** for folders, [ab] for one of these: '*.log', 'ci/**/*.txt'", pattern)
	}
	return nil
}

// Find returns the files, in the order of the paths and then of their names, each
// once, and what could not be read on the way.
func (s *Search) Find(paths []string) ([]*File, []*Failure) {
	s.known = map[string]bool{}
	for _, p := range paths {
		if err := s.look(p); err != nil {
			s.fail(p, err)
		}
	}
	return s.files, s.failures
}

func (s *Search) fail(name string, err error) {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	s.failures = append(s.failures, &Failure{filepath.ToSlash(name), err})
}

// look takes one path in.
func (s *Search) look(typed string) error {
	if typed == Stdin {
		info, err := s.In.Stat()
		s.add(&File{Name: Stdin, Rel: "stdin", Info: info, In: s.In})
		return err
	}
	target, err := filepath.EvalSymlinks(typed)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return s.walk(typed, target)
	case !info.Mode().IsRegular() && info.Mode().Type() != fs.ModeNamedPipe:
		return errors.New("it is neither a file nor a folder")
	}
	s.add(&File{Name: filepath.ToSlash(filepath.Clean(typed)), Rel: filepath.Base(typed), Path: target, Info: info})
	return nil
}

// add enters a file, unless it was found before.
func (s *Search) add(f *File) {
	key := f.Path
	if abs, err := filepath.Abs(f.Path); err == nil && f.In == nil {
		key = abs
	}
	if !s.known[key] {
		s.known[key] = true
		s.files = append(s.files, f)
	}
}

// walk goes through a folder. What cannot be read in it is no reason to leave
// out the rest.
func (s *Search) walk(typed, target string) error {
	return filepath.WalkDir(target, func(name string, d fs.DirEntry, err error) error {
		rel, rerr := filepath.Rel(target, name)
		if rerr != nil {
			return rerr
		}
		rel = filepath.ToSlash(rel)
		if err != nil {
			s.fail(path.Join(filepath.ToSlash(typed), rel), err)
			return nil
		}
		if name == target {
			return nil
		}
		return s.visit(&File{Name: path.Join(filepath.ToSlash(typed), rel), Rel: rel, Path: name}, d)
	})
}

// visit takes in something that is in a folder.
func (s *Search) visit(f *File, d fs.DirEntry) error {
	leave := error(nil)
	if d.IsDir() {
		leave = fs.SkipDir
	}
	if strings.HasPrefix(d.Name(), ".") || !d.IsDir() && (!d.Type().IsRegular() || !s.included(f.Rel)) {
		return leave
	}
	info, err := d.Info()
	switch {
	case err != nil:
		s.fail(f.Name, err)
	case s.Skip != nil && s.Skip(info):
		return leave
	case !d.IsDir() && (s.Own == nil || !s.Own(headOf(f.Path))):
		f.Info = info
		s.add(f)
	}
	return nil
}

// headOf returns the first bytes of the text in a file; none if it cannot be read,
// which is said by who reads it.
func headOf(name string) []byte {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	r, err := NewReader(f)
	if err != nil {
		return nil
	}
	defer r.Close()
	return r.Head()
}

func (s *Search) included(rel string) bool {
	for _, pattern := range s.Include {
		name := rel
		if !strings.Contains(pattern, "/") {
			name = path.Base(rel)
		}
		if ok, _ := doublestar.Match(pattern, name); ok {
			return true
		}
	}
	return len(s.Include) == 0
}
