//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A run is an experiment in one environment, and what came of it.
type run struct {
	*experiment
	python   *python // nil: there is none
	missing  string  // what there is not; empty: nothing
	install  string
	packages map[string]string // that are installed, with their versions
	says     map[string]string // what doctor says, by rule
	seen     map[string]bool   // what was found in the output, by rule
	tail     string            // the end of the output
	err      error             // it could not be run
}

// do runs all, some at once.
func (l *lab) do(ctx context.Context, runs []*run) {
	work := make(chan *run)
	var all sync.WaitGroup
	for range *workers {
		all.Go(func() {
			for r := range work {
				r.err = l.run(ctx, r)
				fmt.Fprintf(os.Stderr, "verify: %v, %s\n", r.Rules, r.environment())
			}
		})
	}
	for _, r := range runs {
		if r.missing == "" {
			work <- r
		}
	}
	close(work)
	all.Wait()
}

func (l *lab) run(ctx context.Context, r *run) error {
	dir, err := l.venv(ctx, r.python, r.install)
	if err != nil {
		return err
	}
	if err := l.ask(ctx, r, dir); err != nil {
		return err
	}
	r.seen = map[string]bool{}
	for range max(1, r.Tries) {
		if err := l.try(ctx, r, dir); err != nil {
			return err
		}
		if r.seen[r.Rules[0]] {
			break
		}
	}
	return nil
}

// ask asks the doctor what it thinks of an environment.
func (l *lab) ask(ctx context.Context, r *run, venv string) error {
	c := exec.CommandContext(ctx, l.program, "doctor", "--json", "--python", filepath.Join(venv, "bin", "python"))
	c.Dir, c.Env = l.temp, clean("HOME="+l.temp)
	out, err := c.Output()
	var found struct {
		Checks      []struct{ ID, Status string }
		Environment struct{ Packages map[string]string }
	}
	if bad := json.Unmarshal(out, &found); bad != nil {
		return errors.Join(err, bad)
	}
	r.says, r.packages = map[string]string{}, found.Environment.Packages
	for _, check := range found.Checks {
		r.says[check.ID] = check.Status
	}
	return nil
}

// try makes it happen once, with orbfilter behind it.
func (l *lab) try(ctx context.Context, r *run, venv string) error {
	dir, err := l.workshop()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", "{ "+r.Run+"\n} >raw 2>&1 </dev/null; "+`"$ORBFILTER" --no-history --summary never --report json=report.json <raw >shown`)
	c.Dir, c.WaitDelay = dir, time.Minute
	c.Env = append(clean("HOME="+filepath.Join(dir, "home"), "ORBFILTER="+l.program, "ORBFILTER_LIVE="+filepath.Join(dir, "hosts"), "ORBCTL_MACHINES=2",
		"PATH="+filepath.Join(venv, "bin")+":"+l.live+":"+os.Getenv("PATH")), r.Env...)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	raw, _ := os.ReadFile(filepath.Join(dir, "raw"))
	r.tail = string(raw[max(0, len(raw)-2000):])
	return r.read(filepath.Join(dir, "report.json"))
}

// read notes the issues of a report.
func (r *run) read(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var report struct {
		Issues []struct {
			ID    string
			Count int
		}
	}
	if err := json.Unmarshal(data, &report); err != nil {
		return err
	}
	for _, i := range report.Issues {
		r.seen[i.ID] = i.Count > 0
	}
	return nil
}

// workshop makes a folder with all scripts.
func (l *lab) workshop() (string, error) {
	dir, err := os.MkdirTemp(l.temp, "run-")
	if err != nil {
		return "", err
	}
	for _, from := range []string{l.live, l.here} {
		files, _ := filepath.Glob(filepath.Join(from, "*.py"))
		for _, f := range files {
			data, err := os.ReadFile(f)
			err = errors.Join(err, os.WriteFile(filepath.Join(dir, filepath.Base(f)), data, 0o600))
			if err != nil {
				return "", err
			}
		}
	}
	return dir, os.MkdirAll(filepath.Join(dir, "home", ".ssh"), 0o700)
}

// clean returns the environment without what would change a run.
func clean(with ...string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasPrefix(v, "PYTHON") || strings.HasPrefix(v, "ORB") || strings.HasPrefix(v, "PYINFRA_") || name == "VIRTUAL_ENV" || name == "HOME" || name == "PATH"
	})
	if !slices.ContainsFunc(with, func(v string) bool { return strings.HasPrefix(v, "PATH=") }) {
		with = append(with, "PATH="+os.Getenv("PATH"))
	}
	return append(env, with...)
}

// predicted says what the doctor makes of a rule: yes, no, or nothing, when it
// does not depend on what is installed, or a package is not there.
func (r *run) predicted(rule string) string {
	switch r.says[rule] {
	case "ok":
		return "no"
	case "fail", "warn", "info":
		return "yes"
	}
	return ""
}

// disagreements are the rules that were seen where they should not be, and the
// other way round: those of the experiment are to be seen where they can be.
func (r *run) disagreements() (out []string) {
	for rule, seen := range r.seen {
		if seen && r.predicted(rule) == "no" {
			out = append(out, rule+" was seen")
		}
	}
	for _, rule := range r.Rules {
		if !r.seen[rule] && (r.predicted(rule) == "yes" || r.says[rule] == "") {
			out = append(out, rule+" was not seen")
		}
	}
	slices.Sort(out)
	return out
}

func (r *run) wrong() bool { return r.missing == "" && (r.err != nil || len(r.disagreements()) > 0) }

// environment is what it was run with.
func (r *run) environment() string {
	if r.missing != "" {
		return "there is no " + r.missing
	}
	return strings.TrimSpace(r.install + " on Python " + r.python.version)
}

// String is the run in a line, and the end of what was printed if it is wrong.
func (r *run) String() string {
	head := fmt.Sprintf("%-8s %s: %s", r.verdict(), strings.Join(r.Rules, ", "), r.environment())
	switch {
	case r.err != nil:
		return head + ": " + r.err.Error()
	case r.wrong():
		return head + ": " + strings.Join(r.disagreements(), ", ") + "\n" + string(bytes.TrimSpace([]byte(r.tail)))
	}
	return head
}

func (r *run) verdict() string {
	switch {
	case r.missing != "":
		return "not run"
	case r.wrong():
		return "WRONG"
	case slices.ContainsFunc(r.Rules, func(rule string) bool { return r.seen[rule] }):
		return "seen"
	}
	return "not seen"
}
