package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/orbfilter/orbfilter/rules"
)

// bytesOf returns what a config file holds. unused says why it is left alone. trusted: a person has
// named the file, or it is the user's own: it may be a link to anywhere, and anybody's.
func bytesOf(name string, trusted bool) (data []byte, unused string, err error) {
	link, err := os.Lstat(name)
	if err != nil {
		if !trusted && !errors.Is(err, fs.ErrNotExist) { // whether it is there is not known
			err = fs.ErrNotExist
		}
		return nil, "", err
	}
	if trusted {
		data, err = readRegular(func() (fs.FileInfo, error) { return os.Stat(name) }, func() (*os.File, error) { return os.OpenFile(name, openFlags, 0) }, nil)
		return data, "", err
	}
	if by := foreign(link); by != "" {
		return nil, notOurs(name, by), nil
	}
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = root.Close() }() // it was only read
	var by string
	data, err = readRegular(
		func() (fs.FileInfo, error) { return root.Stat(Name) },
		func() (*os.File, error) { return root.OpenFile(Name, openFlags, 0) },
		func(info fs.FileInfo) bool { by = foreign(info); return by == "" })
	if by != "" {
		return nil, notOurs(name, by), nil
	}
	return data, "", err
}

func notOurs(name, by string) string {
	return fmt.Sprintf("it belongs to %s, and is not used; if you trust it, set ORBFILTER_CONFIG=%s", by, name)
}

// readRegular reads a file that is to be a regular one: a pipe may never end. mayRead is asked of what
// was opened; nil: anything may be read.
func readRegular(stat func() (fs.FileInfo, error), open func() (*os.File, error), mayRead func(fs.FileInfo) bool) ([]byte, error) {
	info, err := stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notRegular(info)
	}
	if err != nil {
		return nil, err
	}
	file, err := open() // which does not wait, should it have become a pipe
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	if info, err = file.Stat(); err == nil && !info.Mode().IsRegular() {
		err = notRegular(info)
	}
	if err != nil || mayRead != nil && !mayRead(info) {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(file, rules.MaxSettings+1))
}

func notRegular(info fs.FileInfo) error {
	if info.IsDir() {
		return errors.New("it is a folder")
	}
	return errors.New("it is not a regular file")
}

// because is what is wrong with a file, without its name.
func because(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	if err.Error() == "path escapes from parent" { // the error of os.Root, which has no name there
		return "it is a link that leads out of its folder; put the file itself here"
	}
	return err.Error()
}
