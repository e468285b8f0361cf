package audit

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/orbfilter/orbfilter/filter"
)

// ErrExists is the error of Create for a file that has something in it: it may
// be the only copy of what another run has folded.
var ErrExists = errors.New("it exists, and may be all that is left of what another run has folded")

// A Writer writes an audit. Its sinks may be used side by side.
//
// For a recorded log, whose clean copy replaces it or stands beside it:
//
//	w, err := audit.Create(path, audit.Header{Name: log, Tool: version})
//	w.Buffer()
//	f := filter.New(set, w.Sink("", clean), filter.Options{})
//	… write the log to f, close f …
//	err = w.Close() // on an error keep the log, and not the clean copy
type Writer struct {
	mu      sync.Mutex
	file    *os.File
	to      packer
	size    int64 // what the file has of whole records
	late    bool
	line    bytes.Buffer
	err     error // the first
	streams []*stream
}

// A stream is one stream of a run, as a sink between its filter and what shows it.
type stream struct {
	w       *Writer
	name    string
	next    filter.Sink
	in, out tally
	broken  bool // next has failed: nobody knows what was shown
}

// A tally counts and hashes.
type tally struct {
	hash  hash.Hash
	bytes int64
}

// Write counts and hashes. It never fails.
func (t *tally) Write(p []byte) (int, error) {
	t.bytes += int64(len(p))
	return t.hash.Write(p)
}

func (t *tally) add(p []byte) { _, _ = t.Write(p) }

func (t *tally) sum() Sum { return Sum{t.bytes, hex.EncodeToString(t.hash.Sum(nil))} }

// Create makes the file, readable for its owner only, since logs hold secrets,
// and writes the header. A name that ends in .gz or .zst has it packed. A file
// that has something in it is not touched, unless it is a whole audit of a run
// of which nothing was folded; the error is ErrExists.
func Create(path string, h Header) (*Writer, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: file}
	if err = empty(file); err == nil {
		w.to, err = newPacker(path, file)
	}
	if err != nil {
		file.Close()
		return nil, &fs.PathError{Op: "create", Path: path, Err: err}
	}
	w.header(h)
	return w, nil
}

// empty empties a file that nobody misses.
func empty(file *os.File) error {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	all, err := Check(file)
	if err != nil || slices.ContainsFunc(all, func(r Result) bool { return !r.Complete || r.Folded > 0 }) {
		return ErrExists
	}
	_, err = file.Seek(0, io.SeekStart)
	return errors.Join(err, file.Truncate(0))
}

func (w *Writer) header(h Header) {
	_ = w.add(headerLine{format, version, h.Tool, h.Name, h.Streams})
	w.flush()
}

// Buffer lets records be written late, which is faster, and packs better. It
// is for logs whose clean copy does not appear before Close has succeeded.
func (w *Writer) Buffer() { w.late = true }

// Sink returns a sink that keeps what is folded of a stream and passes every
// event on to next. When something cannot be kept, it is not folded, and nothing
// after it (filter.ErrShow). next must let be folded what comes to it as such.
func (w *Writer) Sink(name string, next filter.Sink) filter.Sink {
	s := &stream{w: w, name: name, next: next, in: tally{hash: sha256.New()}, out: tally{hash: sha256.New()}}
	w.streams = append(w.streams, s)
	return s
}

// Event keeps the event, if it is one to fold, and passes it on.
func (s *stream) Event(e filter.Event) error {
	if e.Fold {
		if s.w.keep(s, e) != nil {
			return filter.ErrShow
		}
	} else {
		s.out.add(e.Raw)
	}
	s.in.add(e.Raw)
	err := s.next.Event(e)
	s.broken = s.broken || err != nil
	return err
}

// keep writes the records of an event, all or none of them.
func (w *Writer) keep(s *stream, e filter.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := recordLine{Stream: s.name, In: s.in.bytes, Out: s.out.bytes, Line: e.Line, Rule: e.Rule.ID}
	for rest := e.Raw; len(rest) > 0 && w.err == nil; {
		n := spanLen(rest)
		r.Text, r.Base64 = split(rest[:n])
		w.err = w.add(r)
		r.In += int64(n)
		r.Line += bytes.Count(rest[:n], []byte("\n"))
		rest = rest[n:]
	}
	w.flush()
	return w.err
}

// add puts a line behind those that are about to be written.
func (w *Writer) add(line any) error { return appendLine(&w.line, line) }

// flush writes them. What got half into the file is taken out of it again.
func (w *Writer) flush() {
	const enough = 64 << 10
	if w.err != nil || w.late && w.line.Len() < enough {
		return
	}
	_, err := w.to.Write(w.line.Bytes())
	if err == nil && !w.late {
		err = w.to.Flush()
	}
	if err != nil {
		w.err = err
		w.retract()
		return
	}
	w.size += int64(w.line.Len())
	w.line.Reset()
}

// retract cuts the file after its last whole record. If it cannot be cut, a
// record that has no end remains, which a reader leaves out.
func (w *Writer) retract() {
	w.line.Reset()
	if _, plain := w.to.(unpacked); !plain {
		return
	}
	if err := w.file.Truncate(w.size); err == nil {
		_, _ = w.file.Seek(w.size, io.SeekStart)
	}
}

// Err says why nothing was kept, and so nothing folded, from some moment on;
// nil: everything was. It is not to be asked while a sink is in use.
func (w *Writer) Err() error {
	if w.err == nil {
		return nil
	}
	err := w.err
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return fmt.Errorf("%s: %w", w.file.Name(), err)
}

// Close writes the ends of the streams, which makes the audit complete, and
// waits until the disk has everything. Its error is Err, or that of the disk.
// A stream whose sink has failed gets no end.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	failed := w.err
	if _, plain := w.to.(unpacked); plain && w.size > 0 && !w.late {
		w.err = nil // there may be room for the end: nothing was folded since
	}
	w.late = false
	w.ends()
	w.err = cmp.Or(failed, w.err, w.shut())
	return w.Err()
}

// errDiscarded is the error of what is written after Discard.
var errDiscarded = errors.New("it was given up")

// Discard gives the audit up, and removes the file: nothing that is in it is missing
// anywhere. It may be called at any time, while a sink is in use as well, which folds
// nothing from then on, and after Close.
func (w *Writer) Discard() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = cmp.Or(w.err, errDiscarded)
	w.file.Close()
	_ = os.Remove(w.file.Name())
}

func (w *Writer) ends() {
	for _, s := range w.streams {
		if w.err == nil && !s.broken {
			w.err = w.add(endLine{true, s.name, s.in.sum(), s.out.sum()})
		}
	}
	w.flush()
}

// shut closes the file, all of it.
func (w *Writer) shut() error {
	err := w.to.Close()
	if info, serr := w.file.Stat(); serr == nil && info.Mode().IsRegular() { // a pipe need not know what to sync means
		err = errors.Join(err, w.file.Sync())
	}
	return errors.Join(err, w.file.Close())
}
