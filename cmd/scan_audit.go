package cmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/orbfilter/orbfilter/audit"
	"github.com/orbfilter/orbfilter/filter"
)

// audits are those of the logs of one file.
type audits struct {
	mu    sync.Mutex
	paths []string
}

func (a *audits) add(path string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.paths = append(a.paths, path)
}

// remove removes them: nothing was taken out of the logs.
func (a *audits) remove() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, path := range a.paths {
		_ = os.Remove(path)
	}
	a.paths = nil
}

// A logAudit keeps what is folded of one log; nil: nobody asked for that.
type logAudit struct {
	all    *audits
	path   string
	writer *audit.Writer
}

// auditEnd is how the names of audits end.
const auditEnd = ".orb"

// newLogAudit makes the audit of a log. One that is there from another scan is
// left alone, and the new one gets a number.
func newLogAudit(p piece) (*logAudit, error) {
	base := p.work.audit
	if member := strings.TrimPrefix(p.log.Name, p.work.Name); member != "" { // of an archive; it is known not to lead out of it
		base = filepath.Join(base, filepath.FromSlash(member))
	}
	if err := os.MkdirAll(filepath.Dir(base), 0o700); err != nil {
		return nil, fmt.Errorf("--audit: %w", err)
	}
	for n := 1; ; n++ {
		path := base + auditEnd
		if n > 1 {
			path = fmt.Sprintf("%s.%d%s", base, n, auditEnd)
		}
		w, err := audit.Create(path, audit.Header{Name: p.log.Name, Tool: Version()})
		switch {
		case err == nil:
			w.Buffer() // the log is not replaced before all is written
			return &logAudit{&p.work.audits, path, w}, nil
		case !errors.Is(err, audit.ErrExists):
			return nil, fmt.Errorf("--audit: %w", err)
		}
	}
}

func (a *logAudit) sink(next filter.Sink) filter.Sink {
	if a == nil {
		return next
	}
	return a.writer.Sink("", next)
}

// close ends the audit. keep: something is in it that the log will lack.
func (a *logAudit) close(keep bool) error {
	if a == nil {
		return nil
	}
	err := a.writer.Close()
	if keep && err == nil {
		a.all.add(a.path)
		return nil
	}
	_ = os.Remove(a.path)
	if !keep {
		return nil
	}
	return fmt.Errorf("--audit %w", err)
}
