package batch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/filter/logs"
)

// audits are those of a scan. One that is here is of a log that has not been replaced
// yet, and has no clean copy: nobody needs it if that does not come.
type audits struct {
	mu    sync.Mutex
	loose map[*logs.Log]*logAudit
	ended bool
}

// errInterrupted is the error of what is begun, or put in its place, after the end.
var errInterrupted = errors.New("interrupted")

// begin makes the audit of a log.
func (a *audits) begin(p piece, tool string) (*logAudit, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return nil, errInterrupted
	}
	one, err := newLogAudit(p, tool)
	if err != nil {
		return nil, err
	}
	one.all = a
	if a.loose == nil {
		a.loose = map[*logs.Log]*logAudit{}
	}
	a.loose[p.log] = one
	return one, nil
}

// drop removes those of logs that stay as they are.
func (a *audits) drop(all ...*logs.Log) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, l := range all {
		if one := a.loose[l]; one != nil {
			one.writer.Discard()
			delete(a.loose, l)
		}
	}
}

// settle lets put give a file its name, which calls before when it is about to do so,
// and from then on keeps the audits of its logs. Between the two, the scan cannot end.
func (a *audits) settle(all []*logs.Log, put func(before func() error) error, done func()) error {
	held := false
	err := put(func() error {
		a.mu.Lock()
		held = true
		if a.ended {
			return errInterrupted
		}
		return nil
	})
	if held {
		defer a.mu.Unlock()
	}
	if err != nil {
		return err
	}
	for _, l := range all {
		delete(a.loose, l)
	}
	done()
	return nil
}

// end removes all that nobody needs. No file is replaced after it.
func (a *audits) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
	for _, one := range a.loose {
		one.writer.Discard()
	}
}

// A logAudit keeps what is folded of one log; nil: nobody asked for that.
type logAudit struct {
	all    *audits
	log    *logs.Log
	writer *audit.Writer
}

// newLogAudit makes the file. One that is there from another scan is left alone, and
// the new one gets a number.
func newLogAudit(p piece, tool string) (*logAudit, error) {
	base := p.work.audit
	if member := strings.TrimPrefix(p.log.Name, p.work.Name); member != "" { // of an archive; it is known not to lead out of it
		base = filepath.Join(base, filepath.FromSlash(member))
	}
	if err := os.MkdirAll(filepath.Dir(base), 0o700); err != nil {
		return nil, fmt.Errorf("--audit: %w", err)
	}
	w, err := audit.CreateNext(base, audit.Header{Name: p.log.Name, Tool: tool})
	if err != nil {
		return nil, fmt.Errorf("--audit: %w", err)
	}
	w.Buffer() // the log is not replaced before all is written
	return &logAudit{log: p.log, writer: w}, nil
}

func (a *logAudit) sink(next filter.Sink) filter.Sink {
	if a == nil {
		return next
	}
	return a.writer.Sink("", next)
}

// close ends the audit. keep: something is in it that the log will lack. The error is
// that something was not kept, and so not taken out.
func (a *logAudit) close(keep bool) error {
	if a == nil {
		return nil
	}
	err := a.writer.Close()
	if keep && err == nil {
		return nil
	}
	a.all.drop(a.log)
	if err == nil {
		return nil
	}
	return fmt.Errorf("--audit %w", err)
}

// checkAuditFolder finds a file in the place of the folder for audits, or of one that
// this is in.
func checkAuditFolder(path string) error {
	for dir := path; path != ""; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		switch {
		case err != nil && dir != filepath.Dir(dir):
			continue
		case err != nil || info.IsDir():
			return nil
		case dir == path:
			return fmt.Errorf("--audit %s: it is a file; name a folder", path)
		}
		return fmt.Errorf("--audit %s: %s is a file; name a folder", path, dir)
	}
	return nil
}
