package wrap

import (
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/orbfilter/orbfilter/filter/wrap/early"
)

// under is how long a signal may be under way to us that came to the program as well. A program that ends by it ends
// sooner than we hear of it.
const under = 50 * time.Millisecond

// arriving is how long a signal may be under way from the kernel to us.
const arriving = 2 * time.Millisecond

// signals are those that we get.
type signals struct {
	c chan os.Signal

	ending []os.Signal // that tell us to end, SIGINT at the second time; they are caught

	mu          sync.Mutex
	interrupted bool
	last        syscall.Signal // the signal that told us to end, even if not all is shown; 0: none did
	since       time.Time      // from when on signals are for us, and not for the program; zero: they are not
	fatal       syscall.Signal // of those, the one that we die of in the end; 0: none came
}

// listen catches signals, and those of ending, which tell us to end. Those of early.Ending that came since the program began are
// among them. Those that we were told to ignore (nohup) stay ignored, for us and the program.
func listen(ending []os.Signal, others ...os.Signal) *signals {
	s := &signals{c: early.Take(), ending: ending}
	if s.c == nil {
		s.c = make(chan os.Signal, 64)
	}
	early.Catch(s.c, ending)
	early.Catch(s.c, others)
	signal.Stop(quits)
	return s
}

// ours tells that signals are for us from now on.
func (s *signals) ours(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = now
}

// note takes a signal in. It tells whether it is the first that tells us to end.
//
// The first Ctrl-C does not: it is for the program, which may need a while for its last words, and they are to be
// shown. Who types it again does not want to wait for them.
func (s *signals) note(sig os.Signal) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.ending, sig) {
		return false
	}
	s.dieOf(sig.(syscall.Signal))
	if sig == syscall.SIGINT && !s.interrupted {
		s.interrupted = true
		return false
	}
	if s.last != 0 {
		return false
	}
	s.last = sig.(syscall.Signal)
	return true
}

// dieOf keeps the signal that says most: of a Ctrl-C and what told us to end after it, the latter.
func (s *signals) dieOf(sig syscall.Signal) {
	if !s.since.IsZero() && !time.Now().Before(s.since) && (s.fatal == 0 || s.fatal == syscall.SIGINT) {
		s.fatal = sig
	}
}

// settle notes what came already, and is on its way to us. A Ctrl-C goes to all of a pipeline at once, and the end of what
// is read, which it brings about, may overtake it: whoever then ended without having died of it would let a loop of
// deploys go on. No signal goes by without us: the new channel is there before the old one is given up, and that waits for
// what is being delivered.
func (s *signals) settle() {
	for _, sig := range pending(s.ending) {
		s.note(sig)
	}
	time.Sleep(arriving) // one that a thread has taken, and has not yet told of
	old := s.c
	s.c = make(chan os.Signal, cap(old))
	early.Catch(s.c, s.ending)
	signal.Stop(old)
	for len(old) > 0 {
		s.note(<-old)
	}
}

// told is the signal that told us to end, 0 if none did.
func (s *signals) told() syscall.Signal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// dying is the signal that we die of when all is done, 0 if there is none.
func (s *signals) dying() syscall.Signal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fatal
}

// late cares for signals once nothing is left but to say and to write what there is. That is done, unless it is stuck.
func (s *signals) late() {
	var hurry sync.Once
	for sig := range s.c {
		s.note(sig)
		if s.dying() != 0 {
			hurry.Do(func() { go s.dieWhenStuck() })
		}
	}
}

func (s *signals) dieWhenStuck() {
	w := newWatch()
	for range w.C {
		if w.stuck() {
			Raise(s.dying())
		}
	}
}
