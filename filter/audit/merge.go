package audit

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
)

// Restore writes the original of a stream to dst: clean begins with what was shown
// of it, and audit has what was not. What clean has behind that, a summary or what
// was written to a log later, goes to behind. All is written as it is read, so that
// it is known at the end only whether it is the original: then the error is nil,
// and Result says Complete. Of an audit without an end, the original is written as
// far as it is known. The error is a *Flaw when the audit is wrong or clean is not
// what this run has shown. No more than a line of the audit is held in memory.
func Restore(dst, behind io.Writer, audit, clean io.Reader, stream string) (Result, error) {
	a, err := newReader(audit)
	if err != nil {
		return Result{}, err
	}
	if _, err := a.stream(stream); err != nil {
		return Result{}, err
	}
	m := &merger{
		behind: behind, clean: clean, buffer: make([]byte, buffer),
		in: tally{hash: sha256.New()}, out: tally{hash: sha256.New()},
	}
	m.dst = io.MultiWriter(&m.in, dst)
	if err := m.records(a, stream); err != nil {
		return Result{}, err
	}
	r := a.result(stream)
	return r, m.finish(&r)
}

// A merger puts clean and audit together.
type merger struct {
	dst     io.Writer // it is counted by in
	behind  io.Writer
	clean   io.Reader
	buffer  []byte
	in, out tally // out: all of clean that was read
	short   bool  // clean has ended where more of it is needed
}

// records puts in what was folded of a stream, each in its place.
func (m *merger) records(a *reader, stream string) error {
	for {
		r, span, err := a.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case r.Stream != stream || m.short: // the audit is read to its end all the same: it has the sums
			continue
		}
		if m.short, err = m.copy(m.dst, r.Out-m.out.bytes); err != nil {
			return err
		}
		if m.short {
			continue
		}
		if _, err := m.dst.Write(span); err != nil {
			return err
		}
	}
}

// copy takes n bytes of clean over. short: it has fewer.
func (m *merger) copy(to io.Writer, n int64) (short bool, err error) {
	for n > 0 {
		k, err := m.clean.Read(m.buffer[:min(n, int64(len(m.buffer)))])
		n -= int64(k)
		m.out.add(m.buffer[:k])
		if _, werr := to.Write(m.buffer[:k]); werr != nil {
			return false, werr
		}
		if errors.Is(err, io.EOF) {
			return n > 0, nil
		}
		if err != nil {
			return false, fmt.Errorf("cannot read the clean copy: %w", err)
		}
	}
	return false, nil
}

// finish takes over what follows the last fold, as far as it is known, and compares
// the sums.
func (m *merger) finish(r *Result) (err error) {
	if r.Complete && !m.short {
		if _, err = m.copy(m.dst, r.Output.Bytes-m.out.bytes); err != nil {
			return err
		}
	}
	r.Written = m.in.bytes
	shown := m.out.sum()
	r.Shown = shown.Bytes
	if _, err = m.copy(m.behind, r.Input.Bytes-m.out.bytes); err != nil {
		return err
	}
	first := m.out.sum() // of as many bytes as the original has
	if _, err = m.copy(m.behind, math.MaxInt64); err != nil {
		return err
	}
	r.Behind = m.out.bytes - r.Shown
	if !r.Complete {
		return nil
	}
	return compare(r, m.in.sum(), shown, first)
}

// compare says how what came out differs from what the audit promises.
func compare(r *Result, in, shown, first Sum) error {
	var what string
	const wrong = "it is another text, or was changed"
	switch has := r.Shown + r.Behind; {
	case first == r.Input && r.Input != r.Output && has > first.Bytes: // that it may be by chance is no reason to put the same in twice
		what = fmt.Sprintf("it begins with the original already, and has %d bytes more", has-first.Bytes)
	case first == r.Input && r.Input != r.Output:
		what = "it is the original already"
	case shown.Bytes < r.Output.Bytes:
		what = fmt.Sprintf("it has %d bytes, and what was shown of this run had %d: %s", has, r.Output.Bytes, wrong)
	case shown != r.Output && r.Behind > 0:
		what = fmt.Sprintf("it has %d bytes, and its first %d are not what was shown of this run: %s", has, r.Output.Bytes, wrong)
	case shown != r.Output:
		what = fmt.Sprintf("it has %d bytes, as what was shown of this run, but not the same ones (SHA-256 %s, not %s): %s", has, shown.SHA256, r.Output.SHA256, wrong)
	case in != r.Input:
		return &Flaw{What: fmt.Sprintf("it does not lead to the original that it speaks of (SHA-256 %s, not %s): it was changed", in.SHA256, r.Input.SHA256)}
	default:
		return nil
	}
	return &Flaw{Clean: true, What: what}
}
