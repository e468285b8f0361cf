package restore

import (
	"bufio"
	"errors"
	"fmt"
	stdio "io"
	"os"
	"slices"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/filter/wrap"
)

// checkAudit reads the audit alone.
func (r *restoration) checkAudit(file *os.File) error {
	all, err := audit.Check(file)
	if err != nil {
		return err
	}
	var cut []audit.Result
	for _, one := range all {
		if one.Complete {
			r.sayWhole(r.audit, one)
		} else {
			cut = append(cut, one)
		}
	}
	if len(cut) > 0 {
		return &cutOff{streams: cut}
	}
	return nil
}

// restore writes the original to where it is to go. Nothing is written before
// all was compared, where that can be read twice, or is put in place at the end.
func (r *restoration) restore(from, clean *os.File) error {
	info, err := clean.Stat()
	if err != nil {
		return err
	}
	clean, done, err := r.readable(from, clean, info)
	if err != nil {
		return err
	}
	defer done()
	switch {
	case r.check:
		one, err := r.merge(stdio.Discard, from, clean)
		if err == nil {
			r.sayWhole(r.audit+" and "+r.clean, one)
		}
		return err
	case r.output != "":
		return r.save(from, clean, info)
	case r.start >= 0:
		var cut *cutOff
		if _, err := r.merge(stdio.Discard, from, clean); err != nil && !errors.As(err, &cut) {
			return err
		}
	}
	one, err := r.write(wrap.Writer{File: r.io.Out}, from, clean)
	if err == nil {
		r.sayBehind(one)
	}
	return err
}

// readable finds out where CLEAN begins, if it can be read again. What comes through
// a pipe is judged by the sums that the audit ends with; without them, it is kept until
// done is called.
func (r *restoration) readable(from, clean *os.File, info os.FileInfo) (_ *os.File, done func(), err error) {
	nothing := func() {}
	if info.Mode().IsRegular() {
		r.start, err = clean.Seek(0, stdio.SeekCurrent)
		return clean, nothing, err
	}
	all, err := audit.Check(from)
	if err != nil {
		return nil, nil, err
	}
	r.start = -1
	if !slices.ContainsFunc(all, func(one audit.Result) bool { return one.Stream == r.stream && !one.Complete }) {
		return clean, nothing, nil
	}
	r.start = 0
	kept, err := cli.Spool(clean, r.clean)
	if err != nil {
		return nil, nil, err
	}
	if clean, err = os.Open(kept.Path); err != nil {
		kept.Remove()
		return nil, nil, err
	}
	return clean, func() { clean.Close(); kept.Remove() }, nil
}

// write restores to w.
func (r *restoration) write(w stdio.Writer, from, clean *os.File) (audit.Result, error) {
	to := bufio.NewWriterSize(w, 256<<10)
	one, err := r.merge(to, from, clean)
	if ferr := to.Flush(); ferr != nil {
		return one, r.unwritten(ferr)
	}
	return one, err
}

// merge puts audit and clean copy together, from their beginnings. That the audit has
// no end is an error.
func (r *restoration) merge(w stdio.Writer, from, clean *os.File) (audit.Result, error) {
	behind := stdio.Discard
	if r.place {
		behind = w
	}
	var one audit.Result
	err := r.both(from, clean, func(kept, text stdio.Reader) (err error) {
		one, err = audit.Restore(w, behind, kept, text, r.stream)
		return err
	})
	r.name = one.Name
	if err == nil && !one.Complete {
		err = r.incomplete(one, from, clean)
	}
	if r.start >= 0 && (one.Behind > 0 || err != nil) {
		err = r.newest(clean, err)
	}
	return one, err
}

// both reads audit and clean copy from their beginnings.
func (r *restoration) both(from, clean *os.File, do func(kept, text stdio.Reader) error) error {
	_, err := from.Seek(0, stdio.SeekStart)
	if err == nil && r.start >= 0 {
		_, err = clean.Seek(r.start, stdio.SeekStart)
	}
	if err != nil {
		return err
	}
	text, err := logs.NewReader(clean)
	if err != nil {
		return fmt.Errorf("cannot read the clean copy %s: %w", r.clean, err)
	}
	defer text.Close()
	r.zipped = text.Zipped()
	return do(from, text)
}

// incomplete is the error of an audit that has no end. A log that a scan would have
// replaced, had it not been killed, is the original.
func (r *restoration) incomplete(one audit.Result, from, clean *os.File) error {
	already := false
	err := r.both(from, clean, func(kept, text stdio.Reader) (err error) {
		already, err = audit.Original(kept, text, r.stream)
		return err
	})
	info, serr := clean.Stat()
	switch {
	case errors.Join(err, serr) != nil:
		return errors.Join(err, serr)
	case already:
		return &audit.Flaw{Clean: true, What: fmt.Sprintf("it is the original already, as far as the audit goes (up to byte %d)", one.Known)}
	}
	return &cutOff{streams: []audit.Result{one}, clean: r.clean, size: info.Size() - r.start}
}
