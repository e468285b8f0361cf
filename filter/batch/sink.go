package batch

import (
	"bytes"
	"errors"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules/learn/recurring"
)

// A logSink takes what the filter says of a log: what is written of it, and what recurs.
type logSink struct {
	written returnSink
	rec     *recurring.Recurrences
}

// Event hands an event on. What cannot be written comes once more, to be shown.
func (s *logSink) Event(e filter.Event) error {
	if err := s.written.Event(e); err != nil {
		return err
	}
	return s.rec.Event(e)
}

// A returnSink gives lines that end with a carriage return their ends back: next is told of the bytes as they are in the log.
type returnSink struct {
	next   filter.Sink
	turned func() int64 // so many bytes of the log are of such lines, as far as it was read
	at     int64        // so many bytes came
	raw    []byte
}

// Event hands an event on.
func (s *returnSink) Event(e filter.Event) error {
	size := int64(len(e.Raw))
	if n := min(s.turned()-s.at, size); n > 0 {
		s.raw = append(s.raw[:0], e.Raw...)
		for ends := s.raw[:n]; ; {
			i := bytes.IndexByte(ends, '\n')
			if i < 0 {
				break
			}
			ends[i] = '\r'
			ends = ends[i+1:]
		}
		e.Raw = s.raw
	}
	err := s.next.Event(e)
	if !e.Fold || !errors.Is(err, filter.ErrShow) { // else it comes once more
		s.at += size
	}
	return err
}
