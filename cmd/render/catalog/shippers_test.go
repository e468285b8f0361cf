//go:build unix

package catalog_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// A corpus is all samples and captures, line by line, and what orbfilter makes of each line.
type corpus struct {
	lines   []string
	claimed map[string]bool // whether it is folded or named, wherever it stands
	folded  int             // lines
	named   int
}

// readCorpus reads it once.
func readCorpus(t *testing.T) *corpus {
	c := &corpus{claimed: map[string]bool{}}
	add := func(text string) {
		out, err := ruletest.Outcomes(filtertest.Builtin(), []byte(text), filter.Options{Claims: true})
		require.NoError(t, err)
		for _, l := range out {
			if strings.ContainsAny(l.Text, "\x00\r\x1b") || strings.TrimSpace(l.Text) == "" {
				continue // what a terminal shows: no shipper has that
			}
			claimed, known := c.claimed[l.Text]
			c.claimed[l.Text] = l.Rule != "" && (claimed || !known)
			c.lines = append(c.lines, l.Text)
			switch {
			case l.Rule == "":
			case l.Kept == 0:
				c.folded++
			default:
				c.named++
			}
		}
	}
	for r := range filtertest.Builtin().All() {
		for _, s := range slices.Concat(r.Samples, r.Counterexamples) {
			add(s.Text + "\n")
		}
	}
	for _, file := range slices.Concat(filtertest.EveryCapture(t), filtertest.GoodLogs(t)) {
		add(string(filtertest.Read(t, file)))
	}
	return c
}

// check holds what a program has dropped and tagged against what orbfilter does, and says how much it misses. Each line that is
// dropped is one that orbfilter folds or names wherever it stands. One that is tagged is as well, or orbfilter names it where it
// stands alone, which is all that such a program sees of it: in its place it is a part of something larger.
func (c *corpus) check(t *testing.T, program string, dropped, tagged map[string]bool) {
	t.Helper()
	drops, tags, others := 0, 0, 0
	for _, l := range c.lines {
		switch {
		case dropped[l]:
			drops++
			assert.True(t, c.claimed[l], "%s drops a line that orbfilter does not know: %q", program, l)
		case tagged[l] && c.claimed[l]:
			tags++
		case tagged[l]:
			others++
			assert.True(t, namedAlone(l), "%s tags a line that orbfilter does not know: %q", program, l)
		}
	}
	assert.Positive(t, drops+tags, program)
	t.Logf("| %s | %d of %d | %d of %d | %d |", program, drops, c.folded, tags, c.named, others)
}

// namedAlone reports whether orbfilter has an issue of a line where nothing else is.
func namedAlone(line string) bool {
	f := filter.New(filtertest.Builtin(), filtertest.Nowhere, filter.Options{})
	_, _ = f.Write([]byte(line + "\n"))
	_ = f.Close()
	return len(f.Summary().Issues) > 0
}

// export writes the rules.
func export(t *testing.T, write func(io.Writer, *rules.Set) ([]string, error)) string {
	var b bytes.Buffer
	_, err := write(&b, filtertest.Builtin())
	require.NoError(t, err)
	return b.String()
}

func put(t *testing.T, name, text string) string {
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	return name
}

// output runs a program for two minutes at most.
func output(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	c.WaitDelay = time.Second
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 { // grep: there was no line
		require.NoError(t, err, said.String())
	}
	return string(out)
}

// grep -F takes single lines for the issue: its texts are those of the rules, and each issue of a sample is among what it finds.
func TestExportGrep(t *testing.T) {
	dir := t.TempDir()
	known := put(t, filepath.Join(dir, "known.txt"), export(t, catalog.Literals))
	for r := range filtertest.Builtin().All() {
		for _, s := range r.Samples[:min(len(r.Samples), 1)] {
			c := exec.Command("grep", "-cFf", known)
			c.Stdin = strings.NewReader(s.Text + "\n")
			if r.ID != "" && !strings.Contains(s.Text, "\x1b") {
				assert.NotEqual(t, "0\n", output(t, c), "%s: %s", r.ID, s.Text)
			}
		}
	}
}

// Each line of a sample that grep -E finds is one that orbfilter has an issue of where it stands alone, and so is each that
// orbfilter has and whose rule is exported.
func TestExportGrepLines(t *testing.T) {
	known := put(t, filepath.Join(t.TempDir(), "known.txt"), export(t, catalog.GrepLines))
	left, err := catalog.GrepLines(io.Discard, filtertest.Builtin())
	require.NoError(t, err)
	found, lines := map[string]bool{}, map[string]*rules.Rule{}
	for r := range filtertest.Builtin().All() {
		for _, s := range slices.Concat(r.Samples, r.Counterexamples) {
			for line := range strings.Lines(s.Text) {
				if line = strings.TrimSuffix(line, "\n"); !strings.ContainsAny(line, "\x00\r\x1b") {
					lines[line] = r
				}
			}
		}
	}
	c := exec.Command("grep", "-aEf", known)
	c.Stdin = strings.NewReader(strings.Join(slices.Collect(maps.Keys(lines)), "\n") + "\n")
	for l := range strings.SplitSeq(output(t, c), "\n") {
		if found[l] = true; l != "" {
			assert.True(t, namedAlone(l), "grep finds a line that orbfilter does not know: %q", l)
		}
	}
	assert.Greater(t, len(found), 100)
	for l, r := range lines {
		exported := !slices.ContainsFunc(left, func(s string) bool { return strings.HasPrefix(s, r.ID+": ") })
		if p := cmp.Or(r.Match.Line, r.Match.Repeat); exported && p.Search([]byte(l)) {
			assert.True(t, found[l], "%s: grep does not find %q", r.ID, l)
		}
	}
}

func TestLiveExportGrepLines(t *testing.T) {
	testrun.Long(t)
	if os.Getenv("ORBFILTER_EXPORTS") == "" {
		t.Skip("make exports runs it")
	}
	c, dir := readCorpus(t), t.TempDir()
	cmd := exec.Command("grep", "-aEf", put(t, filepath.Join(dir, "known.txt"), export(t, catalog.GrepLines)))
	cmd.Stdin = strings.NewReader(strings.Join(c.lines, "\n") + "\n")
	c.check(t, "grep -E", nil, contents(strings.Split(output(t, cmd), "\n")))
}

// grep -F finds lines that hold a text of a rule: no more is known of them. How many of them orbfilter knows, and how many of those that it
// knows are found, is said.
func TestLiveExportGrep(t *testing.T) {
	testrun.Long(t)
	if os.Getenv("ORBFILTER_EXPORTS") == "" {
		t.Skip("make exports runs it")
	}
	c, dir := readCorpus(t), t.TempDir()
	cmd := exec.Command("grep", "-aFf", put(t, filepath.Join(dir, "known.txt"), export(t, catalog.Literals)))
	cmd.Stdin = strings.NewReader(strings.Join(c.lines, "\n") + "\n")
	found := contents(strings.Split(output(t, cmd), "\n"))
	known, all := 0, 0
	for _, l := range c.lines {
		if found[l] {
			all++
			if c.claimed[l] {
				known++
			}
		}
	}
	assert.Positive(t, known)
	t.Logf("| grep -F | finds %d of %d, and %d others |", known, c.folded+c.named, all-known)
}

// tool returns the folder of a program that a script of testdata/export gets; it skips the test where that cannot be.
func tool(t *testing.T, script, program string) string {
	t.Helper()
	if os.Getenv("ORBFILTER_EXPORTS") == "" {
		t.Skip("make exports runs it")
	}
	out, err := exec.Command(filtertest.Testdata("export", script)).CombinedOutput()
	dir, _ := filepath.Abs(filepath.Join(filtertest.Testdata(), "..", ".tools"))
	if _, missing := os.Stat(filepath.Join(dir, program)); err == nil && missing == nil {
		return dir
	}
	if os.Getenv("CI") != "" || os.Getenv("ORBFILTER_LIVE_REQUIRED") != "" {
		require.NoError(t, err, "%s", out)
	}
	t.Skipf("%s: %v %s", program, err, out)
	return ""
}

// contents is a set of lines.
func contents(lines []string) map[string]bool {
	all := map[string]bool{}
	for _, l := range lines {
		all[l] = true
	}
	return all
}

// missing are the lines that are not in a set.
func (c *corpus) missing(in map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, l := range c.lines {
		if !in[l] {
			all[l] = true
		}
	}
	return all
}

const endMark = "this is the end of it"

func TestLiveExportRsyslog(t *testing.T) {
	testrun.Long(t)
	deb := filepath.Join(tool(t, "debian.sh", "debian/usr/sbin/rsyslogd"), "debian")
	c, dir := readCorpus(t), t.TempDir()
	libs, _ := filepath.Glob(filepath.Join(deb, "usr/lib/*/rsyslog"))
	require.NotEmpty(t, libs)
	in := put(t, filepath.Join(dir, "in.log"), strings.Join(c.lines, "\n")+"\n"+endMark+"\n")
	put(t, filepath.Join(dir, "orbfilter.conf"), export(t, catalog.Rsyslog))
	conf := put(t, filepath.Join(dir, "rsyslog.conf"), fmt.Sprintf(`global(workDirectory="%[1]s" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
module(load="imfile" mode="polling" pollingInterval="1")
template(name="out" type="string" string="%%$!orbfilter!issue%%|%%msg%%\n")
input(type="imfile" file="%[2]s" tag="x" ruleset="all")
ruleset(name="all") {
include(file="%[1]s/orbfilter.conf")
action(type="omfile" file="%[1]s/out.log" template="out" asyncWriting="off" flushOnTXEnd="on")
}
`, dir, in))
	cmd := exec.Command(filepath.Join(deb, "usr/sbin/rsyslogd"), "-n", "-f", conf, "-i", filepath.Join(dir, "pid"), "-M", libs[0])
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+filepath.Dir(libs[0]), "LC_ALL=C")
	var said bytes.Buffer
	cmd.Stderr = &said
	require.NoError(t, cmd.Start())
	out := waitFor(t, filepath.Join(dir, "out.log"), "|"+endMark+"\n")
	_ = cmd.Process.Signal(syscall.SIGTERM) // which ends it where nobody types
	_ = cmd.Wait()
	assert.NotContains(t, said.String(), "error", "of the rules")
	var seen []string
	tagged := map[string]bool{}
	for l := range strings.Lines(out) {
		id, text, ok := strings.Cut(strings.TrimSuffix(l, "\n"), "|")
		if !ok {
			continue
		}
		seen = append(seen, text)
		tagged[text] = tagged[text] || id != ""
	}
	c.check(t, "rsyslogd", c.missing(contents(seen)), tagged)
}

// waitFor waits until a file ends with a text, and returns what is in it.
func waitFor(t *testing.T, file, end string) string {
	t.Helper()
	var text []byte
	require.Eventually(t, func() bool {
		text, _ = os.ReadFile(file)
		return bytes.Contains(text, []byte(end))
	}, 5*time.Minute, time.Second, file)
	return string(text)
}

func TestLiveExportLogcheck(t *testing.T) {
	testrun.Long(t)
	deb := filepath.Join(tool(t, "debian.sh", "debian/usr/sbin/logcheck"), "debian")
	c, dir := readCorpus(t), t.TempDir()
	const head = "Nov 29 20:05:22 ci-1 pyinfra[77]: "
	put(t, filepath.Join(dir, "rules/ignore.d.server/orbfilter"), export(t, catalog.Logcheck))
	put(t, filepath.Join(dir, "rules/violations.d/orbfilter"), export(t, catalog.LogcheckViolations))
	for _, d := range []string{"cracking.d", "cracking.ignore.d", "violations.ignore.d", "ignore.d.paranoid", "ignore.d.workstation"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "rules", d), 0o755))
	}
	in := put(t, filepath.Join(dir, "in.log"), head+strings.Join(c.lines, "\n"+head)+"\n")
	conf := put(t, filepath.Join(dir, "logcheck.conf"), "REPORTLEVEL=server\nSORTUNIQ=0\nINTRO=0\nFQDN=0\nLOGTAIL="+filepath.Join(deb, "usr/sbin/logtail2")+"\nLOCKDIR="+dir+"\nTMPDIR_BASE="+dir+"\n")
	script, err := os.ReadFile(filepath.Join(deb, "usr/sbin/logcheck"))
	require.NoError(t, err)
	program := put(t, filepath.Join(dir, "logcheck"), strings.NewReplacer("/usr/bin/lockfile-", deb+"/usr/bin/lockfile-", "/run/lock/logcheck", dir, "/var/lock/logcheck", dir).Replace(string(script)))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "bin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bin/id"), []byte("#!/bin/sh\necho 1000\n"), 0o755)) // it does not run as root
	libs, _ := filepath.Glob(filepath.Join(deb, "usr/lib/*/"))
	cmd := exec.Command("bash", program, "-o", "-t", "-s", "-c", conf, "-r", filepath.Join(dir, "rules"), "-S", dir, "-l", in, "-L", put(t, filepath.Join(dir, "none"), ""))
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+deb+"/usr/bin:"+deb+"/usr/sbin:"+os.Getenv("PATH"), "LD_LIBRARY_PATH="+strings.Join(libs, ":"), "LC_ALL=C", "TMPDIR="+dir)
	out := output(t, cmd)
	violations, rest, ok := strings.Cut(out, "System Events")
	require.True(t, ok, "%.2000s", out)
	seen, tagged := map[string]bool{}, map[string]bool{}
	each := func(of string, do func(text string)) {
		for l := range strings.Lines(of) {
			if text, ok := strings.CutPrefix(strings.TrimSuffix(l, "\n"), head); ok {
				do(text)
			}
		}
	}
	each(violations, func(text string) {
		seen[text], tagged[text] = true, rules.GuardOf(text) == nil // what no rule folds is reported as well
	})
	each(rest, func(text string) { seen[text] = true })
	dropped := map[string]bool{}
	for _, l := range c.lines {
		shown := strings.TrimRight(l, " \t") // logcheck leaves what is behind it out
		dropped[l], tagged[l] = !seen[shown], tagged[shown]
	}
	c.check(t, "logcheck", dropped, tagged)
}

func TestLiveExportOTel(t *testing.T) {
	testrun.Long(t)
	dir := t.TempDir()
	program := filepath.Join(filtertest.Testdata(), "..", ".tools", "otel", "otelcol")
	if _, err := os.Stat(program); err != nil {
		t.Skip("the collector is not built; type: make otel")
	}
	c := readCorpus(t)
	in := put(t, filepath.Join(dir, "in.log"), strings.Join(c.lines, "\n")+"\n"+endMark+"\n")
	conf := put(t, filepath.Join(dir, "otel.yaml"), export(t, catalog.OTel)+fmt.Sprintf(`receivers:
  filelog:
    include: [%[1]q]
    start_at: beginning
    preserve_leading_whitespaces: true
    preserve_trailing_whitespaces: true
    max_log_size: 1MiB
exporters:
  file:
    path: %[2]q
service:
  telemetry: {metrics: {level: none}}
  pipelines:
    logs: {receivers: [filelog], processors: [transform/orbfilter, filter/orbfilter], exporters: [file]}
`, in, filepath.Join(dir, "out.json")))
	cmd := exec.Command(program, "--config", conf)
	var said bytes.Buffer
	cmd.Stderr = &said
	require.NoError(t, cmd.Start())
	out := waitFor(t, filepath.Join(dir, "out.json"), endMark)
	_ = cmd.Process.Signal(syscall.SIGTERM) // which ends it where nobody types
	_ = cmd.Wait()
	require.NotEmpty(t, out, said.String())
	seen, tagged := otelRecords(t, out)
	c.check(t, "OpenTelemetry collector", c.missing(seen), tagged)
}
