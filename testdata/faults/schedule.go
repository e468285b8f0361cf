//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"
)

// A mode is how orbfilter is used, and what stands in its place without it.
type mode string

const (
	piped    mode = "pipe"     // program | orbfilter; cat
	wrapped  mode = "run"      // orbfilter run program; program
	terminal mode = "terminal" // the same on a terminal of its own
	scanned  mode = "scan"     // orbfilter scan, of a log with all that the program would write; nothing
)

// A schedule is one fault at one moment. All of it comes from the seed.
type schedule struct {
	number int
	kind   *faultKind
	mode   mode
	args   []string // of orbfilter, beside --no-history
	does   program

	signal syscall.Signal // that is sent; 0: none
	to     target
	at     time.Duration // after the start
	resume time.Duration // SIGCONT after this; 0: none
	held   bool          // the program goes on only when orbfilter has ended: the signal is to end it

	limit   int           // so many blocks of 512 bytes a file may have; -1: no limit
	devFull bool          // standard output is /dev/full
	toFile  bool          // standard output is a file
	closes  int           // the reader goes away after so many bytes; -1: it does not
	blocks  time.Duration // the reader waits before it reads
}

// A target is who gets the signal.
type target string

const (
	us    target = "orbfilter"
	child target = "the program"
	group target = "all"
)

// A faultKind is a kind of fault.
type faultKind struct {
	name  string
	modes []mode
	set   func(r *rand.Rand, s *schedule)
	// whole: all that the program has written is shown. same: what a shell sees is what it sees without orbfilter. lives: the
	// program is not killed, though it would be without.
	whole, same, lives bool
	seen               string // what a person sees
}

var everywhere = []mode{piped, wrapped, terminal}

// newSchedule returns the schedule of a number.
func newSchedule(seed uint64, number int) *schedule {
	r := rand.New(rand.NewPCG(seed, uint64(number)))
	k := &kinds[number%len(kinds)]
	s := &schedule{number: number, kind: k, mode: pick(r, k.modes), limit: -1, closes: -1}
	s.does = program{Seed: r.Uint64(), Lines: 20 + r.IntN(400), Deploy: r.IntN(2) == 0, Gate: -1, DieAt: -1, Closes: -1}
	if s.does.Every = r.IntN(60); s.does.Every > 0 {
		s.does.Pause = time.Duration(r.IntN(4000)) * time.Microsecond
	}
	if r.IntN(2) == 0 {
		s.does.Code = 1 + r.IntN(100)
	}
	s.toFile = r.IntN(3) == 0
	// Before that the Go runtime itself begins, and catches nothing: see reliability.md.
	s.at = starting + time.Duration(r.Int64N(int64(pick(r, []time.Duration{2 * time.Millisecond, 20 * time.Millisecond, 200 * time.Millisecond}))))
	k.set(r, s)
	return s
}

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// gate makes the program wait somewhere, so that the fault comes before its end.
func (s *schedule) gate(r *rand.Rand) { s.does.Gate = 1 + r.IntN(s.does.Lines) }

func (s *schedule) String() string {
	text := fmt.Sprintf("%s, %s, %d lines, exit code %d", s.kind.name, s.mode, s.does.Lines, s.does.Code)
	if s.signal != 0 {
		text += fmt.Sprintf(", %v to %s after %v", s.signal, s.to, s.at)
	}
	if s.limit >= 0 {
		text += fmt.Sprintf(", files of up to %d bytes", s.limit*512)
	}
	if s.closes >= 0 {
		text += fmt.Sprintf(", the reader goes away after %d bytes", s.closes)
	}
	if s.does.DieAt > 0 {
		text += fmt.Sprintf(", it dies of %v at line %d", s.does.DieBy, s.does.DieAt)
	}
	return fmt.Sprintf("%s, deploy %v, %v", text, s.does.Deploy, s.args)
}

// starting is how long the Go runtime may take to begin on a machine that is in use.
const starting = 10 * time.Millisecond
