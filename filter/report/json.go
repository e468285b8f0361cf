package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/orbfilter/orbfilter/filter/outcome"
)

// JSON writes the report as programs read it. Its logs are written one by one, and so are the
// operations of a run: they are most of it, and package json keeps in memory what it writes.
func (r *Report) JSON(w io.Writer) error {
	frame := *r
	frame.Logs = []*Log{}
	frame.Command, frame.Tail, frame.Run = nil, nil, nil
	lists := []list{{"\n  \"logs\": [", "    ", len(r.Logs), func(i int) any { return r.written(i) }}}
	if len(r.Logs) == 1 {
		frame.Command, frame.Tail = r.Logs[0].Command, r.Logs[0].Tail
	}
	if len(r.Logs) == 1 && r.Logs[0].Run != nil {
		ops := r.Logs[0].Run.Operations
		run := *r.Logs[0].Run
		run.Operations = []*outcome.Operation{}
		frame.Run = &run
		lists = append(lists, list{"\n    \"operations\": [", "      ", len(ops), func(i int) any { return ops[i] }})
	}
	var text bytes.Buffer
	if err := encode(&text, "", &frame); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	rest := text.Bytes()
	for _, l := range lists {
		at := bytes.LastIndex(rest, []byte(l.head)) + len(l.head)
		_, _ = out.Write(rest[:at]) // its error is that of Flush
		rest = rest[at:]
		if err := l.write(out); err != nil {
			return err
		}
	}
	_, _ = out.Write(rest)
	return out.Flush()
}

// written is a log as it is written: what a single one did stands with the report.
func (r *Report) written(i int) *Log {
	l := *r.Logs[i]
	if len(r.Logs) == 1 {
		l.Command, l.Tail, l.Run = nil, nil, nil
	}
	return &l
}

// A list is written one by one, behind its head. A line feed in a text is written as \n, so
// that no text looks like one.
type list struct {
	head, indent string
	n            int
	at           func(i int) any
}

func (l *list) write(out *bufio.Writer) error {
	var text bytes.Buffer
	for i := range l.n {
		text.Reset()
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString("\n" + l.indent)
		if err := encode(&text, l.indent, l.at(i)); err != nil {
			return err
		}
		text.Truncate(text.Len() - 1)
		if i == l.n-1 {
			text.WriteString("\n" + l.indent[2:])
		}
		if _, err := out.Write(text.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// encode writes a value, and a line feed behind it; prefix is in front of all its
// lines but the first.
func encode(to *bytes.Buffer, prefix string, value any) error {
	enc := json.NewEncoder(to)
	enc.SetIndent(prefix, "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}
