// Package original puts the original of a log together again, from an audit and what was left of the log.
package original

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/filter/logs"
)

// Options are what is to be restored. The names are for errors.
type Options struct {
	Clean  string // the name of what was left
	Output string // the name of the file that the original is written to; empty: it is none
	Stream string // of a run with two streams; empty: there is one
	Beside string // the path of the audit, beside which there may be later ones; empty: it came through a pipe
	// Keep copies what can be read only once, and returns where to, and what removes that.
	Keep func(clean io.Reader) (path string, remove func(), err error)
}

// A Restoration is an audit and what was left of its log, CLEAN. New makes it. It is not safe for concurrent use.
type Restoration struct {
	Options
	Place  bool   // the original was to be put in the place of CLEAN
	Name   string // of the log, by its audit
	Zipped bool   // CLEAN is an archive, which no clean copy is

	from, clean *os.File
	info        os.FileInfo // of CLEAN as it was named
	start       int64       // where CLEAN begins; -1: it can be read once only
	done        func()
}

// New finds out where CLEAN begins, if it can be read again. What comes through
// a pipe is judged by the sums that the audit ends with; without them, it is kept until Close is called.
func New(from, clean *os.File, o Options) (*Restoration, error) {
	info, err := clean.Stat()
	if err != nil {
		return nil, err
	}
	r := &Restoration{Options: o, from: from, clean: clean, info: info, done: func() {}}
	if info.Mode().IsRegular() {
		r.start, err = clean.Seek(0, io.SeekCurrent)
		return r, err
	}
	all, err := audit.Check(from)
	if err != nil {
		return nil, err
	}
	r.start = -1
	if !slices.ContainsFunc(all, func(one audit.Result) bool { return one.Stream == r.Stream && !one.Complete }) {
		return r, nil
	}
	r.start = 0
	return r, r.keep()
}

// keep has CLEAN copied, so that it can be read again.
func (r *Restoration) keep() error {
	path, remove, err := r.Keep(r.clean)
	if err != nil {
		return err
	}
	if r.clean, err = os.Open(path); err != nil {
		remove()
		return err
	}
	r.done = func() { r.clean.Close(); remove() }
	return nil
}

// Close lets go of what was kept. The two files stay open.
func (r *Restoration) Close() { r.done() }

// Whole reports whether the two are: it writes nothing. The error is an *audit.Flaw, a *CutOff, a *Refusal, or of reading.
func (r *Restoration) Whole() (audit.Result, error) { return r.merge(io.Discard) }

// Write writes the original to w. Nothing is written before all was compared, where that can be read twice. The error is as
// that of Whole; for an audit that has no end, what is known was written.
func (r *Restoration) Write(w io.Writer) (audit.Result, error) {
	if r.start >= 0 {
		var cut *CutOff
		if one, err := r.merge(io.Discard); err != nil && !errors.As(err, &cut) {
			return one, err
		}
	}
	return r.write(w)
}

// write restores to w.
func (r *Restoration) write(w io.Writer) (audit.Result, error) {
	to := bufio.NewWriterSize(w, 256<<10)
	one, err := r.merge(to)
	if ferr := to.Flush(); ferr != nil {
		return one, r.unwritten(ferr)
	}
	return one, err
}

// merge puts audit and clean copy together, from their beginnings. That the audit has
// no end is an error.
func (r *Restoration) merge(w io.Writer) (audit.Result, error) {
	behind := io.Discard
	if r.Place {
		behind = w
	}
	var one audit.Result
	err := r.both(func(kept, text io.Reader) (err error) {
		one, err = audit.Restore(w, behind, kept, text, r.Stream)
		return err
	})
	r.Name = one.Name
	if err == nil && !one.Complete {
		err = r.incomplete(one)
	}
	if r.start >= 0 && (one.Behind > 0 || err != nil) {
		err = r.newest(err)
	}
	return one, err
}

// both reads audit and clean copy from their beginnings.
func (r *Restoration) both(do func(kept, text io.Reader) error) error {
	_, err := r.from.Seek(0, io.SeekStart)
	if err == nil && r.start >= 0 {
		_, err = r.clean.Seek(r.start, io.SeekStart)
	}
	if err != nil {
		return err
	}
	text, err := logs.NewReader(r.clean)
	if err != nil {
		return fmt.Errorf("cannot read the clean copy %s: %w", r.Clean, err)
	}
	defer text.Close()
	r.Zipped = text.Zipped()
	return do(r.from, text)
}

// incomplete is the error of an audit that has no end. A log that a scan would have
// replaced, had it not been killed, is the original.
func (r *Restoration) incomplete(one audit.Result) error {
	already := false
	err := r.both(func(kept, text io.Reader) (err error) {
		already, err = audit.Original(kept, text, r.Stream)
		return err
	})
	info, serr := r.clean.Stat()
	switch {
	case errors.Join(err, serr) != nil:
		return errors.Join(err, serr)
	case already:
		return &audit.Flaw{Clean: true, What: fmt.Sprintf("it is the original already, as far as the audit goes (up to byte %d)", one.Known)}
	}
	return &CutOff{Streams: []audit.Result{one}, Clean: r.Clean, Size: info.Size() - r.start}
}
