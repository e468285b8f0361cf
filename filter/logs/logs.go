// Package logs finds recorded logs, reads them out of what they are kept in
// (plain files, gzip, zstd, the zip archives of GitHub), and writes copies that
// are packed in the same way. Whatever a file is called, what it begins with
// says what it is. All of it is read with little memory, however large it is,
// and none of it is trusted.
package logs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// A Failure is a file or a folder that could not be read, and why.
type Failure struct {
	Name string
	Err  error
}

func (f *Failure) Error() string { return f.Name + ": " + f.Err.Error() }

// Unwrap returns why it could not be read.
func (f *Failure) Unwrap() error { return f.Err }

// Stdin is the name of standard input.
const Stdin = "-"

// A File holds a log, or is an archive of several.
type File struct {
	Name string      // as it was typed, or below the folder that was; with slashes
	Rel  string      // below that folder; of a file that was typed, its last element
	Path string      // what is opened, links followed; empty: it is Open already
	Info fs.FileInfo // of what is opened
	// In is standard input; nil: it is another file.
	In *os.File
}

// Size is how many bytes are to be read; 0 if that is not known.
func (f *File) Size() int64 {
	if f.Info == nil || !f.Info.Mode().IsRegular() {
		return 0
	}
	return f.Info.Size()
}

// Regular reports whether it is a file that stays, and not a pipe.
func (f *File) Regular() bool { return f.In == nil && f.Info.Mode().IsRegular() }

// A Kind is what a log is kept in.
type Kind int

// What is read and written.
const (
	Plain Kind = iota
	Gzip       // RFC 1952, of one or more members
	Zstd       // RFC 8878, of one or more frames
	Zip        // https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
)

// A form is what begins with certain bytes.
type form struct {
	magic string
	kind  Kind
	no    string // why it cannot be read; empty: it can
}

// forms are in the order in which they are tried.
var forms = []form{
	{"\x1f\x8b", Gzip, ""},
	{"\x28\xb5\x2f\xfd", Zstd, ""},
	{"PK\x03\x04", Zip, ""},
	{"PK\x05\x06", Zip, ""}, // with nothing in it
	{"PK\x07\x08", Zip, "it is a part of a split zip archive; put the parts together first: zip -s 0 a.zip --out whole.zip"},
	{"\xfd7zXZ\x00", 0, "it is packed with xz, which is not read; unpack it first: xz -d LOG"},
	{"BZh91AY&SY", 0, "it is packed with bzip2, which is not read; unpack it first: bunzip2 LOG"},
	{"\x1f\x9d", 0, "it is packed with compress, which is not read; unpack it first: gzip -d LOG"},
	{"\x04\x22\x4d\x18", 0, "it is packed with lz4, which is not read; unpack it first: lz4 -d LOG"},
	{"7z\xbc\xaf\x27\x1c", 0, "it is a 7z archive, which is not read; unpack it first: 7z x LOG"},
	{"\xff\xfe", 0, utf16}, {"\xfe\xff", 0, utf16},
}

const utf16 = "it is in UTF-16, as PowerShell writes it, and only UTF-8 is read; convert it first: iconv -f UTF-16 -t UTF-8 OLD > NEW"

// formOf finds out what begins with these bytes.
func formOf(head []byte) (kind Kind, err error) {
	if len(head) >= 4 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18" { // a frame that is skipped is in front
		return Zstd, nil
	}
	for _, f := range forms {
		if len(head) >= len(f.magic) && string(head[:len(f.magic)]) == f.magic {
			if f.no != "" {
				return Plain, errors.New(f.no)
			}
			return f.kind, nil
		}
	}
	return Plain, nil
}

// Packing returns, in words, what begins with these bytes if logs are kept in such;
// "": it is text, or something that is not read.
func Packing(head []byte) string {
	if kind, err := formOf(head); err == nil && kind != Plain {
		return map[Kind]string{Gzip: "gzip data", Zstd: "zstd data", Zip: "a zip archive"}[kind]
	}
	return ""
}

// textHead is how much of a log is looked at to tell whether it is text, as git
// does (buffer_is_binary in its xdiff-interface.c).
const textHead = 8000

// text says why these bytes, the first of a log that is unpacked, are no text.
func text(head []byte) error {
	switch kind, err := formOf(head); {
	case err != nil:
		return err
	case kind != Plain:
		return errors.New("it is packed twice; unpack it once first")
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return errors.New("it is a tar archive, which is not read; unpack it first: tar xf LOG")
	}
	for at, c := range head {
		if c == 0 {
			return fmt.Errorf("it is binary: byte %d is NUL, and a log has none in its first %d bytes", at, textHead)
		}
	}
	return nil
}

// tap counts what is read.
type tap struct {
	io.Reader
	count func(n int)
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	t.count(n)
	return n, err
}
