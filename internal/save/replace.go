package save

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Below reports whether a name is that of something in a folder, or of the folder itself.
// An empty folder has nothing in it.
func Below(folder, name string) bool {
	rel, err := filepath.Rel(folder, name)
	return folder != "" && err == nil && filepath.IsLocal(rel)
}

// Replace writes a file whole or not at all: two runs may end at once. Nobody
// else can read it: a report names hosts.
func Replace(name string, data []byte) error { return replaceAs(name, data, 0o600) }

// ReplaceShared is replace for a file that others are to read; one that is there
// keeps its mode.
func ReplaceShared(name string, data []byte) error {
	mode := os.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	return replaceAs(name, data, mode)
}

func replaceAs(name string, data []byte, mode os.FileMode) error {
	return replaceBy(name, mode, func(w io.Writer) error { _, err := w.Write(data); return err })
}

// replaceBy lets write write the file: what is long need not be in memory. The error
// names the file, and not the one that is to get its name.
func replaceBy(name string, mode os.FileMode, write func(w io.Writer) error) error {
	if err := replaceWith(name, mode, write); err != nil {
		return &fs.PathError{Op: "write", Path: name, Err: Because(err)}
	}
	return nil
}

func replaceWith(name string, mode os.FileMode, write func(w io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	err = errors.Join(write(file), file.Chmod(mode))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// Because is what is wrong with a file, without its name.
func Because(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}
