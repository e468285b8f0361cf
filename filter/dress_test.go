package filter_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// A run in a dress, cleaned, is what is kept of it in that dress, each line with its own
// time, and what is found is the same. Where only quick tests are wanted, each run wears every eighth dress, so that each
// dress is worn by some.
func TestDressings(t *testing.T) {
	for n, file := range pipes(t) {
		data := filtertest.Read(t, file)
		kept, sum := keptOf(t, data)
		for i := range dressings {
			d := &dressings[i]
			if testing.Short() && (n+i)%8 > 0 || !strings.HasPrefix(string(data), d.needs) || !strings.Contains(d.name, os.Getenv("ORBFILTER_TEST_DRESS")) {
				continue
			}
			for _, tick := range []time.Duration{0, time.Second} {
				what := fmt.Sprintf("%s, %v, %s", d.name, tick, file)
				got, s := filtertest.Run(t, filtertest.Builtin(), []byte(d.wear(string(data), tick)), 0, filter.Options{})
				alike := strings.NewReplacer()
				if strings.HasPrefix(d.name, "copied") { // which of several spaces stay is not known any more
					alike = strings.NewReplacer("\u00a0", " ")
				}
				if d.prefix(started) == "" {
					kept := lines(strings.Join(kept, ""))
					requireSame(t, alike.Replace(d.wearKept(strings.Join(kept, ""), kept, tick)), alike.Replace(string(got)), what)
				} else {
					requireSame(t, alike.Replace(d.wearKept(string(data), kept, tick)), alike.Replace(string(got)), what)
				}
				assertSameIssues(t, sum, s, what)
			}
		}
	}
}

// Each line begins with "erase in line", and has a time of its own.
func TestComposeRedraw(t *testing.T) {
	data := filtertest.Read(t, "../testdata/cases/compose-redraw.log")
	for _, size := range []int{0, 1, 7} {
		shown, s := filtertest.Run(t, filtertest.Builtin(), data, size, filter.Options{})
		assert.Equal(t, "web-1  | 2026-11-24T03:00:01Z before\nweb-1  | 2026-11-24T03:59:59Z after\n", strings.ReplaceAll(string(shown), "\x1b[2K", ""))
		assert.Equal(t, map[string]int{"gevent-fork-hooks-assertion": 1}, filtertest.Counts(s))
	}
}

// disguises are what may stand in a line beside its prefix and its text, such as a
// program that draws its lines anew writes.
var disguises = []struct{ name, before, between, behind string }{
	{"erased first", "\x1b[2K", "", ""},
	{"erased behind the prefix", "", "\x1b[K", ""},
	{"erased at the end", "", "", "\x1b[0K"},
	{"everywhere", "\x1b[2K", "\x1b[K", "\x1b[0K"},
	{"reset first, as GitLab's runner does", "\x1b[0;m", "", ""},
	{"coloured", "", "\x1b[31;1m", "\x1b[0;m"},
	{"coloured with all", "\x1b[36m", "", "\x1b[39;49m"},
	{"as tput does", "", "\x1b[31m", "\x1b(B\x1b[m"},
	{"a mark of byte order", "\ufeff", "", ""},
	{"carriage return first", "\r", "", ""},
}

// Whatever else stands in a line that goes, no other gets its prefix; and what does more than
// to colour it is not lost.
func TestDisguises(t *testing.T) {
	testrun.Long(t)
	file := filtertest.Captures(t, "gevent-25.5.1.3-hosts.pipe.log")[0]
	data := string(filtertest.Read(t, file))
	kept, sum := keptOf(t, []byte(data))
	for i := range dressings {
		d := &dressings[i]
		if d.prefix(started) == "" || d.name == "rsyslog" || d.crlf || d.wrap != nil {
			continue
		}
		for _, g := range disguises {
			t.Run(d.name+", "+g.name, func(t *testing.T) {
				put := *d
				put.around, put.frames = [2]string{}, nil
				put.prefix = func(at time.Time) string { return g.before + d.prefix(at) + g.between }
				in := strings.ReplaceAll(put.wear(data, time.Second), "\n", g.behind+"\n")
				got, s := filtertest.Run(t, filtertest.Builtin(), []byte(in), 0, filter.Options{})
				plain := *d
				plain.around, plain.frames = [2]string{}, nil
				bare := strings.NewReplacer(g.before, "", g.between, "", g.behind, "")
				requireSame(t, bare.Replace(plain.wearKept(data, kept, time.Second)), bare.Replace(string(got)), file)
				assertSameIssues(t, sum, s, g.name)
				for _, seq := range []string{"\x1b[2K", "\x1b[K", "\x1b[0K", "\ufeff", "\r"} {
					if strings.Contains(d.prefix(started), seq) {
						continue // it goes with the prefix
					}
					require.Equal(t, strings.Count(in, seq), strings.Count(string(got), seq), "%q is lost", seq)
				}
			})
		}
	}
}

// requireSame says where two texts begin to differ.
func requireSame(t require.TestingT, want, got, what string) {
	w, g := lines(want), lines(got)
	for i := range max(len(w), len(g)) {
		a, b := strings.Join(w[min(i, len(w)):min(i+1, len(w))], ""), strings.Join(g[min(i, len(g)):min(i+1, len(g))], "")
		require.Equal(t, a, b, "line %d of %s", i+1, what)
	}
}

func assertSameIssues(t testing.TB, want, got *filter.Summary, file string) {
	t.Helper()
	require.Equal(t, filtertest.Counts(want), filtertest.Counts(got), file)
	for i, w := range want.Issues {
		g := got.Issues[i]
		assert.Equal(t, w.Hosts.Map(), g.Hosts.Map(), "%s: %s", file, w.Rule.ID)
		assert.Equal(t, w.Operations.Map(), g.Operations.Map(), "%s: %s", file, w.Rule.ID)
		assert.Equal(t, w.Operations.Names(), g.Operations.Names(), "%s: %s", file, w.Rule.ID)
		assert.Equal(t, w.Guarded, g.Guarded, "%s: %s", file, w.Rule.ID)
	}
	require.Len(t, got.Unknown, len(want.Unknown), file)
	for i, u := range want.Unknown {
		assert.Equal(t, u.Fingerprint, got.Unknown[i].Fingerprint)
		assert.Equal(t, u.Count, got.Unknown[i].Count)
	}
}

// Runs in a terminal have frames, which systems keep each in its way. Each line that stays
// is its own, with its own prefix, and all together say what they say without one.
func TestDressingsOfTerminals(t *testing.T) {
	for i := range dressings {
		d := &dressings[i]
		t.Run(d.name, func(t *testing.T) {
			for n, file := range filtertest.Captures(t, "gevent-25.5.1.*.pty.raw", "samples/*.raw") {
				data := filtertest.Read(t, file)
				if testing.Short() && (n+i)%4 > 0 || !strings.HasPrefix(string(data), d.needs) {
					continue
				}
				clean, sum := filtertest.Run(t, filtertest.Builtin(), data, 0, filter.Options{})
				in := d.wear(string(data), time.Second)
				got, s := filtertest.Run(t, filtertest.Builtin(), []byte(in), 0, filter.Options{})
				assertSameIssues(t, sum, s, file)
				if d.name == "rsyslog" { // it writes a CR as it does any other text: there are no frames
					continue
				}
				if d.prefix(started) != d.prefix(started.Add(time.Second)) {
					requireOwnPrefixes(t, lines(in), lines(string(got)), file)
				}
				require.Equal(t, d.seen(d.wear(string(clean), 0)), d.seen(string(got)), file)
			}
		})
	}
}

var (
	// stamped finds the time of a line, in any dress.
	stamped = regexp.MustCompile(`t=\d+|\d\d:\d\d:\d\d|\d+\.0{6} `)
	// inFront are sequences that stay of lines that go.
	inFront = regexp.MustCompile(`^(?:\x1b\[[0-9;?]*[A-Za-z])+`)
)

// requireOwnPrefixes: each line of got is one of those of in, with the same time, in their
// order, and with something taken out.
func requireOwnPrefixes(t *testing.T, in, got []string, file string) {
	t.Helper()
	at := 0
	for _, g := range got {
		bare := inFront.ReplaceAllString(g, "")
		for at < len(in) && !(stamped.FindString(in[at]) == stamped.FindString(g) && (isPartOf(g, in[at]) || isPartOf(bare, in[at]))) {
			at++
		}
		require.Less(t, at, len(in), "%q is no line of %s", g, file)
		at++
	}
}

// isPartOf reports whether a text is another with something taken out.
func isPartOf(text, of string) bool {
	for i := 0; i < len(of) && text != ""; i++ {
		if of[i] == text[0] {
			text = text[1:]
		}
	}
	return text == ""
}

// seen is what is to be read in a run in this dress, without the prefixes.
func (d *dressing) seen(text string) string {
	if d.wrap != nil {
		return unwrapped(text)
	}
	text = strings.ReplaceAll(text, "\u00a0", " ")
	text = strings.NewReplacer(d.allPrefixes()...).Replace(text)
	return strings.Join(strings.Fields(regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`).ReplaceAllString(text, "")), "")
}

// unwrapped is what is to be read in objects.
func unwrapped(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		var object struct {
			Log, Message json.RawMessage
			Body         struct{ StringValue string }
		}
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			return fmt.Sprintf("%v: %q", err, line)
		}
		var s string
		var b []int
		for _, raw := range []json.RawMessage{object.Log, object.Message} {
			if json.Unmarshal(raw, &s) == nil {
				out.WriteString(s)
			} else if json.Unmarshal(raw, &b) == nil {
				for _, c := range b {
					out.WriteByte(byte(c))
				}
			}
		}
		out.WriteString(object.Body.StringValue + "\n")
	}
	return strings.Join(strings.Fields(regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`).ReplaceAllString(out.String(), "")), "")
}

// allPrefixes are those of the times that a run may have, each with nothing in its place.
func (d *dressing) allPrefixes() (pairs []string) {
	for i := range 9000 {
		p := d.prefix(started.Add(time.Duration(i) * time.Second))
		if p == "" {
			return nil
		}
		pairs = append(pairs, strings.TrimRight(p, " ")+"+", "", p, "")
	}
	return pairs
}

// BenchmarkDress is a log in a dress: the MB/s, and how many times as long it takes as
// the same without, though it is longer.
func BenchmarkDress(b *testing.B) {
	for name, file := range map[string]string{"clean": "gevent-25.9.1.20-hosts.pipe.log", "noisy": "gevent-25.5.1.20-hosts.pipe.log"} {
		data := strings.Repeat(string(filtertest.Read(b, filtertest.Captures(b, file)[0])), 50)
		for _, d := range dressings {
			if slices.Contains([]string{"GitHub", "gh run view --log", "GitLab timestamps", "Buildkite", "Compose, coloured", "journal", "kubectl with time"}, d.name) {
				b.Run(name+"/"+d.name, func(b *testing.B) { benchmarkDress(b, data, d.wear(data, time.Second)) })
			}
		}
	}
}

func benchmarkDress(b *testing.B, plain, dressed string) {
	filters := [2]*filter.Filter{filter.New(filtertest.Builtin(), filtertest.Nowhere, filter.Options{}), filter.New(filtertest.Builtin(), filtertest.Nowhere, filter.Options{})}
	best := [2]time.Duration{time.Hour, time.Hour}
	b.SetBytes(int64(len(dressed)))
	for b.Loop() {
		for i, log := range [2]string{plain, dressed} {
			best[i] = min(best[i], filtertest.Pump(filters[i], []byte(log)))
		}
	}
	b.ReportMetric(float64(best[1])/float64(best[0]), "times-as-long")
	b.ReportMetric(float64(len(dressed))/best[1].Seconds()/1e6, "MB/s")
}
