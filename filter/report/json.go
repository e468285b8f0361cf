package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
)

// JSON writes the report as programs read it. Its logs are written one by one: those
// of a scan are most of it, and package json keeps in memory what it writes.
func (r *Report) JSON(w io.Writer) error {
	frame := *r
	frame.Logs = []*Log{}
	var text bytes.Buffer
	if err := encode(&text, "", &frame); err != nil {
		return err
	}
	const list = "\n  \"logs\": [" // a line feed in a text is written as \n
	at := bytes.Index(text.Bytes(), []byte(list)) + len(list)
	out := bufio.NewWriter(w)
	_, _ = out.Write(text.Bytes()[:at]) // its error is that of Flush
	if err := r.logs(out); err != nil {
		return err
	}
	_, _ = out.Write(text.Bytes()[at:])
	return out.Flush()
}

// logs writes what stands in the list of logs.
func (r *Report) logs(out *bufio.Writer) error {
	var text bytes.Buffer
	for n, l := range r.Logs {
		text.Reset()
		if n > 0 {
			text.WriteByte(',')
		}
		text.WriteString("\n    ")
		if err := encode(&text, "    ", l); err != nil {
			return err
		}
		text.Truncate(text.Len() - 1)
		if n == len(r.Logs)-1 {
			text.WriteString("\n  ")
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
