package stream

import (
	"fmt"
	"os"
	"sync"
	"syscall"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/filter/wrap"
)

// brokenPipe kills who writes what nobody reads, and pipeSignal is the exit code for it.
const (
	brokenPipe = syscall.SIGPIPE
	pipeSignal = 128 + int(brokenPipe)
)

// closedPipe says what a pipe does then: auto reads on what may be a deploy, or is to be
// judged or kept. What else comes through is a tool's, who ends as behind cat.
func closedPipe(o Shared, io cli.IO, deploy func() bool) wrap.OnClosed {
	return func(*os.File) (readOn bool) {
		wanted := deploy() || o.Asked()
		if o.OnClosed == cli.ClosedExit || o.OnClosed != cli.ClosedDrain && !wanted {
			sayClosed(io, "this ends here; --on-closed drain reads on")
			return false
		}
		sayClosed(io, "what comes in is still read, to its end, so that who writes it is not killed")
		return true
	}
}

// closedRun says what run does then: the command is a deploy, and goes on.
func closedRun(o *cli.Streaming, io cli.IO) wrap.OnClosed {
	var once sync.Once // two outputs may end at once
	return func(*os.File) (readOn bool) {
		readOn = o.OnClosed != cli.ClosedExit
		once.Do(func() {
			if readOn {
				sayClosed(io, "the command goes on, and what it writes there is dropped")
			} else {
				sayClosed(io, "the command is told when it writes there")
			}
		})
		return readOn
	}
}

func sayClosed(io cli.IO, what string) {
	fmt.Fprintf(io.Stderr(), "orbfilter: nobody reads the output any more; %s\n", what)
}
