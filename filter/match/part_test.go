package match_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// What is not the end of a line yet may be shown, unless it may be the beginning of an issue.
func TestHarmless(t *testing.T) {
	for before, parts := range map[string]map[string]int{
		"": {"Password: ": -1, "Excep": 0, "Exception ignored in: <f": 0, "Enter: Exception ignored in: ": 7, "Enter: " + head + object: 7, "Enter: " + head + "<x": -1, "    ": -1, "noi": -1, "jobs done": -1, "x\x1b[3": 1, "Traceback": 0, "    Exc": 0, "E": 0},
		"Exception ignored in: <function own at 0x1>\n":          {"Traceback (most": 0, "Traceback (most recent call last):": 0, "x": -1},
		head + object + "\nTraceback (most recent call last):\n": {outer[:len(outer)-1]: 0, "x": -1, "": -1},
	} {
		for part, want := range parts {
			r := newRun(kinds(), options{quiet: true})
			r.write(before)
			if want < 0 {
				want = len(part)
			}
			r.view.Look([]byte(part))
			assert.Equal(t, want, r.Harmless(&r.view, r.line), "%q behind %q", part, before)
		}
	}
}

// Behind what was shown of a line stands no line of its own.
func TestShowPart(t *testing.T) {
	for part, c := range map[string]struct{ rest, shown string }{
		"Password: ": {"noisy\n", "noisy\n"},     // a part of the line
		"\x1b[K":     {"noisy\n", ""},            // nothing that is seen
		"    | 0%\r": {"noisy\n", ""},            // overwritten
		"Enter: ":    {head + object + "\n", ""}, // a piece may stand behind it
	} {
		r := newRun(kinds(), options{quiet: true})
		r.view.Look([]byte(part))
		r.ShowPart(&r.view, 1)
		r.write(c.rest)
		r.write("Traceback (most recent call last):\n" + outer + inner + "OwnError: bad\n")
		before, _, _ := strings.Cut(r.shown(), "Traceback")
		r.end()
		assert.Equal(t, c.shown, before, part)
	}
}

// A part that grows and is a piece gives a block more time.
func TestRenew(t *testing.T) {
	for part, want := range map[string]int{"   ": 1, "    ^^^^": 1, "x": 0, strings.Repeat(" ", 80): 1, strings.Repeat(" ", 81): 0, "    assert not": 0} {
		r := newRun(kinds(), options{quiet: true, hold: time.Second})
		r.write(head + object + "\nTraceback (most recent call last):\n" + outer + "    assert not inner()\n")
		r.tick(time.Second)
		r.view.Look([]byte(part))
		r.Renew(&r.view, r.line)
		r.tick(2 * time.Second)
		r.write("               ^^^^^^^\n" + inner + "    assert self.fine and more\nOwnError: bad\n")
		assert.Equal(t, want, counts(r.end())["hook"], "%q", part)
	}
}

// What is too long to be matched is counted for the rules that it may be of, and the rest of its line is shown.
func TestTooLong(t *testing.T) {
	r := newRun(kinds(), options{quiet: true})
	r.TooLong([]byte("a noisy line, or job a begins "))
	r.TooLong([]byte("nothing, or job a begins, a noisy line"))
	r.write("noisy\n")
	s := r.end()
	var got []string
	for _, u := range s.Undecided {
		got = append(got, u.ID())
		assert.Equal(t, 1, u.Count, "it is one line")
		assert.Equal(t, "a line is longer than what is looked at (64 KiB)", u.Why)
	}
	assert.ElementsMatch(t, []string{"noisy", "job", "opened"}, got)
	assert.Equal(t, "noisy\n", r.shown(), "it is a part of that line")
	r = newRun(kinds(), options{quiet: true})
	r.TooLong([]byte("x\n"))
	r.Fresh()
	r.write("noisy\n")
	assert.Empty(t, r.shown())
}
