package hold_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

var noise, other = &rules.Rule{ID: "noise"}, &rules.Rule{ID: "other"}

// A run is a queue, and what has left it.
type run struct {
	*hold.Queue
	account hold.Account
	out     []string // the bytes, with the rule in front of those that one has
	raw     string
	plain   string // what has left as whole lines without any literal
	line    int
}

func newRun(claims bool) *run {
	r := &run{line: 1}
	r.Queue = hold.New(r, claims)
	return r
}

func (r *run) Leave(e hold.Event, known view.Promise) {
	r.raw += string(e.Raw)
	if known > view.Nothing {
		r.plain += string(e.Raw)
	}
	r.out = append(r.out, said(e))
}

func said(e hold.Event) string {
	switch {
	case e.Rule == nil:
		return string(e.Raw)
	case e.Fold:
		return e.Rule.ID + " folds " + string(e.Raw)
	}
	return e.Rule.ID + " has " + string(e.Raw)
}

// is is a part of a line that a claim has.
type is struct {
	text  string
	claim *hold.Claim
	ends  bool
}

// put puts a line, or a frame, with the pieces in it, in order.
func (r *run) put(raw string, rest hold.Owner, pieces ...is) {
	v := &view.Line{}
	v.Look([]byte(raw))
	l := &hold.Line{Line: v, Number: r.line, Account: &r.account, Prefixed: v.Prefix > 0, Rest: rest}
	at := 0
	for _, p := range pieces {
		i := at + bytes.Index(v.Text[at:], []byte(p.text))
		l.Pieces = append(l.Pieces, hold.Piece{Span: view.Span{From: i, To: i + len(p.text)}, Claim: p.claim, Ends: p.ends, Head: strings.HasPrefix(p.text, "Traceback")})
		at = i + len(p.text)
	}
	r.Put(l)
	if v.IsLine() {
		r.EndLine()
		r.line++
	}
	r.Release()
}

// foreign puts a line that nobody has.
func (r *run) foreign(raw string) { r.put(raw, hold.Owner{}) }

// decide decides about a claim.
func (r *run) decide(c *hold.Claim, state hold.State, o hold.Owner) {
	c.State, c.Owner = state, o
	r.Release()
}

func (r *run) fold(c *hold.Claim) { r.decide(c, hold.Claimed, hold.Owner{Rule: noise, Fold: true}) }
func (r *run) drop(c *hold.Claim) { r.decide(c, hold.Passed, hold.Owner{}) }

// shown is what has left and is not folded.
func (r *run) shown() (out string) {
	for _, s := range r.out {
		if !strings.Contains(s, " folds ") {
			out += s
		}
	}
	return out
}

// What is put comes out, in order and once, whatever claims there are and becomes of them.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRun(rapid.Bool().Draw(t, "claims"))
		var claims []*hold.Claim
		want := ""
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0, 1, 2, 3, 4:
				raw := drawLine(t)
				want += raw
				if c := drawClaim(t, &claims); c != nil && c.State != hold.Passed {
					r.put(raw, drawOwner(t), drawPieces(t, raw, c)...)
				} else {
					r.put(raw, drawOwner(t))
				}
			case 5:
				raw := drawLine(t)
				want += raw
				known := view.Nothing
				if strings.HasSuffix(raw, "\n") {
					known = rapid.SampledFrom([]view.Promise{view.Nothing, view.NoLiteral, view.Bare}).Draw(t, "known")
				}
				r.Pass([]byte(raw), r.line, known)
			case 6:
				r.EndLine()
			case 7:
				r.Tick(time.Duration(len(want)) * time.Second)
				r.Expire(time.Duration(rapid.IntRange(0, 99).Draw(t, "hold")) * time.Second)
			default:
				if len(claims) > 0 {
					c := rapid.SampledFrom(claims).Draw(t, "decided")
					if c.State == hold.Open {
						if rapid.Bool().Draw(t, "back") {
							r.Unclaim(c)
						}
						if rapid.Bool().Draw(t, "folds") {
							r.fold(c)
						} else {
							r.drop(c)
						}
					}
				}
			}
			require.True(t, strings.HasPrefix(want, r.raw), "%q is not the beginning of %q", r.raw, want)
			require.Equal(t, r.Empty(), r.raw == want)
		}
		for _, c := range claims {
			if c.State == hold.Open {
				r.drop(c)
			}
		}
		r.EndLine()
		r.Release()
		require.True(t, r.Empty())
		require.Equal(t, want, r.raw)
		require.Equal(t, len(want), r.Taken())
		require.EqualValues(t, len(r.shown())-len("noise has ")*strings.Count(r.shown(), "noise has ")-len("other has ")*strings.Count(r.shown(), "other has "), r.Stayed())
	})
}

func drawLine(t *rapid.T) string {
	prefix := rapid.SampledFrom([]string{"", "", "web-1  | ", "2026-11-24T03:59:21.1234567Z "}).Draw(t, "prefix")
	parts := []string{"AssertionError", ": ", "    ", "    [vm1] Success", "--> x", "^^^", "Traceback", "\x1b[K", "\x1b[31mred\x1b[0m", "x"}
	text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 5).Draw(t, "parts"), "")
	raw := prefix + text + rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\r", "\r\x1b[K"}).Draw(t, "end")
	return raw
}

func drawClaim(t *rapid.T, claims *[]*hold.Claim) *hold.Claim {
	switch n := rapid.IntRange(0, 3).Draw(t, "claim"); {
	case n == 0:
		return nil
	case n == 1 || len(*claims) == 0:
		*claims = append(*claims, &hold.Claim{Kept: rapid.IntRange(0, 3).Draw(t, "kept") == 0})
		return (*claims)[len(*claims)-1]
	}
	return rapid.SampledFrom(*claims).Draw(t, "which")
}

func drawOwner(t *rapid.T) hold.Owner {
	return rapid.SampledFrom([]hold.Owner{{}, {}, {}, {Rule: noise, Fold: true}, {Rule: other}}).Draw(t, "owner")
}

// drawPieces draws which parts of a line a claim has.
func drawPieces(t *rapid.T, raw string, c *hold.Claim) (pieces []is) {
	v := &view.Line{}
	v.Look([]byte(raw))
	rest := string(v.Text)
	for _, text := range []string{"AssertionError", ": ", "^^^", "Traceback", "x"} {
		if i := strings.Index(rest, text); i >= 0 && rapid.Bool().Draw(t, "has") {
			pieces = append(pieces, is{text, c, rapid.Bool().Draw(t, "ends")})
			rest = rest[i+len(text):]
		}
	}
	return pieces
}

// While a claim is open, nothing behind its first byte leaves; when it is decided, all does, and its own bytes with
// the rule.
func TestWhatWaits(t *testing.T) {
	for name, c := range map[string]struct {
		decide func(*run, *hold.Claim)
		want   []string
	}{
		"folded":   {(*run).fold, []string{"a\n", "noise folds noise 1\n", "b\n", "noise folds noise 2\n", "c\n"}},
		"given up": {(*run).drop, []string{"a\n", "noise 1\n", "b\n", "noise 2\n", "c\n"}},
	} {
		r, claim := newRun(false), &hold.Claim{}
		r.foreign("a\n")
		r.put("noise 1\n", hold.Owner{}, is{"noise 1", claim, true})
		r.foreign("b\n")
		r.put("noise 2\n", hold.Owner{}, is{"noise 2", claim, true})
		r.foreign("c\n")
		assert.Equal(t, []string{"a\n"}, r.out, name)
		assert.True(t, claim.Waits(), name)
		assert.False(t, r.Empty(), name)
		c.decide(r, claim)
		assert.False(t, claim.Waits(), name)
		assert.Equal(t, c.want, r.out, name)
		r.put("noise 3\n", hold.Owner{}, is{"noise 3", claim, true}) // what comes later is its own as well
		r.foreign("d\n")
		assert.Equal(t, "d\n", r.out[len(r.out)-1], name)
	}
}

// What is shown in any case waits for nothing; but where the events are to have the rule.
func TestKept(t *testing.T) {
	for _, claims := range []bool{false, true} {
		r, claim := newRun(claims), &hold.Claim{Kept: true}
		r.put("noise 1\n", hold.Owner{}, is{"noise 1", claim, true})
		assert.Equal(t, claims, r.raw == "")
		assert.False(t, claim.Waits())
		r.decide(claim, hold.Claimed, hold.Owner{Rule: noise})
		want := []string{"noise 1\n"}
		if claims {
			want = []string{"noise has noise 1\n"}
		}
		assert.Equal(t, want, r.out)
	}
	r := newRun(true) // but only as long as there is room
	r.put("noise 1\n", hold.Owner{}, is{"noise 1", &hold.Claim{Kept: true}, true})
	for range 9 {
		r.foreign(strings.Repeat("x", 60_000) + "\n")
	}
	assert.True(t, r.Empty())
}

// One that is folded by a rule of its own, in a line of several pieces, and one that is not.
func TestRest(t *testing.T) {
	for name, c := range map[string]struct {
		raw    string
		pieces int
		rest   hold.Owner
		want   []string
	}{
		"a line":                 {"x\n", 0, hold.Owner{Rule: other, Fold: true}, []string{"other folds x", "other folds \n"}},
		"a line that stays":      {"x\n", 0, hold.Owner{Rule: other}, []string{"other has x\n"}},
		"nobody's":               {"x\n", 0, hold.Owner{}, []string{"x\n"}},
		"a frame":                {"x\r", 0, hold.Owner{Rule: other, Fold: true}, []string{"other folds x\r"}},
		"behind noise":           {"noise x\n", 1, hold.Owner{Rule: other, Fold: true}, []string{"noise folds noise", "other folds  x", "other folds \n"}},
		"behind noise, it stays": {"noise x\n", 1, hold.Owner{Rule: other}, []string{"noise folds noise", "other has  x\n"}},
		"behind noise, nobody's": {"noise x\n", 1, hold.Owner{}, []string{"noise folds noise", " x\n"}},
		"a frame behind noise":   {"noise x\r", 1, hold.Owner{Rule: other, Fold: true}, []string{"noise folds noise", "other folds  x\r"}},
		"in front of noise":      {"$ noise\n", 1, hold.Owner{}, []string{"$ ", "noise folds noise", "noise folds \n"}},
		"between noise":          {"noise $ noise\n", 2, hold.Owner{}, []string{"noise folds noise", " $ ", "noise folds noise", "noise folds \n"}},
		"spaces between":         {"noise   noise\n", 2, hold.Owner{}, []string{"noise folds noise   ", "noise folds noise", "noise folds \n"}},
		"spaces in front":        {"  noise\n", 1, hold.Owner{}, []string{"noise folds   noise", "noise folds \n"}},
		"a frame of noise":       {"noise\r\x1b[K", 1, hold.Owner{}, []string{"noise folds noise", "\r\x1b[K"}},
		"for the screen":         {"\x1b[Knoise\n", 1, hold.Owner{}, []string{"\x1b[K", "noise folds noise", "noise folds \n"}},
		"colours":                {"\x1b[31mnoise\x1b[0m\n", 1, hold.Owner{}, []string{"noise folds \x1b[31mnoise\x1b[0m", "noise folds \n"}},
		"a prefix":               {"web-1  | noise\n", 1, hold.Owner{}, []string{"noise folds web-1  | noise", "noise folds \n"}},
		"a prefix of what stays": {"web-1  | noise x\n", 1, hold.Owner{}, []string{"web-1  | ", "noise folds noise", " x\n"}},
	} {
		r, claim := newRun(false), &hold.Claim{State: hold.Claimed, Owner: hold.Owner{Rule: noise, Fold: true}}
		r.put(c.raw, c.rest, slices.Repeat([]is{{"noise", claim, true}}, c.pieces)...)
		assert.Equal(t, c.want, r.out, name)
		assert.True(t, r.Empty(), name)
	}
}

// A part of a line that was shown already is the line's: what stands behind it is put as it stands.
func TestShown(t *testing.T) {
	r, claim := newRun(false), &hold.Claim{State: hold.Claimed, Owner: hold.Owner{Rule: noise, Fold: true}}
	v := &view.Line{}
	v.Look([]byte("  noise\n"))
	r.Put(&hold.Line{Line: v, Number: 1, Account: &r.account, Shown: true, Pieces: []hold.Piece{{Span: view.Span{From: 2, To: 7}, Claim: claim}}})
	assert.Equal(t, []string{"  ", "noise folds noise", "\n"}, r.out)
}

// What waits is a copy, and leaves with the number of its line.
func TestCopies(t *testing.T) {
	var lines []int
	r := newRun(false)
	q := hold.New(next(func(e hold.Event, _ view.Promise) { lines = append(lines, e.Line); r.raw += string(e.Raw) }), false)
	claim := &hold.Claim{}
	buffer := []byte("noise\n")
	v := &view.Line{}
	v.Look(buffer)
	q.Put(&hold.Line{Line: v, Number: 7, Account: &r.account, Pieces: []hold.Piece{{Span: view.Span{To: 5}, Claim: claim, Ends: true}}})
	q.EndLine()
	for i := range 300 { // more than one room
		q.Pass(fmt.Appendf(nil, "%098d\n", i), 8+i, view.Nothing)
	}
	large := bytes.Repeat([]byte("x"), 5000)
	q.Pass(large, 308, view.Nothing)
	clear(buffer)
	clear(large)
	claim.State = hold.Passed
	q.Release()
	want := "noise\n"
	for i := range 300 {
		want += fmt.Sprintf("%098d\n", i)
	}
	assert.Equal(t, want+strings.Repeat("x", 5000), r.raw)
	assert.Equal(t, 308, lines[len(lines)-1])
	assert.Equal(t, 7, lines[0])
	assert.True(t, slices.IsSorted(lines))
}
