package ruletest

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/rules"
)

// A sample is a text that its rule claims, as it stands.
type sample struct {
	rule  *rules.Rule
	text  string
	lines []string
	kept  []bool // for each line, whether it stays in the stream
	count int    // occurrences
	t     *Tester
}

// A property is something that must be true of every sample.
type property struct {
	name  string
	about func(*rules.Rule) bool
	cases func(*sample) iter.Seq[Case]
}

// The properties, in the order in which they are tried: from what a person
// would look at first.
var properties = []property{
	{"dressed and cut", anyRule, (*sample).dressed},
	{"canary", anyRule, (*sample).canary},
	{"canaries everywhere", notWarning, (*sample).canaries},
	{"lines of pyinfra", notWarning, (*sample).pyinfra},
	{"without its source line", isWarning, (*sample).firstLine},
	{"interleaved with a copy", anyRule, (*sample).copies},
	{"interleaved with another rule", foldsBlock, (*sample).others},
	{"cut off", needsLastLine, (*sample).cutOff},
	{"with a traceback of your own", foldsBlock, (*sample).tracebacks},
}

func anyRule(*rules.Rule) bool { return true }

// isWarning says which rules take two lines that are one write.
func isWarning(r *rules.Rule) bool { return r.Match.PythonWarning != nil }

func notWarning(r *rules.Rule) bool { return !isWarning(r) }

// foldsBlock says which rules fold several lines that may come apart.
func foldsBlock(r *rules.Rule) bool {
	return r.Folds() && (r.Match.PythonUnraisable != nil || r.Match.PythonTraceback != nil || len(r.Match.Block) > 0)
}

// plain is the sample as it stands, and what the engine makes of it; nil if
// that is not what it should be.
func (t *Tester) plain(r *rules.Rule, field, text string) (Case, *sample) {
	o := run(t.all, text, 0)
	n := max(1, o.counts[r.ID])
	c := Case{Rule: r, Property: asItIs, Field: field, Input: text, Counts: map[string]int{r.ID: n}}
	switch {
	case !r.Folds():
		c.Shown = text
	case r.Match.Repeat != nil: // the first of equal lines stays
		c.Shown = string(o.shown)
	}
	if res := c.judge(o); res.Problem != "" {
		return c, nil
	}
	return c, &sample{rule: r, text: text, lines: slices.Collect(strings.Lines(text)), kept: o.kept, count: n, t: t}
}

// mayBreak says which rules take lines that they do not name, if they follow
// directly: frames of a traceback. What comes between breaks such a block, and
// it is shown.
func mayBreak(r *rules.Rule) bool { return r.Match.PythonTraceback != nil }

// mixed is one, of a text that something else stands in.
func (s *sample) mixed(how, input, shown string, n int) Case {
	c := s.one(how, input, shown, n)
	c.Whole = mayBreak(s.rule)
	return c
}

// one is a case in which the rule finds what it finds in the sample, n times.
func (s *sample) one(how, input, shown string, n int) Case {
	return Case{How: how, Input: input, Shown: shown, Counts: map[string]int{s.rule.ID: n * s.count}}
}

// weave puts text in front of each line, and behind the last, and returns the
// whole and what must be left of it. at is the number of lines before.
func (s *sample) weave(between func(at int) string) (input, shown string) {
	var in, out strings.Builder
	put := func(text string, kept bool) {
		in.WriteString(text)
		if kept {
			out.WriteString(text)
		}
	}
	for i, l := range s.lines {
		put(between(i), true)
		put(withEnd(l), s.kept[i])
	}
	put(between(len(s.lines)), true)
	return in.String(), out.String()
}

// keptOf is what stays of the sample, or of one that differs in its lines only.
func (s *sample) keptOf(text string) string {
	var out strings.Builder
	i := 0
	for l := range strings.Lines(text) {
		if s.kept[i] {
			out.WriteString(l)
		}
		i++
	}
	return out.String()
}

// withEnd is a line with its end, which the last of a text may lack.
func withEnd(line string) string { return strings.TrimSuffix(line, "\n") + "\n" }

// eachLine changes every line, given without its LF.
func eachLine(text string, change func(line string) string) string {
	var out strings.Builder
	for l := range strings.Lines(text) {
		out.WriteString(change(strings.TrimSuffix(l, "\n")) + "\n")
	}
	return out.String()
}

func prefixed(prefix string) func(string) string {
	return func(text string) string { return eachLine(text, func(l string) string { return prefix + l }) }
}

// asItIs is what is done to a text to which nothing is done.
const asItIs = "as it is"

// dressings are the ways in which the same text reaches the filter.
var dressings = []struct {
	name  string
	dress func(string) string
}{
	{asItIs, func(s string) string { return s }},
	{"CRLF", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
	{"coloured", func(s string) string { return eachLine(s, func(l string) string { return "\x1b[31m" + l + "\x1b[0m" }) }},
	{"coloured behind the indent", func(s string) string {
		return eachLine(s, func(l string) string {
			word := strings.TrimLeft(l, " ")
			return l[:len(l)-len(word)] + "\x1b[31m" + word + "\x1b[0m"
		})
	}},
	{"GitHub timestamps", prefixed("2026-11-24T03:59:21.1234567Z ")},
	{"gh run view --log", prefixed("deploy\tRun pyinfra\t2026-11-24T03:59:21.1234567Z ")},
	{"GitLab timestamps", prefixed("2026-11-24T03:59:21.123456Z 01E ")},
	{"Buildkite", prefixed("\x1b_bk;t=1795492761123\x07")},
	{"TeamCity", prefixed("[03:59:21]W:\t [Step 1/3] ")},
	{"compose", prefixed("web-1  | ")},
	{"journal", prefixed("Nov 24 03:59:21 ci-01 pyinfra[123]: ")},
	{"trailing spaces trimmed", func(s string) string { return eachLine(s, func(l string) string { return strings.TrimRight(l, " ") }) }},
	{"trailing space after a colon", func(s string) string {
		return strings.ReplaceAll(s, "Error:\n", "Error: \n") // as CPython prints it; YAML loses it
	}},
	{"no end", func(s string) string { return strings.TrimSuffix(s, "\n") }},
}

// sizes are those of writes, in bytes. 0: all at once.
var sizes = []int{0, 1, 2, 3, 7, 64}

func cutInto(size int, how string) string {
	if size == 0 {
		return how
	}
	return fmt.Sprintf("%s, in writes of %d bytes", how, size)
}

func (s *sample) dressed() iter.Seq[Case] {
	return func(yield func(Case) bool) {
		for _, d := range dressings {
			for _, size := range sizes {
				input := d.dress(s.text)
				c := s.one(cutInto(size, d.name), input, s.keptOf(input), 1)
				if c.Size = size; !yield(c) {
					return
				}
			}
		}
	}
}

// Counterexample yields what a rule is tested with that must leave a text alone.
func Counterexample(r *rules.Rule, text string) iter.Seq[Case] { return counterCases(r, "", text) }

// counterCases: what must not be claimed is not, by the rule alone or among all.
func counterCases(r *rules.Rule, field, text string) iter.Seq[Case] {
	return func(yield func(Case) bool) {
		for _, d := range dressings {
			for _, size := range []int{0, 1, 7} {
				input := d.dress(text)
				c := Case{Rule: r, Property: "counterexample", Field: field, How: cutInto(size, d.name), Input: input, Shown: input, Size: size}
				alone := c
				alone.alone, alone.How = true, c.How+", without other rules"
				if !yield(c) || !yield(alone) {
					return
				}
			}
		}
	}
}

// canaryLines are lines of the run that come between those of an issue.
var canaryLines = []string{"    [vm9] canary\n", "canary at column 0\n"}

// canary puts a line of the run at each place. A warning and its source line
// are one write: what stands behind another line is not known to be the source
// line, and stays.
func (s *sample) canary() iter.Seq[Case] {
	return func(yield func(Case) bool) {
		for at := range len(s.lines) + 1 {
			for _, line := range canaryLines {
				input, shown := s.weave(only(at, line))
				if isWarning(s.rule) && at > 0 && at < len(s.lines) && s.rule.Folds() {
					shown = line + strings.Join(s.lines[at:], "")
				}
				if !yield(s.mixed(fmt.Sprintf("with a line of the run before its line %d", at+1), input, shown, 1)) {
					return
				}
			}
		}
	}
}

// only puts a text in front of one line.
func only(at int, text string) func(int) string {
	return func(i int) string {
		if i == at {
			return text
		}
		return ""
	}
}

// each is a case with text between all lines.
func (s *sample) each(how string, between func(at int) string) iter.Seq[Case] {
	return func(yield func(Case) bool) {
		input, shown := s.weave(between)
		yield(s.mixed(how, input, shown, 1))
	}
}

// canaries between all lines at once keep their order.
func (s *sample) canaries() iter.Seq[Case] {
	return s.each("with a line of the run before each of its lines", func(at int) string { return fmt.Sprintf("    [vm9] canary %d\n", at) })
}

// pyinfraLines are what pyinfra prints while other processes do.
var pyinfraLines = []string{
	"--> Connecting to hosts...\n", "    [web] Connected\n", "--> Starting operation: Say hi (args)\n", "    [web] Success\n", "    [db] No changes\n",
}

func (s *sample) pyinfra() iter.Seq[Case] {
	return s.each("with lines of pyinfra before each of its lines", func(at int) string { return pyinfraLines[at%len(pyinfraLines)] })
}
