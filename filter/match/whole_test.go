package match_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// whole walks through lines as a filter does: what is remembered as a whole is taken as a whole.
func (r *run) whole(text string) (again int) {
	p := []byte(text)
	r.Begin()
	for at := 0; at < len(p); {
		if !r.Busy() && r.queue.Empty() {
			r.Remember(p, at, r.line)
		}
		if n, lines := r.Again(p[at:], r.line); n > 0 {
			at += n
			r.line += lines
			again++
			continue
		}
		r.Mark(at)
		end := at + strings.Index(text[at:], "\n") + 1
		r.frame(text[at:end])
		at = end
	}
	return again
}

// A block that comes again to the last byte, while nothing else is going on, is what it was; and everything is as if
// it had been matched.
func TestWholeBlocks(t *testing.T) {
	torn := strings.Replace(block, "\n"+outer, "\n    [web] Success\n"+outer, 1)
	other := strings.ReplaceAll(block, "/v/", "/w/")
	for name, c := range map[string]struct {
		log   string
		again int
	}{
		"the same":            {block + block + "x\n" + block, 2},
		"another":             {block + other + block + other + block, 3},
		"in between":          {torn + torn, 0},
		"with its last piece": {quiet + ": \n" + quiet, 0},
		"a host's":            {"--> Starting operation: x\n" + block + "--> Starting operation: y\n" + block, 1},
		"behind a traceback":  {block + "Traceback (most recent call last):\n" + block, 0},
		"behind a head":       {block + "    Traceback (most recent call last):\n" + block, 0},
		"behind a frame":      {block + "Traceback (most recent call last):\n  File \"x.py\", line 1, in x\n" + block, 0},
		"with a prefix":       {block + "web-1  | x\n" + block, 1},
		"behind a CR":         {block + "x\r\n" + block, 0},
		"while one is open":   {block + "job a begins\n" + block, 0},
		"one that stays":      {"    [web] is down\n    [web] gives up\n    [web] is down\n    [web] gives up\n", 0},
		"nine of them":        {numberedBlocks(9) + numberedBlocks(9), 0},
		"eight of them":       {numberedBlocks(8) + numberedBlocks(8), 8},
	} {
		got, want := newRun(kinds(), options{quiet: true}), newRun(kinds(), options{quiet: true})
		want.Memory(0)
		assert.Equal(t, c.again, got.whole(c.log), name)
		assert.Zero(t, want.whole(c.log), name)
		assert.Equal(t, want.shown(), got.shown(), name)
		assert.Equal(t, want.end(), got.end(), name)
		assert.Equal(t, c.log, got.all(), name)
	}
	traced := newRun(kinds(), options{})
	assert.Zero(t, traced.whole(block+block), "each decision is told")
	r := newRun(kinds(), options{quiet: true})
	r.whole(block)
	assert.Equal(t, 0, r.whole(block), "what was not followed by a line is not known")
	assert.Equal(t, 1, r.whole(block+block))
}

func numberedBlocks(n int) (all string) {
	for i := range n {
		all += strings.ReplaceAll(block, "0x1", fmt.Sprint("0x", i)) + "x\n"
	}
	return all
}

// What is remembered as a whole is asked of its versions each time.
func TestWholeBlocksOfVersions(t *testing.T) {
	version := "3"
	r := newRun(kinds(), options{quiet: true, recorded: true, installed: func(string, string) (string, time.Time) {
		return version, time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	}})
	r.whole(block + block)
	version = "7" // it was asked already
	assert.Equal(t, 1, r.whole(block+"x\n"))
	assert.Empty(t, strings.TrimSuffix(r.shown(), "x\n"))
}
