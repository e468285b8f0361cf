package wrap

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	chunkSize  = 256 << 10
	chunkCount = 3       // one is read into, one is written, one waits
	inFlight   = 2 << 20 // more than a pipe (see enlarge) or a pseudo-terminal can hold
)

// A chunk is what was read at once.
type chunk struct {
	bytes []byte
	write func() (int, error) // nil: it was not prepared
}

// source is the side of a Pump that reads. Buffers go round between free and full.
type source struct {
	dst  Preparer // of what is read; nil: it does not prepare
	r    io.Reader
	file *os.File // r, if it is a file; else nil
	free chan []byte
	full chan chunk // closed at the end
	err  error      // to be read after full was closed; nil for EOF

	came   atomic.Int64 // how many chunks were read; those that are not in full yet are being prepared
	taken  int64        // how many were taken from full, by the side that writes
	last   atomic.Bool  // only what is in flight is still wanted
	budget int          // how much may still be in flight
	empty  int          // reads in a row that gave nothing
	left   atomic.Bool  // at the end somebody could still write; a reader that cannot be woken may end all the same
}

func newSource(r io.Reader, dst Stream) *source {
	s := &source{r: r, budget: inFlight, free: make(chan []byte, chunkCount), full: make(chan chunk, chunkCount)}
	s.dst, _ = dst.(Preparer)
	s.file, _ = r.(*os.File)
	for range chunkCount {
		s.free <- make([]byte, chunkSize)
	}
	if s.file != nil {
		enlarge(s.file)
	}
	return s
}

// read fills buffers until the end. It runs in its own goroutine.
func (s *source) read() {
	defer close(s.full)
	for buf := range s.free {
		n := 0
		for n == 0 {
			if s.last.Load() && s.drained() {
				s.left.Store(!hungUp(s.file))
				return
			}
			var err error
			n, err = s.r.Read(buf)
			if err != nil && !s.again(err) {
				s.pass(buf[:n])
				return
			}
			if n == 0 && err == nil && !s.patient() {
				return
			}
		}
		s.pass(buf[:n])
	}
}

// pass hands a chunk over. It never waits: there are as many places as buffers.
func (s *source) pass(b []byte) {
	if len(b) == 0 {
		return
	}
	s.came.Add(1)
	s.full <- chunk{b, s.prepare(b)}
	s.empty = 0
	if s.last.Load() {
		s.budget -= len(b)
	}
}

// worthwhile is from how many bytes on a chunk is prepared: less is written as soon as it could be.
const worthwhile = 16 << 10

// prepare has a chunk looked at while those in front of it are written. What goes wrong there must not cost a byte: then it is
// written without.
func (s *source) prepare(b []byte) (write func() (int, error)) {
	if s.dst == nil || len(b) < worthwhile {
		return nil
	}
	defer func() {
		if recover() != nil {
			write = nil
		}
	}()
	return s.dst.Prepare(b)
}

// overdue returns what was read before now, also if it is still being prepared: that takes as long as the processors let it, and is no
// silence of who writes. There may be nothing.
func (s *source) overdue() (c chunk, more bool) {
	if s.came.Load() > s.taken {
		c, more = <-s.full
	}
	return c, more
}

// behind tells whether there is more to be read, and it was not yet.
func (s *source) behind() bool { return s.file != nil && readable(s.file) }

// again tells whether to go on reading after an error, and keeps one that is none of the ways to say EOF.
func (s *source) again(err error) bool {
	switch {
	case errors.Is(err, syscall.EINTR):
		return true
	case errors.Is(err, syscall.EAGAIN):
		// Somebody who shares our stdin has made it non-blocking, behind the back of package os.
		time.Sleep(5 * time.Millisecond)
		return true
	case errors.Is(err, os.ErrDeadlineExceeded) && s.last.Load():
		return s.file.SetReadDeadline(time.Time{}) == nil // finish has woken us
	case errors.Is(err, io.EOF), errors.Is(err, os.ErrClosed): // by us, see outlet.onClosed
		return false
	case errors.Is(err, syscall.EIO) && s.terminal():
		return false // Linux says so when the last process has closed the other side
	}
	s.err = err
	return false
}

// patient is for readers that return nothing and no error, which io.Reader discourages but allows.
func (s *source) patient() bool {
	s.empty++
	if s.empty%100 == 0 {
		time.Sleep(time.Millisecond)
	}
	if s.empty < 1000 {
		return true
	}
	s.err = io.ErrNoProgress
	return false
}

// finish asks the reader to end as soon as nothing is left to be read. It returns true if the reader cannot be woken,
// and is left alone in its Read: full will not be closed then. It is called by the writing side, maybe repeatedly.
func (s *source) finish() bool {
	s.last.Store(true)
	if s.file == nil {
		return false
	}
	if s.file.SetReadDeadline(time.Unix(1, 0)) == nil || readable(s.file) {
		return false
	}
	close(s.free)
	s.left.Store(true)
	return true
}

// drained tells whether all is read that the program wrote before it ended. An endless writer among its grandchildren
// does not count: the program's own bytes were in front of that many.
func (s *source) drained() bool { return s.budget <= 0 || !readable(s.file) }

func (s *source) terminal() bool {
	if s.file == nil {
		return false
	}
	info, err := s.file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
