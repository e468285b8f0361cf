// Package rendertest is what the tests of the packages below cmd/render share: recorded runs, their
// reports, and goldens.
package rendertest

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the expected outputs anew")

// Versions are what is installed in every folder, on the machine of the tests.
type Versions map[string]string

// Installed is what filter.Options.Installed asks.
func (v Versions) Installed(_, pkg string) (string, time.Time) { return v[pkg], time.Time{} }

var held = regexp.MustCompile(`("held_bytes_max": )\d+`)

// Settled takes out of a report what depends on the machine, and what the
// engine may do better some day.
func Settled(report []byte) []byte {
	names := strings.NewReplacer(`"`+runtime.GOOS+`"`, `"OS"`, `"`+runtime.GOARCH+`"`, `"ARCH"`)
	return []byte(names.Replace(held.ReplaceAllString(string(report), `$1"N"`)))
}

// Capture returns a recorded run of testdata/captures.
func Capture(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "captures", filepath.FromSlash(name)))
	require.NoError(t, err)
	return data
}

// Golden compares with a file of testdata/golden, which -update writes.
func Golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("..", "..", "..", "testdata", "golden", name)
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test -update writes it")
	assert.Equal(t, string(want), string(got))
}
