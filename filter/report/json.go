package report

import (
	"io"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/internal/jsonlist"
)

// JSON writes the report as programs read it. Its issues and logs are written one by one, and so are the
// operations of a run: they are most of it, and package json keeps in memory what it writes.
func (r *Report) JSON(w io.Writer) error {
	frame := *r
	frame.Issues, frame.Unknown, frame.Logs = r.Issues[:0:0], r.Unknown[:0:0], []*Log{}
	frame.Command, frame.Tail, frame.Run = nil, nil, nil
	lists := []jsonlist.List{
		{Name: "issues", Depth: 1, Len: len(r.Issues), At: func(i int) any { return r.Issues[i] }},
		{Name: "unknown", Depth: 1, Len: len(r.Unknown), At: func(i int) any { return r.Unknown[i] }},
		{Name: "logs", Depth: 1, Len: len(r.Logs), At: func(i int) any { return r.written(i) }},
	}
	if len(r.Logs) == 1 {
		frame.Command, frame.Tail = r.Logs[0].Command, r.Logs[0].Tail
	}
	if len(r.Logs) == 1 && r.Logs[0].Run != nil {
		ops := r.Logs[0].Run.Operations
		run := *r.Logs[0].Run
		run.Operations = []*outcome.Operation{}
		frame.Run = &run
		lists = append(lists, jsonlist.List{Name: "operations", Depth: 2, Len: len(ops), At: func(i int) any { return ops[i] }})
	}
	return jsonlist.Write(w, &frame, lists...)
}

// written is a log as it is written: what a single one did stands with the report.
func (r *Report) written(i int) *Log {
	l := *r.Logs[i]
	if len(r.Logs) == 1 {
		l.Command, l.Tail, l.Run = nil, nil, nil
	}
	return &l
}
