//go:build unix

package cmd_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// hostileTexts are one of each kind of what must not be told as it is: docs/explanation/reliability.md has
// the table.
var hostileTexts = map[string]string{
	"C0":              "\x01\x08",
	"a sequence":      "\x1b[31m\x1b[2J",
	"a title":         "\x1b]0;owned\x07",
	"DEL":             "\x7f",
	"C1, a byte":      "\x9b31m",
	"C1, in UTF-8":    "\u009b31m\u0085",
	"an override":     "\u202e",
	"embeddings":      "\u202a\u202b\u202c\u202d",
	"isolates":        "\u2066\u2067\u2068\u2069",
	"marks":           "\u200e\u200f\u061c",
	"without width":   "\u200b\u200c\u200d\u2060\ufeff",
	"ends of lines":   "\u2028\u2029",
	"ignorable":       "\u00ad\u034f\u3164",
	"tags":            "\U000e0001\U000e0041",
	"not a character": "\ufffe\U0010ffff",
	"not UTF-8":       "\xff\xc3(\xed\xa0\x80",
	"cut off":         "\xe2\x80",
}

// hostileLog is a log in which hosts, operations, paths and errors have it in their names.
func hostileLog(bad string) string {
	return fmt.Sprintf(`--> Starting operation: Say %[1]shi
    [vm%[1]s-01] Command timed out after 3s
Network error, retrying in 2.0s (attempt 1/4)
    [vm%[1]s-01] Error: could not %[1]s do it
Exception ignored in: <bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7f14f24a7ec0>>
Traceback (most recent call last):
  File "/home/c%[1]si/.venv/lib/python3.12/site-packages/gevent/threading.py", line 398, in after_fork_in_child
    assert not thread.is_alive()
               ^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.12/threading.py", line 1475, in is_alive
    assert not self._is_stopped and self._started.is_set()
AssertionError: 
Traceback (most recent call last):
  File "/home/c%[1]si/deploy.py", line 3, in <module>
    run()
ValueError: no %[1]s such thing
odd thing %[1]s 1
odd thing %[1]s 2
odd thing %[1]s 3
odd thing %[1]s 4
`, bad)
}

// hostileRule is a rule with it in its texts, of a severity that every report names.
func hostileRule(t *testing.T, bad string) string {
	q, err := json.Marshal("a " + bad + " text") // which is YAML as well
	require.NoError(t, err)
	return fmt.Sprintf("id: odd-thing\ntitle: %[1]s\nseverity: error\nmatch: {line: 'odd thing'}\nadvice: %[1]s\nreferences: ['https://example.com/a']\nsamples: [{text: 'odd thing'}]\n", q)
}

// TestNothingHostileIsTold sends hostile names through everything that orbfilter tells: each
// kind of report, each format, each command. A kind that is new is in the tables that this
// goes through.
func TestNothingHostileIsTold(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	h := newHostileDir(t)
	for _, format := range ci.FormatNames() {
		args := []string{"--no-history", "--rules", "rules", "--format", format, "--summary", "always", "--fail-on", "new-unknown", "--baseline", "base" + h.inName}
		h.filter(append(args, h.reports(format)...))
	}
	h.filter([]string{"--no-history", "--rules", "rules", "--quiet"})
	h.told("", "scan", "--rules", "rules", "logs")
	h.told("", append([]string{"scan", "--rules", "rules", "--color", "always", "--write-baseline", "new" + h.inName, "logs"}, h.reports("scan")...)...)
	for _, kind := range slices.Concat(reports.ReportKinds(), ci.FormatNames()) {
		h.told("", "report", "show", "--format", kind, "text.json")
	}
	h.told("", "report", "merge", "text.json", "scan.json", "-o", "merged.json")
	for _, args := range [][]string{
		{"rules", "list", "--rules", "rules"}, {"rules", "list", "--json", "--rules", "rules"},
		{"rules", "show", "odd-thing-0", "--rules", "rules"}, {"rules", "lint", "rules"}, {"rules", "test", "rules"},
		{"rules", "lint", "--format", "json", "rules"}, {"rules", "lint", "--format", "sarif", "rules"},
		{"rules", "lint", "wrong/" + h.inName + ".yaml"}, {"rules", "explain", "--rules", "rules", h.log}, {"rules", "explain", "--json", "--rules", "rules", h.log},
		{"rules", "learn", h.log}, {"rules", "learn", "--json", h.log}, {"rules", "diff", "rules/0.yaml", "wrong/" + h.inName + ".yaml", h.log}, {"rules", "trust", "rules/0.yaml"}, {"rules", "trust", "--list"},
		{"doctor"}, {"doctor", "--json"}, {"doctor", "--python", h.log},
		{"doc" + h.inName}, {"--" + h.inName}, {"scan", "--" + h.inName}, {"scan", "no" + h.inName}, {"--report", h.inName}, {"--fail-on", h.inName}, {"--rules", "no" + h.inName},
		{"restore", "no" + h.inName}, {"restore", h.log}, {"report", "show", h.log}, {"run", "--", "no" + h.inName}, {"run", "--audit", h.log, "--", "true"}, {"help", "no" + h.inName},
		{"rules", "show", "no" + h.inName}, {"--disable", "no" + h.inName},
		{"bundle", h.log + ":3"}, {"bundle", h.log + ":5"}, {"bundle", h.log}, {"bundle", "no" + h.inName}, {"bundle", "odd-thing-0", h.log, "--rules", "rules"}, {"config"}, {"init", h.inName}, {"man", h.log}, {"completion", h.inName},
	} {
		h.told("", args...)
	}
}

// A hostileDir has logs and rules that are.
type hostileDir struct {
	t                *testing.T
	dir, log, inName string
	env              []string
}

func newHostileDir(t *testing.T) *hostileDir {
	h := &hostileDir{t: t, dir: t.TempDir()}
	log := ""
	for n, name := range slices.Sorted(maps.Keys(hostileTexts)) {
		bad := hostileTexts[name]
		log += hostileLog(bad)
		h.inName += bad
		h.put(fmt.Sprintf("rules/%d.yaml", n), strings.Replace(hostileRule(t, bad), "odd-thing", fmt.Sprintf("odd-thing-%d", n), 1))
		h.put(fmt.Sprintf("wrong/%d.yaml", n), strings.Replace(hostileRule(t, bad), "severity", "sev"+bad, 1))
	}
	long := strings.Repeat("w", 1200)
	h.log = filepath.Join("logs", "web"+h.inName+".log")
	h.put(h.log, log+"--> Starting operation: "+long+"\n    ["+long+"] Command timed out after 3s\n")
	h.put("wrong/"+h.inName+".yaml", hostileRule(t, "wrong")+"nonsense: x\n")
	h.put("logs/broken"+h.inName+".gz", "\x1f\x8b nothing")
	h.put("env"+h.inName+"/bin/pyinfra", "#!"+h.dir+"/env"+h.inName+"/bin/python\n")
	h.put("env"+h.inName+"/pyvenv.cfg", "home = /usr/bin\nversion = 3."+h.inName+"12\n")
	h.put("env"+h.inName+"/lib/python3.12/site-packages/gevent-25.5.1.dist-info/METADATA", "Name: gevent\nVersion: 25."+h.inName+"5.1\n")
	h.env = append(os.Environ(), "PATH="+h.dir+"/env"+h.inName+"/bin:"+os.Getenv("PATH"), "HOME="+h.dir, "XDG_CONFIG_HOME="+h.dir+"/config", "XDG_STATE_HOME="+h.dir+"/state", "GITHUB_STEP_SUMMARY="+h.dir+"/summary.md", "CI=")
	require.NoError(t, os.Chmod(filepath.Join(h.dir, "env"+h.inName, "bin", "pyinfra"), 0o777))
	return h
}

func (h *hostileDir) put(name, text string) {
	file := filepath.Join(h.dir, name)
	require.NoError(h.t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(h.t, os.WriteFile(file, []byte(text), 0o666))
}

// reports are flags for a report of each kind.
func (h *hostileDir) reports(name string) (flags []string) {
	for _, kind := range reports.ReportKinds() {
		flags = append(flags, "--report", kind+"="+name+"."+kind)
	}
	return flags
}

// filter filters the log, and looks at what is said and written of it. What is shown is the run's own.
func (h *hostileDir) filter(args []string) {
	out, said := h.run(readFile(h.t, h.dir, h.log), args...)
	h.harmless(said, "stderr of", args...)
	if slices.Contains(args, "jsonl") {
		h.noneHidden(out, "stdout of", args...)
	}
	for _, arg := range args {
		if _, file, ok := strings.Cut(arg, "="); ok {
			h.harmless(readFile(h.t, h.dir, file), file, args...)
		}
	}
}

// told runs a command of which all is told.
func (h *hostileDir) told(in string, args ...string) {
	out, said := h.run(in, args...)
	h.harmless(out, "stdout of", args...)
	h.harmless(said, "stderr of", args...)
}

func (h *hostileDir) run(in string, args ...string) (out, said string) {
	c := exec.Command("orbfilter", args...)
	c.Dir, c.Env, c.Stdin = h.dir, h.env, strings.NewReader(in)
	var o, e strings.Builder
	c.Stdout, c.Stderr = &o, &e
	timer := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	_ = c.Run()
	assert.True(h.t, timer.Stop(), "%q hangs", args)
	return o.String(), e.String()
}

// ourSequences are sequences that orbfilter itself writes.
var ourSequences = regexp.MustCompile("\x1b\\[[0-9;]*[mK]")

func (h *hostileDir) harmless(text, what string, args ...string) {
	h.noneHidden(ourSequences.ReplaceAllString(text, ""), what, args...)
	if slices.Contains(args, "--json") || strings.HasSuffix(what, ".html") {
		return // it has lines of the log, whole
	}
	assert.NotContains(h.t, text, strings.Repeat("w", 260), "%s %q: too long a name", what, args)
}

func (h *hostileDir) noneHidden(text, what string, args ...string) {
	h.t.Helper()
	assert.True(h.t, utf8.ValidString(text), "%s %q is UTF-8", what, args)
	for at, r := range text {
		if printable.Hidden(r) && !strings.ContainsRune("\n\t\r", r) {
			assert.Fail(h.t, "hostile", "%s %q: %U in %q", what, args, r, text[max(0, at-40):min(len(text), at+20)])
			return
		}
	}
}
