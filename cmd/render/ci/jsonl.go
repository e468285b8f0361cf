package ci

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// EventSchema names the form of --format jsonl, which docs/reference/ci.md describes.
const EventSchema = "orbfilter.events/v1"

// Kinds of lines in it.
const (
	eventStart  = "start"
	eventOutput = "output"
	eventFold   = "fold"
	eventReport = "report"
)

// A eventLine is bytes of a run. Those of all lines of a stream, one after the
// other, are what came in. Text is empty where Base64 is not, and the other way.
type eventLine struct {
	Kind   string  `json:"kind"`
	Stream string  `json:"stream"`
	Line   int     `json:"line"`
	Rule   *string `json:"rule"` // nil: no rule claims it
	Text   string  `json:"text,omitempty"`
	Base64 []byte  `json:"base64,omitempty"` // what is not UTF-8
}

// eventJSON returns the line of JSON for an event.
func eventJSON(stream string, e filter.Event) []byte {
	l := eventLine{Kind: eventOutput, Stream: stream, Line: e.Line}
	if e.Fold {
		l.Kind = eventFold
	}
	if e.Rule != nil {
		l.Rule = &e.Rule.ID
	}
	if utf8.Valid(e.Raw) {
		l.Text = string(e.Raw)
	} else {
		l.Base64 = e.Raw
	}
	return jsonLine(l)
}

// WriteStart writes the first line, which says what follows.
func WriteStart(w io.Writer, version string) error {
	_, err := w.Write(jsonLine(struct {
		Kind   string      `json:"kind"`
		Schema string      `json:"schema"`
		Tool   report.Tool `json:"tool"`
	}{eventStart, EventSchema, report.Tool{Name: "orbfilter", Version: version}}))
	return err
}

// WriteEnd writes the last line, the report.
func WriteEnd(w io.Writer, r *report.Report) error {
	_, err := w.Write(jsonLine(struct {
		Kind   string         `json:"kind"`
		Report *report.Report `json:"report"`
	}{eventReport, r}))
	return err
}

// jsonLine writes a value in one line.
func jsonLine(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // of strings and numbers nothing can fail
		return nil
	}
	return printable.JSON.Bytes(b.Bytes())
}
