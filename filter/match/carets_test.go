package match_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Carets are a block's if they stand below its source line, or begin there in the line below it; where lines are torn, if it may still draw as many. The
// source line of opened stands in columns 4 to 22, and samples show carets in 15 to 22.
func TestCaretsOfABlock(t *testing.T) {
	draw := func(lead, n int) string { return strings.Repeat(" ", lead) + strings.Repeat("^", n) + "\n" }
	const own = "Traceback (most recent call last):\n  File \"x.py\", line 1, in x\n    y(z)\n"
	for name, c := range map[string]struct {
		between, carets string
		taken           bool
	}{
		"all of it":                           {"", draw(4, 18), true},
		"as samples have them":                {"", draw(15, 7), true},
		"the last column":                     {"", draw(21, 1), true},
		"the first":                           {"", draw(4, 1), true},
		"in front of it":                      {"", draw(3, 1), false},
		"from in front of it":                 {"", draw(3, 5), false},
		"behind it":                           {"", draw(22, 1), false},
		"beginning below it":                  {"", draw(21, 18), true},
		"more than it is wide":                {"", draw(4, 19), false},
		"further down, all of it":             {"x\n", draw(4, 18), true},
		"further down, the last column":       {"x\n", draw(21, 1), true},
		"further down, beyond the last":       {"x\n", draw(21, 2), false},
		"further down, in front of it":        {"x\n", draw(3, 2), false},
		"further down, as samples have them":  {"x\n", draw(15, 7), true},
		"a second line of them":               {draw(15, 7), draw(4, 2), true},
		"a second line, beginning below it":   {draw(15, 7), draw(21, 2), false},
		"as many as are left":                 {draw(15, 7), draw(4, 11), true},
		"more than are left":                  {draw(15, 7), draw(4, 12), false},
		"while another traceback passes":      {own, draw(4, 4), false},
		"while it does, as samples have them": {own, draw(15, 7), false},
		"two spaces are missing":              {"", draw(2, 7), false},
		"and stand in front of another":       {"  \n", draw(2, 7), true},
		"another block has the line above":    {head + object + "\n", draw(0, 7), true},
		"another block is further above":      {head + object + "\nx\n", draw(0, 7), false},
		"four spaces are missing":             {"  \n", draw(0, 7), false},
		"and stand elsewhere":                 {"    \n", draw(0, 7), true},
	} {
		r := newRun(kinds(), options{quiet: true})
		r.write(opened + c.between)
		before := r.all()
		r.write(c.carets + other)
		r.end()
		assert.Equal(t, !c.taken, strings.HasSuffix(r.shown(), c.carets) || strings.Contains(r.shown(), "\n"+c.carets) || strings.HasPrefix(r.shown(), c.carets), name)
		assert.Empty(t, before, name)
	}
	for at, taken := range map[[2]int]bool{{8, 4}: false, {8, 3}: true, {9, 3}: true, {8, 1}: false, {9, 1}: true, {11, 1}: true, {4, 1}: false, {6, 1}: false, {4, 8}: false, {4, 5}: true, {4, 3}: false, {8, 5}: true, {5, 2}: true} {
		r := newRun(kinds(), options{quiet: true})
		r.write(opened + "    x = word\n" + draw(at[0], at[1]) + other)
		r.end()
		assert.Equal(t, taken, r.shown() == "    x = word\n", "below a word of the run's own, %v", at)
	}
	for carets, taken := range map[string]bool{strings.Repeat("^", 18): true, strings.Repeat("^", 19): false, strings.TrimSpace(strings.Repeat("^ ", 18)): true, strings.TrimSpace(strings.Repeat("^ ", 19)): false} {
		r := newRun(kinds(), options{quiet: true})
		r.write(opened + carets + "    [web] Success\n\n" + other)
		r.end()
		assert.Equal(t, taken, !strings.Contains(r.shown(), "^"), "torn: %s", carets)
	}
}

// A word goes on with letters, figures, underscores, and with whatever is not ASCII.
func TestWordsAboveCarets(t *testing.T) {
	for chars, taken := range map[string]bool{"_09azAZ": true, "é": true, "/:@[`{ -\x7f": false} {
		for _, c := range chars {
			own := "    x = wor" + string(c) + "d\n"
			r := newRun(kinds(), options{quiet: true})
			r.write(opened + own + "        ^^^\n" + other)
			r.end()
			assert.Equal(t, taken, r.shown() == own, own)
		}
	}
}
