package stream

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/internal/save"
)

// openAudit makes the file of --audit, if it was asked for: from then on what
// cannot be kept is not folded. streams are the names of those that are kept
// apart; none: there is one. bad: it could not be made, which was said.
func (s *session) openAudit(name string, streams ...string) (bad bool) {
	if s.options.Audit == "" {
		return false
	}
	path, err := s.auditFile(s.options.Audit)
	if err == nil {
		err = s.checkAudit(path)
	}
	if err == nil {
		s.audit, err = audit.Create(path, audit.Header{Name: name, Tool: s.io.Version, Streams: streams})
		s.auditOf = streams
	}
	if errors.Is(err, audit.ErrExists) {
		err = fmt.Errorf("%w; take another name, or remove it", audit.ErrExists)
	}
	if err != nil {
		s.options.Complain(s.io, fmt.Errorf("--audit %s: %w", path, save.Because(err)))
	}
	return err != nil
}

// auditFile returns the file that the audit is to be: in a folder each run has its own, named after the time at which it
// began. The folder is made if its name ends with a slash. So one can stand in a config file.
func (s *session) auditFile(path string) (string, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, s.auditName()), nil
	}
	if !os.IsPathSeparator(path[len(path)-1]) {
		return path, nil
	}
	return filepath.Join(path, s.auditName()), os.MkdirAll(path, 0o777)
}

// auditName tells runs apart that begin at the same time by the number of the process.
func (s *session) auditName() string {
	return fmt.Sprintf("%s-%d.orb", s.began.UTC().Format("20060102T150405Z"), os.Getpid())
}

// checkAudit finds files that the audit would spoil, or that would spoil it.
func (s *session) checkAudit(path string) error {
	const adds = "puts into the stream what the run has not written, so that the original could not be restored; leave one of the two out"
	switch d := s.output; {
	case s.options.Markers == "always":
		return errors.New("--markers always " + adds)
	case !d.Auto && !d.Plain():
		return errors.New("--format " + d.Name + " " + adds)
	}
	for _, value := range s.options.Reports {
		if _, file, err := cli.SplitReport(value); err == nil && save.SamePath(file, path) {
			return errors.New("a report is to be written there; take another name")
		}
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if slices.ContainsFunc([]*os.File{s.io.In, s.io.Out, s.io.Err}, func(f *os.File) bool {
		other, err := f.Stat()
		return err == nil && os.SameFile(info, other)
	}) {
		return errors.New("it is the log itself; take another name")
	}
	return nil
}

// kept returns next behind the audit of the stream that is filtered next. When
// there is none, though it was asked for, nothing is folded.
func (s *session) kept(next filter.Sink) filter.Sink {
	switch {
	case s.options.Audit == "":
		return next
	case s.audit == nil:
		return filter.SinkFunc(func(e filter.Event) error {
			if e.Fold {
				return filter.ErrShow
			}
			return next.Event(e)
		})
	}
	name := ""
	if n := len(s.filters); n < len(s.auditOf) {
		name = s.auditOf[n]
	}
	return s.audit.Sink(name, next)
}

// closeAudit ends the audit, if there is one.
func (s *session) closeAudit() error {
	if s.audit == nil {
		return nil
	}
	return s.audit.Close()
}
