package cmd

import (
	"cmp"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/orbfilter/orbfilter/filter/logs"
)

// A work is a file that is open, as long as any of its logs is read.
type work struct {
	*target
	source *logs.Source
	copy   *logs.Copy // nil: none is written
	left   atomic.Int32
	audits *audits
	broken atomic.Bool // there is no copy to be written
	only   bool        // it is all that is read
}

// A piece is a log of it.
type piece struct {
	work *work
	log  *logs.Log
}

// work reads all files, several side by side. It returns the signal that has
// ended it; 0: it came to its end.
func (s *scan) work(targets []*target) int {
	signals := make(chan os.Signal, 1)
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) {
			signal.Notify(signals, sig)
		}
	}
	defer signal.Stop(signals)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.workers(targets)
	}()
	select {
	case <-done:
		s.bar.end()
		return 0
	case sig := <-signals:
		s.temps.End()
		s.audits.end()
		s.bar.end()
		s.sayInterrupted(sig)
		n, _ := sig.(syscall.Signal)
		return int(n)
	}
}

func (s *scan) workers(targets []*target) {
	pieces := make(chan piece)
	var all sync.WaitGroup
	for range cmp.Or(s.jobs, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			r := newScanner(s)
			for p := range pieces {
				s.piece(r, p)
			}
		})
	}
	for _, t := range targets {
		s.open(t, pieces, len(targets) == 1)
	}
	close(pieces)
	all.Wait()
}

// open opens a file, and hands its logs out.
func (s *scan) open(t *target, pieces chan<- piece, only bool) {
	w := &work{target: t, audits: &s.audits}
	source, err := t.Open(s.bar.add)
	if err != nil {
		s.tally.fail(&logs.Failure{Name: t.Name, Err: err})
		s.bar.file()
		return
	}
	w.source, w.only = source, only && len(source.Logs) == 1
	if t.clean != "" {
		if w.copy, err = source.Copy(t.clean, &s.temps); err != nil {
			s.tally.failWriting(t.Name, err)
		}
	}
	for _, bad := range source.Bad() {
		s.tally.fail(bad)
	}
	w.left.Store(1) // until all are handed out
	for _, l := range source.Logs {
		w.left.Add(1)
		pieces <- piece{w, l}
	}
	s.release(w)
}

// release is called when a log of the file is done; the last one puts the copy in
// its place.
func (s *scan) release(w *work) {
	if w.left.Add(-1) > 0 {
		return
	}
	defer s.bar.file()
	defer w.source.Close()
	if err := s.commit(w); err != nil {
		s.tally.failWriting(w.Name, err)
	}
}

// commit puts a copy in its place. The audits of what it lacks are closed by then;
// those of a copy that does not come are removed, for the logs have all that is in them.
func (s *scan) commit(w *work) (err error) {
	if w.copy == nil {
		return nil
	}
	defer w.audits.drop(w.source.Logs...)
	if w.source.Kind != logs.Zip && w.broken.Load() || s.inPlace && !w.copy.Changed() {
		w.copy.Discard()
		return nil
	}
	return w.audits.settle(w.source.Logs, func(before func() error) error {
		return w.copy.Commit(func() error {
			if err := before(); err != nil || !s.inPlace {
				return err
			}
			return w.source.Same()
		})
	}, func() { s.tally.written(w.source.Kind == logs.Zip) })
}

// piece reads a log. A mistake of ours costs this one only.
func (s *scan) piece(r *scanner, p piece) {
	defer s.release(p.work)
	defer func() {
		if v := recover(); v != nil {
			s.tally.fail(&logs.Failure{Name: p.log.Name, Err: fmt.Errorf("orbfilter has a mistake: %v", v)})
			p.work.leave(p.log)
		}
	}()
	one := r.read(p)
	if one.read != nil || one.write != nil {
		p.work.leave(p.log)
	}
	s.tally.add(p.log, one)
}

// leave gives up the clean copy of a log.
func (w *work) leave(l *logs.Log) {
	w.broken.Store(true)
	w.audits.drop(l)
	if w.copy != nil {
		w.copy.Leave(l)
	}
}
