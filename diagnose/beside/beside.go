// Package beside asks the file system for what is installed without waiting for it for ever.
package beside

import (
	"sync"
	"time"

	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/site"
)

// A Beside asks the file system beside whoever needs the answer, and does not wait for ever:
// a path that a log names may lie on a mount that is dead. As long as each question is
// answered, each may take its limit. Once one is not, the others together may take a quarter
// of the limit more, and what they do not say by then is not known. So the wait is bounded
// for the whole run, however many paths are named, and a folder that does not answer does
// not make another one's version unknown that does at once.
//
// A question that is not answered stays open, in a goroutine that nobody waits for. A
// panic in it is that of whoever asked. It is safe for concurrent use: one question is
// asked at a time.
type Beside struct {
	// Installed is asked for what is installed: InstalledSince. A test puts another in its
	// place, before the first question.
	Installed func(site, pkg string) (version string, since time.Time)

	limit time.Duration
	mu    sync.Mutex
	hung  bool          // a question was not answered
	rest  time.Duration // that may be waited when it is so
	fixes map[[2]string]string
}

// Limits for questions.
const (
	LiveLimit     = 200 * time.Millisecond // somebody watches
	RecordedLimit = 2 * time.Second
)

// NewBeside returns one that waits so long for an answer.
func NewBeside(limit time.Duration) *Beside {
	return &Beside{Installed: site.InstalledSince, limit: limit, rest: limit / 4, fixes: map[[2]string]string{}}
}

// InstalledSince is the function of that name. answered: what it says is known.
func (b *Beside) InstalledSince(packages, pkg string) (version string, since time.Time, answered bool) {
	type dated struct {
		version string
		since   time.Time
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	d, answered := ask(b, func() dated {
		version, since := b.Installed(packages, pkg)
		return dated{version, since}
	})
	return d.version, d.since, answered
}

// maxFixes is how many commands are remembered: a summary and each report ask for the same.
const maxFixes = 2000

// FixCommand is the function of that name. Of a folder that does not answer, it is the
// command for one that is not there.
func (b *Beside) FixCommand(packages, requirement string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := [2]string{packages, requirement}
	if c, known := b.fixes[key]; known {
		return c
	}
	c, answered := ask(b, func() string { return fix.Command(packages, requirement) })
	if !answered {
		c = fix.Unseen(packages, requirement)
	}
	if len(b.fixes) >= maxFixes {
		clear(b.fixes)
	}
	b.fixes[key] = c
	return c
}

// steps are the parts that a wait is made of. Each counts once, however long it was: a
// process that was stopped, or has no processor, has not waited.
const steps = 10

// ask asks a question and waits for its answer, as long as there is time for it.
func ask[T any](b *Beside, question func() T) (answer T, answered bool) {
	limit := b.limit
	if b.hung {
		limit = min(b.rest, b.limit/20)
	}
	if limit < steps {
		return answer, false
	}
	answers, panics := make(chan T, 1), make(chan any, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				panics <- v
			}
		}()
		answers <- question()
	}()
	tick := time.NewTicker(limit / steps)
	defer tick.Stop()
	for step := 0; ; step++ {
		select {
		case answer = <-answers:
			b.spend(limit / steps * time.Duration(step))
			return answer, true
		case v := <-panics:
			panic(v)
		case <-tick.C:
		}
		if step == steps && len(answers)+len(panics) == 0 {
			b.spend(limit)
			b.hung = true
			return answer, false
		}
	}
}

// spend takes a wait off what is left.
func (b *Beside) spend(wait time.Duration) {
	if b.hung {
		b.rest -= wait
	}
}
