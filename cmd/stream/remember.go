package stream

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/internal/save"
)

// remember keeps the report of a run for the doctor, who says what an upgrade
// would have taken out of it. That it cannot be kept is no failure of the run,
// and nothing to say at its end.
func (s *session) remember(sum *filter.Summary, code int) {
	dir := diagnose.StateDir(host.This(s.io.Getenv))
	if s.options.NoHistory || dir == "" || sum.Input.Bytes == 0 {
		return
	}
	var report bytes.Buffer
	if s.report(sum, code).JSON(&report) == nil {
		_ = keep(host.This(s.io.Getenv), dir, printable.JSON.Bytes(report.Bytes()))
	}
}

// keep writes a report, and puts the one before it aside if that had
// something to upgrade away: so the doctor can say what came of it.
func keep(h *host.Host, dir string, report []byte) error {
	if _, err := os.Stat(h.Home); err != nil && save.Below(h.Home, dir) {
		return err // who has no home, as in a container, is given none
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	last := filepath.Join(dir, diagnose.LastReport)
	if old, err := diagnose.ReadReport(h, diagnose.LastReport); err == nil && old != nil && old.Fixable() {
		if err := os.Rename(last, filepath.Join(dir, diagnose.BeforeReport)); err != nil {
			return err
		}
	}
	return save.Replace(last, report)
}
