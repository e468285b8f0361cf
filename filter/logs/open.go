package logs

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/klauspost/compress/gzip"
)

// A Source is a file that was opened, and the logs in it.
type Source struct {
	File  *File
	Kind  Kind
	Logs  []*Log
	file  *os.File
	in    *bufio.Reader // from its beginning, if it is no archive
	zip   *archive      // nil: it is none
	floor int64         // see bomb
}

// A Log is text in a file, or in a member of an archive.
type Log struct {
	Name string // as File's; in an archive, "a.zip/deploy/1_Set up job.txt"
	// Time is when it was written, as far as is known: zero, it is not.
	Time time.Time
	// Size is how many bytes are to be read, packed; 0: that is not known.
	Size int64
	// Repeats: all that is in it is in other logs of the archive.
	Repeats bool

	source *Source
	member *zip.File    // nil: it is the file
	header *gzip.Header // of gzip, when it was opened
}

const (
	block   = 64 << 10 // how much is read at once
	headLen = 16       // so much of a file says what it is
)

// Open opens a file. count is told how many bytes were read, by any of its logs;
// nil: nobody asks. The caller closes the source when its logs are read.
func (f *File) Open(count func(n int)) (_ *Source, err error) {
	if count == nil {
		count = func(int) {}
	}
	s := &Source{File: f, file: f.In, floor: bombFloor}
	if s.file == nil {
		if s.file, err = os.Open(f.Path); err != nil {
			return nil, plainError(err)
		}
	}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	seen := 0
	from := &tap{s.file, func(n int) { seen += n }}
	s.in = bufio.NewReaderSize(from, block)
	head, err := s.in.Peek(headLen)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, plainError(err)
	}
	if s.Kind, err = formOf(head); err != nil {
		return nil, err
	}
	if s.Kind != Zip || !f.Regular() { // else it is read once more
		count(seen)
		from.count = count
	}
	if s.Kind == Zip {
		return s, s.openArchive(count)
	}
	l := &Log{Name: f.Name, Size: f.Size(), source: s}
	if f.Regular() {
		l.Time = f.Info.ModTime()
	}
	s.Logs = []*Log{l}
	return s, nil
}

// Close closes the file.
func (s *Source) Close() {
	if s.zip != nil {
		s.zip.close()
	}
	if s.file != nil && s.file != s.File.In {
		s.file.Close()
	}
}

// Same says whether the file is still what it was when it was found. The error
// says what has become of it.
func (s *Source) Same() error {
	now, err := os.Stat(s.File.Path)
	switch was := s.File.Info; {
	case err != nil:
		return plainError(err)
	case !os.SameFile(now, was), now.Size() != was.Size(), !now.ModTime().Equal(was.ModTime()):
		return errors.New("it has changed while it was read, and is left as it is; scan it when nobody writes to it any more")
	}
	return nil
}

// plainError leaves out the operation and the path, which stand beside it.
func plainError(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}

// A Reader reads the text of a log. Where the log is cut off or damaged, it
// returns what can be read, and then an error that says so.
type Reader struct {
	text  *bufio.Reader
	bomb  bomb
	close []func()
	kind  Kind
	ends  returns
	// zipped: NewReader has met a zip archive.
	zipped bool
}

// NewReader unpacks what comes, if it is gzip or zstd, and reads all else as it is:
// it may be anything. Nobody but the caller closes from.
func NewReader(from io.Reader) (*Reader, error) {
	in := bufio.NewReaderSize(from, block)
	head, err := in.Peek(headLen)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, plainError(err)
	}
	r := &Reader{bomb: bomb{packed: in, floor: math.MaxInt64}}
	if kind, err := formOf(head); err == nil {
		r.zipped = kind == Zip
		if kind != Zip {
			r.kind = kind
		}
	}
	if err := r.unpack(&Log{}); err != nil {
		r.Close()
		return nil, err
	}
	r.text = bufio.NewReaderSize(&r.bomb, block)
	return r, nil
}

// Open begins to read the log. The error says, too, that it is no text.
func (l *Log) Open() (*Reader, error) {
	r := &Reader{kind: l.source.Kind}
	packed := io.Reader(l.source.in)
	if l.member != nil {
		raw, err := l.member.OpenRaw()
		if err != nil {
			return nil, damaged(Zip, err)
		}
		packed = bufio.NewReaderSize(raw, block)
	}
	r.bomb = bomb{packed: &tap{packed, func(n int) { r.bomb.in += int64(n) }}, floor: l.source.floor}
	err := r.unpack(l)
	if err == nil {
		err = r.check()
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// check looks at the beginning.
func (r *Reader) check() error {
	r.text = bufio.NewReaderSize(&r.bomb, block)
	head, err := r.text.Peek(textHead)
	if len(head) == 0 && err != nil && !errors.Is(err, io.EOF) {
		return damaged(r.kind, err)
	}
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		head, _ := r.text.Peek(block)
		r.ends.on = bytes.IndexByte(head, '\n') < 0
	}
	return text(head)
}

// Read reads text. Where its lines end with a bare carriage return, they end with a line feed in what is read: Returns says how far.
func (r *Reader) Read(p []byte) (int, error) {
	n, err := r.text.Read(p)
	r.ends.turn(p[:n])
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged(r.kind, err)
	}
	return n, err
}

// Zipped reports whether what NewReader reads as it is begins as a zip archive does.
func (r *Reader) Zipped() bool { return r.zipped }

// Head returns the first bytes of the text, before something is read.
func (r *Reader) Head() []byte {
	head, _ := r.text.Peek(textHead)
	if r.ends.on {
		head = bytes.ReplaceAll(head, []byte("\r"), []byte("\n"))
	}
	return head
}

// Close gives back what reading has taken.
func (r *Reader) Close() {
	for _, c := range r.close {
		c()
	}
	r.close = nil
}

// From bombFloor bytes on, no more than bombRatio times as much is unpacked as was
// read. Logs that say one thing again and again pack to a hundredth or so.
const (
	bombFloor = 1 << 30
	bombRatio = 500
)

// A bomb is text that comes out of something packed, and is counted.
type bomb struct {
	packed  io.Reader
	text    io.Reader
	in, out int64
	floor   int64
}

// errBomb says that what is packed is too much.
var errBomb = fmt.Errorf("it unpacks to more than %d times its size, and to more than %d MiB, and is not read further; if that is right, unpack it and scan that", bombRatio, bombFloor>>20)

func (b *bomb) Read(p []byte) (int, error) {
	if b.out > b.floor && b.out/bombRatio > b.in {
		return 0, errBomb
	}
	n, err := b.text.Read(p)
	b.out += int64(n)
	return n, err
}
