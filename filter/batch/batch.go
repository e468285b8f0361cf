// Package batch reads many recorded logs side by side: clean copies, audits, and the report of
// them all.
package batch

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/filter/report"
)

// A Batch reads recorded logs side by side: what is in them, and their clean copies.
type Batch struct {
	Plan     *filter.Plan
	LookUp   lookUp                                // what is installed
	Fix      func(site, requirement string) string // the command that installs it; ""
	Tool     string                                // the version of this program
	Jobs     int                                   // so many logs at a time; 0: one on each core
	InPlace  bool                                  // clean copies take the place of the logs
	Record   bool                                  // what the runs did, operation by operation
	Texts    bool                                  // the report shows what the logs say
	Seen     bool                                  // it has the keys of what is seldom, for a baseline
	Progress Progress                              // not nil

	temps  logs.Temporaries
	audits audits
	tally  tally
	shares *shares // nil: no log is read in parts
}

// A Progress is told how far a batch has got.
type Progress interface {
	Add(bytes int) // that were read
	File()         // one more is done
}

// End lets nothing be put in its place any more, and removes what nobody needs: it ends a
// batch from outside, while it runs.
func (b *Batch) End() {
	b.temps.End()
	b.audits.end()
}

// Fail takes in something of which nothing could be read.
func (b *Batch) Fail(f *logs.Failure) { b.tally.fail(f, b.Tool) }

// Failures returns what could not be read or written, in the order of the names.
func (b *Batch) Failures() []*logs.Failure {
	b.tally.mu.Lock()
	defer b.tally.mu.Unlock()
	return slices.SortedFunc(slices.Values(b.tally.failures), func(x, y *logs.Failure) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Err.Error(), y.Err.Error()))
	})
}

// Total is the report of all logs.
func (b *Batch) Total() *report.Report {
	b.tally.mu.Lock()
	defer b.tally.mu.Unlock()
	sum := b.tally.reports.total()
	slices.Sort(sum.Limits.RulesSkipped)
	return sum
}

// Repeats is how many logs of whole jobs are not counted, since those of their steps are.
func (b *Batch) Repeats() int {
	b.tally.mu.Lock()
	defer b.tally.mu.Unlock()
	return b.tally.repeats
}

// Written is how many clean copies are in their place, and how many of them are archives.
func (b *Batch) Written() (copies, archives int) {
	b.tally.mu.Lock()
	defer b.tally.mu.Unlock()
	return b.tally.copies, b.tally.archives
}

// A work is a file that is open, as long as any of its logs is read.
type work struct {
	*Target
	source *logs.Source
	copy   *logs.Copy // nil: none is written
	left   atomic.Int32
	audits *audits
	only   bool        // it is all that is read
	broken atomic.Bool // there is no copy to be written
}

// A piece is a log of it.
type piece struct {
	work *work
	log  *logs.Log
}

// Run reads all files. The largest should be the first, so that at the end all cores have
// something to do.
func (b *Batch) Run(targets []*Target) {
	b.LookUp = remembered(b.LookUp)
	pieces := make(chan piece)
	jobs := cmp.Or(b.Jobs, runtime.GOMAXPROCS(0))
	b.shares = newShares(jobs)
	var all sync.WaitGroup
	for range jobs {
		all.Go(func() {
			r := newScanner(b)
			for p := range pieces {
				b.piece(r, p)
			}
		})
	}
	for _, t := range targets {
		b.open(t, pieces, len(targets) == 1)
	}
	close(pieces)
	all.Wait()
}

// open opens a file, and hands its logs out. only: there is no other.
func (b *Batch) open(t *Target, pieces chan<- piece, only bool) {
	w := &work{Target: t, audits: &b.audits}
	source, err := t.Open(b.Progress.Add)
	if err != nil {
		b.Fail(&logs.Failure{Name: t.Name, Err: err})
		b.Progress.File()
		return
	}
	w.source, w.only = source, only && len(source.Logs) == 1
	if t.clean != "" {
		if w.copy, err = source.Copy(t.clean, &b.temps); err != nil {
			b.tally.failWriting(t.Name, err)
		}
	}
	for _, bad := range source.Bad() {
		b.Fail(bad)
	}
	w.left.Store(1) // until all are handed out
	for _, l := range source.Logs {
		w.left.Add(1)
		pieces <- piece{w, l}
	}
	b.release(w)
}

// release is called when a log of the file is done; the last one puts the copy in
// its place.
func (b *Batch) release(w *work) {
	if w.left.Add(-1) > 0 {
		return
	}
	defer b.Progress.File()
	defer w.source.Close()
	if err := b.commit(w); err != nil {
		b.tally.failWriting(w.Name, err)
	}
}

// commit puts a copy in its place. The audits of what it lacks are closed by then;
// those of a copy that does not come are removed, for the logs have all that is in them.
func (b *Batch) commit(w *work) (err error) {
	if w.copy == nil {
		return nil
	}
	defer w.audits.drop(w.source.Logs...)
	if w.source.Kind != logs.Zip && w.broken.Load() || b.InPlace && !w.copy.Changed() {
		w.copy.Discard()
		return nil
	}
	return w.audits.settle(w.source.Logs, func(before func() error) error {
		return w.copy.Commit(func() error {
			if err := before(); err != nil || !b.InPlace {
				return err
			}
			return w.source.Same()
		})
	}, func() { b.tally.written(w.source.Kind == logs.Zip) })
}

// piece reads a log. A mistake of ours costs this one only.
func (b *Batch) piece(r *scanner, p piece) {
	defer b.release(p.work)
	defer func() {
		if v := recover(); v != nil {
			b.Fail(&logs.Failure{Name: p.log.Name, Err: fmt.Errorf("orbfilter has a mistake: %v", v)})
			p.work.leave(p.log)
		}
	}()
	one := r.read(p)
	if one.read != nil || one.write != nil {
		p.work.leave(p.log)
	}
	b.tally.add(p.log, one)
}

// leave gives up the clean copy of a log.
func (w *work) leave(l *logs.Log) {
	w.broken.Store(true)
	w.audits.drop(l)
	if w.copy != nil {
		w.copy.Leave(l)
	}
}
