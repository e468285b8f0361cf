package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/filter/wrap"
)

// So many files may have to be open at a time beside the three streams: two that the Go
// runtime waits with, look-ups, an audit, a report and the file that it replaces; in run
// two pseudo-terminals as well, and what starts a program.
const (
	otherFiles = 4
	pipeFiles  = 8
	runFiles   = 18
)

// little reports whether so many files cannot be opened. Where they can, there is room for
// the garbage collector.
func (io IO) little(files int) bool {
	few := wrap.Spare(files) < files
	if !few {
		wrap.CollectGarbage()
	}
	return few
}

// sayLittle says what is missing, and what becomes of it.
func (io IO) sayLittle(files int, so string) {
	fmt.Fprintf(io.stderr(), "orbfilter: too few files can be opened here (ulimit -n), %d where it takes %d: %s\n", wrap.Spare(files), files, so)
}

// enough refuses what cannot be done with the files that can be opened. The pipe and run
// have something to pass on, and see for themselves.
func (io IO) enough(c *cobra.Command) error {
	if path := c.CommandPath(); path != "orbfilter" && path != "orbfilter run" && io.little(otherFiles) {
		io.sayLittle(otherFiles, "nothing was done")
		return exitCode(exitOwn)
	}
	return nil
}

// asked reports whether something is to come of the run besides what it shows.
func (o *options) asked() bool { return len(o.reports) > 0 || o.audit != "" || o.failOn != "" }

// passPlainly passes standard input on with nothing but the two streams.
func passPlainly(o *options, io IO) error {
	io.sayLittle(pipeFiles, "what comes in is passed on as it is")
	deploy := false
	seen := func(p []byte) { deploy = deploy || bytes.Contains(p, []byte("--> ")) }
	err := wrap.CopyPlain(io.Out, io.In, seen, closedPipe(o, io, func() bool { return deploy }))
	switch {
	case errors.Is(err, wrap.ErrClosed):
		return dying(pipeSignal, brokenPipe)
	case err != nil && !isGone(err):
		return fmt.Errorf("cannot pass it on: %w", err)
	case o.asked():
		return exitCode(exitOwn) // nobody has judged or kept it
	}
	return nil
}

// goUnfiltered makes a run without us of one that there are not enough files for. What is
// to be judged or kept is not begun.
func goUnfiltered(o *options, io IO, to aimed) (aimed, error) {
	if o.asked() {
		io.sayLittle(runFiles, to.args[0]+" was not started, since it could not be judged or kept")
		return to, exitCode(wrap.ExitFailure)
	}
	var err error
	if to.path == "" {
		to.path, err = wrap.Find(to.args)
	}
	if err != nil {
		return to, err
	}
	io.sayLittle(runFiles, to.args[0]+" runs unfiltered")
	if to.instead = true; to.env == nil {
		to.env = os.Environ()
	}
	return to, nil
}
