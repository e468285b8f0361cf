package audit

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A packer is what writes to the file.
type packer interface {
	io.Writer
	Flush() error // what was written can be unpacked from now on
	Close() error // it leaves the file open
}

// unpacked writes as it comes.
type unpacked struct{ io.Writer }

func (unpacked) Flush() error { return nil }
func (unpacked) Close() error { return nil }

// newPacker returns what packs as the end of a name says.
func newPacker(name string, file *os.File) (packer, error) {
	switch {
	case strings.HasSuffix(name, ".gz"):
		return gzip.NewWriter(file), nil
	case strings.HasSuffix(name, ".zst"):
		return zstd.NewWriter(file, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow))
	}
	return unpacked{file}, nil
}

// zstdWindow is what is packed with; nothing that needs more memory is unpacked.
const zstdWindow = 1 << 20

// unpack reads what was packed, by how it begins (RFC 1952, RFC 8878), as what
// is in it.
func unpack(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	magic, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case strings.HasPrefix(string(magic), "\x1f\x8b"):
		z, err := gzip.NewReader(in)
		return opened(z, err)
	case string(magic) == "\x28\xb5\x2f\xfd":
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8*zstdWindow))
		return opened(z, err)
	}
	return in, nil
}

func opened(z io.Reader, err error) (io.Reader, error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends where it has hardly begun")
	}
	return packed{z}, packError(err)
}

// packed reads what is in a packed file.
type packed struct{ io.Reader }

func (p packed) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	return n, packError(err)
}

// packError makes a flaw of an error that the file has brought about, and not the disk.
func packError(err error) error {
	if _, disk := errors.AsType[*fs.PathError](err); disk || err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return &Flaw{What: "it cannot be unpacked: " + err.Error()}
}
