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
# line below it. Written by "orbfilter scan --write-baseline", which takes out what it does not find any more. At the
# end are the fingerprints of lines that were there too seldom to be told.
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
	data, change := before.rewritten(r.Unknown, r.Seen)
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target // a link stays one
	}
	return change, save.ReplaceShared(file, data)
}

// rewritten returns the file that has these texts in place of those of b, and what that
// changes.
func (b *Baseline) rewritten(unknown []*filter.Unknown, seen []string) (data []byte, change *BaselineChange) {
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
	for i, line := range seldomLines(seen, after) {
		if i == 0 {
			w.WriteByte('\n')
		}
		w.WriteString("\n" + line)
	}
	w.WriteByte('\n')
	return w.Bytes(), b.change(after, seen)
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
	head, _, _ := strings.Cut(string(data), "\n")
	head = strings.TrimRight(strings.TrimPrefix(head, "\ufeff"), " \t\r")
	switch {
	case errors.Is(err, os.ErrNotExist), err == nil && len(data) == 0:
		return &Baseline{unwritten: true}, nil
	case err != nil:
		return nil, fmt.Errorf("--write-baseline %s: %w", file, err)
	case !baselineHead.MatchString(head):
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
	Texts     int  // that are in it
	Unwritten bool // there was none before
	// CarriedOver are the texts of a baseline of an earlier version that were found again.
	CarriedOver    int
	Old            bool // it was of one that can be carried over
	Added, Removed []string
}

// change compares with what is written in place of b.
func (b *Baseline) change(after []baselineEntry, seen []string) *BaselineChange {
	c := &BaselineChange{Texts: len(after), Unwritten: b.unwritten, Old: b.first}
	there := map[string]bool{}
	for _, key := range seen {
		there[key] = !b.foreign
	}
	for _, e := range after {
		there[e.fingerprint] = !b.foreign
		if !e.kept {
			c.Added = append(c.Added, e.fingerprint)
		}
	}
	for _, e := range b.entries {
		switch {
		case b.first && e.kept:
			c.CarriedOver++
		case !there[e.fingerprint] && !e.kept:
			c.Removed = append(c.Removed, e.fingerprint)
		}
	}
	slices.Sort(c.Added)
	slices.Sort(c.Removed)
	c.Added, c.Removed = slices.Compact(c.Added), slices.Compact(c.Removed)
	return c
}

// with returns an entry for each line of each text, in the order of their fingerprints: as
// it was, if it was there. What a baseline of version 1 says of a text goes to the first line of it.
func (b *Baseline) with(unknown []*filter.Unknown) (out []baselineEntry) {
	for _, u := range unknown {
		for i, key := range u.Names() {
			e := baselineEntry{key, u.Kind, sampleLine(lineOf(u, i)), nil, !b.foreign && b.knows(key)}
			if at := b.entryOf(u, i); at >= 0 {
				was := &b.entries[at]
				was.kept, e.kept = true, true
				if i == 0 || was.fingerprint == key {
					e.comments = was.comments
				}
				if was.fingerprint == key {
					e.sample = was.sample
				}
			}
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b baselineEntry) int { return cmp.Compare(a.fingerprint, b.fingerprint) })
	return slices.CompactFunc(out, func(a, b baselineEntry) bool { return a.fingerprint == b.fingerprint })
}

// entryOf finds what the baseline says of a line of a text; -1: nothing. Version 1 had one entry for a
// text, and exceptions have the names that they had.
func (b *Baseline) entryOf(u *filter.Unknown, line int) int {
	if b.foreign && !b.first {
		return -1
	}
	return slices.IndexFunc(b.entries, func(e baselineEntry) bool {
		if b.first && u.Kind == filter.Recurring {
			return e.kind == u.Kind && slices.Contains(u.Was, e.fingerprint)
		}
		return e.fingerprint == u.Names()[line]
	})
}

// lineOf is a text of one of its lines; of what has no keys it is the text.
func lineOf(u *filter.Unknown, i int) *filter.Unknown {
	if i >= len(u.Texts) {
		return u
	}
	one := *u
	one.Sample = u.Texts[i]
	return &one
}
