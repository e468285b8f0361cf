package match_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// givenUp are the decisions to give a block up.
func givenUp(r *run) (all []string) {
	for _, said := range r.said() {
		if strings.Contains(said, ": given up ") {
			all = append(all, said)
		}
	}
	return all
}

// Each block is given up 4096 lines behind its last piece, also where one that was begun earlier has got a piece later.
func TestGapOfSeveral(t *testing.T) {
	r := newRun(kinds(), options{})
	r.write("job a begins\njob b begins\njob c begins\njob c is broken\non x\n" + strings.Repeat("x\n", 4093))
	assert.Empty(t, givenUp(r))
	r.write("x\n")
	assert.Equal(t, []string{"4099: given up block 2 job, since no piece of it came in 4096 lines"}, givenUp(r))
	r.write("x\nx\n")
	assert.Len(t, givenUp(r), 1)
	r.write("x\n")
	assert.Equal(t, "4102: given up block 1 job, since no piece of it came in 4096 lines", givenUp(r)[1])
	assert.Zero(t, r.Open())

	r = newRun(kinds(), options{}) // in the order in which they came
	r.write("job a begins\njob b begins\n" + strings.Repeat("x\n", 4096))
	assert.Equal(t, []string{"4098: given up block 1 job, since no piece of it came in 4096 lines"}, givenUp(r))
	r.write("x\n")
	assert.Len(t, givenUp(r), 2)
	r.write("job a is broken\njob b is broken\n")
	assert.Equal(t, map[string]int{"opened": 2}, counts(r.end()))
}

// A writer that has been silent for 4096 lines has given up when it writes again.
func TestSilentWriterWritesAgain(t *testing.T) {
	for n, want := range map[int]string{4095: "job", 4096: "opened"} {
		r := newRun(kinds(), options{quiet: true})
		r.write("web-1  | job a begins\n" + strings.Repeat("web-2  | x\n", n) + "web-1  | job a is broken\n")
		assert.Equal(t, map[string]int{want: 1}, counts(r.end()), n)
	}
}

// Of blocks that wait for the same, 64 are asked whether a text is theirs.
func TestAsksSoMany(t *testing.T) {
	for host, want := range map[string]int{"h0": 1, "h63": 1, "h64": 0, "h69": 1} { // the last one has taken the last piece, and is asked first
		r := newRun(kinds(), options{quiet: true})
		r.write(numbered("    [h%d] is down\n", 70) + "    [" + host + "] gives up\n")
		assert.Equal(t, want, counts(r.end())["down"], host)
	}
}

// Where modules were loaded from is remembered up to 8 KiB of names.
func TestSitesAreBounded(t *testing.T) {
	frame := func(module string) string { return "  File \"/v/dist-packages/" + module + "/x.py\", line 1, in x\n" }
	for more, want := range map[string]int{"xxxx": 1, "xxxxx": 0} { // 388 modules of 21 bytes with their folder, one of more, and own, of 19
		r := newRun(ownRule(t), options{quiet: true, installed: func(string, string) (string, time.Time) { return "3", time.Time{} }})
		log := frame("m0000" + more)
		for n := range 388 {
			log += frame(fmt.Sprintf("m%04d", n+1))
		}
		r.write(log + frame("own") + "own is slow\n")
		issues := r.end().Issues
		require.Len(t, issues, 1)
		sites := 0
		for _, at := range issues[0].Installed.List() {
			if at.Site != "" {
				sites++
			}
		}
		assert.Equal(t, want, sites, more)
	}
}

// A line that is too long is looked at in stretches, and counted once for each rule that it may be of.
func TestTooLongInStretches(t *testing.T) {
	const stretch = 64 << 10
	for name, c := range map[string]struct {
		parts []string
		want  int
	}{
		"in the first":                 {[]string{"noisy" + strings.Repeat("x", stretch)}, 1},
		"at the end of it":             {[]string{strings.Repeat("x", stretch-5) + "noisy" + strings.Repeat("x", 10)}, 1},
		"in both":                      {[]string{"noisy" + strings.Repeat("x", stretch) + "noisy"}, 1},
		"across":                       {[]string{strings.Repeat("x", stretch-2) + "noisy"}, 0}, // what is not looked at together is not seen
		"in parts":                     {[]string{strings.Repeat("x", stretch-7) + "no", "isy"}, 1},
		"across, in parts":             {[]string{strings.Repeat("x", stretch-2), "noisy"}, 0},
		"at the beginning of the next": {[]string{strings.Repeat("x", stretch), "noisy"}, 1},
		"nothing":                      {[]string{"x"}, 0},
	} {
		r := newRun(kinds(), options{quiet: true})
		for _, p := range c.parts {
			r.TooLong([]byte(p))
		}
		r.EndLong()
		s := r.end()
		assert.Len(t, s.Undecided, c.want, name)
		for _, u := range s.Undecided {
			assert.Equal(t, 1, u.Count, name)
		}
	}
	r := newRun(kinds(), options{quiet: true})
	for range 2 { // each line anew
		r.TooLong([]byte("noisy"))
		r.EndLong()
	}
	s := r.end()
	require.Len(t, s.Undecided, 1)
	assert.Equal(t, 2, s.Undecided[0].Count)
}
