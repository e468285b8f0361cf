//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"syscall"
	"time"
)

// A result is what a schedule has shown.
type result struct {
	of    *schedule
	lost  int // lines
	hung  bool
	early bool // orbfilter was ended before it had begun
	wrong []string
}

func (r *result) say(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
}

// try runs a schedule with orbfilter and without, and compares.
func (b *bench) try(s *schedule) *result {
	r := &result{of: s}
	with, err := b.execute(s, true)
	if err != nil {
		r.say("cannot run it: %v", err)
		return r
	}
	if r.early = r.beforeAll(with); r.early {
		return r
	}
	r.bytes(with)
	r.end(with)
	if s.kind.same {
		without, err := b.execute(s, false)
		if err != nil {
			r.say("cannot run it without: %v", err)
			return r
		}
		r.compare(with, without)
	}
	if len(r.wrong) > 0 {
		r.say("it said: %s", strings.TrimSpace(cut(with.said, 400)))
	}
	return r
}

func cut(text string, most int) string {
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}

// bytes looks whether the lines are there, each once, whole and in order.
func (r *result) bytes(o *outcome) {
	if r.of.mode == scanned {
		r.scanned(o)
		return
	}
	out := bytes.ReplaceAll(o.out, []byte("\r\n"), []byte("\n"))
	shown := 0
	for line := range bytes.Lines(out) {
		switch at := bytes.Index(line, []byte("line 0")); {
		case at < 0:
			continue
		case at > 0 && r.of.mode != terminal: // there a marker may come before, and a terminal in raw mode has no line starts
			r.say("line %d stands behind something else: %q", shown+1, cut(string(line), 100))
			return
		default:
			line = line[at:]
		}
		if want := numbered(shown + 1); string(line) != want {
			if !r.endsIn(want, line, out) {
				r.say("in place of line %d stands %q", shown+1, cut(string(line), 100))
			}
			break
		}
		shown++
	}
	if r.of.kind.whole && shown < o.progress {
		r.lost = o.progress - shown
		r.say("%d of %d lines are lost", r.lost, o.progress)
	}
	r.exact(o)
}

// endsIn: a command that is killed may be in the middle of a line, and nothing comes behind. On a terminal what
// is said at the end has a line of its own.
func (r *result) endsIn(want string, line, out []byte) bool {
	if r.of.mode == terminal {
		behind := out[bytes.LastIndex(out, line)+len(line):]
		return bytes.HasPrefix([]byte(want), bytes.TrimSuffix(line, []byte("\n"))) && !bytes.Contains(behind, []byte("line 0"))
	}
	return bytes.HasPrefix([]byte(want), line) && bytes.HasSuffix(out, line)
}

// exact: of a run that came to its end, all that is not noise is shown, and nothing else.
func (r *result) exact(o *outcome) {
	d := &r.of.does
	if !r.of.kind.whole || r.of.mode == terminal || o.progress != d.Lines+d.Daemon || r.of.kind.name == "the disk is full under the audit" {
		return
	}
	if want := d.clean(); d.Daemon == 0 && !bytes.Equal(o.out, want) {
		r.say("shown are %d bytes, not the %d that are no noise", len(o.out), len(want))
	}
}

// scanned: the log is as it was, and what has its name elsewhere is whole.
func (r *result) scanned(o *outcome) {
	if o.files["log"] != string(r.of.does.all()) {
		r.say("the log has changed")
	}
	if clean, there := o.files["clean/log"]; there && clean != string(r.of.does.clean()) {
		r.say("a clean copy is not whole")
	}
}

// all is all that the program writes.
func (p *program) all() []byte {
	var b bytes.Buffer
	if p.Deploy {
		b.WriteString(header)
	}
	for n := 1; n <= p.Lines; n++ {
		if p.noisy(n) {
			b.WriteString(block)
		}
		b.WriteString(numbered(n))
	}
	return b.Bytes()
}

// end looks at how it ended.
func (r *result) end(o *outcome) {
	if r.hung = o.hung; o.hung {
		r.say("it hangs")
	}
	if len(o.left) > 0 {
		r.say("%d processes are left", len(o.left))
	}
	if strings.Contains(o.said, "goroutine ") || strings.Contains(o.said, "panic") {
		r.say("a trace")
	}
	if r.of.kind.lives {
		r.lives(o)
	}
}

// lives: the program has ended by itself.
func (r *result) lives(o *outcome) {
	s := r.of
	status := o.upstream
	switch {
	case s.mode == wrapped && o.status.ExitStatus() == 125 && s.does.Code == 0 && (s.devFull || s.limit >= 0):
		return // orbfilter's own failure, and the program said 0
	case s.mode == wrapped:
		status = o.status
	case s.closes >= 0 && (!s.does.Deploy || s.closes < len(header)):
		if o.status.Signaled() && o.status.Signal() == syscall.SIGPIPE || status.ExitStatus() == s.does.Code {
			return // it is no deploy, or none as far as was seen
		}
	}
	if !status.Exited() || status.ExitStatus() != s.does.Code {
		r.say("the program ended with %s, and not with its exit code %d", ending(status), s.does.Code)
	}
}

// compare compares what a shell sees.
func (r *result) compare(with, without *outcome) {
	if a, b := ending(with.status), ending(without.status); a != b {
		r.say("a shell sees %s, and without orbfilter %s", a, b)
	}
	// A terminal takes with it what is in its foreground when the first of its processes ends; orbfilter is that here.
	if d := &r.of.does; d.Daemon > 0 && with.progress < d.Lines+d.Daemon && without.progress == d.Lines+d.Daemon {
		r.say("the process that was left behind was killed %d lines before its end", d.Lines+d.Daemon-with.progress)
	}
	if !reflect.DeepEqual(with.terminal, without.terminal) {
		r.say("the terminal has other settings than without orbfilter")
	}
}

// runtimeStart is how long the Go runtime may take to start where many want the processor.
const runtimeStart = 150 * time.Millisecond

// beforeAll: the signal came while the Go runtime itself started, and what begins before main: a millisecond, and more on a
// busy machine. Nobody can keep it from ending the process there, with a trace if it is SIGQUIT. Nothing was read, shown or
// said then. How often that was is said in the end.
func (r *result) beforeAll(o *outcome) bool {
	s := r.of
	if s.signal == syscall.SIGQUIT && strings.HasPrefix(o.said, "SIGQUIT") {
		return !strings.Contains(o.said, "\nmain.main(")
	}
	return s.mode == piped && s.signal != 0 && s.signal != syscall.SIGKILL && s.to != child && s.at < runtimeStart && o.status.Signaled() && o.status.Signal() == s.signal && len(o.out)+len(o.said) == 0
}

// ending is a status in words.
func ending(s syscall.WaitStatus) string {
	switch {
	case s.Signaled():
		return fmt.Sprintf("death by %v", s.Signal())
	case s.Exited():
		return fmt.Sprintf("exit code %d", s.ExitStatus())
	}
	return fmt.Sprintf("status %d", s)
}

// table writes a row for each kind.
func table(w io.Writer, results []*result) {
	fmt.Fprintln(w, "| fault | tries | lost | hangs | otherwise | what a person sees |\n|---|---|---|---|---|---|")
	for i := range kinds {
		var tries, lost, hangs, wrong int
		for _, r := range results {
			if r.of.kind != &kinds[i] {
				continue
			}
			tries++
			lost += r.lost
			if r.hung {
				hangs++
			} else if len(r.wrong) > 0 && r.lost == 0 {
				wrong++
			}
		}
		if tries > 0 {
			fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %s |\n", kinds[i].name, tries, lost, hangs, wrong, kinds[i].seen)
		}
	}
}
