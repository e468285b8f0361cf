package logs

import (
	"archive/zip"
	"hash/crc32"
	"io"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A packer packs what is written to it.
type packer interface {
	io.Writer
	Close() error // it leaves open what it writes to
}

// newPacker returns what packs a log as it was.
func newPacker(to io.Writer, l *Log) (packer, error) {
	switch kind := l.source.Kind; {
	case kind == Gzip:
		z := gzip.NewWriter(to)
		if h := l.header; h != nil {
			z.Name, z.Comment, z.ModTime = h.Name, h.Comment, h.ModTime
		}
		return z, nil
	case kind == Zstd:
		return zstd.NewWriter(to, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20))
	case kind == Zip && l.member.Method == zip.Deflate:
		return flate.NewWriter(to, flate.DefaultCompression)
	}
	return plain{to}, nil
}

// NewWriter returns what packs text as the end of a name says, .gz or .zst; under any
// other name it is written as it is. Close ends it, and leaves open what it writes to.
func NewWriter(to io.Writer, name string) (io.WriteCloser, error) {
	kind := map[string]Kind{".gz": Gzip, ".zst": Zstd}[strings.ToLower(filepath.Ext(name))]
	return newPacker(to, &Log{source: &Source{Kind: kind}})
}

type plain struct{ io.Writer }

func (plain) Close() error { return nil }

// A counter counts what is written.
type counter struct {
	to io.Writer
	n  uint64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += uint64(n)
	return n, err
}

// A sum is what an archive says of a member.
type sum struct {
	crc uint32
	n   uint64
}

func (s *sum) add(p []byte) {
	s.crc = crc32.Update(s.crc, crc32.IEEETable, p)
	s.n += uint64(len(p))
}
