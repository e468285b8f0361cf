package catalog

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// Tests shows the tests of rules as they are done: a line for each rule, and
// what to see if it failed.
type Tests struct {
	W       io.Writer
	Color   bool
	Width   int
	JSON    bool // nothing is shown before Close
	Verbose bool // all that failed is shown, and not only the first of each kind
	// Logs and Lines are those of good logs that were looked through.
	Logs  int
	Lines int64

	rules, failed, inputs int
	tests                 []testJSON
	hits                  []ruletest.Hit
}

// Failed reports whether a rule failed, or found something in a good log.
func (t *Tests) Failed() bool { return t.failed > 0 || len(t.hits) > 0 }

// Rule shows what came of a rule.
func (t *Tests) Rule(r ruletest.Report) {
	t.rules++
	t.inputs += r.Inputs
	if r.Failed > 0 {
		t.failed++
	}
	switch {
	case t.JSON:
		t.tests = append(t.tests, jsonTest(r))
	case r.Failed == 0:
		fmt.Fprintf(t.W, "%s  %s  %s\n", words.Paint(t.Color, color.FgGreen).Sprint("ok  "), r.Rule.ID, words.Plural(int64(r.Inputs), "input"))
	default:
		fmt.Fprintf(t.W, "%s  %s  %d of %s\n", words.Paint(t.Color, color.FgRed, color.Bold).Sprint("FAIL"), r.Rule.ID, r.Failed, words.Plural(int64(r.Inputs), "input"))
		t.failures(r)
	}
}

// failures shows what to look at: the first of each property.
func (t *Tests) failures(r ruletest.Report) {
	shown, properties := 0, map[string]bool{}
	for i := range r.Failures {
		f := &r.Failures[i]
		if properties[f.Property] && !t.Verbose {
			continue
		}
		properties[f.Property] = true
		shown++
		t.failure(f)
	}
	if rest := r.Failed - shown; rest > 0 {
		fmt.Fprintf(t.W, "      %d more; add --verbose, or --json\n", rest)
	}
}

func (t *Tests) failure(f *ruletest.Failure) {
	fmt.Fprintf(t.W, "      %s: %s\n", tried(f), printable.Line(f.Problem))
	quote(t.W, "input", f.Input)
	if f.Result.Shown != f.Input {
		quote(t.W, "shown", f.Result.Shown)
	}
}

// tried says what was tried: "samples[0], with a line of the run …".
func tried(f *ruletest.Failure) string {
	if f.How == "" {
		return f.Field + ", as it is"
	}
	return f.Field + ", " + f.How
}

// maxQuoted is how many lines of a text are shown.
const maxQuoted = 20

// quote shows a text so that each byte of it can be seen.
func quote(w io.Writer, what, text string) {
	n := 0
	for l := range strings.Lines(text) {
		if n++; n > maxQuoted {
			fmt.Fprintf(w, "        %s  … %d more lines\n", what, strings.Count(text, "\n")-maxQuoted)
			return
		}
		fmt.Fprintf(w, "        %s  %s\n", what, strconv.Quote(l))
	}
	if n == 0 {
		fmt.Fprintf(w, "        %s  nothing\n", what)
	}
}

// Hit shows what a rule finds in a good log.
func (t *Tests) Hit(h ruletest.Hit) {
	t.hits = append(t.hits, h)
	if !t.JSON {
		fmt.Fprintf(t.W, "%s  %s:%d: %s finds this, %d ×: %s\n", words.Paint(t.Color, color.FgRed, color.Bold).Sprint("HIT "), printable.Line(h.File), h.Line, h.Rule, h.Count, printable.Line(h.Text))
	}
}

// Close shows the total.
func (t *Tests) Close() error {
	if t.JSON {
		return t.writeJSON()
	}
	out := fmt.Sprintf("%s, %s: ", words.Plural(int64(t.rules), "rule"), words.Plural(int64(t.inputs), "input"))
	if t.Logs > 0 {
		out = fmt.Sprintf("%s, %s, %s of good logs: ", words.Plural(int64(t.rules), "rule"), words.Plural(int64(t.inputs), "input"), words.Plural(t.Lines, "line"))
	}
	switch {
	case t.failed > 0 && len(t.hits) > 0:
		out += fmt.Sprintf("%d failed, %s", t.failed, words.Plural(int64(len(t.hits)), "hit"))
	case t.failed > 0:
		out += fmt.Sprintf("%d failed", t.failed)
	case len(t.hits) > 0:
		out += words.Plural(int64(len(t.hits)), "hit")
	default:
		out += "all is well"
	}
	_, err := fmt.Fprintln(t.W, out)
	return err
}

// TestSchema names the form of what test --json writes.
const TestSchema = "orbfilter.ruletest/v1"

type testJSON struct {
	Rule     string        `json:"rule"`
	File     string        `json:"file"`
	Inputs   int           `json:"inputs"`
	Failed   int           `json:"failed"`
	Failures []failureJSON `json:"failures"`
}

type failureJSON struct {
	Property string         `json:"property"`
	Field    string         `json:"field"`
	How      string         `json:"how"`
	Size     int            `json:"write_size"` // 0: all in one
	Input    string         `json:"input"`
	Shown    string         `json:"shown"`
	Want     string         `json:"want"`
	Counts   map[string]int `json:"counts"`
	Problem  string         `json:"problem"`
}

func jsonTest(r ruletest.Report) testJSON {
	out := testJSON{r.Rule.ID, r.Rule.File, r.Inputs, r.Failed, []failureJSON{}}
	for i := range r.Failures {
		f := &r.Failures[i]
		out.Failures = append(out.Failures, failureJSON{f.Property, f.Field, f.How, f.Size, f.Input, f.Result.Shown, f.Case.Shown, f.Result.Counts, f.Problem})
	}
	return out
}

func (t *Tests) writeJSON() error {
	return words.WriteJSON(t.W, struct {
		Schema string         `json:"schema"`
		Rules  []testJSON     `json:"rules"`
		Failed int            `json:"failed"`
		Logs   int            `json:"logs"`
		Lines  int64          `json:"lines"`
		Hits   []ruletest.Hit `json:"hits"`
	}{TestSchema, append([]testJSON{}, t.tests...), t.failed, t.Logs, t.Lines, append([]ruletest.Hit{}, t.hits...)})
}
