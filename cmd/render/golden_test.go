package render_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

var update = flag.Bool("update", false, "write the expected outputs anew")

// versions are what is installed in every folder, on the machine of the tests.
type versions map[string]string

func (v versions) installed(_, pkg string) (string, time.Time) { return v[pkg], time.Time{} }

// goldens are the runs whose summary and report are read by people before
// they are committed.
var goldens = []struct {
	name, capture string
	installed     versions
	color         bool
}{
	{name: "20-hosts", capture: "gevent-25.5.1.20-hosts.pipe.log", installed: versions{"gevent": "25.5.1"}},
	{name: "unknown-version", capture: "gevent-25.5.1.3-hosts.pipe.log"},
	{name: "regression", capture: "gevent-25.5.1.3-hosts.pipe.log", installed: versions{"gevent": "26.9.0"}},
	{name: "colored", capture: "more/one-host-fails.gevent-25.5.1.log", installed: versions{"gevent": "25.5.1"}, color: true},
	{name: "colored-error", capture: "more/network-retry.log", color: true},
	{name: "terminal", capture: "gevent-25.5.1.3-hosts.pty.raw", installed: versions{"gevent": "25.5.1"}},
	{name: "orbstack-stopped", capture: "samples/orbstack_stopped.merged.txt"},
	{name: "network-retry", capture: "more/network-retry.log"},
	{name: "paramiko", capture: "more/paramiko-3.4.0.cryptography-43.0.3.import.log", installed: versions{"paramiko": "3.4.0"}},
	{name: "pythonwarnings", capture: "more/pythonwarnings.py3.12.log"},
	{name: "unknown", capture: "more/deploy-raises.log"},
}

func TestGoldenSummary(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.name, func(t *testing.T) {
			_, sum := run(t, capture(t, g.capture), filter.Options{Installed: g.installed.installed})
			golden(t, g.name+".summary.txt", text(sum, g.color))
		})
	}
}

func TestGoldenReport(t *testing.T) {
	for _, g := range goldens {
		if g.color {
			continue // a report has none
		}
		t.Run(g.name, func(t *testing.T) {
			_, sum := run(t, capture(t, g.capture), filter.Options{Installed: g.installed.installed})
			golden(t, g.name+".report.json", settled(jsonOf(t, sum)))
		})
	}
}

var held = regexp.MustCompile(`("held_bytes_max": )\d+`)

// settled takes out of a report what depends on the machine, and what the
// engine may do better some day.
func settled(report []byte) []byte {
	names := strings.NewReplacer(`"`+runtime.GOOS+`"`, `"OS"`, `"`+runtime.GOARCH+`"`, `"ARCH"`)
	return []byte(names.Replace(held.ReplaceAllString(string(report), `$1"N"`)))
}

// text returns the summary as the user ci reads it.
func text(sum *filter.Summary, color bool) []byte {
	var b bytes.Buffer
	view := render.Summary{Summary: sum, Color: color, Home: "/home/ci", Fix: fix.Command}
	view.Text(&b)
	return b.Bytes()
}

func jsonOf(t *testing.T, sum *filter.Summary) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.New(sum, report.Run{Version: "1.2.3", ExitCode: 1, Fix: fix.Command}).JSON(&b))
	return b.Bytes()
}

// builtin is one set, since an issue of two runs is one if its rule is.
var builtin = sync.OnceValue(rules.Builtin)

// run filters data with the built-in rules and returns what was shown.
func run(t *testing.T, data []byte, options filter.Options) (shown []byte, sum *filter.Summary) {
	t.Helper()
	var b bytes.Buffer
	stream := &render.Stream{W: &b}
	options.Sent = stream.Flush
	f := filter.New(builtin(), stream, options)
	_, err := f.Write(data)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return b.Bytes(), f.Summary()
}

func capture(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "captures", filepath.FromSlash(name)))
	require.NoError(t, err)
	return data
}

// golden compares with a file of testdata/golden, which -update writes.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("..", "..", "testdata", "golden", name)
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test -update writes it")
	assert.Equal(t, string(want), string(got))
}
