// Package filtertest is what tests of the engine, and of what stands on it, share.
package filtertest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// Run filters data, cut into writes of size bytes; 0: one write.
func Run(t testing.TB, set *rules.Set, data []byte, size int, options filter.Options) (shown []byte, s *filter.Summary) {
	t.Helper()
	var all []byte
	f := filter.New(set, filter.SinkFunc(func(e filter.Event) error {
		all = append(all, e.Raw...)
		if !e.Fold {
			shown = append(shown, e.Raw...)
		}
		return nil
	}), options)
	for rest := data; len(rest) > 0; {
		n := len(rest)
		if size > 0 {
			n = min(n, size)
		}
		chunk := bytes.Clone(rest[:n])
		_, err := f.Write(chunk)
		require.NoError(t, err)
		for i := range chunk {
			chunk[i] = 'Z' // what Write was given must not be kept
		}
		rest = rest[n:]
	}
	require.NoError(t, f.Close())
	s = f.Summary()
	assert.True(t, bytes.Equal(data, all), "the events are the input")
	assert.Equal(t, int64(len(data)), s.Input.Bytes)
	assert.Equal(t, s.Input.Bytes, s.Output.Bytes+s.Folded.Bytes)
	assert.Equal(t, int64(len(shown)), s.Output.Bytes)
	assert.NotContains(t, strings.Join(s.Limits.RulesSkipped, "\n"), filter.AllRules+": ", "nothing has panicked")
	return shown, s
}

// Counts are the occurrences of each issue, by the id of its rule.
func Counts(s *filter.Summary) map[string]int {
	m := map[string]int{}
	for _, i := range s.Issues {
		m[i.Rule.ID] += i.Count
	}
	return m
}

// Testdata is the path of something in testdata, from the folder of whichever package is tested.
func Testdata(path ...string) string {
	top := "."
	for range 8 { // deeper is no package
		if _, err := os.Stat(filepath.Join(top, "go.mod")); err == nil {
			break
		}
		top = filepath.Join("..", top)
	}
	return filepath.Join(append([]string{top, "testdata"}, path...)...)
}

// Captures returns the files of testdata/captures that a pattern matches.
func Captures(t testing.TB, patterns ...string) (files []string) {
	t.Helper()
	for _, p := range patterns {
		m, err := filepath.Glob(Testdata("captures", filepath.FromSlash(p)))
		require.NoError(t, err)
		require.NotEmpty(t, m, p)
		files = append(files, m...)
	}
	return files
}

// EveryCapture are all captures of runs.
func EveryCapture(t testing.TB) []string {
	return Captures(t, "*.log", "*.raw", "samples/*.err", "samples/*.txt", "samples/*.raw", "more/*.log", "more/*.raw")
}

// GoodLogs are real logs without a known issue: of pyinfra with a fixed gevent,
// and of other programs, some of which fail.
func GoodLogs(t *testing.T) []string {
	t.Helper()
	others, err := filepath.Glob(Testdata("good", "*.log"))
	require.NoError(t, err)
	require.NotEmpty(t, others)
	return append(others, Captures(t, "gevent-25.9.1.*", "more/gevent-25.9.1.*", "more/json.std*", "more/prompt.pty.raw")...)
}

// Read returns what is in a file.
func Read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return data
}

// Builtin are the built-in rules, read once.
var Builtin = sync.OnceValue(rules.Builtin)

// EachBuiltin runs a test for every built-in rule that it is about.
func EachBuiltin(t *testing.T, about func(*rules.Rule) bool, test func(*testing.T, *rules.Rule)) {
	for r := range Builtin().All() {
		if about(r) {
			t.Run(r.ID, func(t *testing.T) { test(t, r) })
		}
	}
}

// EachSample runs a test for every sample of these rules.
func EachSample(t *testing.T, about func(*rules.Rule) bool, test func(t *testing.T, r *rules.Rule, sample string)) {
	EachBuiltin(t, about, func(t *testing.T, r *rules.Rule) {
		for i, s := range r.Samples {
			t.Run(fmt.Sprint("sample ", i), func(t *testing.T) { test(t, r, s.Text) })
		}
	})
}

// AnyRule is for tests that are about every rule.
func AnyRule(*rules.Rule) bool { return true }

// Prefixed returns what puts a prefix in front of each line of a text.
func Prefixed(prefix string) func(string) string {
	return func(text string) string {
		return prefix + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+prefix) + "\n"
	}
}

// Guarded are lines that every person must see.
var Guarded = []string{
	"    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!",
	"    [web] SSH host key error (Host key for web does not match.)",
	"    [web] Authentication error (username=u) (Authentication failed.)",
	"    [web] sh: 1: /etc/shadow: Permission denied",
	"    [web] Error: executed 0 commands",
	"    [web]  Error: executed 2 commands",
	"--> pyinfra error: No hosts remaining!",
	"--> Results:",
	"    Grand total   60      20        -       40          ",
}

// Nowhere takes what is shown.
var Nowhere = filter.SinkFunc(func(filter.Event) error { return nil })

// Pump filters a log in writes of the size that a pump has.
func Pump(f *filter.Filter, log []byte) time.Duration {
	begin := time.Now()
	for len(log) > 0 {
		n := min(len(log), 32<<10)
		_, _ = f.Write(log[:n])
		log = log[n:]
	}
	return time.Since(begin)
}

// CleanLog is a run without an issue, and lines of other programs that have
// the same words.
func CleanLog(t testing.TB) []byte {
	r := rand.New(rand.NewPCG(3, 4))
	var out bytes.Buffer
	run := Read(t, Captures(t, "gevent-25.9.1.20-hosts.pipe.log")[0])
	for range 40 {
		out.Write(run)
		for range 100 {
			fmt.Fprintf(&out, "[web-%02d] %s\n", r.IntN(20), Phrase(r, 3+r.IntN(9)))
		}
	}
	return out.Bytes()
}

// Phrase is a text that occurs once.
func Phrase(r *rand.Rand, n int) string {
	var out []string
	for range n {
		out = append(out, words[r.IntN(len(words))])
	}
	return strings.Join(out, " ")
}

// words are what the lines of rules and logs are made of.
var words = strings.Fields(`connection refused timeout while reading from host failed to load module deprecated please use instead warning
	cannot open file package already installed skipping update cache expired retrying certificate verify socket closed before response
	unexpected token in config option is ignored unknown argument service restarted lock held by process thread pool exhausted queue
	buffer full disk quota exceeded user session began ended mount point missing device busy kernel parameter not supported proxy`)
