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
	z, err := gzip.NewReader(bufio.NewReaderSize(r.bomb.packed, block))
	if err != nil {
		return damaged(Gzip, err)
	}
	r.close = append(r.close, func() { _ = z.Close() })
	if !z.ModTime.IsZero() {
		l.Time = z.ModTime
	}
	header := z.Header
	l.header, r.bomb.text = &header, z
	return nil
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
	case errors.Is(err, errBomb):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("it is cut off: the %s has no end", name)
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return errors.New("it is packed with a window of more than 8 MiB (zstd --ultra, --long), which takes too much memory; unpack it first: zstd -d --long=31")
	case errors.As(err, &ofDisk):
		return ofDisk.Err
	case kind != Plain:
		return fmt.Errorf("the %s is damaged: %w", name, err)
	}
	return err
}
