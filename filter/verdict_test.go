package filter_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// What is said of each recorded run is the truth about it.
func TestVerdicts(t *testing.T) {
	for _, want := range filtertest.Truths(t) {
		t.Run(want.Name, func(t *testing.T) {
			_, s := filtertest.Run(t, filtertest.Builtin(), want.Log(t), 0, filter.Options{})
			want.Check(t, s.Outcome.Verdict)
		})
	}
}

// The truth does not depend on what CI systems and terminals make of a line, nor on how
// it comes in.
func TestVerdictsInEveryDress(t *testing.T) {
	testrun.Long(t)
	for how, dress := range map[string]func(string) string{
		"CRLF":            func(log string) string { return strings.ReplaceAll(log, "\n", "\r\n") },
		"behind a prefix": filtertest.Prefixed("deploy-1  | "),
		"GitHub":          filtertest.Prefixed("2026-11-29T10:11:12.1234567Z "),
		"Docker's JSON": wrapEach(func(text string) string {
			return `{"log":` + text + `,"stream":"stderr","time":"2026-11-29T10:11:12.1234567Z"}`
		}),
		"OpenTelemetry, five records in an object": inFives,
	} {
		t.Run(how, func(t *testing.T) {
			for _, want := range filtertest.Truths(t) {
				log := dress(string(want.Log(t)))
				_, s := filtertest.Run(t, filtertest.Builtin(), []byte(log), 1000, filter.Options{})
				got := s.Outcome.Verdict
				assert.Equal(t, want.Failed, got.Failed, "%s: %+v", want.Name, got)
			}
		})
	}
}

// inFives puts five lines at a time into an object with as many texts.
func inFives(log string) string {
	var out strings.Builder
	for five := range slices.Chunk(lines(log), 5) {
		var records []string
		for _, line := range five {
			records = append(records, `{"body":{"stringValue":`+quoted(strings.TrimSuffix(line, "\n"))+`}}`)
		}
		out.WriteString(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[` + strings.Join(records, ",") + "]}]}]}\n")
	}
	return out.String()
}

// What a host said stands in the same object, and is found there.
func TestReasonInTheSameObject(t *testing.T) {
	for _, dress := range []func(string) string{inFives, func(log string) string { return `{"log":` + quoted(log) + "}\n" }} {
		log := string(filtertest.Read(t, filtertest.Testdata("verdict", "op-fails-one.log")))
		_, s := filtertest.Run(t, filtertest.Builtin(), []byte(dress(log)), 0, filter.Options{})
		v := s.Outcome.Verdict
		assert.Equal(t, "yes vm-01 Restart nginx nginx: configuration file /etc/nginx/nginx.conf test failed", strings.Join([]string{string(v.Failed), v.Host, v.Operation, v.Reason}, " "))
	}
}

// wrapEach puts each line into an object.
func wrapEach(wrap func(text string) string) func(string) string {
	return func(log string) string {
		var out strings.Builder
		for line := range strings.Lines(log) {
			out.WriteString(wrap(quoted(line)) + "\n")
		}
		return out.String()
	}
}

// What is recorded of a run, and when, does not depend on whether its lines are wrapped.
func TestRecordOfWrappedRuns(t *testing.T) {
	testrun.Long(t)
	for _, want := range filtertest.Truths(t) {
		dresses := []dressing{{name: "ts", prefix: at("{2006-01-02T15:04:05.000}Z ")}, dressingOf(t, "Docker json-file"), dressingOf(t, "journal, bytes"), dressingOf(t, "OpenTelemetry")}
		var records []*outcome.Record
		for _, d := range dresses {
			_, s := filtertest.Run(t, filtertest.Builtin(), []byte(d.wear(string(want.Log(t)), 1500*time.Millisecond)), 1000, filter.Options{Record: true, Recorded: true})
			if strings.HasPrefix(want.Name, "tty-buggy") { // of frames that stay of lines that noise is taken out of
				withoutLines(s.Outcome.Record)
			}
			records = append(records, s.Outcome.Record)
		}
		for i, r := range records[1:] {
			assert.Equal(t, records[0], r, "%s, %s", want.Name, dresses[i+1].name)
		}
	}
}

func withoutLines(r *outcome.Record) {
	for i := range r.Operations {
		for _, d := range r.Operations[i].Hosts {
			d.FirstLine, d.LastLine = 0, 0
		}
	}
}

func dressingOf(t *testing.T, name string) dressing {
	i := slices.IndexFunc(dressings, func(d dressing) bool { return d.name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return dressings[i]
}

// quotes are runs that do not fail, and in which what pyinfra or Python say of a failure
// stands word for word: only what comes behind it tells.
var quotes = []string{"prints", "prints-last-words", "vv-heredoc", "chatter-ignored", "shows-words", "shows-end"}

// Wherever the log of a run ends that does not fail, it is never said that it has.
func TestVerdictsOfTheBeginning(t *testing.T) {
	plan := outcome.NewPlan()
	for _, want := range filtertest.Truths(t) {
		quotes := slices.ContainsFunc(quotes, func(name string) bool { return strings.HasSuffix(want.Name, name) })
		if want.Failed != outcome.No || quotes {
			continue
		}
		f := plan.Follow()
		for i, line := range bytes.SplitAfter(want.Log(t), []byte("\n")) {
			f.Write(line, i+1, view.Nothing)
			got := f.Outcome().Verdict
			assert.NotEqual(t, outcome.Yes, got.Failed, "%s, line %d: %+v", want.Name, i+1, got)
		}
	}
}

// failedCaptures are the captures of runs that failed, or did nothing.
var failedCaptures = strings.Fields(`
	connector_not_installed.merged.txt false_network_retry.merged.txt files_put_stringio.merged.txt orbctl_missing.merged.txt
	orbstack_stopped.merged.txt vm_unknown.merged.txt
	ctrl-c.gevent-25.5.1.pty.raw ctrl-c.gevent-25.5.1.unbuffered.pty.raw ctrl-c.pty.raw prompt-ctrl-c.pty.raw
	deploy-raises.gevent-25.5.1.log deploy-raises.log gevent-24.10.1.3-hosts.failed.pipe.log gevent-24.10.2.failed.log
	mixed.gevent-25.5.1.log mixed.log network-retry.log no-hosts-remaining.log no-such-host.log no-yes-no-stdin.log
	one-host-fails.gevent-25.5.1.log one-host-fails.log orbctl-missing.log orbstack-0.10.0.log orbstack-list-failed.log
	orbstack-run-failed.log orbstack-unknown-machine.log orbstack-vvv.log paramiko-dsskey.log
	pyinfra-2.setuptools-68.log pyinfra-2.setuptools-82.log pyinfra-beta.log pyinfra-empty-deploy.log pyinfra-fact-failed.log
	pyinfra-invalid-connector.log pyinfra-limit-nothing.log pyinfra-no-attribute.log pyinfra-no-deploy-file.log pyinfra-no-module.log
	ssh-banner-closed.log ssh-banner-silent.log ssh-changed-host-key.log ssh-maxstartups.log ssh-no-folder.log ssh-no-session.log
	ssh-proxycommand.log ssh-refused-port.log ssh-strict.log ssh-unresolved.log ssh-wrong-user.log sudo-no-terminal.log
`)

// Of the captures those failed that are known to have failed, and no others: neither
// those full of noise, nor the logs of other programs.
func TestVerdictsOfCaptures(t *testing.T) {
	for _, file := range append(filtertest.EveryCapture(t), filtertest.GoodLogs(t)...) {
		_, s := filtertest.Run(t, filtertest.Builtin(), filtertest.Read(t, file), 0, filter.Options{})
		got := s.Outcome.Verdict
		assert.Equal(t, slices.Contains(failedCaptures, filepath.Base(file)), got.Failed == outcome.Yes, "%s: %+v", file, got)
	}
}

// Of whole runs in which all went well it is known.
func TestVerdictsOfGoodRuns(t *testing.T) {
	for _, file := range filtertest.Captures(t, "gevent-25.*", "more/gevent-25.*", "more/pythonwarnings.*", "more/prompt.*", "samples/gevent2551*", "samples/pyinfra-orb3-*") {
		_, s := filtertest.Run(t, filtertest.Builtin(), filtertest.Read(t, file), 0, filter.Options{})
		assert.Equal(t, outcome.Verdict{Failed: outcome.No}, s.Outcome.Verdict, file)
	}
}

// Where lines end with a bare carriage return, what is said of the run and what it did are the same, in the same lines, cut anywhere.
func TestVerdictsOfReturns(t *testing.T) {
	testrun.Long(t)
	for _, want := range filtertest.Truths(t) {
		log := want.Log(t)
		if bytes.IndexByte(log, '\r') >= 0 {
			continue
		}
		_, s := filtertest.Run(t, filtertest.Builtin(), log, 0, filter.Options{Record: true})
		for _, size := range []int{0, 1, 37} {
			_, r := filtertest.Run(t, filtertest.Builtin(), bytes.ReplaceAll(log, []byte("\n"), []byte("\r")), size, filter.Options{Record: true})
			assert.Equal(t, s.Outcome.Verdict, r.Outcome.Verdict, want.Name)
			assert.Equal(t, s.Outcome.Record, r.Outcome.Record, want.Name)
			if s.Outcome.Verdict.Line > 0 {
				assert.Equal(t, s.Outcome.Tail()[max(0, len(s.Outcome.Tail())-2):], r.Outcome.Tail()[max(0, len(r.Outcome.Tail())-2):], want.Name)
				assert.Equal(t, s.Input, r.Input, want.Name)
				lf, cr := filtertest.Counts(s), filtertest.Counts(r)
				delete(lf, "pyinfra-confirm-eof") // a prompt, behind which a CR is now the end of a frame, now that of the line
				delete(cr, "pyinfra-confirm-eof")
				assert.Equal(t, lf, cr, want.Name)
			}
		}
	}
}

// A bar that goes on in the first line, and is no run, counts as a part of that line.
func TestBarsAreNoLines(t *testing.T) {
	log := "Downloading 10%\rDownloading 50%\rDownloading 100%\r\n--> Loading config...\n--> pyinfra error: No hosts remaining!\n"
	_, s := filtertest.Run(t, filtertest.Builtin(), []byte(log), 7, filter.Options{})
	assert.EqualValues(t, 3, s.Input.Lines)
	assert.Equal(t, 3, s.Outcome.Verdict.Line)
}

// What became of a run does not hang on how it comes in: a line that may hide something, and does not, is looked at neither alone nor with others. Once
// it was looked at with a line that had to be, and its results counted, though no operation went on any more.
func TestRunsHoweverTheyComeIn(t *testing.T) {
	plan := filter.NewPlan(filtertest.Builtin())
	const object = `{"log":"--\u003e Starting operation: a\n","stream":"stderr"}`
	for name, log := range map[string]string{
		"results behind the operations": "--> Starting operation: Line\n--> Preparing operation files...\n    x\n    \x1b[0m[\x1b[1mvm-00\x1b[0m] \x1b[36mNo changes\x1b[0m\n--> Results:\n",
		"objects that are frames":       "x\r" + object + "\rAssertionError: \r" + object + "\r\x1b[31mAssertionError: \r\n--> Starting operation: Say hi \n    [vm-02] Success\n\n",
	} {
		want := atOnce(plan, log, recorded).report
		assert.Contains(t, want, `"operations"`, name)
		for _, most := range []int{1, 40} {
			assert.Equal(t, want, inWrites(plan, log, recorded, func(rest int) int { return min(most, rest) }).report, "%s, %d bytes at a time", name, most)
		}
	}
}
