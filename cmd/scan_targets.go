package cmd

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

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/internal/save"
)

// A target is a file that is scanned, and where its clean copy goes.
type target struct {
	*logs.File
	clean string // empty: nowhere
	audit string // of a single log; of the logs in an archive, the folder. Empty: there is none
}

// targets finds out what is written where, and what would be written twice. The
// largest files are the first, so that at the end all cores have something to do.
func (s *scan) targets(files []*logs.File) ([]*target, error) {
	var out []*target
	for _, f := range files {
		t := &target{File: f}
		switch {
		case s.output != "":
			t.clean = filepath.Join(s.output, filepath.FromSlash(f.Rel))
		case s.inPlace:
			t.clean = f.Path
		}
		if s.options.Audit != "" {
			t.audit = filepath.Join(s.options.Audit, filepath.FromSlash(f.Rel))
		}
		if t.clean != "" && !f.Regular() {
			return nil, cli.Usage(fmt.Errorf("%s is a pipe, and a clean copy of it would have no name; type: orbfilter < %s > CLEAN", f.Name, f.Name))
		}
		out = append(out, t)
	}
	if err := s.checkTargets(out); err != nil {
		return nil, cli.Usage(err)
	}
	slices.SortStableFunc(out, func(a, b *target) int { return cmp.Compare(b.effort(), a.effort()) })
	return out, nil
}

// effort says, roughly, how much text is in a file: logs pack to a tenth. What is
// packed is known for sure when it is open; its name will do here.
func (t *target) effort() int64 {
	switch strings.ToLower(filepath.Ext(t.Rel)) {
	case ".gz", ".zst", ".zip":
		return 10 * t.Size()
	}
	return t.Size()
}

// checkTargets finds files that would get the same name.
func (s *scan) checkTargets(all []*target) error {
	errs := cmp.Or(s.checkWritten(all), checkAuditFolder(s.options.Audit))
	if errs == nil && s.output != "" {
		errs = cmp.Or(s.checkLogs(all), collisions(all, func(t *target) string { return t.clean }, "clean copies", "scan them one by one, each with an --output of its own"))
	}
	if errs == nil && s.options.Audit != "" {
		errs = collisions(all, func(t *target) string { return t.audit }, "audits", "scan them one by one, each with an --audit of its own")
	}
	if errs == nil && s.output != "" && s.options.Audit != "" && save.SamePath(s.output, s.options.Audit) {
		errs = errors.New("--output and --audit are the same folder; take another for the audits")
	}
	return errs
}

// checkWritten finds logs that would be replaced by what is said of them.
func (s *scan) checkWritten(all []*target) error {
	written := map[string]string{s.writeBaseline: "--write-baseline"}
	for _, value := range s.options.Reports {
		if _, file, err := cli.SplitReport(value); err == nil {
			written[file] = "--report"
		}
	}
	for _, file := range slices.Sorted(maps.Keys(written)) {
		there, err := os.Stat(file)
		if err != nil {
			continue
		}
		for _, log := range all {
			if os.SameFile(there, log.Info) {
				return fmt.Errorf("%s %s would replace the log %s; take another name", written[file], file, log.Name)
			}
		}
	}
	return nil
}

// checkLogs finds logs that would be replaced by a clean copy: their own, or
// another one's.
func (s *scan) checkLogs(all []*target) error {
	for _, t := range all {
		there, err := os.Stat(t.clean)
		if err != nil {
			continue
		}
		if there.IsDir() {
			return fmt.Errorf("--output %s: the clean copy of %s would be %s, which is a folder; take another", s.output, t.Name, t.clean)
		}
		for _, log := range all {
			if os.SameFile(there, log.Info) {
				return fmt.Errorf("--output %s: the clean copy of %s would replace the log %s; take another folder, or --in-place --audit DIR", s.output, t.Name, log.Name)
			}
		}
	}
	return nil
}

// collisions finds two names that are one, and one that is a folder of another.
func collisions(all []*target, name func(*target) string, what, instead string) error {
	same := func(path string) string { return path }
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" { // where file names have no case
		same = strings.ToLower
	}
	taken := map[string]*target{}
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
