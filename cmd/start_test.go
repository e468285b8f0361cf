package cmd_test

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// A start is a package that was initialized when a program began.
type start struct {
	path  string
	took  time.Duration
	bytes int
}

var initLine = regexp.MustCompile(`(?m)^init (\S+) @[0-9.]+ ms, ([0-9.]+) ms clock, (\d+) bytes`)

// starts runs a program and returns the packages in the order in which they were initialized.
func starts(t *testing.T, program string) (all []start) {
	t.Helper()
	c := exec.Command(program, "version")
	c.Env = append(c.Environ(), "GODEBUG=inittrace=1")
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, m := range initLine.FindAllStringSubmatch(string(out), -1) {
		ms, err := strconv.ParseFloat(m[2], 64)
		require.NoError(t, err)
		n, err := strconv.Atoi(m[3])
		require.NoError(t, err)
		all = append(all, start{m[1], time.Duration(ms * float64(time.Millisecond)), n})
	}
	require.NotEmpty(t, all)
	return all
}

// TestSignalsAreCaughtBeforeAnythingElse: until they are, a Ctrl-C kills the filter, and so the deploy. What comes first has
// no work to do, whatever machine it is.
func TestSignalsAreCaughtBeforeAnythingElse(t *testing.T) {
	testrun.WithoutRace(t)
	const early, most = "github.com/orbfilter/orbfilter/filter/wrap/early", 100 << 10
	bytes, found := 0, false
	for _, s := range starts(t, program(t)) {
		if found = s.path == early; found {
			break
		}
		bytes += s.bytes
		assert.False(t, strings.HasPrefix(s.path, "github.com/orbfilter/") || s.path == "regexp", "%s is initialized first", s.path)
	}
	assert.True(t, found, "%s is not initialized", early)
	assert.Less(t, bytes, most, "what is made first")
}

// heavy are packages of others that make more than the rest when they are initialized, and what they may make: tables of
// Unicode, of checksums, of the versions of Python. What is not in here is not heavy.
var heavy = map[string]int{
	"github.com/aquasecurity/go-pep440-version":        200 << 10,
	"github.com/dlclark/regexp2/v2/syntax":             200 << 10,
	"github.com/xeipuuv/gojsonschema":                  200 << 10,
	"github.com/klauspost/compress/flate":              64 << 10,
	"go.yaml.in/yaml/v4":                               64 << 10,
	"github.com/orbfilter/orbfilter/filter/view":       64 << 10,
	"github.com/orbfilter/orbfilter/filter/wrap/early": 16 << 10,
}

// TestStartMakesNothing: all that is made when the program starts is between a person and the first line of a deploy.
// Bytes are counted, since they are the same on each machine and on a busy one.
func TestStartMakesNothing(t *testing.T) {
	testrun.WithoutRace(t)
	const each, own, all = 32 << 10, 12 << 10, 1 << 20
	sum := 0
	for _, s := range starts(t, program(t)) {
		most := each
		if strings.HasPrefix(s.path, "github.com/orbfilter/") {
			most = own
		}
		if n := heavy[s.path]; n > 0 {
			most = n
		}
		assert.LessOrEqual(t, s.bytes, most, "%s makes too much before it is asked for anything", s.path)
		sum += s.bytes
	}
	assert.Less(t, sum, all, "more, and the garbage collector would begin before the first line")
}

// TestStartIsQuick: what takes long without making much.
func TestStartIsQuick(t *testing.T) {
	testrun.WithoutRace(t)
	const most, tries = 15 * time.Millisecond, 50
	program := program(t)
	best := time.Hour
	for range tries { // the machine may be busy
		took := time.Duration(0)
		for _, s := range starts(t, program) {
			took += s.took
		}
		if best = min(best, took); best < most {
			return
		}
	}
	assert.Less(t, best, most)
}
