package report

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/cells"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// A Baseline is what --fail-on new-unknown passes over: the unknown texts that
// were there when it was written. Issues that a rule knows are never in one: it
// must not silence an error.
type Baseline struct {
	File    string
	entries []baselineEntry
	seldom  []string        // keys of what was seen too seldom for an entry
	keys    map[string]bool // of both; nil: not yet made
	// unwritten: there is nothing yet that is written over; foreign: the fingerprints are of another version;
	// first: of the first one, which can be carried over.
	unwritten, foreign, first bool
}

// A baselineEntry is one text: a line of the file, and the comments right above it.
type baselineEntry struct {
	fingerprint, kind, sample string
	comments                  []string
	kept                      bool // of what is written: it was there; of what was there: it stays
}

// maxBaseline is how many bytes a baseline may have.
const maxBaseline = 16 << 20

var (
	// baselineHead is the first line. A fingerprint of another version means
	// another text.
	baselineHead = lazyregexp.New(`^# orbfilter baseline, fingerprints v(\d{1,9})$`)
	baselineLine = lazyregexp.New(`^(U-[0-9a-f]{4,64})[ \t]+(exception|recurring)(?:[ \t]+(.*))?$`)
	// conflict is what git leaves in a file that it could not merge.
	conflict = lazyregexp.New(`^(?:<{7}|={7}|>{7}|\|{7})(?: |$)`)
)

// readBaseline reads a baseline. The error joins a rules.FileError for each
// line that is wrong, up to a few, and names anew, the command that writes it.
func readBaseline(file, anew string) (*Baseline, error) {
	wrong := func(format string, args ...any) error {
		return &rules.FileError{File: file, Message: fmt.Sprintf(format, args...)}
	}
	data, err := baselineBytes(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, wrong("there is no such baseline; type: %s", anew)
	case err != nil:
		return nil, wrong("cannot read the baseline: %v", err)
	}
	return parseBaseline(file, anew, data)
}

// baselineBytes reads a file that is one: a pipe may never end.
func baselineBytes(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, cmp.Or(errors.Unwrap(err), err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no file")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, cmp.Or(errors.Unwrap(err), err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBaseline+1))
	if len(data) > maxBaseline {
		return nil, fmt.Errorf("it has more than %d MiB", maxBaseline>>20)
	}
	return data, err
}

// maxBaselineErrors is how many wrong lines are named.
const maxBaselineErrors = 10

// parseBaseline reads what WriteBaseline has written, and what an editor, git
// and a person have made of it. The same fingerprint twice is no mistake: so it
// is when two branches are merged.
func parseBaseline(file, anew string, data []byte) (*Baseline, error) {
	lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
	b := &Baseline{File: file}
	var errs []error
	var comments []string
	for n, line := range lines {
		line = strings.TrimRight(line, " \t\r")
		m := baselineLine.FindStringSubmatch(line)
		keys, seldom := seldomKeys(line)
		var wrong string
		switch {
		case n == 0:
			if wrong = wrongHead(anew, line); wrong != "" {
				return nil, baselineError(file, n, wrong)
			}
			b.first = baselineHead.FindStringSubmatch(line)[1] == firstVersion
			b.foreign = b.first
		case line == "":
			comments = nil
		case strings.HasPrefix(line, "#"):
			comments = append(comments, line)
		case conflict.MatchString(line):
			wrong = "a merge conflict is left here; keep the lines of both sides, or type: " + anew
		case seldom:
			b.seldom, comments = append(b.seldom, keys...), nil
		case m == nil:
			wrong = short(line) + " is no fingerprint with exception or recurring behind it; a comment begins with #"
		default:
			b.entries = append(b.entries, baselineEntry{m[1], m[2], m[3], comments, false})
			comments = nil
		}
		if wrong != "" && len(errs) < maxBaselineErrors {
			errs = append(errs, baselineError(file, n, wrong))
		}
	}
	return b, errors.Join(errs...)
}

// firstVersion is that of fingerprints which can be carried over: those of exceptions are the same still, and what those of
// recurring lines were is told of them.
const firstVersion = "1"

// Old reports whether the fingerprints are those of an earlier version, which are compared as well as they can be. Of a nil
// baseline they are not.
func (b *Baseline) Old() bool { return b != nil && b.first }

// wrongHead says what is wrong with the first line; "": nothing is.
func wrongHead(anew, line string) string {
	switch m := baselineHead.FindStringSubmatch(line); {
	case m == nil:
		return fmt.Sprintf("this is no baseline: the first line of one is %q; name the file that orbfilter scan --write-baseline has written", headLine())
	case m[1] != strconv.Itoa(filter.FingerprintVersion) && m[1] != firstVersion:
		return fmt.Sprintf("its fingerprints are of version %s, and this orbfilter has version %d; write it anew: %s", m[1], filter.FingerprintVersion, anew)
	}
	return ""
}

func headLine() string {
	return fmt.Sprintf("# orbfilter baseline, fingerprints v%d", filter.FingerprintVersion)
}

func baselineError(file string, line int, message string) error {
	return &rules.FileError{File: file, Line: line + 1, Column: 1, Message: message}
}

// short is a line as it is repeated in a message.
func short(line string) string { return strconv.Quote(cells.Truncate(line, 60, "…")) }

// maxSampleLine is how many columns of a sample stand in a baseline.
const maxSampleLine = 120

// sampleLine makes one line of a text, without what varies: times, addresses, hosts
// and, in an exception, quoted words say nothing to a reader, and would change the line
// for no reason. Nothing in it gives orders to a terminal.
func sampleLine(u *filter.Unknown) string {
	text := u.Sample
	if u.Kind == filter.Exception {
		text = quoted.ReplaceAllString(text, "…")
	}
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(printable.Line(cells.Strip(strings.ToValidUTF8(line, "\uFFFD")))); line != "" {
			lines = append(lines, withoutVariables(line))
		}
	}
	plain := filter.Unknown{Sample: strings.Join(lines, " / "), Where: printable.Line(cells.Strip(u.Where))}
	return strings.TrimSpace(cells.Truncate(plain.Text(), maxSampleLine, "…"))
}

// quoted is what is left out of an exception's fingerprint.
var quoted = lazyregexp.New(`"[^"\n]*"|'[^'\n]*'`)

// withoutVariables leaves a line that is nothing else as it is.
func withoutVariables(line string) string {
	var out strings.Builder
	for _, p := range mask.Mask(line) {
		if p.Variable {
			p.Text = "…"
		}
		out.WriteString(p.Text)
	}
	if strings.Trim(out.String(), "… ") == "" {
		return line
	}
	return out.String()
}
