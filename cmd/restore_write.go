package cmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/orbfilter/orbfilter/logs"
)

// save writes the original to a file that appears when it is known to be the
// one, with the permissions of the clean copy, and packed as its name says.
func (r *restoration) save(from, clean *os.File, mode os.FileMode) error {
	path, err := destination(r.output)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".restore-*")
	if err != nil {
		return r.unwritten(err)
	}
	incomplete := r.pack(file, path, from, clean)
	if incomplete != nil && !errors.Is(incomplete, errIncomplete) {
		return errors.Join(incomplete, file.Close(), os.Remove(file.Name()))
	}
	if err := put(file, path, mode); err != nil {
		return errors.Join(r.unwritten(err), os.Remove(file.Name()))
	}
	return incomplete
}

// pack writes the original to a file that is to have this name.
func (r *restoration) pack(file *os.File, path string, from, clean *os.File) error {
	packed, err := logs.NewWriter(file, path)
	if err != nil {
		return r.unwritten(err)
	}
	err = r.write(packed, from, clean)
	if cerr := packed.Close(); cerr != nil {
		return r.unwritten(cerr)
	}
	return err
}

// put ends a file and gives it its name.
func put(file *os.File, path string, mode os.FileMode) error {
	var err error
	if mode.IsRegular() {
		err = file.Chmod(mode.Perm())
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	return err
}

// destination follows links to the file that is to be written.
func destination(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return name, nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", usageError{fmt.Errorf("--output %s: it is no file; to write to it type: > %s", name, name)}
	}
	return filepath.EvalSymlinks(name)
}

// unwritten is the error of what cannot be written. It does not name the file that is
// written first.
func (r *restoration) unwritten(err error) error {
	if r.output == "" {
		return fmt.Errorf("cannot write the original: %w", because(err))
	}
	return fmt.Errorf("cannot write the original to %s: %w", r.output, because(err))
}
