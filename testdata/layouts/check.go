//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A result is what came of one layout.
type result struct {
	layout  *layout
	passed  string // over, and why; empty: it was looked at
	right   int    // ways of which the doctor knew the environment, and was right
	unknown int    // ways of which it says that it does not know
	wrong   []string
	fix     string // how it is mended: the tool; "in words"
	took    time.Duration
}

func (r *result) miss(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
}

// check makes a layout and looks at it from all its ways, then lets the doctor mend it.
func (b *lab) check(ctx context.Context, l *layout) (*result, error) {
	r := &result{layout: l}
	if need := b.missing(l); need != "" {
		r.passed = "needs " + need
		return r, nil
	}
	done, err := b.alone(l.Name)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := b.make(ctx, l); err != nil {
		return nil, err
	}
	for i := range l.Ways {
		b.checkWay(ctx, l, &l.Ways[i], r)
	}
	b.checkMend(ctx, l, r)
	return r, nil
}

func (b *lab) checkWay(ctx context.Context, l *layout, w *way, r *result) {
	s, err := b.doctor(ctx, l, w, "--json")
	if err != nil {
		r.miss("%s: %v", w.Type, err)
		return
	}
	if w.Unknown != "" {
		r.unknown++
		if !s.lost() || !regexp.MustCompile(w.Unknown).MatchString(s.words()) {
			r.miss("%s: it is to be unknown, and to say %s: %d %s", w.Type, w.Unknown, s.Exit, s.words())
		}
		return
	}
	t, err := b.ask(ctx, l, w)
	switch {
	case err != nil:
		r.miss("%v", err)
	case s.lost():
		r.miss("%s: not known (%s)", w.Type, s.words())
	default:
		for _, text := range s.compare(t) {
			r.miss("%s: %s", w.Type, text)
		}
		if has := t.Packages["gevent"] == "25.5.1"; has != (s.founding() == "fail") {
			r.miss("%s: gevent is %s, and its bug is said to be: %s", w.Type, t.Packages["gevent"], s.founding())
		}
		r.right++
	}
}

// checkMend has the doctor mend what is wrong, and puts the layout back afterwards.
func (b *lab) checkMend(ctx context.Context, l *layout, r *result) {
	w := &l.Ways[l.Mend.Way]
	s, err := b.doctor(ctx, l, w, "--json --check "+founding)
	if err != nil {
		r.miss("%v", err)
		return
	}
	if !regexp.MustCompile(l.Mend.Words).MatchString(s.words()) {
		r.miss("it says %q, and is to say %s", s.words(), l.Mend.Words)
	}
	if l.Mend.Commands == "" {
		r.fix = "in words"
		if c := s.commands(); len(c) > 0 {
			r.miss("no command is to be offered: %q", c)
		}
		return
	}
	for _, c := range s.commands() {
		if !regexp.MustCompile(l.Mend.Commands).MatchString(c) { // nor is it run: who knows where
			r.miss("the command %q is not %s", c, l.Mend.Commands)
			return
		}
	}
	r.fix = strings.Join(s.commands(), "; ")
	if len(s.commands()) == 0 {
		r.miss("there is no command: %s", s.words())
		return
	}
	if l.Mend.Look {
		return
	}
	if err := b.keep(l); err != nil {
		r.miss("%v", err)
		return
	}
	b.mend(ctx, l, w, r)
	if err := b.putBack(l); err != nil {
		r.miss("%v", err)
	}
}

// mend runs the fix as it is typed, and asks doctor and Python what came of it; then what the
// tool does next.
func (b *lab) mend(ctx context.Context, l *layout, w *way, r *result) {
	before, err := b.ask(ctx, l, w)
	if err != nil {
		r.miss("%v", err)
		return
	}
	s, err := b.doctor(ctx, l, w, "--fix --yes "+founding)
	if err != nil {
		r.miss("%v", err)
		return
	}
	said := s.text
	for _, then := range []string{"", l.Mend.Then} {
		if then != "" {
			dir, _ := b.folder(l, w)
			if out, err := b.shell(ctx, l, dir, "", "set -e\n"+w.Before+"\n"+then); err != nil {
				r.miss("after the fix: %v\n%s", err, tail(out))
			}
		}
		after, err := b.ask(ctx, l, w)
		if err != nil {
			r.miss("after the fix: %v\n%s", err, tail([]byte(said)))
			return
		}
		if hasBug(after.Packages["gevent"]) {
			r.miss("after the fix gevent is %s\n%s", after.Packages["gevent"], tail([]byte(said)))
		}
		if gone := after.lack(before); len(gone) > 0 {
			r.miss("the fix has taken %s away", strings.Join(gone, ", "))
		}
		if s, err = b.doctor(ctx, l, w, "--json"); err != nil {
			r.miss("after the fix: %v", err)
			return
		}
		for _, text := range s.compare(after) {
			r.miss("after the fix: %s", text)
		}
		if s.lost() || s.founding() != "ok" {
			r.miss("after the fix the doctor says %s %s\n%s", s.founding(), s.words(), tail([]byte(said)))
		}
	}
}

// hasBug reports whether a gevent is older than 25.8.1.
func hasBug(gevent string) bool {
	is := make([]int, 3)
	_, _ = fmt.Sscanf(gevent, "%d.%d.%d", &is[0], &is[1], &is[2])
	return slices.Compare(is, []int{25, 8, 1}) < 0
}

// alone holds off whoever else is at work on what has this name: a layout, or the tools.
func (b *lab) alone(name string) (done func(), err error) {
	if err := os.MkdirAll(b.top, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(b.top, "."+name+".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
