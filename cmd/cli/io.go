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

	voices *voices // made by Main
}

// Speaking returns io with voices. bare: what is said stands as it is.
func (io IO) Speaking(bare bool) IO {
	io.voices = &voices{options: &Flags{Format: autoFormat}, bare: bare}
	io.voices.out.file, io.voices.err.file = io.Out, io.Err
	for _, v := range []*voice{&io.voices.out, &io.voices.err} {
		v.io, v.guards, v.last = &io, map[string]*spokenAs{}, map[string]*printable.Writer{}
	}
	return io
}

// DressedBy returns io with voices that are dressed as these flags say, when they are known.
func (io IO) DressedBy(o *Flags) IO {
	if io.voices == nil {
		io = io.Speaking(false)
	}
	io.voices.options = o
	return io
}

// Stdout is where what a person reads is written to.
func (io IO) Stdout() stdio.Writer { return io.StdoutData(words.PlainText) }

// StdoutData is where data in a syntax of its own are written to, one of render's.
func (io IO) StdoutData(syntax string) stdio.Writer {
	return &speech{&io.spoken().out, syntax}
}

// Stderr is where it is said what is wrong, and what else there is to say.
func (io IO) Stderr() stdio.Writer { return &speech{&io.spoken().err, words.PlainText} }

// spoken returns the voices; who has not begun in Main gets some of its own.
func (io IO) spoken() *voices {
	if io.voices == nil {
		return io.Speaking(false).voices
	}
	return io.voices
}

// Ended returns the exit code, at the end of all: what could not be written is a
// failure, unless the reader went away.
func (io IO) Ended(code int) int {
	for _, v := range []*voice{&io.voices.out, &io.voices.err} {
		for _, last := range v.last {
			_ = last.Flush() // an error is kept
		}
	}
	err := io.voices.out.failed
	if err == nil || IsGone(err) || errors.Is(err, syscall.EIO) || code != ExitOK && code != ExitFound {
		return code
	}
	fmt.Fprintf(io.Stderr(), "orbfilter: cannot write to standard output: %v\n", save.Because(err))
	return ExitOwn
}
