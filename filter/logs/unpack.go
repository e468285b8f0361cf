package logs

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// unpack makes text of what is packed, and looks up when it was written.
func (r *Reader) unpack(l *Log) (err error) {
	switch r.kind {
	case Gzip:
		err = r.gzip(l)
	case Zstd:
		err = r.zstd()
	case Zip:
		r.inflate(l.member)
	default:
		r.bomb.text = r.bomb.packed
	}
	return err
}

func (r *Reader) gzip(l *Log) error {
	m := &gzipMembers{in: bufio.NewReaderSize(r.bomb.packed, block)}
	z, err := gzip.NewReader(m.in)
	if err != nil {
		return damaged(Gzip, err)
	}
	z.Multistream(false)
	m.member = z
	r.close = append(r.close, func() { _ = z.Close() })
	if !z.ModTime.IsZero() {
		l.Time = z.ModTime
	}
	header := z.Header
	l.header, r.bomb.text = &header, m
	return nil
}

// gzipMembers reads the members of gzip data one by one, so that what stands behind them
// is told from a member that is cut off. gzip leaves it out with a warning, and zeros
// without one (https://www.gnu.org/software/gzip/manual/gzip.html, "Tapes").
type gzipMembers struct {
	in     *bufio.Reader
	member *gzip.Reader
	end    error // that was met, and is met again
}

func (m *gzipMembers) Read(p []byte) (int, error) {
	for {
		n, err := m.member.Read(p)
		if !errors.Is(err, io.EOF) || n > 0 {
			return n, ignoreEnd(err)
		}
		if m.end == nil {
			m.end = m.next()
		}
		if m.end != nil {
			return 0, m.end
		}
	}
}

// ignoreEnd leaves the end of a member to the next read.
func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

const gzipMagic = "\x1f\x8b"

// next begins the next member; io.EOF: there is none.
func (m *gzipMembers) next() error {
	head, err := m.in.Peek(len(gzipMagic))
	switch {
	case string(head) == gzipMagic:
		if err := m.member.Reset(m.in); err != nil {
			return err
		}
		m.member.Multistream(false)
		return nil
	case len(head) > 0 && head[0] == 0:
		return m.zeros()
	case len(head) == 0:
		return err
	case len(head) == 1 && head[0] == gzipMagic[0]:
		return io.ErrUnexpectedEOF
	}
	return behind(Gzip)
}

// zeros reads what fills the last block of a tape.
func (m *gzipMembers) zeros() error {
	for {
		switch c, err := m.in.ReadByte(); {
		case err != nil:
			return err
		case c != 0:
			return behind(Gzip)
		}
	}
}

// errBehind says that data have an end, and something else behind it.
var errBehind = errors.New("it is left out")

func behind(kind Kind) error {
	return fmt.Errorf("there is something else behind the end of the %s; %w", kindNames[kind], errBehind)
}

// window is how far back a zstd decoder must be able to look, by RFC 8878, section
// 3.1.1.1.2. More would be memory, for each log that is read at the same time.
const window = 8 << 20

func (r *Reader) zstd() error {
	z, err := zstd.NewReader(r.bomb.packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(window))
	if err != nil {
		return damaged(Zstd, err)
	}
	r.close = append(r.close, z.Close)
	r.bomb.text = z
	return nil
}

// inflate reads a member of an archive.
func (r *Reader) inflate(f *zip.File) {
	t := &checked{file: f, sum: crc32.NewIEEE()}
	t.text = r.bomb.packed
	if f.Method == zip.Deflate {
		z := flate.NewReader(r.bomb.packed)
		r.close = append(r.close, func() { _ = z.Close() })
		t.text = z
	}
	r.bomb.text = t
}

// checked compares a member with what the archive says of it.
type checked struct {
	text io.Reader
	file *zip.File
	sum  hash.Hash32
	n    uint64
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.text.Read(p)
	_, _ = c.sum.Write(p[:n])
	c.n += uint64(n)
	switch {
	case c.n > c.file.UncompressedSize64:
		err = zip.ErrFormat
	case !errors.Is(err, io.EOF):
	case c.n < c.file.UncompressedSize64:
		err = io.ErrUnexpectedEOF
	case c.sum.Sum32() != c.file.CRC32:
		err = zip.ErrChecksum
	}
	return n, err
}

var kindNames = [...]string{Plain: "file", Gzip: "gzip data", Zstd: "zstd data", Zip: "zip archive"}

// damaged says what is wrong with something packed.
func damaged(kind Kind, err error) error {
	var ofDisk *os.PathError
	name := kindNames[kind]
	switch {
	case errors.Is(err, errBomb), errors.Is(err, errBehind):
		return err
	case errors.Is(err, zstd.ErrMagicMismatch): // it has begun well
		return behind(Zstd)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("it is cut off: the %s has no end", name)
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return errors.New("it is packed with a window of more than 8 MiB (zstd --ultra, --long), which takes too much memory; unpack it first: zstd -d --long=31 LOG")
	case errors.As(err, &ofDisk):
		return ofDisk.Err
	case kind != Plain:
		return fmt.Errorf("the %s is damaged: %w", name, err)
	}
	return err
}
