package catalog

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/cells"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn"
	"github.com/orbfilter/orbfilter/rules/learn/slots"
)

// Notes says things about a text, a line each.
func Notes(w io.Writer, notes []string) {
	for _, n := range notes {
		fmt.Fprintf(w, "orbfilter: %s\n", printable.Line(n))
	}
}

// NextSteps says what a person does with a new rule. where is its file, or the
// folder of several; empty: it went to standard output.
func NextSteps(w io.Writer, where string, draft bool) {
	is := "It folds as soon as it is used."
	if draft {
		is = "It is a draft: it is counted, and folds nothing. When it is right, take out its line status: draft."
	}
	fmt.Fprintf(w, "orbfilter: read the rule, and write title and advice so that others understand them. %s\n", is)
	if where == "" || where == "-" {
		where = "FILE"
	}
	where = words.ShellWord(where)
	fmt.Fprintf(w, "Then type:\n  orbfilter rules lint %s\n  orbfilter rules test %s\n", where, where)
	if strings.Contains(filepath.ToSlash(where), ".orbfilter/rules") {
		fmt.Fprintf(w, "  orbfilter rules trust %s\n", where)
		return
	}
	fmt.Fprintf(w, "  orbfilter --rules %s < LOG\n", where)
}

// Tried says what a new rule would do in the log that it was made of.
func Tried(w io.Writer, t *learn.Trial, log string) {
	if t.Count == 0 && t.Together {
		fmt.Fprintf(w, "orbfilter: in %s the rule claims nothing: a traceback stays where lines of others stand in it, and where it is the cause of another exception\n", printable.Line(log))
		return
	}
	fmt.Fprintf(w, "orbfilter: in %s the rule claims %s, %d ×\n", printable.Line(log), words.Plural(t.Lines, "line"), t.Count)
	if t.Near == 0 {
		return
	}
	fmt.Fprintf(w, "orbfilter: %s nearly the same there and not claimed, such as line %d: %s\n", nearly(t.Near), t.FirstNear, printable.Line(t.Example))
}

func nearly(n int64) string {
	if n == 1 {
		return "1 other line is"
	}
	return words.Plural(n, "other line") + " are"
}

// Wrote says which draft was written, and what it would do.
func Wrote(w io.Writer, c *learn.Cluster, file string) {
	does := "fold"
	if c.Severity() != rules.Noise {
		does = "find, and leave there,"
	}
	fmt.Fprintf(w, "orbfilter: %s is %s: it would %s %s in these logs, and nothing else\n", c.ID, printable.Line(file), does, words.Plural(c.Saved(), "line"))
}

// Learned is what repeats in logs.
type Learned struct {
	Stats    learn.MineStats
	Clusters []*learn.Cluster
	More     int // that are not shown
	MinCount int
	Args     []string // flags and logs, as they were typed
	Logs     []string // the logs alone
	Color    bool
	Width    int // of the terminal, in columns; 0: not known
}

// maxExcerpt is how many lines of a block are shown.
const maxExcerpt = 4

// Text shows it to a person, what saves most first.
func (l *Learned) Text(w io.Writer) {
	s := l.Stats
	if s.Lines == 0 {
		fmt.Fprintf(w, "nothing came in: there is no line in %s to learn from\n", words.Plural(int64(s.Logs), "log"))
		return
	}
	fmt.Fprintln(w, words.Paint(l.Color, color.Bold).Sprintf("%s in %s: %d known, %d of pyinfra itself, %d that nobody may fold, %s",
		words.Plural(s.Lines, "line"), words.Plural(int64(s.Logs), "log"), s.Known, s.Own, s.Guarded, words.Plural(s.Others(), "other")))
	for _, c := range l.Clusters {
		l.cluster(w, c)
	}
	l.end(w)
}

func (l *Learned) cluster(w io.Writer, c *learn.Cluster) {
	head := fmt.Sprintf("%s   %s, %d %%", words.Paint(l.Color, color.Bold).Sprint(c.ID), sum(c), percent(c.Saved(), l.Stats.Lines))
	if len(c.Hosts) > 0 {
		head += "   " + onHosts(c)
	}
	fmt.Fprintf(w, "\n%s   %s:%d\n", head, printable.Line(c.Log), c.Line)
	for i, e := range c.Excerpt {
		if i == maxExcerpt && len(c.Excerpt) > maxExcerpt+1 {
			fmt.Fprintf(w, "%s… %d more\n", words.Indent, len(c.Excerpt)-i)
			break
		}
		fmt.Fprintln(w, words.Indent+words.Paint(l.Color, color.Faint).Sprint(cells.Truncate(printable.Line(e), l.width()-len(words.Indent), "…")))
	}
	l.pattern(w, c)
	for i, line := range words.Wrap(printable.Line(verdict(c)), l.width()-len(words.Indent)-2) {
		arrow := "→ "
		if i > 0 {
			arrow = "  "
		}
		fmt.Fprintln(w, words.Indent+arrow+line)
	}
}

// pattern shows what a draft looks for, and what was seen where its lines differ in words.
func (l *Learned) pattern(w io.Writer, c *learn.Cluster) {
	lines := c.Patterns()
	for i, p := range lines {
		if i == maxExcerpt && len(lines) > maxExcerpt+1 {
			fmt.Fprintf(w, "%s~ … %d more\n", words.Indent, len(lines)-i)
			break
		}
		fmt.Fprintln(w, words.Indent+"~ "+cells.Truncate(printable.Line(slots.Readable(p)), maxPattern, "…"))
	}
	if c.Draft == nil {
		return
	}
	for i, s := range c.Slots {
		if i == maxExcerpt {
			fmt.Fprintf(w, "%s  … %s more where lines differ\n", words.Indent, words.Plural(int64(len(c.Slots)-i), "place"))
			break
		}
		fmt.Fprintf(w, "%s  %s\n", words.Indent, cells.Truncate(printable.Line(valuesOf(s)), l.width()-len(words.Indent)-2, "…"))
	}
}

// maxPattern is how many columns of a pattern are shown.
const maxPattern = 240

// valuesOf says what was seen in a place, and how often.
func valuesOf(s slots.Slot) string {
	var list []string
	for _, v := range s.Values {
		list = append(list, fmt.Sprintf("%s %d ×", v.Text, v.Count))
	}
	if s.More > 0 {
		list = append(list, fmt.Sprintf("%d more", s.More))
	}
	return "differs: " + strings.Join(list, ", ")
}

// sum says how many lines a cluster is: those of an occurrence may be more in
// one place than in another, such as carets.
// onHosts says on which hosts it was seen: "on vm-1, vm-2".
func onHosts(c *learn.Cluster) string {
	var names []string
	var counts []int
	for _, host := range c.HostNames() {
		names, counts = append(names, printable.Line(host)), append(counts, c.Hosts[host])
	}
	return "on " + words.Counted(names, counts, c.Times(), 0)
}

func sum(c *learn.Cluster) string {
	times, lines := int64(c.Times()), words.Plural(c.Saved(), "line")
	switch {
	case c.Lines == 1 && times == c.Saved():
		return fmt.Sprintf("%d ×   %s", times, lines)
	case times*int64(c.Lines) == c.Saved():
		return fmt.Sprintf("%d × %s   %s", times, words.Plural(int64(c.Lines), "line"), lines)
	}
	return fmt.Sprintf("%d × about %s   %s", times, words.Plural(int64(c.Lines), "line"), lines)
}

func (l *Learned) width() int {
	if l.Width > 0 {
		return min(l.Width, words.MaxWidth)
	}
	return words.MaxWidth
}

// percent of nothing is nothing.
func percent(part, of int64) int64 {
	if of == 0 {
		return 0
	}
	return (100*part + of/2) / of
}

// verdict says what a rule would do.
func verdict(c *learn.Cluster) string {
	if c.Draft == nil {
		return "no rule: " + c.Refused
	}
	folds := fmt.Sprintf("%s: folds %s, %d ×, and nothing else in these logs", c.Draft.Rule.ID, words.Plural(c.Proof.Lines, "line"), c.Proof.Count)
	if is := c.Draft.Rule.Severity; is != rules.Noise {
		says := "lines say so"
		if is == rules.Warning {
			says = "words say that something went wrong"
		}
		folds = fmt.Sprintf("%s: an issue of severity %s, since its %s: finds %s, %d ×, and nothing else in these logs; they stay", c.Draft.Rule.ID, is, says, words.Plural(c.Proof.Lines, "line"), c.Proof.Count)
	}
	if left := c.Count - c.Proof.Count; left > 0 {
		folds += fmt.Sprintf("; nearly the same, and not folded: %d", left)
	}
	return folds
}

// end says what was left out, and what to type next.
func (l *Learned) end(w io.Writer) {
	fmt.Fprintln(w)
	s := l.Stats
	if l.More > 0 {
		fmt.Fprintf(w, "%d more repeat; --top %d shows them\n", l.More, l.More+len(l.Clusters))
	}
	if s.TooLong > 0 {
		fmt.Fprintf(w, "not looked at: %s, too long or not UTF-8\n", words.Plural(s.TooLong, "line"))
	}
	if s.Forgotten > 0 {
		fmt.Fprintf(w, "forgotten: %s of texts that had not been seen for the longest time, since there were more different texts than are remembered at once (%d)\n", words.Plural(s.Forgotten, "line"), learn.MaxTexts)
	}
	if s.Unordered > 0 {
		fmt.Fprintf(w, "blocks were looked for in the first lines only, and not in the last %d\n", s.Unordered)
	}
	for _, c := range l.Clusters {
		if c.Draft != nil {
			fmt.Fprintf(w, "To write a draft type: orbfilter rules learn %s --write %s\n", strings.Join(l.quoted(), " "), c.ID)
			return
		}
	}
	if len(l.Clusters) == 0 {
		lower := "; --min-count lowers that"
		if l.MinCount <= 2 {
			lower = ""
		}
		fmt.Fprintf(w, "nothing that is not known repeats %d times or more%s\n", l.MinCount, lower)
		fmt.Fprintf(w, "For a rule of one line, or of the traceback that it is in, type: %s\n", facts.NewRule(l.Logs))
	}
}

// quoted are the arguments as they can be typed in a shell.
func (l *Learned) quoted() (out []string) {
	for _, n := range l.Args {
		out = append(out, words.ShellWord(n))
	}
	return out
}

// LearnSchema names the format of Learned.JSON.
const LearnSchema = "orbfilter.learn/v1"

type learned struct {
	Schema   string           `json:"schema"`
	Stats    learn.MineStats  `json:"stats"`
	Clusters []learnedCluster `json:"clusters"`
	More     int              `json:"more"` // that are not shown
}

type learnedCluster struct {
	ID            string         `json:"id"`
	Count         int            `json:"count"`
	LinesEach     int            `json:"lines_each"`
	LinesSaved    int64          `json:"lines_saved"`
	Hosts         map[string]int `json:"hosts"`
	Log           string         `json:"log"`
	FirstLine     int            `json:"first_line"`
	Excerpt       []string       `json:"excerpt"`
	Rule          string         `json:"rule"`    // id of the draft; empty: there is none
	Refused       string         `json:"refused"` // why there is none
	FoldedLines   int64          `json:"folded_lines"`
	Folded        int            `json:"folded"` // occurrences
	ForeignLines  int64          `json:"foreign_lines"`
	ForeignSample string         `json:"foreign_sample"`
	Patterns      []string       `json:"patterns"` // of the draft, or of the lines that it would be made of
	Slots         []slots.Slot   `json:"slots"`    // where its lines differ in words
	Severity      string         `json:"severity"` // of the draft; empty: there is none
}

// JSON writes it for programs.
func (l *Learned) JSON(w io.Writer) error {
	out := learned{Schema: LearnSchema, Stats: l.Stats, Clusters: []learnedCluster{}, More: l.More}
	for _, c := range l.Clusters {
		j := learnedCluster{ID: c.ID, Count: c.Count, LinesEach: c.Lines, LinesSaved: c.Saved(), Hosts: c.Hosts, Log: c.Log, FirstLine: c.Line, Excerpt: c.Excerpt, Refused: c.Refused}
		if j.Hosts == nil {
			j.Hosts = map[string]int{}
		}
		j.Patterns, j.Slots = append([]string{}, c.Patterns()...), append([]slots.Slot{}, c.Slots...)
		if c.Draft != nil {
			j.Rule, j.Severity = c.Draft.Rule.ID, string(c.Draft.Rule.Severity)
		}
		if p := c.Proof; p != nil {
			j.FoldedLines, j.Folded, j.ForeignLines, j.ForeignSample = p.Lines, p.Count, p.Foreign, p.Example
		}
		out.Clusters = append(out.Clusters, j)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}
