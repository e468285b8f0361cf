package batch

import (
	"cmp"
	"io"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/spool"
	"github.com/orbfilter/orbfilter/rules/learn/recurring"
)

// A scanner reads one log after the other.
type scanner struct {
	batch  *Batch
	buffer []byte
	recurs *recurring.Recurrences
	memory *filter.Memory
}

func newScanner(b *Batch) *scanner {
	return &scanner{b, make([]byte, 128<<10), recurring.New(recurring.Options{}), b.Plan.NewMemory()}
}

// A result is what came of a log.
type result struct {
	report *report.Report
	read   error // it could not be read, or not to its end
	write  error // its clean copy or its audit could not be written
}

// read reads a log, and writes its clean copy if there is to be one.
func (r *scanner) read(p piece) *result {
	text, err := p.log.Open()
	if err != nil {
		return r.result(p.log, &filter.Summary{}, "", err)
	}
	defer text.Close()
	date := dateOf(text.Head(), p.log.Time)
	sink, rec := &scanSink{}, r.recurs
	rec.Again()
	audit, err := r.copies(p, sink)
	if err != nil {
		sink.part, sink.err = nil, err
	}
	texts := spool.NewStreams(r.batch.Texts)
	defer texts.Done(p.work.only)
	f, err := r.filter(p, texts.Keep(&logSink{returnSink{next: audit.sink(sink), turned: text.Returns}, rec}), text)
	sum := f.Summary()
	sum.Unknown = append(sum.Unknown, rec.Unknown()...)
	one := r.result(p.log, sum, date, err)
	one.report.Logs[0].RecurringMore = rec.More()
	if r.batch.Seen {
		one.report.Seen = rec.Seen()
	}
	texts.Of(f)
	texts.AddTo(one.report)
	one.write = sink.close(sum.Folded.Bytes == 0)
	if aerr := audit.close(sum.Folded.Bytes > 0 && one.read == nil && one.write == nil); one.write == nil {
		one.write = aerr
	}
	return one
}

// A filtered is a log that was read.
type filtered interface {
	io.WriteCloser
	Summary() *filter.Summary
}

// filter filters a log, in parts if it is large.
func (r *scanner) filter(p piece, sink filter.Sink, text io.Reader) (f filtered, err error) {
	o := filter.Options{Installed: r.batch.LookUp, Recorded: true, Written: p.log.Time, Claims: true, Record: r.batch.Record}
	if r.batch.shares.apply(p) {
		w := r.batch.Plan.Whole(sink, o)
		f, err = w, r.batch.shares.inParts(r.batch.Plan, o, w, r.recurs, text, r.batch.shares.partOf(p.text()))
		_ = w.Close()
		w.Apart()()
		return w, err
	} else {
		o.Memory = r.memory
		f = r.batch.Plan.Filter(sink, o)
		_, err = io.CopyBuffer(struct{ io.Writer }{f}, struct{ io.Reader }{text}, r.buffer)
	}
	_ = f.Close()
	return f, err
}

// copies begins the clean copy of a log, and its audit.
func (r *scanner) copies(p piece, sink *scanSink) (a *logAudit, err error) {
	if p.work.copy == nil {
		return nil, nil
	}
	if sink.part, err = p.work.copy.Part(p.log); err != nil || p.work.audit == "" {
		return nil, err
	}
	return p.work.audits.begin(p, r.batch.Tool)
}

func (r *scanner) result(l *logs.Log, sum *filter.Summary, date string, err error) *result {
	run := report.Run{Version: r.batch.Tool, Name: l.Name, Date: date, Fix: r.batch.Fix}
	if err != nil {
		run.Error = err.Error()
	}
	return &result{report: report.New(sum, run), read: err}
}

// A scanSink takes what is left of a log.
type scanSink struct {
	part *logs.Part // nil: nothing is written
	err  error
}

// Event writes what is to be shown. When that fails, the log is read on: the
// counts are still wanted.
func (s *scanSink) Event(e filter.Event) error {
	if s.part != nil && s.err == nil && !e.Fold {
		_, s.err = s.part.Write(e.Raw)
	}
	return nil
}

// close ends the copy. same: nothing was folded.
func (s *scanSink) close(same bool) error {
	if s.part == nil {
		return s.err
	}
	if same {
		s.part.Keep()
	}
	return cmp.Or(s.err, s.part.Close())
}
