//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// bounded reports whether the range of a rule ends with a fix, or is of some Pythons.
// What is known up to a version that was the newest then is a matter of the live tests.
func bounded(r *rules.Rule) bool {
	return r.Python != "" || slices.ContainsFunc(r.Affected, func(a versions.Affected) bool { return a.Fixed() != "" })
}

// Every rule with a boundary is run, or it is said why not; and each name is a rule.
func TestEveryBoundaryHasAnExperiment(t *testing.T) {
	table, err := readTable("experiments.yaml")
	require.NoError(t, err)
	var run, not []string
	for _, e := range table.Experiments {
		run = append(run, e.Rules...)
	}
	for _, n := range table.NotRun {
		not = append(not, n.Rules...)
		assert.NotEmpty(t, n.Because)
	}
	set := rules.Builtin()
	for _, id := range slices.Concat(run, not) {
		assert.NotNil(t, set.Get(id), "%s is no rule", id)
	}
	for r := range set.All() {
		if bounded(r) {
			assert.True(t, slices.Contains(run, r.ID) != slices.Contains(not, r.ID), "%s is to be in one of experiments and not-run", r.ID)
		}
	}
}

func aRun(what, on string, seen bool) *run {
	return &run{experiment: &experiment{Rules: []string{"mine"}}, python: &python{version: on}, install: what,
		says: map[string]string{"mine": "fail"}, seen: map[string]bool{"mine": seen}, packages: map[string]string{}}
}

// A run is wrong when the doctor and the output disagree, in either way.
func TestDisagreements(t *testing.T) {
	for name, c := range map[string]struct {
		says string
		seen bool
		want []string
	}{
		"affected and seen":         {"fail", true, nil},
		"affected and not seen":     {"fail", false, []string{"mine was not seen"}},
		"not affected and not seen": {"ok", false, nil},
		"not affected and seen":     {"ok", true, []string{"mine was seen"}},
		"a package is missing":      {"skip", false, nil},
		"of any version, not seen":  {"", false, []string{"mine was not seen"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := aRun("gevent", "3.12.1", c.seen)
			r.says["mine"] = c.says
			assert.Equal(t, c.want, r.disagreements())
		})
	}
	other := aRun("gevent", "3.12.1", true)
	other.says["other"], other.seen["other"] = "ok", true
	assert.Equal(t, []string{"other was seen"}, other.disagreements(), "a rule that nobody asked for")
}

// The table has what was run, and keeps what was run before.
func TestWriteTable(t *testing.T) {
	name := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(name, []byte("before\n"+begin+"\n| `old` | x 1 (Python 3.9.1) | – | 2026-01-02 |\n"+end+"\nafter\n"), 0o600))
	newest := aRun("gevent", "3.12.1", false)
	newest.packages["gevent"] = "26.9.0"
	runs := []*run{aRun("gevent==25.5.1", "3.11.7", true), aRun("gevent==25.5.1", "3.12.1", true), newest, {experiment: newest.experiment, missing: "Python 4"}}
	table := &table{NotRun: []notRun{{Rules: []string{"far"}, Because: "it takes a Mac"}}}
	require.NoError(t, writeTable(name, runs, table, time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)))
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	text := string(data)
	assert.Contains(t, text, "\n| `mine` | gevent 25.5.1 (Python 3.11.7, 3.12.1) | gevent 26.9.0 (Python 3.12.1) | 2026-11-29 |\n")
	assert.Contains(t, text, "\n| `old` | x 1 (Python 3.9.1) | – | 2026-01-02 |\n")
	assert.Contains(t, text, "- `far`: it takes a Mac.")
	assert.True(t, strings.HasPrefix(text, "before\n") && strings.HasSuffix(text, end+"\nafter\n"))
	require.NoError(t, writeTable(name, runs, table, time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)))
	again, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, text, string(again))
}
