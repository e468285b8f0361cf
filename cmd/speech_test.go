//go:build unix

package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/cells"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// said are commands that say something, in the folder of captures.
var said = [][]string{
	{"--help"}, {"run", "--help"}, {"scan", "--help"}, {"doctor", "--help"}, {"rules", "--help"}, {"rules", "learn", "--help"}, {"-h"}, {"run", "-h"}, {"config", "-h"},
	{"scan", "more"}, {"scan", "--summary", "always", "more/mixed.log"}, {"doctor"}, {"doctor", "--list"}, {"doctor", "--venv", "nowhere"},
	{"rules", "list"}, {"rules", "learn", "more"}, {"config"}, {"report", "show", "REPORT"},
	{"--summary", "always", "<", "gevent-25.5.1.20-hosts.pipe.log"}, {"--summary", "always", "--fail-on", "error", "<", "more/mixed.gevent-25.5.1.log"},
	{"--summary", "always", "--fail-on", "new-unknown", "--disable", "ssh-connect-failed", "<", "more/mixed.log"}, {"--quiet", "<", "more/mixed.log"},
}

// says runs one of them, and returns what orbfilter has said: all but the bytes of the run.
func says(t *testing.T, args []string, env ...string) string {
	t.Helper()
	report := filepath.Join(t.TempDir(), "r.json")
	captures := filepath.Join("..", "testdata", "captures")
	run := func(args []string) string {
		c := exec.Command("orbfilter")
		c.Dir, c.Env = captures, append(os.Environ(), append([]string{"HOME=/nowhere", "NO_COLOR=1"}, env...)...)
		var out, err strings.Builder
		c.Stdout, c.Stderr = &out, &err
		if n := len(args); n > 2 && args[n-2] == "<" {
			in, oerr := os.Open(filepath.Join(captures, args[n-1]))
			require.NoError(t, oerr)
			defer in.Close()
			c.Stdin, c.Args = in, append(c.Args, args[:n-2]...)
			_ = c.Run()
			return err.String()
		}
		c.Args = append(c.Args, args...)
		_ = c.Run()
		return out.String() + err.String()
	}
	args = append([]string{}, args...)
	for i := range args {
		if args[i] == "REPORT" {
			run([]string{"--no-history", "--report", "json=" + report, "<", "more/mixed.log"})
			args[i] = report
		}
	}
	return run(args)
}

// copied are lines that are to be copied, which stay whole: commands, addresses, examples.
func copied(line string) bool {
	bare := strings.TrimLeft(line, " ")
	for _, begin := range []string{"→ ", "https://", "orbfilter ", "pyinfra ", "gh ", "ORBFILTER", "Try: "} {
		if strings.HasPrefix(bare, begin) {
			return true
		}
	}
	return false
}

// tooLong is how wide a line is without its longest word, which may be a path that cannot be broken.
func tooLong(line string, width int) bool {
	longest := 0
	for word := range strings.FieldsSeq(line) {
		longest = max(longest, cells.Width(word))
	}
	return cells.Width(line) > width && (longest < 30 || cells.Width(line)-longest > width)
}

// TestWidth: tables, summaries and help fit the terminal, whatever its width.
func TestWidth(t *testing.T) {
	testrun.Long(t)
	for _, width := range []int{60, 80, 132} {
		for _, args := range said {
			for line := range strings.Lines(says(t, args, "COLUMNS="+strconv.Itoa(width))) {
				line = strings.TrimRight(line, "\n")
				assert.True(t, copied(line) || !tooLong(line, width), "%v at %d: %s", args, width, line)
			}
		}
	}
}

// TestWidthOfTheTerminal: where COLUMNS is not set, the terminal is asked.
func TestWidthOfTheTerminal(t *testing.T) {
	x := newTerminal(t)
	require.NoError(t, pty.Setsize(x.tty, &pty.Winsize{Rows: 24, Cols: 50}))
	c := x.start(nil, "rules", "list")
	assert.Zero(t, x.end(c))
	assert.Contains(t, x.screen, "gevent-callback-failed\r\n    severity noise")
	for line := range strings.SplitSeq(x.screen, "\r\n") {
		assert.LessOrEqual(t, cells.Width(line), 50, line)
	}
}

// TestASCII: in a locale that is not UTF-8, all that orbfilter says is ASCII. In one that is, and where there is none, it is what it is.
func TestASCII(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	typographic := false
	for _, args := range said {
		plain := says(t, args)
		if utf8 := says(t, args, "LANG=C", "LC_ALL=en_US.UTF-8"); args[0] != "doctor" { // who draws marks only where they are known to be there
			assert.Equal(t, plain, utf8, "%v", args)
		}
		typographic = typographic || strings.ContainsFunc(plain, func(r rune) bool { return r > 0x7e })
		for _, locale := range []string{"LC_ALL=C", "LC_CTYPE=POSIX", "LANG=de_DE.ISO-8859-1"} {
			for _, r := range says(t, args, locale) {
				if r > 0x7e {
					assert.LessOrEqual(t, r, rune(0x7e), "%v in %s", args, locale)
					break
				}
			}
		}
	}
	assert.True(t, typographic)
}

// TestASCIIIsNotForTheRun: its bytes pass as they came, and a marker beside them is ASCII.
func TestASCIIIsNotForTheRun(t *testing.T) {
	testrun.WithoutRace(t)
	const run = "größer → ✓\nNetwork error, retrying in 2.0s (attempt 1/4)\nné\xff\n"
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "r.yaml"), []byte("id: mine\ntitle: größer → é\nseverity: noise\nmatch: {line: '^Network error'}\nsamples: [{text: Network error}]\n"), 0o644))
	c := exec.Command("orbfilter", "--no-builtin", "--rules", filepath.Join(dir, "r.yaml"), "--markers", "always", "--summary", "always")
	c.Stdin, c.Env = strings.NewReader(run), append(os.Environ(), "LC_ALL=C")
	var out, said strings.Builder
	c.Stdout, c.Stderr = &out, &said
	require.NoError(t, c.Run())
	assert.Equal(t, "größer → ✓\norbfilter: folding mine here: gr\\u00f6\\u00dfer -> \\u00e9\nné\xff\n", out.String())
	assert.Contains(t, said.String(), "1 x  mine")
	assert.Contains(t, said.String(), `gr\u00f6\u00dfer -> \u00e9.`)
}
