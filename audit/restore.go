package audit

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
)

// ErrStream is the error for a stream that the audit does not have, and for
// none when it has several.
var ErrStream = errors.New("the audit has no such stream")

// A Result is what an audit says of a stream, and what was made of it.
type Result struct {
	Header
	Stream string
	// Spans are the stretches that were folded, and Folded their bytes.
	Spans  int
	Folded int64
	// Complete: the audit has its end. If not, the run was killed, and what
	// was restored is the beginning of the original.
	Complete      bool
	Input, Output Sum   // of a complete one
	Written       int64 // bytes of the original, by Restore
}

func (a *reader) result(name string) Result {
	p := a.streams[name]
	r := Result{Header: Header{a.header.Name, a.header.Tool, a.header.Streams}, Stream: name, Spans: p.spans, Folded: p.folded}
	if p.end != nil {
		r.Complete, r.Input, r.Output = true, p.end.Input, p.end.Output
	}
	return r
}

// Check reads an audit to its end. It returns what it says of each stream; the
// error is a *Flaw when something is wrong with it. That it is incomplete is none.
func Check(audit io.Reader) (all []Result, err error) {
	a, err := newReader(audit)
	if err != nil {
		return nil, err
	}
	for err == nil {
		_, _, err = a.next()
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	for name := range a.streams {
		all = append(all, a.result(name))
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Stream > all[j].Stream }) // stdout is the first
	return all, nil
}

// Restore writes the original of a stream to dst: clean is what was shown of
// it, and audit what was not. It is written as it is read, so that it is known
// at the end only whether it is the original: then the error is nil, and Result
// says Complete. The error is a *Flaw when the audit is wrong or clean is not
// what this run has shown. No more than a line of the audit is held in memory.
func Restore(dst io.Writer, audit, clean io.Reader, stream string) (Result, error) {
	a, err := newReader(audit)
	if err != nil {
		return Result{}, err
	}
	if _, err := a.stream(stream); err != nil {
		return Result{}, err
	}
	m := &merger{
		dst: dst, clean: clean, buffer: make([]byte, buffer),
		in: tally{hash: sha256.New()}, out: tally{hash: sha256.New()},
	}
	if err := m.records(a, stream); err != nil {
		return Result{}, err
	}
	r := a.result(stream)
	return r, m.finish(&r)
}

// A merger puts clean and audit together.
type merger struct {
	dst     io.Writer
	clean   io.Reader
	buffer  []byte
	in, out tally
	short   bool // clean has ended where more of it is needed
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
		if err := m.copy(r.Out - m.out.bytes); err != nil {
			return err
		}
		if m.short {
			continue
		}
		if err := m.write(span); err != nil {
			return err
		}
	}
}

// copy takes n bytes of clean over.
func (m *merger) copy(n int64) error {
	for n > 0 {
		k, err := m.clean.Read(m.buffer[:min(n, int64(len(m.buffer)))])
		n -= int64(k)
		m.out.add(m.buffer[:k])
		if werr := m.write(m.buffer[:k]); werr != nil {
			return werr
		}
		if errors.Is(err, io.EOF) {
			m.short = n > 0
			return nil
		}
		if err != nil {
			return fmt.Errorf("cannot read the clean copy: %w", err)
		}
	}
	return nil
}

func (m *merger) write(p []byte) error {
	m.in.add(p)
	_, err := m.dst.Write(p)
	return err
}

// finish takes over what follows the last fold, and compares the sums.
func (m *merger) finish(r *Result) error {
	left := int64(math.MaxInt64)
	if r.Complete {
		left = r.Output.Bytes - m.out.bytes
	}
	if !m.short {
		if err := m.copy(left); err != nil {
			return err
		}
	}
	r.Written = m.in.bytes
	if !r.Complete {
		return nil
	}
	if _, err := io.Copy(&m.out, m.clean); err != nil { // what there is too much is not written
		return fmt.Errorf("cannot read the clean copy: %w", err)
	}
	return compare(r, m.in.sum(), m.out.sum())
}

// compare says how what came out differs from what the audit promises.
func compare(r *Result, in, out Sum) error {
	var what string
	switch {
	case out == r.Input && out != r.Output:
		what = "it is the original already"
	case out.Bytes != r.Output.Bytes:
		what = fmt.Sprintf("it has %d bytes, and what was shown of this run had %d: it is another text, or was changed", out.Bytes, r.Output.Bytes)
	case out != r.Output:
		what = fmt.Sprintf("it has %d bytes, as what was shown of this run, but not the same ones (SHA-256 %s, not %s): it is another text, or was changed", out.Bytes, out.SHA256, r.Output.SHA256)
	case in != r.Input:
		what = fmt.Sprintf("it does not lead to the original that it speaks of (SHA-256 %s, not %s): it was changed", in.SHA256, r.Input.SHA256)
	default:
		return nil
	}
	return &Flaw{Clean: out != r.Output, What: what}
}
