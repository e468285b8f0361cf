package host

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
)

// maxEntries is how many entries of a folder are looked at. Folders of packages have some
// hundred, those of whole distributions some thousand.
const maxEntries = 50_000

var errTooMany = errors.New("it has too many entries")

// OpenRegular opens a regular file for reading. What is something else is not opened: a pipe
// would wait for its other end, and a device may do anything. It is looked at once more when
// it is open, since somebody may have put another in its place.
func OpenRegular(name string) (*os.File, error) {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil, notRegular(name, err)
	}
	file, err := os.OpenFile(name, os.O_RDONLY|noWait, 0)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		_ = file.Close()
		return nil, notRegular(name, err)
	}
	return file, nil
}

func notRegular(name string, err error) error {
	if err != nil {
		return err
	}
	return &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
}

// EachEntry calls look with the entries of a folder, in the order in which Python sees them,
// until it says that it has seen enough. Of a folder with more than maxEntries the rest is
// left alone, which is an error.
func EachEntry(name string, look func(fs.DirEntry) (enough bool)) error {
	const atOnce = 1000
	dir, err := os.OpenFile(name, os.O_RDONLY|noWait|folderOnly, 0)
	if err != nil {
		return err
	}
	defer dir.Close()
	for seen := 0; seen < maxEntries; {
		entries, err := dir.ReadDir(atOnce)
		if slices.ContainsFunc(entries, look) {
			return nil
		}
		if seen += len(entries); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return &fs.PathError{Op: "read", Path: name, Err: errTooMany}
}

// ReadSmall reads the beginning of a file; nil: there is none.
func ReadSmall(path string) []byte { return ReadUpTo(path, MaxSmall) }

// ReadUpTo reads the beginning of a file, at most limit bytes; nil: there is none.
func ReadUpTo(path string, limit int64) []byte {
	file, err := OpenRegular(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	data, _ := io.ReadAll(io.LimitReader(file, limit))
	return data
}
