package audit

import (
	"bytes"
	"errors"
	"io"
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
	// Known is where in the original the last stretch ends.
	Known int64
	// Complete: the audit has its end. If not, the run was killed, and nobody
	// knows what of the original follows Known.
	Complete      bool
	Input, Output Sum // of a complete one
	// By Restore: Written are bytes of the original, Shown those of clean that are
	// in it, and Behind those of clean that follow them.
	Written, Shown, Behind int64
}

func (a *reader) result(name string) Result {
	p := a.streams[name]
	r := Result{Header: Header{a.header.Name, a.header.Tool, a.header.Streams}, Stream: name, Spans: p.spans, Folded: p.folded, Known: p.next}
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

// Original reports whether clean is the original already, as far as a stream of an
// audit goes: all stretches stand in it, each in its place. Of an audit that has its
// end, Restore knows that better.
func Original(audit, clean io.Reader, stream string) (bool, error) {
	a, err := newReader(audit)
	if err != nil {
		return false, err
	}
	p, err := a.stream(stream)
	if err != nil {
		return false, err
	}
	buf := make([]byte, maxSpan)
	for at := int64(0); ; at = p.next {
		r, span, err := a.next()
		switch {
		case errors.Is(err, io.EOF):
			return p.spans > 0, nil
		case err != nil:
			return false, err
		case r.Stream != stream:
			continue
		}
		if same, err := stands(clean, r.In-at, span, buf); err != nil || !same {
			return false, err
		}
	}
}

// stands reports whether a span follows when so many bytes are skipped.
func stands(in io.Reader, skip int64, span, buf []byte) (bool, error) {
	_, err := io.CopyN(io.Discard, in, skip)
	if err == nil {
		_, err = io.ReadFull(in, buf[:len(span)])
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return false, nil
	}
	return err == nil && bytes.Equal(buf[:len(span)], span), err
}
