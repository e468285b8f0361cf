// Package early catches the signals that ask to end while the rest of the program is still being initialized.
//
// Until somebody catches it, a Ctrl-C kills a Go program. To catch it first in main is late: all packages of the program
// are initialized before that, which may take as long as a deploy takes to begin, and a filter that dies there takes the
// deploy with it by SIGPIPE. This package imports next to nothing, and Go initializes packages in the order of their import
// paths as soon as what they import is ready; so it is among the first (a test of package cmd looks).
package early

import (
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// Ending are the signals that ask to end.
var Ending = []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM}

var caught atomic.Pointer[chan os.Signal]

func init() {
	if inBackground() {
		signal.Ignore(syscall.SIGQUIT)
	}
	c := make(chan os.Signal, 64)
	Catch(c, Ending)
	caught.Store(&c)
}

// Catch sends signals to c. Those that we were told to ignore (nohup) stay ignored, for us and for what we start.
func Catch(c chan os.Signal, signals []os.Signal) {
	for _, s := range signals {
		if !signal.Ignored(s) {
			signal.Notify(c, s)
		}
	}
}

// Take returns the channel of the signals of Ending, with those that came already. It does so once; then it is nil.
func Take() chan os.Signal {
	if c := caught.Swap(nil); c != nil {
		return *c
	}
	return nil
}
