package ci

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// What the runner of GitHub Actions takes for commands:
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
// and, to the letter, https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs.
// A new one, ::name …::, stands at the beginning of a line, behind white space;
// an old one, ##[name …], anywhere in a line.

// How long an annotation may be, in bytes: the runner cuts its text at 4096
// characters, and the page its title at 255.
const (
	maxAnnotation = 4000
	maxTitle      = 250
)

// githubIssues writes annotations. Folded noise has none: it is what is not to
// be looked at.
func githubIssues(w io.Writer, r *report.Report, o IssueOptions) {
	for _, s := range sayings(r, o) {
		title, data := EscapeProperty(cut(s.title, maxTitle)), EscapeData(cut(strings.Join(s.lines, "\n"), maxAnnotation))
		fmt.Fprintf(w, "::%s title=%s::%s\n", s.severity, oldBroken(title), oldBroken(data))
	}
}

// oldBroken breaks the old commands that a text quotes, a name of a log or what is said in it: they may stand anywhere in a line.
func oldBroken(text string) string {
	return string((&breakGuard{patterns: []string{"##["}}).add(nil, []byte(text)))
}

// githubGroup: groups cannot be in one another. One that is open ends here.
func githubGroup(title, _ string, _ time.Time) (begin, end string) {
	return "::group::" + EscapeData(title) + "\n", "::endgroup::\n"
}

// githubGuard stops commands around lines that could be one, if nobody else
// prints meanwhile. The runner reads stdout and stderr one beside the other, and
// commands are stopped and resumed in both: of two streams that did so, one would
// resume what the other has stopped, and a line of it would be obeyed.
func githubGuard(l *Live) guard {
	if l.Alone && l.Token != "" {
		return &stopGuard{token: l.Token}
	}
	return &breakGuard{patterns: []string{"##["}, colons: true}
}

// A stopGuard puts ::stop-commands:: around lines that could be commands. The
// bytes of the run stay as they are. It keeps back a line that has not ended: what
// is in it decides what goes in front of it, and GitHub shows whole lines only.
type stopGuard struct {
	token string

	held    []byte // a line that has not ended
	begun   bool   // something was written; else a line may have begun before us
	mid     bool   // what was written does not end a line
	long    bool   // it is the beginning of a line that is too long to be kept
	stopped bool
	used    bool // commands were stopped, once
}

// maxLine is how much of a line is kept back. Commands are stopped for one that
// is longer, whatever is in it.
const maxLine = 64 << 10

func (g *stopGuard) add(out, text []byte) []byte {
	if g.begun && !g.mid && !g.stopped && len(g.held) == 0 && text[len(text)-1] == '\n' && harmless(text) {
		return append(out, text...)
	}
	from := max(len(g.held)-1, 0) // what is before was searched; a CR at its end was not understood
	g.held = append(g.held, text...)
	text = g.held
	for n := lineEndIn(text, from); n > 0; n = lineEndIn(text, 0) {
		out = g.line(out, text[:n])
		text = text[n:]
	}
	if n := len(text); n > maxLine || g.long {
		if n > 0 && text[n-1] == '\r' { // perhaps half of an end
			n--
		}
		out = g.part(out, text[:n])
		text = text[n:]
	}
	if len(text) < len(g.held) {
		g.held = append(g.held[:0], text...)
	}
	if g.stopped && !g.mid {
		out = g.resume(out)
	}
	return out
}

// lineEndIn returns how long the first line is, as .NET reads lines, if it ends
// behind from; 0: it has not ended. A CR ends a line unless an LF follows
// (https://learn.microsoft.com/dotnet/api/system.io.streamreader.readline).
func lineEndIn(text []byte, from int) int {
	end := bytes.IndexByte(text[from:], '\n')
	line := text[from:]
	if end >= 0 {
		line = line[:end+1]
	}
	switch cr := bytes.IndexByte(line, '\r'); {
	case cr >= 0 && cr+1 < len(line) && line[cr+1] == '\n':
		return from + cr + 2
	case cr >= 0 && cr+1 < len(line):
		return from + cr + 1
	}
	if end < 0 {
		return 0
	}
	return from + end + 1
}

// line writes a line, or the end of a long one.
func (g *stopGuard) line(out, line []byte) []byte {
	hostile := g.long || couldBeCommand(line) || !g.begun && unicodeMark(line[0])
	switch {
	case hostile && !g.stopped:
		out = g.stop(out)
	case !hostile && g.stopped:
		out = g.resume(out)
	}
	g.begun, g.mid, g.long = true, false, false
	return append(out, line...)
}

// part writes a part of a line that is too long.
func (g *stopGuard) part(out, part []byte) []byte {
	if len(part) == 0 {
		return out
	}
	if !g.stopped {
		out = g.stop(out)
	}
	g.begun, g.mid, g.long = true, true, true
	return append(out, part...)
}

// stop begins with an empty line if it is the first thing that is written, for
// the same reason as own.
func (g *stopGuard) stop(out []byte) []byte {
	if !g.begun {
		out = append(out, '\n')
	}
	g.stopped, g.used = true, true
	return append(out, "::stop-commands::"+g.token+"\n"...)
}

func (g *stopGuard) resume(out []byte) []byte {
	g.stopped = false
	return append(out, "::"+g.token+"::\n"...)
}

func (g *stopGuard) own(out []byte, lines string) []byte {
	out = g.close(out)
	if g.mid || !g.begun { // who has printed before us may have begun a line
		out = append(out, '\n')
	}
	g.begun, g.mid = true, false
	return append(out, lines...)
}

// close writes what was kept back. A last line that has no end gets one if
// commands are to be resumed behind it.
func (g *stopGuard) close(out []byte) []byte {
	if len(g.held) > 0 {
		end := g.held[len(g.held)-1]
		out = g.line(out, g.held)
		g.held, g.mid = g.held[:0], end != '\r'
	}
	if g.stopped {
		if g.mid {
			out = append(out, '\n')
		}
		out = g.resume(out)
		g.mid, g.long = false, false
	}
	return out
}

// couldBeCommand reports whether the runner could take a line for a command. It
// is quicker to say yes than the runner is: what may have no weight is seen
// through (see breakGuard), and whether there is such a command is not asked.
func couldBeCommand(line []byte) bool {
	return couldBeNew(line) || couldBeOld(line)
}

func couldBeNew(line []byte) bool {
	colons := 0
	for _, c := range line {
		switch {
		case weightless(c), c == ' ' && colons == 0:
		case c != ':':
			return false
		case colons == 1:
			return true
		default:
			colons++
		}
	}
	return false
}

func couldBeOld(line []byte) bool {
	at := bytes.IndexByte(line, '#')
	if at < 0 {
		return false
	}
	hashes := 0
	for _, c := range line[at:] {
		switch {
		case weightless(c):
		case c == '#':
			hashes++
		case c == '[' && hashes >= 2:
			return true
		default:
			hashes = 0
		}
	}
	return false
}

// harmless reports whether lines that end in LF hold no command, without looking
// at each of them for long.
func harmless(lines []byte) bool {
	if bytes.IndexByte(lines, '\r') >= 0 || couldBeOld(lines) {
		return false
	}
	for line := range bytes.Lines(lines) {
		if couldBeNew(line) {
			return false
		}
	}
	return true
}

// EscapeData writes text as the message of a workflow command.
func EscapeData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// EscapeProperty writes text as a property of a workflow command.
func EscapeProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(printable.Line(text))
}
