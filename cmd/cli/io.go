package cli

import (
	"errors"
	"fmt"
	stdio "io"
	"os"
	"syscall"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/internal/save"
)

// IO is what the program is connected to. The streams are files since what
// they are (a terminal, a pipe) decides how they are treated.
type IO struct {
	In, Out, Err *os.File
	Getenv       func(string) string
	Version      string // of the program; Main sets it

	writers *writers // made by Main
}

// Guarded returns io with guarded writers. bare: what is said stands as it is.
func (io IO) Guarded(bare bool) IO {
	io.writers = &writers{options: &Formatting{Format: autoFormat}, bare: bare, ascii: ASCII(io.Getenv)}
	io.writers.out.file, io.writers.err.file = io.Out, io.Err
	for _, v := range []*writer{&io.writers.out, &io.writers.err} {
		v.io, v.guards, v.last = &io, map[string]*writerIn{}, map[string]*printable.Writer{}
	}
	return io
}

// FormattedBy returns io with guarded writers in the output format that these flags say, when they are
// known.
func (io IO) FormattedBy(o *Formatting) IO {
	if io.writers == nil {
		io = io.Guarded(false)
	}
	io.writers.options = o
	return io
}

// Stdout is where what a person reads is written to.
func (io IO) Stdout() stdio.Writer { return io.StdoutData(words.PlainText) }

// StdoutData is where data in a syntax of its own are written to, one of render's.
func (io IO) StdoutData(syntax string) stdio.Writer {
	return &guarded{&io.guards().out, syntax}
}

// Stderr is where it is said what is wrong, and what else there is to say.
func (io IO) Stderr() stdio.Writer { return &guarded{&io.guards().err, words.PlainText} }

// guards returns the guarded writers; who has not begun in Main gets some of its own.
func (io IO) guards() *writers {
	if io.writers == nil {
		return io.Guarded(false).writers
	}
	return io.writers
}

// Ended returns the exit code, at the end of all: what could not be written is a
// failure, unless the reader went away.
func (io IO) Ended(code int) int {
	for _, v := range []*writer{&io.writers.out, &io.writers.err} {
		for _, last := range v.last {
			_ = last.Flush() // an error is kept
		}
	}
	err := io.writers.out.failed
	if err == nil || IsGone(err) || errors.Is(err, syscall.EIO) || code != ExitOK && code != ExitFound {
		return code
	}
	fmt.Fprintf(io.Stderr(), "orbfilter: cannot write to standard output: %v\n", save.Because(err))
	return ExitOwn
}
