package stream

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/filter/wrap"
)

// passPlainly passes standard input on with nothing but the two streams.
func passPlainly(o Shared, io cli.IO) error {
	io.SayLittle(cli.PipeFiles, "what comes in is passed on as it is")
	deploy := false
	seen := func(p []byte) { deploy = deploy || bytes.Contains(p, []byte("--> ")) }
	err := wrap.CopyPlain(io.Out, io.In, seen, closedPipe(o, io, func() bool { return deploy }))
	switch {
	case errors.Is(err, wrap.ErrClosed):
		return cli.Dying(pipeSignal, brokenPipe)
	case err != nil && !cli.IsGone(err):
		return fmt.Errorf("cannot pass it on: %w", err)
	case o.Asked():
		return cli.ExitCode(cli.ExitOwn) // nobody has judged or kept it
	}
	return nil
}

// goUnfiltered makes a run without us of one that there are not enough files for. What is
// to be judged or kept is not begun.
func goUnfiltered(o *cli.Results, io cli.IO, to aimed) (aimed, error) {
	if o.Asked() {
		io.SayLittle(cli.RunFiles, to.args[0]+" was not started, since it could not be judged or kept")
		return to, cli.ExitCode(wrap.ExitFailure)
	}
	var err error
	if to.path == "" {
		to.path, err = wrap.Find(to.args)
	}
	if err != nil {
		return to, err
	}
	io.SayLittle(cli.RunFiles, to.args[0]+" runs unfiltered")
	if to.instead = true; to.env == nil {
		to.env = os.Environ()
	}
	return to, nil
}
