package bundle

import (
	"bytes"
	"errors"
	"fmt"
	stdio "io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/cli/excerpt"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/learn/recurring"
	"github.com/orbfilter/orbfilter/rules/mask"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// A found is an issue, as it stands in a log.
type found struct {
	text  string // of one occurrence, without colours and prefixes, a line each
	ids   []string
	count int          // how often it is in the log; 0: that is not known
	hosts []string     // all of the log
	log   *cli.LogFile // nil: there is none
}

func (f *found) close() {
	if f.log != nil {
		f.log.Remove()
	}
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
	f := &found{log: log}
	data, err := f.read()
	if err != nil {
		return nil, err
	}
	line, _ := strconv.Atoi(m[2]) // excerpt says what is wrong with it
	part, err := excerpt.From(io, "", where, log, set)
	known, isKnown := errors.AsType[*draft.KnownError](err)
	switch {
	case isKnown:
		f.ids = known.IDs
		f.text = occurrence(set, data, line)
	case err != nil:
		return nil, err
	default:
		f.text = undressed(part.Text)
	}
	f.count = counted(set, data, f.ids)
	return f, nil
}

// read reads all of the log, and which hosts are in it.
func (f *found) read() ([]byte, error) {
	data := &limited{most: maxLog}
	if err := f.log.CopyTo(data); err != nil {
		return nil, err
	}
	for line := range strings.Lines(undressed(data.Bytes())) {
		if name, _ := mask.Host(strings.TrimRight(line, "\n")); name != "" && len(f.hosts) < maxHosts && !slices.Contains(f.hosts, name) {
			f.hosts = append(f.hosts, name)
		}
	}
	return data.Bytes(), nil
}

// maxHosts is how many hosts of a log are known by name.
const maxHosts = 1000

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

// undressed is text without colours, and without what CI systems and log collectors put in front of lines.
func undressed(text []byte) string {
	var b strings.Builder
	var v view.Line
	for line := range bytes.Lines(text) {
		v.Look(line)
		b.Write(v.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

// occurrence is the text of the block of a rule that a line is in, or of the line alone.
func occurrence(set *rules.Set, data []byte, line int) string {
	blocks := map[int][]int{} // the lines of each
	block := 0
	lines, err := ruletest.Outcomes(set, data, filter.Options{Recorded: true, Claims: true, Trace: func(t filter.Trace) {
		if t.What != filter.Took {
			return
		}
		if !slices.Contains(blocks[t.Block], t.Line) {
			blocks[t.Block] = append(blocks[t.Block], t.Line)
		}
		if t.Line == line {
			block = t.Block
		}
	}})
	if err != nil || line > len(lines) {
		return ""
	}
	var b bytes.Buffer
	own := blocks[block]
	if block == 0 {
		own = []int{line}
	}
	for _, n := range slices.Sorted(slices.Values(own)) {
		b.WriteString(lines[n-1].Text + "\n")
	}
	return undressed(b.Bytes())
}

// counted is how often one of some issues is in a log.
func counted(set *rules.Set, data []byte, ids []string) int {
	f := filter.New(set, filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{Recorded: true})
	_, _ = f.Write(data)
	_ = f.Close()
	for _, i := range f.Summary().Issues {
		if slices.Contains(ids, i.Rule.ID) {
			return i.Count
		}
	}
	return 0
}

// in looks for an issue in a log.
func in(io cli.IO, set *rules.Set, issue, name string) (*found, error) {
	log, err := excerpt.Open(io.In, name)
	if err != nil {
		return nil, err
	}
	again := recurring.New(recurring.Options{})
	f := filter.New(set, again, filter.Options{Recorded: true, Claims: true})
	err = errors.Join(log.CopyTo(f), f.Close())
	if log.Remove(); err != nil {
		return nil, err
	}
	for _, i := range f.Summary().Issues {
		if i.Rule.ID == issue {
			return at(io, set, fmt.Sprintf("%s:%d", name, i.FirstLine))
		}
	}
	for _, u := range slices.Concat(f.Summary().Unknown, again.Unknown()) {
		if isFingerprint(u.Fingerprint, issue) {
			made, err := at(io, set, fmt.Sprintf("%s:%d", name, u.FirstLine))
			if err == nil {
				made.count = u.Count
			}
			return made, err
		}
	}
	return nil, cli.Usage(fmt.Errorf("%s is not in %s; what is there says: orbfilter scan %s", issue, name, words.ShellWord(name)))
}

// isFingerprint reports whether a fingerprint is meant by what was typed, which may be the beginning of it.
func isFingerprint(full, typed string) bool {
	return len(typed) >= len("U-0000") && strings.HasPrefix(strings.ToLower(full), strings.ToLower(typed))
}

// last looks for an issue in the report of the last run.
func last(io cli.IO, set *rules.Set, issue string) (*found, error) {
	file := filepath.Join(diagnose.StateDir(host.This(io.Getenv)), diagnose.LastReport)
	data, err := os.Open(file)
	if err != nil {
		return nil, cli.Usage(fmt.Errorf("there is no report of a last run to look for %s in; name the log: orbfilter bundle %s LOG", issue, issue))
	}
	defer func() { _ = data.Close() }() // it was only read
	r, err := report.Read(stdio.LimitReader(data, maxLog))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	f := ofReport(r, issue)
	if f == nil || strings.TrimSpace(f.text) == "" {
		return nil, cli.Usage(fmt.Errorf("the report of the last run has no text of %s; name the log: orbfilter bundle %s LOG", issue, issue))
	}
	if set.Get(issue) != nil {
		f.ids = []string{issue}
	}
	return f, nil
}

// ofReport is what a report has of an issue; nil: nothing.
func ofReport(r *report.Report, issue string) *found {
	for _, i := range r.Issues {
		if i.ID != issue || len(i.Places) == 0 || len(i.Places[0].Text) == 0 {
			continue
		}
		f := &found{text: undressed([]byte(i.Places[0].Text[0] + "\n")), count: i.Count}
		for name := range i.Hosts {
			f.hosts = append(f.hosts, name)
		}
		slices.Sort(f.hosts)
		return f
	}
	for _, u := range r.Unknown {
		if isFingerprint(u.Fingerprint, issue) {
			return &found{text: undressed([]byte(u.Sample + "\n")), count: u.Count}
		}
	}
	return nil
}
