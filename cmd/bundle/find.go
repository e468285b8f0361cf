package bundle

import (
	"bytes"
	"errors"
	"fmt"
	stdio "io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/cli/excerpt"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/learn/issue"
)

// A found is an issue, and the log that it is from.
type found struct {
	*issue.Issue
	log *cli.LogFile // nil: there is none
}

func (f *found) close() {
	if f.log != nil {
		f.log.Remove()
	}
}

// source is the log to try a draft on; nil: there is none.
func (f *found) source() issue.Source {
	if f.log == nil {
		return nil
	}
	return f.log
}

// maxLog is how large a log may be of which lines are looked for, in bytes.
const maxLog = 256 << 20

var (
	place       = lazyregexp.New(`(?s)^(.+):(\d+)(?:-\d+)?$`)
	fingerprint = lazyregexp.New(`(?i)^U-[0-9a-f]{4,8}$`)
)

// find finds what was typed: a place, or an issue.
func find(io cli.IO, set *rules.Set, args []string) (*found, error) {
	what := args[0]
	isPlace := place.MatchString(what) && set.Get(what) == nil
	switch {
	case isPlace && len(args) == 2:
		return nil, cli.Usage(fmt.Errorf("%s names a log already; leave %s out", what, args[1]))
	case isPlace:
		return at(io, set, what)
	case !fingerprint.MatchString(what) && set.Get(what) == nil:
		return nil, cli.Usage(notAnIssue(set, what))
	case len(args) == 1:
		return last(io, set, what)
	}
	return in(io, set, what, args[1])
}

// notAnIssue says what is wrong with what is neither a place nor an issue.
func notAnIssue(set *rules.Set, what string) error {
	if info, err := os.Stat(what); err == nil && info.Mode().IsRegular() {
		return fmt.Errorf("%s is a log; name a line of it: orbfilter bundle %s", what, words.ShellWord(what+":LINE"))
	}
	return cli.NoSuchRule(what, set, what)
}

// at is what a place in a log is about.
func at(io cli.IO, set *rules.Set, where string) (*found, error) {
	m := place.FindStringSubmatch(where)
	log, err := excerpt.Open(io.In, m[1])
	if err != nil {
		return nil, err
	}
	data := &limited{most: maxLog}
	if err := log.CopyTo(data); err != nil {
		return nil, err
	}
	line, _ := strconv.Atoi(m[2]) // excerpt says what is wrong with it
	part, err := excerpt.From(io, "", where, log, set)
	if known, ok := errors.AsType[*draft.KnownError](err); ok {
		return &found{issue.Known(set, data.Bytes(), known.IDs, line), log}, nil
	}
	if err != nil {
		return nil, err
	}
	return &found{issue.Unknown(data.Bytes(), part.Text), log}, nil
}

// A limited keeps what is written to it, up to so much.
type limited struct {
	bytes.Buffer
	most int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > l.most {
		return 0, fmt.Errorf("it has more than %d MiB; cut out the part that matters", l.most>>20)
	}
	return l.Buffer.Write(p)
}

// in looks for an issue in a log.
func in(io cli.IO, set *rules.Set, what, name string) (*found, error) {
	log, err := excerpt.Open(io.In, name)
	if err != nil {
		return nil, err
	}
	line, count, err := issue.Find(set, log, what)
	log.Remove()
	switch {
	case err != nil:
		return nil, err
	case line == 0:
		return nil, cli.Usage(fmt.Errorf("%s is not in %s; what is there says: orbfilter scan %s", what, name, words.ShellWord(name)))
	}
	made, err := at(io, set, fmt.Sprintf("%s:%d", name, line))
	if err == nil && count > 0 {
		made.Count = count
	}
	return made, err
}

// last looks for an issue in the report of the last run.
func last(io cli.IO, set *rules.Set, what string) (*found, error) {
	file := filepath.Join(diagnose.StateDir(host.This(io.Getenv)), diagnose.LastReport)
	data, err := os.Open(file)
	if err != nil {
		return nil, cli.Usage(fmt.Errorf("there is no report of a last run to look for %s in; name the log: orbfilter bundle %s LOG", what, what))
	}
	defer func() { _ = data.Close() }() // it was only read
	r, err := report.Read(stdio.LimitReader(data, maxLog))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	f := issue.InReport(r, set, what)
	if f == nil {
		return nil, cli.Usage(fmt.Errorf("the report of the last run has no text of %s; name the log: orbfilter bundle %s LOG", what, what))
	}
	return &found{f, nil}, nil
}
