package hold_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/view"
)

// waiting is a run in which a block is open, in front of lines that were put.
func waiting(lines ...string) (*run, *hold.Claim) {
	r, claim := newRun(false), &hold.Claim{}
	r.put("head\n", hold.Owner{}, is{"head", claim, true})
	for _, l := range lines {
		r.foreign(l)
	}
	return r, claim
}

// shownAs folds the block, and is what stays.
func (r *run) shownAs(claim *hold.Claim) string {
	r.fold(claim)
	return r.shown()
}

// The spaces that a piece lacks are those in front of a line that has too many, if that is sure.
func TestTornIndent(t *testing.T) {
	torn := func(want, found, since int) hold.Indent {
		return hold.Indent{Want: want, Found: found, Since: since, Torn: true}
	}
	for name, c := range map[string]struct {
		lines  []string
		indent hold.Indent
		want   string
	}{
		"none lacks":                 {[]string{"        [vm1] Success\n"}, torn(4, 4, 1), "        [vm1] Success\n"},
		"of a line of pyinfra":       {[]string{"        [vm1] Success\n"}, torn(4, 0, 1), "    [vm1] Success\n"},
		"a part of them":             {[]string{"        [vm1] Success\n"}, torn(4, 2, 1), "      [vm1] Success\n"},
		"of a header":                {[]string{"    --> Starting\n"}, torn(4, 0, 1), "--> Starting\n"},
		"of a line of spaces":        {[]string{"    \n", "        [vm1] Success\n"}, torn(4, 0, 1), "        [vm1] Success\n"},
		"of the first of equal ones": {[]string{"    --> a\n", "    --> b\n"}, torn(4, 0, 1), "--> a\n    --> b\n"},
		"of the only one":            {[]string{"    text\n", "more\n"}, torn(4, 0, 1), "text\nmore\n"},
		"of one of two":              {[]string{"    text\n", "    more\n"}, torn(4, 0, 1), "    text\n    more\n"},
		"of one from before":         {[]string{"    text\n"}, torn(4, 0, 3), "    text\n"},
		"not torn":                   {[]string{"    --> a\n"}, hold.Indent{Want: 4, Since: 1}, "    --> a\n"},
		"not known":                  {[]string{"    --> a\n"}, hold.Indent{Want: -1, Since: 1, Torn: true}, "    --> a\n"},
		"of carets":                  {[]string{"    text\n"}, hold.Indent{Want: 4, Since: 1, Torn: true, Unsure: true}, "    text\n"},
		"of carets, and sure":        {[]string{"    --> a\n"}, hold.Indent{Want: 4, Since: 1, Torn: true, Unsure: true}, "--> a\n"},
		"with a colour":              {[]string{"    \x1b[31m--> a\x1b[0m\n"}, torn(4, 0, 1), "\x1b[31m--> a\x1b[0m\n"},
		"too few":                    {[]string{"   --> a\n"}, torn(4, 0, 1), "   --> a\n"},
		"none lacks, nor of spaces":  {[]string{"    \n"}, torn(4, 4, 1), "    \n"},
		"of one in the piece's line": {[]string{"    text\n"}, torn(4, 0, 2), "text\n"},
		"one of five":                {[]string{"     text\n", "     more\n"}, torn(4, 3, 1), "    text\n     more\n"},
	} {
		r, claim := waiting(c.lines...)
		r.Indent(&r.account, claim, c.indent)
		assert.Equal(t, c.want, r.shownAs(claim), name)
		assert.NotContains(t, r.out, "", name)
	}
	r, claim := waiting() // behind noise in the same line
	r.put("noise        [vm1] Success\n", hold.Owner{}, is{"noise", claim, true})
	r.Indent(&r.account, claim, torn(4, 0, 1))
	assert.Equal(t, "    [vm1] Success\n", r.shownAs(claim))
}

// What is found and what belongs there are the account's: spaces too many are owed, and where both differ, lines are torn.
func TestIndentsAreKept(t *testing.T) {
	for _, c := range []struct {
		want, found, surplus int
		torn                 bool
	}{{4, 4, 0, false}, {4, 0, 0, true}, {4, 6, 2, true}, {0, 0, 0, false}, {0, 4, 4, true}, {-1, 3, 0, false}} {
		r, claim := waiting()
		r.Indent(&r.account, claim, hold.Indent{Want: c.want, Found: c.found, Since: 1, Torn: true})
		surplus, _, torn := r.account.Owed()
		assert.Equal(t, c.surplus, surplus, "%+v", c)
		assert.Equal(t, c.torn, torn, "%+v", c)
	}
	r, claim := waiting()
	r.put("  noise   noise x\n", hold.Owner{Rule: other, Fold: true}, is{"noise", claim, false}, is{"noise", claim, true})
	surplus, _, _ := r.account.Owed()
	assert.Equal(t, 5, surplus, "in front of pieces, and between them")
}

// Spaces that one piece has too many are those that the next one lacks, so that nobody's are taken.
func TestSurplusSpaces(t *testing.T) {
	r, claim := waiting("        [vm1] Success\n")
	assert.False(t, r.account.Torn())
	r.Indent(&r.account, claim, hold.Indent{Want: 4, Found: 8, Since: 1, Torn: true})
	assert.True(t, r.account.Torn())
	r.Indent(&r.account, claim, hold.Indent{Want: 4, Found: 0, Since: 5, Torn: true}) // the line is from before
	r.Indent(&r.account, claim, hold.Indent{Want: 4, Found: 0, Since: 5, Torn: true})
	assert.Equal(t, "    [vm1] Success\n", r.shownAs(claim), "the second lacks them")

	r, claim = waiting("    text\n")
	r.account.Spare(3)
	r.Indent(&r.account, claim, hold.Indent{Want: 4, Since: 1, Torn: true})
	assert.Equal(t, "text\n", r.shownAs(claim), "three are not four")

	r, claim = waiting("    text\n")
	r.put("noise    noise rest\n", hold.Owner{Rule: other, Fold: true}, is{"noise", claim, false}, is{"noise", claim, true})
	r.Indent(&r.account, claim, hold.Indent{Want: 4, Since: 1, Torn: true})
	assert.Equal(t, "    text\n", r.shownAs(claim), "those between pieces of noise")

	r, claim = waiting("    text\n")
	r.account.Spare(4)
	r.account.Balance()
	assert.False(t, r.account.Torn())
	r.Indent(&r.account, claim, hold.Indent{Want: 4, Since: 1, Torn: true})
	assert.Equal(t, "text\n", r.shownAs(claim), "they were forgotten")
}

// Another writer's lines have no spaces of this one's, nor have those that would have left if it were alone.
func TestSpacesOfOthers(t *testing.T) {
	r, claim := waiting()
	v := &view.Line{}
	v.Look([]byte("    --> a\n"))
	r.Put(&hold.Line{Line: v, Number: 2, Account: &hold.Account{}})
	r.Indent(&r.account, claim, hold.Indent{Want: 4, Since: 1, Torn: true})
	assert.Equal(t, "    --> a\n", r.shownAs(claim))

	r, claim = waiting("    --> a\n")
	late := &hold.Claim{}
	r.put("late\n", hold.Owner{}, is{"late", late, true})
	r.foreign("    --> b\n")
	r.Wait(&r.account, late)
	r.Indent(&r.account, late, hold.Indent{Want: 4, Since: 1, Torn: true})
	r.fold(claim)
	assert.Equal(t, "    --> a\n--> b\n", r.shownAs(late))

	r, claim = waiting("    --> a\n")
	r.Wait(&r.account, nil)
	r.Indent(&r.account, claim, hold.Indent{Want: 4, Since: 1, Torn: true})
	assert.Equal(t, "    --> a\n", r.shownAs(claim), "nothing waits for this writer")

	r, claim = waiting("    --> a\n")
	r.Wait(&r.account, nil)
	r.foreign("    --> b\n")
	assert.GreaterOrEqual(t, r.Stray(&r.account, 3, 4), 0)
	assert.Equal(t, -1, r.Stray(&r.account, 4, 4))
	r.Indent(&r.account, claim, hold.Indent{Want: 4, Since: 1, Torn: true})
	assert.Equal(t, "    --> a\n--> b\n", r.shownAs(claim), "what came behind it does")
}

// Stray spaces are looked for from the last line on.
func TestStray(t *testing.T) {
	r, claim := waiting("      --> a\n", "        [vm1] Success\n", "            text\n")
	at := r.Stray(&r.account, 1, 4)
	assert.GreaterOrEqual(t, at, 0)
	assert.Equal(t, -1, r.Stray(&r.account, 1, 7))
	assert.Equal(t, -1, r.Stray(&r.account, 4, 1), "from the line on")
	assert.Equal(t, at, r.Stray(&r.account, 3, 4))
	assert.Equal(t, -1, r.Stray(&hold.Account{}, 1, 1), "another's")
	r.TakeStray(claim, at)
	assert.Equal(t, "      --> a\n    [vm1] Success\n            text\n", r.shownAs(claim))

	r, claim = waiting("      \n")
	assert.Equal(t, -1, r.Stray(&r.account, 1, 4), "it may be a line of spaces")
	r.account.Tear()
	r.TakeStray(claim, r.Stray(&r.account, 1, 6))
	assert.Empty(t, r.shownAs(claim), "with its end")

	for need, has := range map[int]bool{0: true, 3: true, 10: true, 11: false} {
		r, _ := waiting("      --> a\n", "        [vm1] Success\n")
		assert.Equal(t, has, r.HasStray(&r.account, 1, need), "%d", need)
		assert.False(t, r.HasStray(&r.account, 4, need))
		assert.Equal(t, need <= 4, r.HasStray(&r.account, 3, need), "%d", need)
		assert.False(t, r.HasStray(&hold.Account{}, 1, need))
	}
	r, _ = waiting("text\n", "    [vm1] Success\n")
	assert.False(t, r.HasStray(&r.account, 1, 0), "none is too many")
}

// What the indent of a source line has torn off may be seen where it ended up.
func TestLacksIndent(t *testing.T) {
	for text, want := range map[string]bool{
		"    [vm1] Success": false, "        [vm1] Success": true, "    --> a": true, "   --> a": false, "    text": false, "      text": false,
		"        text": true, "       text": false, "    ": true, "   ": false, "      \x1b[K": false,
	} {
		v := &view.Line{}
		v.Look([]byte(text + "\n"))
		assert.Equal(t, want, hold.LacksIndent(v), "%q", text)
	}
}

// An end that noise owes is an empty line later on.
func TestPendingEnds(t *testing.T) {
	look := func(raw string) *view.Line {
		v := &view.Line{}
		v.Look([]byte(raw))
		return v
	}
	r, claim := newRun(false), &hold.Claim{}
	r.put("noise    [vm1] Success\n", hold.Owner{}, is{"noise", claim, true})
	assert.True(t, r.account.Owes(claim))
	assert.False(t, r.account.Owes(&hold.Claim{}))
	assert.True(t, r.account.Pays(look(" \n"), false))
	assert.False(t, r.account.Pays(look("\n"), true), "what was shown in part")
	assert.False(t, r.account.Pays(look("\r"), false), "a frame")
	assert.False(t, r.account.Pays(look("x\n"), false))
	r.foreign("  \n")
	assert.False(t, r.account.Owes(claim))
	r.foreign("\n")
	assert.Equal(t, "    [vm1] Success\n\n", r.shownAs(claim))
	assert.True(t, r.account.Torn(), "the spaces are too many")

	r, claim = newRun(false), &hold.Claim{} // two are owed, and one is paid
	r.put("noise noise\n", hold.Owner{}, is{"noise", claim, true}, is{"noise", claim, true})
	r.foreign("\n")
	r.foreign("\n")
	assert.Equal(t, "\n", r.shownAs(claim))

	r, claim = newRun(false), &hold.Claim{} // a frame owes one
	r.put("noise\r", hold.Owner{}, is{"noise", claim, true})
	r.foreign("\n")
	assert.Equal(t, "\r", r.shownAs(claim))

	r, claim = newRun(false), &hold.Claim{} // a rule has the end
	r.put("noise x\n", hold.Owner{Rule: other, Fold: true}, is{"noise", claim, true})
	assert.True(t, r.account.Owes(claim))
	r.account.Balance()
	assert.False(t, r.account.Owes(claim))
}

// A line that stays keeps its prefix and its end, whatever noise stands in it and whichever comes first.
func TestMargin(t *testing.T) {
	const prefix = "web-1  | "
	for name, c := range map[string]struct {
		frames []string
		want   string
	}{
		"noise alone":            {[]string{prefix + "noise\r", "noise\n"}, "\r"},
		"noise, and then a line": {[]string{prefix + "noise\r", "a\n"}, prefix + "\ra\n"},
		"a line, and then noise": {[]string{prefix + "a\r", "noise\n"}, prefix + "a\r\n"},
		"without a prefix":       {[]string{"a\r", "noise\n"}, "a\r"},
		"each with its own":      {[]string{prefix + "noise\r", prefix + "noise\r", prefix + "noise\n"}, "\r\r"},
		"the same, and a line":   {[]string{prefix + "noise\r", prefix + "noise\r", prefix + "a\n"}, prefix + "\r" + prefix + "\r" + prefix + "a\n"},
		"an empty line":          {[]string{prefix + "noise\r", prefix + "\n"}, prefix + "\r" + prefix + "\n"},
		"an empty frame":         {[]string{prefix + "noise\r", "\n"}, "\r\n"},
		"in between":             {[]string{prefix + "noise\r", "noise\r", "a\r", "noise\n"}, prefix + "\r\ra\r\n"},
	} {
		for _, late := range []bool{false, true} {
			r, claim := newRun(false), &hold.Claim{State: hold.Claimed, Owner: hold.Owner{Rule: noise, Fold: true}}
			if late {
				*claim = hold.Claim{}
			}
			for _, f := range c.frames {
				r.frame(f, claim, strings.HasPrefix(c.frames[0], prefix))
			}
			assert.Equal(t, c.want, r.shownAs(claim), name)
		}
	}
}

// frame puts a frame of a line, that is noise if it says so.
func (r *run) frame(raw string, claim *hold.Claim, prefixed bool) {
	v := &view.Line{}
	v.Look([]byte(raw))
	l := &hold.Line{Line: v, Number: r.line, Account: &r.account, Prefixed: prefixed}
	if i := strings.Index(string(v.Text), "noise"); i >= 0 {
		l.Pieces = []hold.Piece{{Span: view.Span{From: i, To: i + 5}, Claim: claim, Ends: v.IsLine()}}
	}
	r.Put(l)
	if v.IsLine() {
		r.EndLine()
	}
	r.Release()
}

// A prefix does not wait for ever for what its line will be.
func TestMarginExpires(t *testing.T) {
	r, claim := newRun(false), &hold.Claim{State: hold.Claimed, Owner: hold.Owner{Rule: noise, Fold: true}}
	r.Tick(time.Second)
	r.frame("web-1  | noise\r", claim, true)
	assert.Empty(t, r.out)
	assert.False(t, r.Fresh())
	r.Tick(2 * time.Second)
	r.Expire(time.Second)
	assert.Empty(t, r.out)
	r.Tick(2*time.Second + 1)
	r.Expire(time.Second)
	assert.Equal(t, "web-1  | \r", r.shown())
	assert.Equal(t, time.Second+1, r.Limits().Time)
	assert.False(t, r.Fresh(), "something of the line has stayed")
	r.EndLine()
	assert.True(t, r.Fresh())
}

// What GitLab writes on in the same line keeps its prefix where it is, if it has something for the screen.
func TestMarginOfALineThatGoesOn(t *testing.T) {
	r, claim := newRun(false), &hold.Claim{State: hold.Claimed, Owner: hold.Owner{Rule: noise, Fold: true}}
	r.frame("2026-11-24T03:59:21.123456Z 01O+\x1b[0Knoise\n", claim, true)
	r.frame("2026-11-24T03:59:21.123456Z 01O noise\n", claim, true)
	assert.Equal(t, "2026-11-24T03:59:21.123456Z 01O+\x1b[0K\n", r.shown())
}

// How long bytes have waited is known of all of them, also of those whose spaces were another's.
func TestHowLongBytesWait(t *testing.T) {
	r, claim := newRun(false), &hold.Claim{}
	r.Tick(time.Hour)
	r.put("noise\n", hold.Owner{}, is{"noise", claim, true})
	r.foreign("    --> a\n")
	r.Indent(&r.account, claim, hold.Indent{Want: 4, Since: 1, Torn: true})
	r.Tick(time.Hour + time.Second)
	assert.Equal(t, "--> a\n", r.shownAs(claim))
	assert.Equal(t, time.Second, r.Limits().Time)
}

// What a claim has given back from the head of a traceback on is nobody's.
func TestUnclaim(t *testing.T) {
	r, claim := waiting()
	r.put("Traceback\n", hold.Owner{}, is{"Traceback", claim, true})
	r.foreign("a\n")
	r.put("frame\n", hold.Owner{}, is{"frame", claim, true})
	r.Unclaim(claim)
	assert.Equal(t, "Traceback\na\nframe\n", r.shownAs(claim))
	assert.Equal(t, "noise folds head\n", r.out[0])

	r, claim = waiting() // also where spaces were given away in between
	r.put("Traceback\n", hold.Owner{}, is{"Traceback", claim, true})
	r.foreign("    --> a\n")
	r.Indent(&r.account, claim, hold.Indent{Want: 4, Since: 1, Torn: true})
	r.Unclaim(claim)
	assert.Equal(t, "Traceback\n--> a\n", r.shownAs(claim))
}
