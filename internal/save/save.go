// Package save writes files whole or not at all, and over nothing but what orbfilter has
// written.
package save

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// SamePath reports whether two names are of one file, which need not be there.
func SamePath(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	if err1 == nil && err2 == nil {
		return os.SameFile(x, y)
	}
	a, err1 = filepath.Abs(a)
	b, err2 = filepath.Abs(b)
	return err1 == nil && err2 == nil && a == b
}

// WriteOut writes a file whole or not at all, so that a report that is there
// stays until there is a new one; to a pipe, a device or one of its own streams
// it just writes. The error names the file, and not what it is made by.
func WriteOut(file string, write func(w io.Writer) error) error {
	if err := writeTo(file, write); err != nil {
		return fmt.Errorf("%s: %w", file, Because(err))
	}
	return nil
}

func writeTo(file string, write func(w io.Writer) error) error {
	if !IsPlain(file) {
		return writeInto(file, write)
	}
	made, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o666) // a new one gets the mode that the umask says
	if err != nil {
		return err
	}
	info, err := made.Stat()
	if err := errors.Join(err, made.Close()); err != nil {
		return err
	}
	target, err := filepath.EvalSymlinks(file) // a link stays one
	if err != nil {
		return err
	}
	if err = replaceBy(target, info.Mode().Perm(), write); err == nil || isFull(err) {
		return err
	}
	return writeOver(file, write) // a folder that cannot be written to, a file that is mounted
}

// IsPlain reports whether a name is that of a file, or of none yet. What is below
// /dev and /proc can be a file that a stream of this very process goes to.
func IsPlain(file string) bool {
	if at, err := filepath.Abs(file); err == nil && (strings.HasPrefix(at, "/dev/") || strings.HasPrefix(at, "/proc/")) {
		return strings.HasPrefix(at, "/dev/shm/")
	}
	info, err := os.Stat(file)
	return err != nil || info.Mode().IsRegular()
}

// writeInto writes to something that is there. It does not wait for somebody who
// reads a pipe: at the end of a deploy it would wait for ever.
func writeInto(file string, write func(w io.Writer) error) error {
	w, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(w), w.Close())
}

// writeOver writes to a file in place.
func writeOver(file string, write func(w io.Writer) error) error {
	w, err := os.OpenFile(file, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(w), w.Close())
}

// isFull reports whether there was no room for a file: then what is there is the
// best that can be had.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) || errors.Is(err, syscall.EIO)
}
