// Package stream filters a run while it goes on: standard input, or a command that it starts
// (run).
package stream

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/rules"
)

// screen is how many lines may stand below what was said, so that it is still to be seen.
const screen = 20

// Pass lets the run through a pipe as it is, for flags that are wrong: who writes to a
// pipe that nobody reads is killed, and what it says on its way must be seen. err has been
// said, and is said again at the end, if much has come in between; code is its exit code.
func Pass(io cli.IO, code int, err error) error {
	if term.IsTerminal(int(io.In.Fd())) {
		return cli.ExitCode(code)
	}
	o := Of(&cli.Flags{})
	if io.Little(cli.PipeFiles) {
		return errors.Join(cli.ExitCode(code), passPlainly(o, io))
	}
	s := newSession(io, o, rules.NewSet())
	f := s.filter(io.Out)
	p := wrap.NewPipe()
	p.Out, p.Closed = io.Out, closedPipe(o, io, f.Phased)
	_, stuck := p.Run(f, io.In)
	if !errors.Is(stuck, wrap.ErrStuck) {
		_ = f.Close()
		s.close()
		s.newLine()
		if f.Summary().Output.Lines > screen {
			summary.SayWrong(io.Stderr(), []string{err.Error()}, cli.ExitUsage)
		}
	}
	if errors.Is(stuck, wrap.ErrClosed) {
		return cli.Dying(pipeSignal, brokenPipe)
	}
	return cli.Dying(code, p.Signal())
}

// Pipe filters standard input. It reads to the end whatever happens: who
// writes to a pipe that nobody reads is killed, and that is a deploy.
func Pipe(c *cobra.Command, io cli.IO, o Shared) error {
	if term.IsTerminal(int(io.In.Fd())) {
		c.SetOut(io.Stderr())
		_ = c.Help()
		return cli.ExitCode(cli.ExitUsage)
	}
	if io.Little(cli.PipeFiles) {
		return passPlainly(o, io)
	}
	p := wrap.NewPipe() // Ctrl-C is for pyinfra, since the program began
	set, bad := o.Load(io)
	s := newSession(io, o, set)
	s.mustSee = true // who saw nothing cannot say that all is well
	s.record(cli.WrittenTo(io.In))
	bad = o.DropReports(io) || bad
	bad = s.openGate() || bad
	bad = s.openAudit("standard input") || bad
	f := s.filter(io.Out)
	in := &beginning{Filter: f}
	p.Out, p.Closed = io.Out, closedPipe(o, io, f.Phased)
	code, err := p.Run(in, io.In)
	abandoned := errors.Is(err, wrap.ErrClosed)
	if abandoned {
		code, err = pipeSignal, nil
	}
	if errors.Is(err, wrap.ErrStuck) {
		return cli.Dying(code, p.Signal())
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	s.close()
	if err != nil {
		fmt.Fprintf(io.Stderr(), "orbfilter: %v\n", err)
	}
	if packing := logs.Packing(in.head); packing != "" && !o.Quiet {
		fmt.Fprintf(io.Stderr(), "orbfilter: standard input is %s, and was passed on as it is; type: orbfilter scan -\n", packing)
	}
	if f.Summary().Input.Bytes == 0 && err == nil && code == cli.ExitOK {
		fmt.Fprintln(io.Stderr(), "orbfilter: nothing came in. pyinfra writes to stderr; type: pyinfra … 2>&1 | orbfilter\norbfilter:   or: orbfilter run -- pyinfra …")
	}
	code = cli.DiedOf(p.Signal(), code)
	switch failed := s.failed(); {
	case code != cli.ExitOK: // a signal ended it
	case err != nil || failed:
		code = cli.ExitOwn
	case bad:
		code = cli.ExitUsage
	case s.found():
		code = s.foundCode()
	}
	if code = s.finish(code, cli.ExitOwn); abandoned && code == pipeSignal {
		return cli.Dying(code, brokenPipe)
	}
	return cli.Dying(code, p.Signal())
}

// A beginning keeps the first bytes of what a filter is given.
type beginning struct {
	*filter.Filter
	head []byte
}

// headBytes is how many tell what is packed from text.
const headBytes = 16

func (b *beginning) Write(p []byte) (int, error) {
	b.keep(p)
	return b.Filter.Write(p)
}

// Prepare is the filter's.
func (b *beginning) Prepare(p []byte) (write func() (int, error)) {
	prepared := b.Filter.Prepare(p)
	return func() (int, error) {
		b.keep(p)
		return prepared()
	}
}

func (b *beginning) keep(p []byte) {
	if room := headBytes - len(b.head); room > 0 {
		b.head = append(b.head, p[:min(room, len(p))]...)
	}
}
