package batch

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/internal/save"
)

// A Target is a file that is scanned, and where its clean copy goes.
type Target struct {
	*logs.File
	clean string // empty: nowhere
	audit string // of a single log; of the logs in an archive, the folder. Empty: there is none
}

// Places are where clean copies and audits go, and what else is written.
type Places struct {
	Output  string // the folder of clean copies; empty: there is none
	InPlace bool   // they take the place of the logs
	Audit   string // the folder of audits; empty: there is none
	// written are files, each with the flag that it was typed with.
	Written map[string]string
}

// Targets finds out what is written where, and what would be written twice. The
// largest files are the first, so that at the end all cores have something to do.
func (p Places) Targets(files []*logs.File) ([]*Target, error) {
	var out []*Target
	for _, f := range files {
		t := &Target{File: f}
		switch {
		case p.Output != "":
			t.clean = filepath.Join(p.Output, filepath.FromSlash(f.Rel))
		case p.InPlace:
			t.clean = f.Path
		}
		if p.Audit != "" {
			t.audit = filepath.Join(p.Audit, filepath.FromSlash(f.Rel))
		}
		if t.clean != "" && !f.Regular() {
			return nil, fmt.Errorf("%s is a pipe, and a clean copy of it would have no name; type: orbfilter < %s > CLEAN", f.Name, f.Name)
		}
		out = append(out, t)
	}
	if err := p.checkTargets(out); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b *Target) int { return cmp.Compare(b.effort(), a.effort()) })
	return out, nil
}

// effort says, roughly, how much text is in a file: logs pack to a tenth. What is
// packed is known for sure when it is open; its name will do here.
func (t *Target) effort() int64 {
	switch strings.ToLower(filepath.Ext(t.Rel)) {
	case ".gz", ".zst", ".zip":
		return 10 * t.Size()
	}
	return t.Size()
}

// checkTargets finds files that would get the same name.
func (p Places) checkTargets(all []*Target) error {
	errs := cmp.Or(p.checkWritten(all), checkAuditFolder(p.Audit))
	if errs == nil && p.Output != "" {
		errs = cmp.Or(p.checkLogs(all), collisions(all, func(t *Target) string { return t.clean }, "clean copies", "scan them one by one, each with an --output of its own"))
	}
	if errs == nil && p.Audit != "" {
		errs = collisions(all, func(t *Target) string { return t.audit }, "audits", "scan them one by one, each with an --audit of its own")
	}
	if errs == nil && p.Output != "" && p.Audit != "" && save.SamePath(p.Output, p.Audit) {
		errs = errors.New("--output and --audit are the same folder; take another for the audits")
	}
	return errs
}

// checkWritten finds logs that would be replaced by what is said of them.
func (p Places) checkWritten(all []*Target) error {
	for _, file := range slices.Sorted(maps.Keys(p.Written)) {
		there, err := os.Stat(file)
		if err != nil {
			continue
		}
		for _, log := range all {
			if os.SameFile(there, log.Info) {
				return fmt.Errorf("%s %s would replace the log %s; take another name", p.Written[file], file, log.Name)
			}
		}
	}
	return nil
}

// checkLogs finds logs that would be replaced by a clean copy: their own, or
// another one's.
func (p Places) checkLogs(all []*Target) error {
	for _, t := range all {
		there, err := os.Stat(t.clean)
		if err != nil {
			continue
		}
		if there.IsDir() {
			return fmt.Errorf("--output %s: the clean copy of %s would be %s, which is a folder; take another", p.Output, t.Name, t.clean)
		}
		for _, log := range all {
			if os.SameFile(there, log.Info) {
				return fmt.Errorf("--output %s: the clean copy of %s would replace the log %s; take another folder, or --in-place --audit DIR", p.Output, t.Name, log.Name)
			}
		}
	}
	return nil
}

// collisions finds two names that are one, and one that is a folder of another.
func collisions(all []*Target, name func(*Target) string, what, instead string) error {
	same := func(path string) string { return path }
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" { // where file names have no case
		same = strings.ToLower
	}
	taken := map[string]*Target{}
	for _, t := range all {
		if other := taken[same(name(t))]; other != nil {
			return fmt.Errorf("the %s of %s and %s would both be %s; %s", what, other.Name, t.Name, name(t), instead)
		}
		taken[same(name(t))] = t
	}
	for _, t := range all {
		for dir := filepath.Dir(name(t)); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if other := taken[same(dir)]; other != nil {
				return fmt.Errorf("the %s of %s and %s would be %s and %s, and the first cannot be both a file and a folder; %s", what, other.Name, t.Name, name(other), name(t), instead)
			}
		}
	}
	return nil
}
