package doctor

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/diagnosis"
	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// mend shows the commands that end the problems, runs them after a yes, and
// looks again.
func (d *doctorOptions) mend(io cli.IO, view *diagnosis.Doctor, doctor *diagnose.Doctor, found *diagnose.Diagnosis) (*diagnose.Diagnosis, error) {
	commands := runnable(view.Commands(found))
	if len(commands) == 0 {
		fmt.Fprintln(io.Stdout(), "There is no command to run.")
		return found, nil
	}
	view.Again(io.Stdout(), commands)
	if !d.yes && !mayRun(io, len(commands)) {
		fmt.Fprintln(io.Stdout(), "Nothing was changed.")
		return found, nil
	}
	for _, c := range commands {
		fmt.Fprintln(io.Stdout(), "$ "+c.String())
		if err := runCommand(io, c); err != nil {
			return found, fmt.Errorf("%s: %w; what comes after it was not run", c, err)
		}
	}
	fmt.Fprintln(io.Stdout())
	after := doctor.Run(context.Background(), d.checks...)
	view.Fixing = false
	return after, view.Text(io.Stdout(), after)
}

// runnable leaves out what only a shell can do to itself.
func runnable(commands []shell.Command) (out []shell.Command) {
	for _, c := range commands {
		if c[0] != "unset" {
			out = append(out, c)
		}
	}
	return out
}

// mayRun asks. What is not a terminal cannot agree.
func mayRun(io cli.IO, n int) bool {
	if !term.IsTerminal(int(io.In.Fd())) {
		fmt.Fprintln(io.Stderr(), "orbfilter: there is nobody to ask; to run the commands type: orbfilter doctor --fix --yes")
		return false
	}
	what := "this command"
	if n > 1 {
		what = fmt.Sprintf("these %d commands", n)
	}
	fmt.Fprintf(io.Stdout(), "\nRun %s? [y/N] ", what)
	line, _ := bufio.NewReader(io.In).ReadString('\n')
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes"
}

// runCommand runs a command as it was shown, without a shell.
func runCommand(io cli.IO, c shell.Command) error {
	p := exec.Command(c[0], c[1:]...)
	p.Stdin, p.Stdout, p.Stderr, p.Env = io.In, io.Out, io.Err, os.Environ()
	return p.Run()
}
