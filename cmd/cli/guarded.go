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

// writers are the streams as orbfilter itself speaks on them. What a run prints goes its
// own way, see Output.
type writers struct {
	options  *Formatting // which are known later than they are
	out, err writer
	// bare: hardly a file can be opened, which dressing takes. What is said stands as it is.
	bare bool
	// ascii: the locale is not one of UTF-8.
	ascii bool
	// told are the notices that were said, see IO.Notice.
	told []string
}

// A writer is one of them. What it says can give no orders to a CI system, whatever it
// quotes, and an error of its stream is kept for the exit code.
type writer struct {
	mu     sync.Mutex
	file   *os.File
	io     *IO
	failed error
	guards map[string]*writerIn
	last   map[string]*printable.Writer
}

// A writerIn writes text of one syntax to a writer, in one output format.
type writerIn struct {
	format *ci.Format
	w      stdio.Writer
}

// A guarded is text of one syntax.
type guarded struct {
	writer *writer
	syntax string
}

func (s *guarded) Write(p []byte) (int, error) {
	v := s.writer
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
func (v *writer) to(syntax string) stdio.Writer {
	last, looked := lastSyntaxes[syntax]
	if !looked {
		return v.guard(syntax)
	}
	if last == printable.Text && v.io.writers.ascii {
		last = printable.ASCII
	}
	if v.last[syntax] == nil {
		v.last[syntax] = printable.NewWriter(guardedWriter{v, syntax}, last)
	}
	return v.last[syntax]
}

// A guardedWriter writes text of a syntax as it is written at that time.
type guardedWriter struct {
	writer *writer
	syntax string
}

func (g guardedWriter) Write(p []byte) (int, error) { return g.writer.guard(g.syntax).Write(p) }

// guard returns what writes text of a syntax as it is written now.
func (v *writer) guard(syntax string) stdio.Writer {
	raw := (*rawWriter)(v)
	if v.io.writers.bare {
		return raw
	}
	d := v.io.writers.options.Output(*v.io)
	if d.Events { // who reads the events is a program, and not who reads what is said beside them
		d = (&Formatting{Format: autoFormat}).Output(*v.io)
	}
	if syntax == words.AsItIs || !d.Read(v.file) {
		return raw
	}
	if g := v.guards[syntax]; g != nil && g.format == d.Format {
		return g.w
	}
	g := &writerIn{d.Format, d.Guarded(raw, syntax)}
	v.guards[syntax] = g
	return g.w
}

// A rawWriter writes what it is given.
type rawWriter writer

func (v *rawWriter) Write(p []byte) (int, error) {
	n, err := wrap.Writer{File: v.file}.Write(p)
	if err != nil && v.failed == nil {
		v.failed = err
	}
	return n, err
}

// IsGone reports whether an error says that nobody reads any more.
func IsGone(err error) bool { return errors.Is(err, syscall.EPIPE) }
