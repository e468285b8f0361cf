package cmd

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/orbfilter/orbfilter/cmd/render/printable"
	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/filter"
)

// remember keeps the report of a run for the doctor, who says what an upgrade
// would have taken out of it. That it cannot be kept is no failure of the run,
// and nothing to say at its end.
func (s *session) remember(sum *filter.Summary, code int) {
	dir := diagnose.StateDir(host.This(s.io.Getenv))
	if s.options.noHistory || dir == "" || sum.Input.Bytes == 0 {
		return
	}
	var report bytes.Buffer
	if s.report(sum, code).JSON(&report) == nil {
		_ = keep(host.This(s.io.Getenv), dir, printable.JSON.Bytes(report.Bytes()))
	}
}

// keep writes a report, and puts the one before it aside if that had
// something to upgrade away: so the doctor can say what came of it.
func keep(h *host.Host, dir string, report []byte) error {
	if _, err := os.Stat(h.Home); err != nil && below(h.Home, dir) {
		return err // who has no home, as in a container, is given none
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	last := filepath.Join(dir, diagnose.LastReport)
	if old, err := diagnose.ReadReport(h, diagnose.LastReport); err == nil && old != nil && old.Fixable() {
		if err := os.Rename(last, filepath.Join(dir, diagnose.BeforeReport)); err != nil {
			return err
		}
	}
	return replace(last, report)
}

func below(folder, name string) bool {
	rel, err := filepath.Rel(folder, name)
	return folder != "" && err == nil && filepath.IsLocal(rel)
}

// replace writes a file whole or not at all: two runs may end at once. Nobody
// else can read it: a report names hosts.
func replace(name string, data []byte) error { return replaceAs(name, data, 0o600) }

// replaceShared is replace for a file that others are to read; one that is there
// keeps its mode.
func replaceShared(name string, data []byte) error {
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
		return &fs.PathError{Op: "write", Path: name, Err: because(err)}
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
