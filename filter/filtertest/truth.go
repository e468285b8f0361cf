package filtertest

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
)

// A Truth is what a person says of a run in testdata/verdict; README.md there says
// what each key means.
type Truth struct {
	Name       string
	Venv       string // below .venvs; empty: that with the fixed gevent
	Run        string // for a shell
	Exit       int
	Failed     outcome.Failed
	Hosts      []string // that failed
	Operations []string // "HOST: OPERATION" that failed
	Reason     string   // stands in the line that says why; empty: none does
	Lies       bool     // pyinfra's exit code and its --json say otherwise
	JSON       *bool    // nil: pyinfra has a --json for this run
	Live       bool     // it is run again by the live test
	Note       string
}

// verdicts is the folder of the runs.
var verdicts = Testdata("verdict")

// Truths are all of them.
func Truths(t testing.TB) (all []Truth) {
	t.Helper()
	require.NoError(t, yaml.NewDecoder(bytes.NewReader(Read(t, filepath.Join(verdicts, "truth.yaml"))), yaml.Strict()).Decode(&all))
	require.NotEmpty(t, all)
	return all
}

// Log is what the run printed.
func (want *Truth) Log(t testing.TB) []byte {
	t.Helper()
	return Read(t, filepath.Join(verdicts, want.Name+".log"))
}

// Recorded reports whether there is an answer of pyinfra's --json to this run: it has
// come to its end.
func (want *Truth) Recorded(t testing.TB) bool {
	t.Helper()
	_, err := os.Stat(filepath.Join(verdicts, want.Name+".json"))
	if err != nil {
		require.ErrorIs(t, err, os.ErrNotExist)
	}
	return err == nil
}

// Check asserts that a verdict agrees: with the answer, and of a failure with the
// reason, and with a host and an operation that really failed.
func (want *Truth) Check(t testing.TB, got outcome.Verdict) {
	t.Helper()
	want.CheckLive(t, got, string(want.Log(t)))
}

// CheckLive is Check for what the run has printed this time, to one stream or to two.
func (want *Truth) CheckLive(t testing.TB, got outcome.Verdict, streams ...string) {
	t.Helper()
	if !assert.Equal(t, want.Failed, got.Failed, "%+v; %s", got, want.Note) || got.Failed != outcome.Yes {
		return
	}
	assert.NotEmpty(t, got.Reason)
	said := []string{got.Reason}
	for _, s := range streams {
		said = append(said, lineOf(s, got.Line))
	}
	assert.Contains(t, strings.Join(said, "\n"), want.Reason, "%+v; %s", got, want.Note)
	if len(want.Hosts) == 0 {
		assert.Empty(t, got.Host, "no host is known to have failed: %+v", got)
		return
	}
	assert.Contains(t, want.Hosts, got.Host, "%+v; %s", got, want.Note)
	if of := want.operationsOf(got.Host); len(of) > 0 {
		assert.True(t, slices.ContainsFunc(of, func(o string) bool { return o == got.Operation || strings.HasPrefix(o, got.Operation+" (") }) && got.Operation != "", "%s are expected: %+v; %s", of, got, want.Note)
	}
}

// lineOf is a line of a log, from 1; empty: there is none.
func lineOf(log string, n int) string {
	lines := strings.Split(log, "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return lines[n-1]
}

// operationsOf are the operations that failed on a host.
func (want *Truth) operationsOf(host string) (of []string) {
	for _, o := range want.Operations {
		if name, ok := strings.CutPrefix(o, host+": "); ok {
			of = append(of, name)
		}
	}
	return slices.Compact(of)
}
