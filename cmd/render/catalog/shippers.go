package catalog

import (
	"errors"
	"fmt"
	"io"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/rules"
)

// Log shippers and mailers look at one line at a time, know neither colours nor the prefixes of collectors, and no versions. So
// they can have rules for single lines, as far as they know what their patterns have; and no rule that is about a
// block, since each of its lines alone may be another's. What no rule may fold they must not drop either.

// An expressed is a rule as another program can have it.
type expressed struct {
	rule    *rules.Rule
	pattern string
	drop    bool   // it drops the line; else it names it
	lost    string // why the rule is left out; empty: it is not
}

// express goes through the rules. write writes a pattern as the program knows it.
func express(set *rules.Set, write func(pattern string) (string, error)) (all []expressed) {
	for r := range set.All() {
		e := expressed{rule: r, drop: r.Folds()}
		p := r.Match.Line
		if p == nil {
			p = r.Match.Repeat
		}
		if p == nil {
			e.lost = "it is about a block of lines, and each of these alone may be another's"
		} else if pattern, err := write(p.String()); err != nil {
			e.lost = "its pattern has " + err.Error()
		} else {
			e.pattern = pattern
		}
		all = append(all, e)
	}
	return all
}

// guards are the patterns of what no rule may fold.
func guardPatterns(write func(string) (string, error)) (all []string, err error) {
	for _, g := range rules.NeverFold() {
		p, err := write(g.Line.String())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.Line, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// header says at the top of a file what is lost, rule by rule.
func header(w io.Writer, what string, all []expressed, notes ...string) {
	n := 0
	for _, e := range all {
		if e.lost == "" {
			n++
		}
	}
	fmt.Fprintf(w, "# %s: %d of %d rules of orbfilter, made by orbfilter rules export.\n#\n", what, n, len(all))
	for _, note := range append(notes,
		"a line is looked at alone, as it is: one with a colour in it, or with a prefix that this program does not take off, is not known",
		"a rule does not end where the fixed version is installed; whose issue a line is, and what it comes of, is not asked") {
		fmt.Fprintf(w, "# Lost of all rules: %s.\n", note)
	}
	for _, e := range all {
		switch {
		case e.lost != "":
			fmt.Fprintf(w, "# Left out: %s: %s.\n", e.rule.ID, e.lost)
		case e.drop && e.rule.Match.Repeat != nil:
			fmt.Fprintf(w, "# Lost of %s: the first of its kind is dropped as well.\n", e.rule.ID)
		}
	}
	fmt.Fprintln(w)
}

// asGo writes a pattern for programs that have Go's regular expressions.
func asGo(pattern string) (string, error) {
	if _, err := syntax.Parse(pattern, syntax.Perl); err != nil {
		return "", lacking(err, "RE2")
	}
	return pattern, nil
}

// lacking says what a syntax does not have.
func lacking(err error, of string) error {
	if bad := (*syntax.Error)(nil); errors.As(err, &bad) {
		return fmt.Errorf("%q, which %s does not know", bad.Expr, of)
	}
	return err
}

// GrepLines writes an expression for each rule that is about single lines, for grep -E -f, which has no comments: it returns what
// is to be said of the others.
func GrepLines(w io.Writer, set *rules.Set) (left []string, err error) {
	for _, e := range express(set, asERE) {
		if e.lost != "" {
			left = append(left, e.rule.ID+": "+e.lost)
		} else if _, err := fmt.Fprintln(w, e.pattern); err != nil {
			return left, err
		}
	}
	return left, nil
}

// Logcheck writes what logcheck is to leave out of its mail: a file for ignore.d.server.
func Logcheck(w io.Writer, set *rules.Set) ([]string, error) {
	all := express(set, asSyslog)
	for i := range all {
		if all[i].lost == "" && !all[i].drop {
			all[i].lost = "it names its line, which rules export --to logcheck-violations does"
		}
	}
	header(w, "Lines that logcheck leaves out, for ignore.d.server", all, "what no rule folds is not left out where the file of rules export --to logcheck-violations is in violations.d")
	for _, e := range all {
		if e.lost == "" {
			fmt.Fprintln(w, e.pattern)
		}
	}
	return nil, nil
}

// LogcheckViolations writes what logcheck is to report by itself: a file for violations.d.
func LogcheckViolations(w io.Writer, set *rules.Set) ([]string, error) {
	all := express(set, asSyslog)
	for i := range all {
		if all[i].lost == "" && all[i].drop {
			all[i].lost = "it drops its line, which rules export --to logcheck does"
		}
	}
	guards, err := guardPatterns(asSyslog)
	if err != nil {
		return nil, err
	}
	header(w, "Lines that logcheck reports by themselves, for violations.d", all, "which issue a line has is not said")
	fmt.Fprintln(w, "# What no rule folds, and nothing is to leave out.")
	for _, g := range guards {
		fmt.Fprintln(w, g)
	}
	fmt.Fprintln(w, "# Issues that are no noise.")
	for _, e := range all {
		if e.lost == "" {
			fmt.Fprintln(w, e.pattern)
		}
	}
	return nil, nil
}

// syslogHead is what syslog writes in front of a message: the time in one of two forms, the machine and the program.
const syslogHead = `^([[:alpha:]]{3} [ :[:digit:]]{11}|[0-9T:.+-]{32}) [._[:alnum:]-]+ [^ :]+: `

// asSyslog writes a pattern for what is behind that.
func asSyslog(pattern string) (string, error) {
	p, err := asERE(pattern)
	switch {
	case err != nil:
		return "", err
	case strings.HasPrefix(p, "^"):
		return syslogHead + p[1:], nil
	case strings.Contains(strings.ReplaceAll(p, "[^", ""), "^"):
		return "", fmt.Errorf("a ^ within it, where syslog's prefix stands in front")
	}
	return syslogHead + ".*" + p, nil
}

// Rsyslog writes statements for rsyslog: lines of issues that are folded are dropped, others get the variables
// $!orbfilter!issue and $!orbfilter!severity.
func Rsyslog(w io.Writer, set *rules.Set) ([]string, error) {
	all := express(set, asERE)
	guards, err := guardPatterns(asERE)
	if err != nil {
		return nil, err
	}
	header(w, "Statements for a ruleset of rsyslog", all)
	fmt.Fprintln(w, "# What no rule folds.\nset $.orbfilter_shown = 0;")
	for _, g := range guards {
		fmt.Fprintf(w, "if re_match($msg, %s) then set $.orbfilter_shown = 1;\n", inRainer(g))
	}
	for _, e := range all {
		switch {
		case e.lost != "":
		case e.drop:
			fmt.Fprintf(w, "# %s\nif $.orbfilter_shown == 0 and re_match($msg, %s) then stop\n", e.rule.ID, inRainer(e.pattern))
		default:
			fmt.Fprintf(w, "if $!orbfilter!issue == '' and re_match($msg, %s) then { set $!orbfilter!issue = '%s'; set $!orbfilter!severity = '%s'; }\n", inRainer(e.pattern), e.rule.ID, e.rule.Severity)
		}
	}
	return nil, nil
}

// inRainer quotes a text in rsyslog's language.
func inRainer(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

// OTel writes processors for the OpenTelemetry collector: a transform processor that names the issue of a line, and a filter
// processor that drops those that are folded.
func OTel(w io.Writer, set *rules.Set) ([]string, error) {
	all := express(set, asGo)
	guards, err := guardPatterns(asGo)
	if err != nil {
		return nil, err
	}
	header(w, "Processors for the OpenTelemetry collector, in a pipeline of logs: transform/orbfilter, then filter/orbfilter", all)
	fmt.Fprint(w, "processors:\n  transform/orbfilter:\n    error_mode: ignore\n    log_statements:\n      - context: log\n        statements:\n")
	for _, g := range guards {
		statement(w, `set(attributes["orbfilter.shown"], true) where IsMatch(body, %s)`, g)
	}
	for _, e := range all {
		if e.lost != "" {
			continue
		}
		unless := ""
		if e.drop {
			unless = ` and attributes["orbfilter.shown"] == nil`
		}
		statement(w, `set(attributes["orbfilter.severity"], "`+string(e.rule.Severity)+`") where attributes["orbfilter.issue"] == nil and IsMatch(body, %s)`+unless, e.pattern)
		if e.drop {
			statement(w, `set(attributes["orbfilter.fold"], true) where attributes["orbfilter.issue"] == nil and IsMatch(body, %s)`+unless, e.pattern)
		}
		statement(w, `set(attributes["orbfilter.issue"], "`+e.rule.ID+`") where attributes["orbfilter.issue"] == nil and IsMatch(body, %s)`+unless, e.pattern)
	}
	_, err = fmt.Fprint(w, "  filter/orbfilter:\n    error_mode: ignore\n    logs:\n      log_record:\n        - 'attributes[\"orbfilter.fold\"] == true'\n")
	return nil, err
}

// statement writes one of the collector's, which has a pattern in it.
func statement(w io.Writer, format, pattern string) {
	quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(pattern) + `"`
	fmt.Fprintf(w, "          - %s\n", strconv.Quote(fmt.Sprintf(format, quoted)))
}
