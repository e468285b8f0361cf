package report

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/save"
)

// baselineText is what stands below the first line.
const baselineText = `#
# What "orbfilter --fail-on new-unknown --baseline" passes over: exceptions and recurring lines that no rule knows.
# The fingerprint counts; what stands behind it is for readers. Take lines out as you like; a comment stays with the
# line below it. Written by "orbfilter scan --write-baseline", which takes out what it does not find any more.
`

// WriteBaseline writes the unknown texts of a report as the baseline, whole or
// not at all. What is not in the report any more is gone from the file; what
// stays keeps its comments and its words, so that the difference shows what has
// changed and nothing else. A file that is no baseline is not overwritten.
func WriteBaseline(file string, r *Report) (*BaselineChange, error) {
	before, err := baselineBefore(file)
	if err != nil {
		return nil, err
	}
	data, change := before.rewritten(r.Unknown)
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target // a link stays one
	}
	return change, save.ReplaceShared(file, data)
}

// rewritten returns the file that has these texts in place of those of b, and what that
// changes.
func (b *Baseline) rewritten(unknown []*filter.Unknown) (data []byte, change *BaselineChange) {
	after := b.with(unknown)
	var w bytes.Buffer
	fmt.Fprintf(&w, "%s\n%s", headLine(), baselineText)
	for _, e := range after {
		w.WriteByte('\n')
		for _, c := range e.comments {
			fmt.Fprintln(&w, c)
		}
		w.WriteString(strings.TrimRight(e.fingerprint+" "+e.kind+" "+e.sample, " "))
	}
	w.WriteByte('\n')
	return w.Bytes(), b.change(after)
}

// CheckWriteBaseline finds out before a long scan that a baseline cannot be written.
func CheckWriteBaseline(file string) error {
	if file == "" {
		return nil
	}
	folder := filepath.Dir(file)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("--write-baseline %s: there is no folder %s; make it first, or name another", file, folder)
	}
	_, err := baselineBefore(file)
	return err
}

// baselineBefore reads what is to be written over: an empty baseline if there is
// nothing, or something that only writing anew can mend.
func baselineBefore(file string) (*Baseline, error) {
	data, err := baselineBytes(file)
	switch first, _, _ := strings.Cut(string(data), "\n"); {
	case errors.Is(err, os.ErrNotExist), err == nil && len(data) == 0:
		return &Baseline{unwritten: true}, nil
	case err != nil:
		return nil, fmt.Errorf("--write-baseline %s: %w", file, err)
	case !baselineHead.MatchString(strings.TrimRight(strings.TrimPrefix(first, "\ufeff"), "\r")):
		return nil, fmt.Errorf("--write-baseline %s: this file is something else, and is left as it is; name another, or remove it", file)
	}
	b, _ := parseBaseline(file, "", data)
	if b == nil { // of another version: its fingerprints are of other texts
		_, rest, _ := strings.Cut(string(data), "\n")
		b, _ = parseBaseline(file, "", []byte(headLine()+"\n"+rest))
		b.foreign = true
	}
	return b, nil
}

// A BaselineChange is what writing a baseline anew has made of it: all of it is told in
// fingerprints, in their order.
type BaselineChange struct {
	Texts          int  // that are in it
	Unwritten      bool // there was none before
	Added, Removed []string
}

// change compares with what is written in place of b.
func (b *Baseline) change(after []baselineEntry) *BaselineChange {
	return &BaselineChange{len(after), b.unwritten, missing(after, b.entries, b.foreign), missing(b.entries, after, b.foreign)}
}

// missing returns what is not in other. foreign: nothing is.
func missing(entries, other []baselineEntry, foreign bool) (out []string) {
	for _, e := range entries {
		if foreign || !slices.ContainsFunc(other, func(o baselineEntry) bool { return o.fingerprint == e.fingerprint }) {
			out = append(out, e.fingerprint)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// with returns an entry for each text, in the order of their fingerprints: as
// it was, if it was there.
func (b *Baseline) with(unknown []*filter.Unknown) (out []baselineEntry) {
	for _, u := range unknown {
		e := baselineEntry{u.Fingerprint, u.Kind, sampleLine(u), nil}
		if at := slices.IndexFunc(b.entries, func(e baselineEntry) bool { return e.fingerprint == u.Fingerprint }); at >= 0 && !b.foreign {
			e.sample, e.comments = b.entries[at].sample, b.entries[at].comments
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b baselineEntry) int { return cmp.Compare(a.fingerprint, b.fingerprint) })
	return slices.CompactFunc(out, func(a, b baselineEntry) bool { return a.fingerprint == b.fingerprint })
}
