package cli

import (
	"errors"
	stdio "io"
	"os"
	"sync"
	"syscall"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// voices are the streams as orbfilter itself speaks on them. What a run prints goes its
// own way, see dress.
type voices struct {
	options  *Flags // which are known later than the voices
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
	d := v.io.voices.options.Dressed(*v.io)
	if d.Events { // who reads the events is a program, and not who reads what is said beside them
		d = (&Flags{Format: autoFormat}).Dressed(*v.io)
	}
	if syntax == words.AsItIs || !d.Read(v.file) {
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

// IsGone reports whether an error says that nobody reads any more.
func IsGone(err error) bool { return errors.Is(err, syscall.EPIPE) }
