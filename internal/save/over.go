package save

import (
	"errors"
	"fmt"
)

var errElse = errors.New("this file is something else, and is left as it is; name another, or remove it")

// Overwrites says why a report of a kind (or of TextFormat) is not to be written to a
// file: nothing is lost that is no report. nil: it may be.
func Overwrites(kind, file string) error {
	if !IsPlain(file) {
		return nil
	}
	head, err := look(file)
	if err != nil {
		return fmt.Errorf("nobody knows what is in it: %w", err)
	}
	k := FileOf(kind)
	if head == nil || k != nil && (k.Wrote(head) || k.Like != nil && k.Like(head)) {
		return nil
	}
	return errElse
}

// FirstError returns the first of some errors; nil: there is none.
func FirstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Replaceable reports whether a file of a scanned folder is none of its logs since a
// report is to take its place: it is an earlier one, or empty.
func Replaceable(kind, file string) bool {
	if !IsPlain(file) { // to read from a pipe may take for ever
		return false
	}
	head, err := look(file)
	k := FileOf(kind)
	return err == nil && (head == nil || k != nil && k.Wrote(head))
}
