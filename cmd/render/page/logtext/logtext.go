// Package logtext puts the text of a log on a page: what was shown, what was folded closed where it stood, and so much of both as
// a browser opens.
package logtext

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
)

// So much of a log is on the page: of one that is larger, the beginning and the end. A browser opens 100,000
// lines in less than a second, since what is not on the screen is text and nothing more.
const (
	maxLogLines  = 150_000
	maxLogBytes  = 16 << 20
	maxFoldBytes = 2 << 20 // of what was folded
	maxFolds     = 2_000   // places that can be opened
	maxRules     = 12      // that are named at a fold
	chunkLines   = 250     // that a browser lays out together
)

// A View is the text of a stream on the page. What is exported is for the template. New makes it.
type View struct {
	report.Stream
	Anchor string // of the section
	Title  string
	Prefix string // of the anchors of lines
	Error  string // why the text is not there, or not to its end

	Shown, Folded int // lines
	bytes         int // of what was shown, as far as it can be on the page
	last          int // the last line
	left          int // lines that the spool has left out
	headEnd       int // the first line that is not on the page; 0: all are
	tailBegin     int // the first line behind those
	OutOfPage     int // lines shown in between
	FoldsOut      int // lines that were folded, and that cannot be opened
	wanted        map[int]bool
	hits          map[int]bool
}

// New returns the views of the one log of a report, which has its texts.
func New(l *report.Log) (out []*View) {
	for n, s := range l.Streams {
		v := &View{Stream: s, Anchor: "log", Title: "The log", Prefix: "L", wanted: map[int]bool{}, hits: map[int]bool{}}
		if !s.Leads {
			v.Anchor, v.Prefix = "log-"+strconv.Itoa(n+1), "S"+strconv.Itoa(n+1)+"-L"
		}
		if s.Name != "" {
			v.Title += ": " + fit.Name(s.Name)
		}
		v.measure()
		out = append(out, v)
	}
	return out
}

// measure goes through the text once, and once more if it is too large.
func (v *View) measure() {
	err := v.Text.Lines(func(l report.Line) bool {
		switch {
		case l.Left > 0:
			v.left += l.Left
		case l.Rule != "":
			v.Folded++
		default:
			v.Shown, v.bytes = v.Shown+1, v.bytes+min(len(l.Text), 4*fit.MaxLine)+1
		}
		v.last = max(v.last, l.Number)
		return true
	})
	if err != nil {
		v.Error = fit.Prose(err.Error())
	}
	if v.Shown > maxLogLines || v.bytes > maxLogBytes {
		v.cut()
	}
	f, c, on := &folds{}, v.counter(), true
	_ = v.Text.Lines(func(l report.Line) bool {
		if l.Rule == "" && l.Left == 0 {
			on = c.on(l)
		}
		f.take(l, on)
		return true
	})
	v.FoldsOut = f.out
}

// cut finds out which lines are not on the page.
func (v *View) cut() {
	c := v.counter()
	_ = v.Text.Lines(func(l report.Line) bool {
		if l.Left > 0 || l.Rule != "" {
			return true
		}
		switch on := c.on(l); {
		case !on:
			if v.OutOfPage++; v.headEnd == 0 {
				v.headEnd = l.Number
			}
		case v.headEnd > 0 && v.tailBegin == 0:
			v.tailBegin = l.Number
		}
		return true
	})
}

// A counter says of each line that was shown, in order, whether it is on the page.
type counter struct{ at, bytes, lines, size int }

func (v *View) counter() *counter { return &counter{lines: v.Shown, size: v.bytes} }

func (c *counter) on(l report.Line) bool {
	at, before := c.at, c.bytes
	c.at, c.bytes = c.at+1, c.bytes+min(len(l.Text), 4*fit.MaxLine)+1
	return c.lines <= maxLogLines && c.size <= maxLogBytes ||
		at < maxLogLines/2 && c.bytes <= maxLogBytes/2 ||
		at >= c.lines-maxLogLines/2 && before >= c.size-maxLogBytes/2
}

// Has reports whether a line is on the page, or what it was folded into.
func (v *View) Has(line int) bool {
	return v.Error == "" && line >= 1 && line <= v.last && (v.headEnd == 0 || line < v.headEnd || v.tailBegin > 0 && line >= v.tailBegin)
}

// Href leads to a line, and has it marked.
func (v *View) Href(line int) string {
	v.wanted[line] = true
	return "#" + v.Prefix + strconv.Itoa(line)
}

// Hit has a line stand out: something went wrong there.
func (v *View) Hit(line int) { v.hits[line] = true }

// Note says what is not there; empty: all is.
func (v *View) Note() string {
	var out []string
	if v.OutOfPage > 0 {
		out = append(out, fmt.Sprintf("Left out in the middle: %s that were shown, since a page has %s at most.", fit.Counted(int64(v.OutOfPage), "line"), words.Grouped(maxLogLines)+" lines, and "+fit.Bytes(maxLogBytes)))
	}
	if v.left > 0 {
		out = append(out, fmt.Sprintf("Not kept, and not here: %s in the middle of the log.", fit.Counted(int64(v.left), "line")))
	}
	if v.FoldsOut > 0 {
		out = append(out, fmt.Sprintf("Of what was folded, %s cannot be opened here: a page has %s of it, in %s places, at most.", fit.Counted(int64(v.FoldsOut), "line"), fit.Bytes(maxFoldBytes), words.Grouped(maxFolds)))
	}
	return strings.Join(out, " ")
}

// folds decides what can be opened.
type folds struct {
	bytes, n, out int
	open          bool // the last line was folded
	full          bool // there is no room for this place
}

// take takes in the next line, and reports whether its text is on the page, if it was folded. on: so is the line
// in front of it.
func (f *folds) take(l report.Line, on bool) bool {
	if l.Rule == "" {
		f.open = f.open && l.Left > 0
		return false
	}
	if !on {
		return false
	}
	if !f.open {
		f.open, f.full = true, f.n >= maxFolds || f.bytes >= maxFoldBytes
		if !f.full {
			f.n++
		}
	}
	f.bytes += min(len(l.Text), fit.MaxLine) + 1
	if f.full || f.bytes > maxFoldBytes {
		f.out++
		return false
	}
	return true
}

// A writer writes the lines of a log. It keeps no more than a chunk.
type writer struct {
	*View
	w       *bufio.Writer
	nr, tx  strings.Builder
	n       int // lines of the chunk
	first   int
	at      int
	wants   []int // in order
	folds   folds
	counter *counter
	fold    *fold // what has no line behind it yet
	// out is how many lines were left out, and not said yet; outFolded are those that were folded.
	out, outFolded int
}

// A fold is lines that were folded, one behind the other.
type fold struct {
	nr          strings.Builder
	tx          []string // a part of several lines each: one text that grows would take twice what it has
	part        strings.Builder
	lines, here int
	first, last int
	rules       []string
}

// Write writes the lines, as HTML.
func (v *View) Write(w io.Writer) error {
	out := &writer{View: v, w: bufio.NewWriterSize(w, 64<<10), counter: v.counter()}
	for line := range v.wanted {
		out.wants = append(out.wants, line)
	}
	slices.Sort(out.wants)
	_ = v.Text.Lines(func(l report.Line) bool { out.take(l); return true })
	out.close(v.last + 1)
	out.chunk()
	for _, line := range out.wants {
		fmt.Fprintf(out.w, "<a id=\"%s%d\"></a>", v.Prefix, line)
	}
	return out.w.Flush()
}

func (w *writer) take(l report.Line) {
	here := w.folds.take(l, w.out == 0)
	switch {
	case l.Left > 0:
		w.close(l.Number)
		w.say(fit.Counted(int64(l.Left), "line") + " were not kept, and are not here")
	case l.Rule != "" && w.out > 0:
		w.outFolded++
	case l.Rule != "":
		if w.fold == nil {
			w.fold = &fold{first: l.Number}
		}
		w.fold.add(l, here)
	case !w.counter.on(l):
		if w.out == 0 {
			w.close(l.Number)
		}
		w.out++
	default:
		w.close(l.Number)
		w.line(l)
	}
}

func (f *fold) add(l report.Line, here bool) {
	f.lines, f.last = f.lines+1, max(f.last, l.Number)
	if !slices.Contains(f.rules, l.Rule) && len(f.rules) < maxRules {
		f.rules = append(f.rules, l.Rule)
	}
	if here {
		f.here++
		fmt.Fprintf(&f.nr, "%d\n", l.Number)
		f.part.WriteString(escaped(l) + "\n")
		if f.part.Len() > foldPart {
			f.tx, f.part = append(f.tx, f.part.String()), strings.Builder{}
		}
	}
}

// foldPart is how much of a fold is kept together.
const foldPart = 64 << 10

// escaped is a line as HTML.
func escaped(l report.Line) string {
	text := fit.Cut(l.Text, fit.MaxLine)
	if l.Cut > 0 {
		text += fmt.Sprintf("… (%s)", fit.Counted(int64(l.Cut), "more byte"))
	}
	return html.EscapeString(fit.Visible(text))
}

// close writes what was folded in front of a line, or left out.
func (w *writer) close(next int) {
	if w.out > 0 {
		w.say(fit.Counted(int64(w.out), "line") + " that were shown are left out here, and " + words.Grouped(int64(w.outFolded)) + " that were folded")
		w.out, w.outFolded = 0, 0
	}
	f := w.fold
	if f == nil {
		return
	}
	w.fold = nil
	said := fmt.Sprintf("%s folded: %s", fit.Counted(int64(f.lines), "line"), fit.Name(strings.Join(f.rules, ", ")))
	if f.here == 0 {
		w.say(said)
		return
	}
	if f.here < f.lines {
		said += fmt.Sprintf(" (the first %s are here)", words.Grouped(int64(f.here)))
	}
	w.chunk()
	fmt.Fprintf(w.w, `<details class="fold" data-first="%d" data-last="%d">`, f.first, f.last)
	for len(w.wants) > 0 && w.wants[0] < next {
		fmt.Fprintf(w.w, `<a id="%s%d"></a>`, w.Prefix, w.wants[0])
		w.wants = w.wants[1:]
	}
	fmt.Fprintf(w.w, "<summary>%s</summary><div class=\"rows\"><pre class=\"nr\">\n%s</pre><pre class=\"tx\">\n", html.EscapeString(said), f.nr.String())
	for _, part := range append(f.tx, f.part.String()) {
		_, _ = w.w.WriteString(part) // its error is that of the last
	}
	_, _ = w.w.WriteString("</pre></div></details>\n")
}

// say writes a line that is none of the log.
func (w *writer) say(text string) {
	w.nr.WriteString("\n")
	w.tx.WriteString("<i>… " + html.EscapeString(text) + "</i>\n")
	w.n++
}

// line writes one that was shown.
func (w *writer) line(l report.Line) {
	if w.n >= chunkLines {
		w.chunk()
	}
	if w.first == 0 {
		w.first = l.Number
	}
	w.n, w.at = w.n+1, l.Number
	for len(w.wants) > 0 && w.wants[0] < l.Number { // of a line that has gone into another one
		fmt.Fprintf(&w.nr, `<a id="%s%d"></a>`, w.Prefix, w.wants[0])
		w.wants = w.wants[1:]
	}
	if len(w.wants) > 0 && w.wants[0] == l.Number {
		fmt.Fprintf(&w.nr, "<a id=\"%s%d\" href=\"#%s%d\" tabindex=\"-1\">%d</a>\n", w.Prefix, l.Number, w.Prefix, l.Number, l.Number)
		w.wants = w.wants[1:]
	} else {
		fmt.Fprintf(&w.nr, "%d\n", l.Number)
	}
	if w.hits[l.Number] {
		w.tx.WriteString("<mark>" + escaped(l) + "</mark>\n")
	} else {
		w.tx.WriteString(escaped(l) + "\n")
	}
}

// chunk ends a chunk. Its class says about how high it is: nothing is laid out before it is seen.
func (w *writer) chunk() {
	if w.n == 0 {
		return
	}
	size := 0
	for 1<<size < w.n {
		size++
	}
	fmt.Fprintf(w.w, "<div class=\"rows k%d\" data-first=\"%d\" data-last=\"%d\"><pre class=\"nr\">\n%s</pre><pre class=\"tx\">\n%s</pre></div>\n", size, w.first, w.at, w.nr.String(), w.tx.String())
	w.nr.Reset()
	w.tx.Reset()
	w.n, w.first = 0, 0
}
