package cmd

import (
	"errors"
	"fmt"
	stdio "io"
	"os"
	"sync"
	"syscall"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/internal/save"
)

// voices are the streams as orbfilter itself speaks on them. What a run prints goes its
// own way, see dress.
type voices struct {
	options  *options // which are known later than the voices
	out, err voice
	// bare: hardly a file can be opened, which dressing takes. What is said stands as it is.
	bare bool
}

// A voice is one of them. What it says can give no orders to a CI system, whatever it
// quotes, and an error of its stream is kept for the exit code.
type voice struct {
	mu     sync.Mutex
	file   *os.File
	io     *IO
	failed error
	guards map[string]*spokenAs
	last   map[string]*printable.Writer
}

// A spokenAs writes text of one syntax to a voice, dressed for one format.
type spokenAs struct {
	format *ci.Format
	w      stdio.Writer
}

// speaking returns io with voices. bare: what is said stands as it is.
func (io IO) speaking(bare bool) IO {
	io.voices = &voices{options: &options{format: autoFormat}, bare: bare}
	io.voices.out.file, io.voices.err.file = io.Out, io.Err
	for _, v := range []*voice{&io.voices.out, &io.voices.err} {
		v.io, v.guards, v.last = &io, map[string]*spokenAs{}, map[string]*printable.Writer{}
	}
	return io
}

// dressedBy returns io with voices that are dressed as these flags say, when they are known.
func (io IO) dressedBy(o *options) IO {
	if io.voices == nil {
		io = io.speaking(false)
	}
	io.voices.options = o
	return io
}

// stdout is where what a person reads is written to.
func (io IO) stdout() stdio.Writer { return io.stdoutData(words.PlainText) }

// stdoutData is where data in a syntax of its own are written to, one of render's.
func (io IO) stdoutData(syntax string) stdio.Writer {
	return &speech{&io.spoken().out, syntax}
}

// stderr is where it is said what is wrong, and what else there is to say.
func (io IO) stderr() stdio.Writer { return &speech{&io.spoken().err, words.PlainText} }

// spoken returns the voices; who has not begun in Main gets some of its own.
func (io IO) spoken() *voices {
	if io.voices == nil {
		return io.speaking(false).voices
	}
	return io.voices
}

// A speech is text of one syntax.
type speech struct {
	voice  *voice
	syntax string
}

func (s *speech) Write(p []byte) (int, error) {
	v := s.voice
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, err := v.to(s.syntax).Write(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// lastSyntaxes are what is looked at last, for what must not leave if it was forgotten
// before: see printable.Writer. What is written as it is is a file of somebody, or a script of ours.
var lastSyntaxes = map[string]printable.Syntax{words.PlainText: printable.Text, words.JSONText: printable.JSON, words.XMLText: printable.Markup}

// to returns what takes text of a syntax.
func (v *voice) to(syntax string) stdio.Writer {
	last, looked := lastSyntaxes[syntax]
	if !looked {
		return v.guard(syntax)
	}
	if v.last[syntax] == nil {
		v.last[syntax] = printable.NewWriter(guardedVoice{v, syntax}, last)
	}
	return v.last[syntax]
}

// A guardedVoice writes text of a syntax as it is written at that time.
type guardedVoice struct {
	voice  *voice
	syntax string
}

func (g guardedVoice) Write(p []byte) (int, error) { return g.voice.guard(g.syntax).Write(p) }

// guard returns what writes text of a syntax as it is written now.
func (v *voice) guard(syntax string) stdio.Writer {
	raw := (*rawVoice)(v)
	if v.io.voices.bare {
		return raw
	}
	d := v.io.voices.options.dressed(*v.io)
	if d.Events { // who reads the events is a program, and not who reads what is said beside them
		d = (&options{format: autoFormat}).dressed(*v.io)
	}
	if syntax == words.AsItIs || !d.read(v.file) {
		return raw
	}
	if g := v.guards[syntax]; g != nil && g.format == d.Format {
		return g.w
	}
	g := &spokenAs{d.Format, d.Guarded(raw, syntax)}
	v.guards[syntax] = g
	return g.w
}

// A rawVoice writes what it is given.
type rawVoice voice

func (v *rawVoice) Write(p []byte) (int, error) {
	n, err := wrap.Writer{File: v.file}.Write(p)
	if err != nil && v.failed == nil {
		v.failed = err
	}
	return n, err
}

// ended returns the exit code, at the end of all: what could not be written is a
// failure, unless the reader went away.
func (io IO) ended(code int) int {
	for _, v := range []*voice{&io.voices.out, &io.voices.err} {
		for _, last := range v.last {
			_ = last.Flush() // an error is kept
		}
	}
	err := io.voices.out.failed
	if err == nil || isGone(err) || errors.Is(err, syscall.EIO) || code != exitOK && code != exitFound {
		return code
	}
	fmt.Fprintf(io.stderr(), "orbfilter: cannot write to standard output: %v\n", save.Because(err))
	return exitOwn
}
