package wrap

import (
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"

	"github.com/orbfilter/orbfilter/filter/wrap/early"
)

// Release gives the signals that are caught since the program began (see package early) their default back, for what
// is to end by them at once. One that came already ends it now. After NewPipe or Run it does nothing.
//
// SIGQUIT stays caught until Run catches it: the default that the Go runtime gives it is to print all goroutines, and to
// exit.
func Release() {
	c := early.Take()
	if c == nil {
		return
	}
	early.Catch(quits, []os.Signal{syscall.SIGQUIT})
	go func() {
		for s := range quits {
			Raise(s)
		}
	}()
	signal.Stop(c)
	select {
	case s := <-c:
		Raise(s)
	default:
	}
}

// quits gets what Release leaves caught.
var quits = make(chan os.Signal, 1)

// The garbage collector is kept from its work until CollectGarbage: it sets a timer, for which the Go runtime opens files,
// and where none can be opened (ulimit -n) that ends the process. What is allocated before, while packages are initialized,
// is too little for it to begin (a test of package cmd looks). Besides, a short run needs no collector.
var percent = debug.SetGCPercent(-1) // of GOGC

var collect = sync.OnceFunc(func() { // each time stops the world
	debug.SetGCPercent(percent)
	collecting = true
})

var collecting bool

// CollectGarbage lets the garbage collector begin its work. It is not safe for concurrent use, and neither is CollectOften.
func CollectGarbage() { collect() }

// CollectOften has it begin again whenever so much has come, in percent, to what was left the last time. That is 100 by itself,
// so that a program takes twice as much as it needs. Where there is no room for it, or GOGC says how often, nothing changes.
func CollectOften(percent int) {
	if collecting && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// Raise ends this process by a signal, as that would have ended it if nobody had caught it, but without a core. So a
// shell sees what it has to see: after a death by SIGINT, and not after an exit status of 130, it ends its loop; after a
// death, and not after an exit, it gives the terminal the settings back that it had.
//
// It returns if the signal does not end us: nil, one whose default is to do nothing or to stop, any for the first process
// of a container, for which the kernel has no defaults. Then it is up to the caller to exit with 128+n.
func Raise(s os.Signal) {
	if s != nil {
		raise(s)
	}
}
