// Package diagnosis writes what the doctor has found: for people, for programs, for GitHub.
package diagnosis

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/internal/cells"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// A Doctor shows a diagnosis.
type Doctor struct {
	Color        bool
	Width        int    // of the terminal, in columns; 0: not known
	Home         string // shown as ~; may be empty
	ASCII        bool   // symbols for terminals without UTF-8
	OnlyProblems bool
	All          bool // known issues that do not occur, one by one
	Strict       bool // warnings count as problems
	Fixing       bool // the commands are going to be run
	Why          bool // what leads to the environment, link by link
}

// A look is how a status is shown.
type look struct {
	symbol, ascii string
	color         []color.Attribute
}

var looks = map[diagnose.Status]look{
	diagnose.OK:      {"✓", "ok  ", []color.Attribute{color.FgGreen}},
	diagnose.Info:    {"•", "info", []color.Attribute{color.FgCyan}},
	diagnose.Warn:    {"!", "WARN", []color.Attribute{color.FgYellow}},
	diagnose.Fail:    {"✗", "FAIL", []color.Attribute{color.FgRed, color.Bold}},
	diagnose.Skip:    {"-", "skip", []color.Attribute{color.Faint}},
	diagnose.Unknown: {"?", "??? ", []color.Attribute{color.FgMagenta}},
}

func (d *Doctor) symbol(s diagnose.Status) string {
	l := looks[s]
	if d.ASCII {
		return words.Paint(d.Color, l.color...).Sprint(l.ascii)
	}
	return words.Paint(d.Color, l.color...).Sprint(l.symbol)
}

// Text writes it for a person: what to do first, then all of it in sections.
func (d *Doctor) Text(w io.Writer, found *diagnose.Diagnosis) error {
	var b strings.Builder
	fmt.Fprintln(&b, words.Paint(d.Color, color.Bold).Sprint(d.fit("orbfilter doctor: "+d.verdict(found))))
	d.first(&b, found)
	if found.Lost && found.Result("pyinfra") == nil {
		fmt.Fprintln(&b)
		d.hang(&b, "  "+d.symbol(diagnose.Unknown)+" ", capital(found.Reason)+".")
	}
	if d.Why {
		d.chain(&b, found.Environment)
	}
	for _, s := range sections(found) {
		d.section(&b, s, len(found.Problems()) == 0)
	}
	if d.Width > 0 && strings.Count(b.String(), "\n") > tall {
		d.last(&b, found)
	}
	_, err := io.WriteString(w, d.plain(b.String()))
	return err
}

// fit is a line of the width of the terminal, or several.
func (d *Doctor) fit(line string) string {
	return strings.TrimRight(words.Fit(line+"\n", d.Width), "\n")
}

// tall is what a window shows. Of a longer text one sees the end first.
const tall = 24

// verdict is the whole of it in a few words.
func (d *Doctor) verdict(found *diagnose.Diagnosis) string {
	var parts []string
	problems := map[diagnose.Status]int{}
	for _, p := range found.Problems() {
		problems[p.Status]++
	}
	for _, n := range []struct {
		status    diagnose.Status
		one, many string
	}{{diagnose.Fail, "problem", "problems"}, {diagnose.Warn, "warning", "warnings"}, {diagnose.Unknown, "thing could not be found out", "things could not be found out"}} {
		switch c := problems[n.status]; c {
		case 0:
		case 1:
			parts = append(parts, "1 "+n.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", c, n.many))
		}
	}
	switch {
	case found.Lost && found.Count(diagnose.Unknown) == 0:
		parts = append(parts, "it could not be found out which environment is meant")
	case len(parts) == 0:
		return "no problem found"
	}
	return strings.Join(parts, ", ")
}

// sections groups the results, in their order.
func sections(found *diagnose.Diagnosis) (out [][]diagnose.Result) {
	for _, r := range found.Results {
		if n := len(out); n > 0 && out[n-1][0].Check.Section == r.Check.Section {
			out[n-1] = append(out[n-1], r)
			continue
		}
		out = append(out, []diagnose.Result{r})
	}
	return out
}

// section writes one. In an environment that is clean nothing is said of what may be seen all the
// same, unless it is asked for.
func (d *Doctor) section(w io.Writer, results []diagnose.Result, clean bool) {
	shown, fine, open := d.shown(results)
	if len(shown)+fine+open == 0 {
		return
	}
	fmt.Fprintln(w, "\n"+words.Paint(d.Color, color.Bold).Sprint(results[0].Check.Section))
	width := 0
	for _, r := range shown {
		width = max(width, len(name(r)))
	}
	for _, r := range shown {
		d.result(w, r, width)
	}
	if !clean {
		d.rest(w, diagnose.Info, open, "may be seen with these versions, and no release ends them yet")
	}
	d.rest(w, diagnose.OK, fine, "not seen with these versions")
}

// shown are the results that get a line. The known issues that do not occur
// are counted, and those that nothing ends.
func (d *Doctor) shown(results []diagnose.Result) (shown []diagnose.Result, fine, open int) {
	if !d.All && results[0].Check.Section == "Inventory" && !slices.ContainsFunc(results, func(r diagnose.Result) bool { return r.Status != diagnose.Skip }) {
		return nil, 0, 0 // nobody has named one
	}
	for i, r := range results {
		switch {
		case d.problem(r):
			shown = append(shown, r)
		case d.OnlyProblems:
		case !d.All && r.Check.ID == "start-code" && r.Status == diagnose.Skip:
		case !d.All && d.dull(r):
			fine++
		case !d.All && isRule(r) && r.Status == diagnose.Info:
			open++
		case !d.All && i > 0 && r.Status == diagnose.Skip && results[0].Status == diagnose.Skip && r.Found == results[0].Found:
			// the reason that the first of the section names is the reason of all
		default:
			shown = append(shown, r)
		}
	}
	return shown, fine, open
}

// rest counts known issues that get no line.
func (d *Doctor) rest(w io.Writer, s diagnose.Status, n int, what string) {
	if n > 0 {
		d.hang(w, "  "+d.symbol(s)+" ", fmt.Sprintf("%s %s (--all names them)", words.Plural(int64(n), "known issue"), what))
	}
}

// issues is the section of the rules.
const issues = "Known issues"

// dull is a known issue that does not occur, and is not near either.
func (d *Doctor) dull(r diagnose.Result) bool {
	return isRule(r) && (r.Status == diagnose.OK && !near(r) || r.Status == diagnose.Skip && strings.HasSuffix(r.Found, "is not installed"))
}

// isRule reports whether a result is that of a rule: of an environment, or of a lock file.
func isRule(r diagnose.Result) bool {
	return r.Check.Section == issues || len(r.Rules) == 1 && r.Rules[0] == r.Check.ID
}

func near(r diagnose.Result) bool {
	return slices.ContainsFunc(r.Detail, func(t string) bool { return strings.HasPrefix(t, "One release away") })
}

func (d *Doctor) problem(r diagnose.Result) bool {
	return r.Status == diagnose.Fail || r.Status == diagnose.Warn || r.Status == diagnose.Unknown
}

// name is what stands at the beginning of a line: the id, by which --check
// knows it, or of a package its name.
func name(r diagnose.Result) string {
	if strings.HasPrefix(r.Check.ID, "package-") && !strings.Contains(r.Check.Title, " ") {
		return r.Check.Title
	}
	return r.Check.ID
}

const (
	leastText = 24     // columns that a text has at the least
	narrow    = "    " // what stands in front of it where that is below its name
)

func (d *Doctor) result(w io.Writer, r diagnose.Result, width int) {
	head := fmt.Sprintf("  %s %-*s  ", d.symbol(r.Status), width, name(r))
	below := strings.Repeat(" ", cells.Width(head))
	found := r.Found
	switch {
	case r.Status == diagnose.Skip:
		found = "skip: " + found
	case r.Wanted != "" && d.problem(r):
		found += " (wanted: " + r.Wanted + ")"
	}
	if d.Width > 0 && cells.Width(head)+leastText > d.Width { // beside the names is no room
		fmt.Fprintln(w, strings.TrimRight(head, " "))
		head, below = narrow, narrow
	}
	d.hang(w, head, found)
	for _, t := range d.details(r) {
		d.hang(w, below, t)
	}
	if d.problem(r) {
		for _, u := range r.Links {
			fmt.Fprintln(w, below+words.Paint(d.Color, color.Faint).Sprint(printable.Line(u)))
		}
	}
}

// details are the sentences below a result; one that is in order needs none.
func (d *Doctor) details(r diagnose.Result) []string {
	detail := slices.Clone(r.Detail)
	switch {
	case d.All || d.problem(r) || r.Check.ID == "last-run" || r.Check.Section == "Online":
	case r.Status == diagnose.OK && !near(r):
		return nil
	}
	if r.Check.Section == "Packages" && r.Status == diagnose.Info && len(r.Rules) > 0 {
		detail = append(detail, "Known issue: "+strings.Join(r.Rules, ", "))
	}
	if r.Gain != "" {
		detail = append(detail, r.Gain)
	}
	return detail
}

// hang writes text behind a head, with its further lines below its beginning.
func (d *Doctor) hang(w io.Writer, head, text string) {
	at := cells.Width(head)
	width := words.MaxWidth
	if d.Width > 0 {
		width = min(d.Width, words.MaxWidth)
	}
	lines := words.Wrap(d.tilde(printable.Line(text)), max(width-at, leastText))
	if len(lines) == 0 {
		lines = []string{""}
	}
	fmt.Fprintln(w, strings.TrimRight(head+lines[0], " "))
	for _, l := range lines[1:] {
		fmt.Fprintln(w, strings.Repeat(" ", at)+l)
	}
}

// tilde writes the home folder as ~, wherever a path may begin.
func (d *Doctor) tilde(text string) string {
	if len(d.Home) < 2 {
		return text
	}
	home := strings.TrimRight(d.Home, "/")
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, home)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		starts := before == "" || strings.ContainsRune(" (\"'=:", rune(before[len(before)-1]))
		if starts && (after == "" || strings.ContainsRune("/ ,;:)", rune(after[0]))) {
			b.WriteByte('~')
		} else {
			b.WriteString(home)
		}
		text = after
	}
}

// command is how a command is shown. Quotes keep a shell from expanding ~, so it
// stands in front of them.
func (d *Doctor) command(c shell.Command) string {
	text := printable.Line(c.String())
	home := strings.TrimRight(d.Home, "/")
	if len(home) < 2 {
		return text
	}
	text = strings.NewReplacer(" "+home+"/", " ~/", " '"+home+"/", " ~/'").Replace(" " + text)
	return text[1:]
}

// plain replaces what a terminal without UTF-8 does not have.
func (d *Doctor) plain(text string) string {
	if !d.ASCII {
		return text
	}
	return strings.NewReplacer("→", "->", "…", "...", "×", "x").Replace(text)
}

// List writes the checks, one a line.
func (d *Doctor) List(w io.Writer, checks []diagnose.Check) error {
	width := 0
	for _, c := range checks {
		width = max(width, len(c.ID))
	}
	var b strings.Builder
	section := ""
	for _, c := range checks {
		if c.Section != section {
			section = c.Section
			fmt.Fprintln(&b, words.Paint(d.Color, color.Bold).Sprint(section))
		}
		needs := ""
		if c.Needs != diagnose.NeedsNothing {
			needs = "  (needs: " + string(c.Needs) + ")"
		}
		line := fmt.Sprintf("  %-*s  %s%s\n", width, c.ID, printable.Line(c.Title), needs)
		b.WriteString(words.Fit(line, d.Width))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
