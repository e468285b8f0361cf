package hold_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/view"
)

var word = regexp.MustCompile(`noise|Traceback`)

// object puts a line with a text in an object, line by line of the text, as the filter does. Claims have, by turns, each "noise" of it, which has
// written the line end behind it if nothing or another one is there; "folds" is a line of a rule for single ones.
func (r *run) object(raw string, claims ...*hold.Claim) {
	v, n := &view.Line{}, 0
	for v.First([]byte(raw)); ; v.Next() {
		l := &hold.Line{Line: v, Number: r.line, Account: &r.account, Prefixed: v.Prefix > 0 || v.Wrapped}
		if strings.HasSuffix(string(v.Text), "folds") {
			l.Rest = hold.Owner{Rule: other, Fold: true}
		}
		for _, at := range word.FindAllIndex(v.Text, -1) {
			behind := string(v.Text[at[1]:])
			l.Pieces = append(l.Pieces, hold.Piece{Span: view.Span{From: at[0], To: at[1]}, Claim: claims[n%len(claims)], Ends: strings.TrimSpace(behind) == "" || strings.HasPrefix(behind, "noise"), Head: v.Text[at[0]] == 'T'})
			n++
		}
		r.Put(l)
		r.Release()
		if v.IsLine() && v.Inner {
			r.EndText()
		}
		if !v.Inner {
			break
		}
	}
	r.EndLine()
	r.line++
	r.Release()
}

// asText and asBytes write a text into an object, as Docker and journald do.
func asText(text string) string {
	quoted, _ := json.Marshal(text)
	return `{"log":` + string(quoted) + `,"stream":"stderr"}` + "\n"
}

func asBytes(text string) string {
	var all []string
	for _, c := range []byte(text) {
		all = append(all, fmt.Sprint(c))
	}
	return `{"PRIORITY":"6","MESSAGE":[` + strings.Join(all, ",") + "]}\n"
}

// left is what is to be seen of what has left.
func (r *run) left() string {
	return strings.NewReplacer("noise has ", "", "other has ", "").Replace(r.shown())
}

// What is left of an object is an object with what is left of its text, and it goes if all of that does: when it is known.
func TestTextsInObjects(t *testing.T) {
	for text, want := range map[string]string{
		"noise\n":                  "",
		"noise":                    "",
		"  noise  \n":              "",
		"noise x\n":                " x\n",
		"x noise\n":                "x \n",
		"noise x noise\n":          " x \n",
		"noise\nb\n":               "b\n",
		"b\nnoise\n":               "b\n",
		"a\nnoise\nb\n":            "a\nb\n",
		"noise\nnoise\n":           "",
		"noise\n\nx\n":             "\nx\n",
		"noise\rnoise\n":           "",
		"noisenoise\n\n":           "", // both have written an end
		"noisenoise\n\n\n":         "\n",
		"noisenoise\n    \nnoise":  "",
		"folds\n":                  "",
		"folds\nnoise\n":           "",
		"noise\nfolds\n":           "",
		"noise folds\n":            "",
		"folds\nb\n":               "b\n",
		"b\nfolds\n":               "b\n",
		"b\n":                      "b\n",
		"\n":                       "\n",
		"--> x\nnoise\n    y\nz":   "--> x\n    y\nz",
		"noise x\nnoise\nfolds\ny": " x\ny",
	} {
		for name, write := range map[string]func(string) string{"text": asText, "bytes": asBytes} {
			shown := ""
			if want != "" {
				shown = write(want)
			}
			early := &hold.Claim{State: hold.Claimed, Owner: hold.Owner{Rule: noise, Fold: true}}
			r := newRun(false)
			r.object(write(text), early)
			assert.Equal(t, shown, r.left(), "%q as %s, known at once", text, name)
			assert.True(t, r.Empty(), "%q as %s", text, name)

			late := &hold.Claim{}
			r = newRun(false)
			r.object(write(text), late)
			r.foreign("behind\n")
			r.fold(late)
			assert.Equal(t, shown+"behind\n", r.left(), "%q as %s, known later", text, name)
			assert.Equal(t, write(text)+"behind\n", r.raw)

			if given := &(hold.Claim{}); !strings.Contains(text, "folds") {
				r = newRun(false)
				r.object(write(text), given)
				r.drop(given)
				assert.Equal(t, write(text), r.left(), "%q as %s, given up", text, name)
			}
		}
	}
}

// What is meant for the screen stays in its object; an array of bytes stays whole for it.
func TestScreenInObjects(t *testing.T) {
	for text, want := range map[string][2]string{ // of a text, and of bytes
		"\x1b[Knoise\n":          {"\x1b[K\n", "\x1b[Knoise\n"},
		"\x1b[31mnoise\x1b[0m\n": {"", ""},
		"a\rnoise\rb\n":          {"a\r\rb\n", "a\rb\n"},
		"noise\rb\n":             {"\rb\n", "b\n"},
		"noise\x1b[K\nb\n":       {"\x1b[K\nb\n", "noise\x1b[K\nb\n"},
		"\x1b[K":                 {"\x1b[K", "\x1b[K"},
	} {
		for i, write := range []func(string) string{asText, asBytes} {
			r, claim := newRun(false), &hold.Claim{}
			r.object(write(text), claim)
			r.fold(claim)
			want := want[i]
			if want != "" {
				want = write(want)
			}
			assert.Equal(t, want, r.left(), "%q", text)
			assert.Equal(t, write(text), r.raw)
		}
	}
}

// An object whose text several claims have goes if all of them fold theirs; as long as one is open, nothing behind it leaves.
func TestClaimsOfObjects(t *testing.T) {
	for _, write := range []func(string) string{asText, asBytes} {
		raw := write("noise\nnoise\n")
		for _, first := range []int{0, 1} {
			r, claims := newRun(false), []*hold.Claim{{}, {}}
			r.object(raw, claims...)
			r.foreign("behind\n")
			r.fold(claims[first])
			assert.Empty(t, r.out)
			assert.True(t, claims[1-first].Waits())
			r.fold(claims[1-first])
			assert.Equal(t, "behind\n", r.left())

			r, claims = newRun(false), []*hold.Claim{{}, {}}
			r.object(raw, claims...)
			r.fold(claims[first])
			r.drop(claims[1-first])
			assert.Equal(t, write("noise\n"), r.left())

			r, claims = newRun(false), []*hold.Claim{{Kept: first == 1}, {Kept: first == 0}}
			r.object(raw, claims...)
			assert.False(t, r.Empty(), "one of them is not kept")
			r.drop(claims[1-first])
			r.fold(claims[first])
			assert.Equal(t, write("noise\n"), r.left())
		}
		r := newRun(false)
		r.object(raw, &hold.Claim{Kept: true}, &hold.Claim{Kept: true})
		assert.Equal(t, raw, r.left(), "what is shown in any case does not wait")
	}
}

// What a claim has given back from the head of a traceback on stays, in its object, and what it has had in front of it does not.
func TestUnclaimInObjects(t *testing.T) {
	for _, write := range []func(string) string{asText, asBytes} {
		r, claim := newRun(false), &hold.Claim{}
		r.object(write("noise\n"), claim)
		r.object(write("Traceback\n"), claim)
		r.object(write("noise\nx\n"), &hold.Claim{State: hold.Passed})
		r.object(write("noise\n"), claim)
		r.Unclaim(claim)
		r.fold(claim)
		assert.Equal(t, write("Traceback\n")+write("noise\nx\n")+write("noise\n"), r.left())
	}
}

// Noise owes spaces and line ends in objects as it does on lines.
func TestAccountsOfObjects(t *testing.T) {
	for name, write := range map[string]func(string) string{"text": asText, "bytes": asBytes} {
		for text, want := range map[string][3]any{
			"noise\n":                {0, 0, false},
			"noise   \n":             {3, 0, false},
			"noisenoise\n":           {0, 1, true},
			"noisenoise\n  \n":       {2, 0, true},
			"noisenoise\n\n\n":       {0, 0, true},
			"noisenoise  \n":         {2, 1, true},
			"noisenoisenoise\n\nx\n": {0, 1, true},
		} {
			r, claim := newRun(false), &hold.Claim{}
			r.object(write(text), claim)
			surplus, pending, torn := r.account.Owed()
			assert.Equal(t, want, [3]any{surplus, pending, torn}, "%q as %s", text, name)
			assert.Equal(t, want == [3]any{0, 0, false}, r.account.Balanced(), "%q as %s", text, name)
			r.fold(claim)
		}
	}
}

// Whatever becomes of the claims, and whenever, what is left of each object is an object, and nothing is lost.
func TestObjectsStayObjects(t *testing.T) {
	texts := rapid.SampledFrom([]string{"noise\n", "noise\n", "noisenoise\n", "\n", "x\n", "noise x\n", "x noise\n", "folds\n", "Traceback\n", "    \n", "\x1b[Knoise\n", "noise\r", "noise"})
	rapid.Check(t, func(t *rapid.T) {
		r, claims := newRun(false), []*hold.Claim{{}, {}, {Kept: true}}
		in := ""
		decide := func() {
			c := rapid.SampledFrom(claims).Draw(t, "claim")
			if c.State != hold.Open {
				return
			}
			if rapid.IntRange(0, 3).Draw(t, "back") == 0 {
				r.Unclaim(c)
			}
			if !c.Kept && rapid.Bool().Draw(t, "folds") {
				r.fold(c)
			} else {
				r.drop(c)
			}
		}
		for range rapid.IntRange(1, 4).Draw(t, "objects") {
			text := strings.Join(rapid.SliceOfN(texts, 1, 5).Draw(t, "text"), "")
			raw := rapid.SampledFrom([]func(string) string{asText, asBytes}).Draw(t, "as")(text)
			open := slices.DeleteFunc(slices.Clone(claims), func(c *hold.Claim) bool { return c.State == hold.Passed })
			if len(open) == 0 {
				open = []*hold.Claim{{State: hold.Claimed, Owner: hold.Owner{Rule: noise, Fold: true}}}
			}
			first := rapid.IntRange(0, len(open)-1).Draw(t, "first")
			r.object(raw, slices.Concat(open[first:], open[:first])...)
			in += raw
			if rapid.Bool().Draw(t, "decided") {
				decide()
			}
		}
		for _, c := range claims {
			if c.State == hold.Open {
				r.drop(c)
			}
		}
		require.True(t, r.Empty())
		require.Equal(t, in, r.raw)
		for line := range strings.Lines(r.left()) {
			require.True(t, json.Valid([]byte(line)), "%q of %q", line, in)
		}
	})
}
