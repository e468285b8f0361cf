package doctor

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/diagnosis"
	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// mend asks for each step that has commands, runs it after a yes, and looks again: what one step
// has ended needs no other. It says at the end what has changed.
func (d *options) mend(io cli.IO, view *diagnosis.Doctor, doctor *diagnose.Doctor, found *diagnose.Diagnosis) (*diagnose.Diagnosis, error) {
	before, ran := found, 0
	var asked []string
	for {
		s := next(view.Steps(found), asked)
		if s == nil {
			break
		}
		asked = append(asked, key(s))
		view.Ask(io.Stdout(), s)
		yes, end := d.agreed(io, s)
		if end {
			break
		}
		if !yes {
			continue
		}
		if err := run(io, s.Fix); err != nil {
			return found, err
		}
		ran++
		found = doctor.Run(context.Background(), d.checks...)
	}
	switch {
	case len(asked) == 0:
		fmt.Fprintln(io.Stdout(), "There is no command to run.")
		return found, nil
	case ran == 0:
		fmt.Fprintln(io.Stdout(), "Nothing was changed.")
		return found, nil
	}
	fmt.Fprintln(io.Stdout())
	view.Fixing = false
	err := view.Text(io.Stdout(), found)
	fmt.Fprintln(io.Stdout())
	view.Changes(io.Stdout(), before, found)
	return found, err
}

// next is the first step that can be run and was not asked for.
func next(steps []*diagnosis.Step, asked []string) *diagnosis.Step {
	for _, s := range steps {
		if s.Runs() && !slices.Contains(asked, key(s)) {
			return s
		}
	}
	return nil
}

func key(s *diagnosis.Step) string {
	var lines []string
	for _, c := range s.Fix.Commands {
		lines = append(lines, c.String())
	}
	return strings.Join(lines, "\n")
}

// agreed says whether a step is to be run: --yes is for all, or for those of some checks; else a
// person is asked. end: nobody is there, or wants to go on.
func (d *options) agreed(io cli.IO, s *diagnosis.Step) (yes, end bool) {
	switch {
	case d.yes && len(d.only) == 0:
		return true, false
	case d.yes:
		return slices.ContainsFunc(s.Reasons, func(id string) bool { return slices.Contains(d.only, id) }), false
	case !term.IsTerminal(int(io.In.Fd())): // what is not a terminal cannot agree
		fmt.Fprintln(io.Stderr(), "orbfilter: there is nobody to ask; to run the commands type: orbfilter doctor --fix --yes")
		return false, true
	}
	fmt.Fprint(io.Stdout(), "Run this? [y/N/q] ")
	line, err := d.answers(io).ReadString('\n')
	switch answer := strings.ToLower(strings.TrimSpace(line)); {
	case answer == "q" || answer == "quit" || err != nil: // a line without its end is no answer
		return false, true
	case answer == "y" || answer == "yes":
		return true, false
	}
	return false, false
}

// answers reads from the terminal, with one buffer for all questions.
func (d *options) answers(io cli.IO) *bufio.Reader {
	if d.in == nil {
		d.in = bufio.NewReader(io.In)
	}
	return d.in
}

// run does a step as it was shown, without a shell.
func run(io cli.IO, f fix.Fix) error {
	for _, w := range f.Writes {
		if err := os.WriteFile(w.Name, []byte(w.Text), 0o600); err != nil {
			return fmt.Errorf("%w; no command was run", err)
		}
	}
	for _, c := range f.Commands {
		fmt.Fprintln(io.Stdout(), "$ "+c.String())
		if err := runCommand(io, c); err != nil {
			return fmt.Errorf("%s: %w; what comes after it was not run", c, err)
		}
	}
	return nil
}

// runCommand runs one. Ctrl-C goes to it as to all in the terminal; who has started it waits for its end, and says it.
func runCommand(io cli.IO, c shell.Command) error {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	p := exec.Command(c[0], c[1:]...)
	p.Stdin, p.Stdout, p.Stderr, p.Env = io.In, io.Out, io.Err, os.Environ()
	return p.Run()
}
