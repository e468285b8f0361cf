package filter_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// lines cuts a text into lines, each with its end.
func lines(text string) []string { return slices.Collect(strings.Lines(text)) }

func TestRulesHaveSamples(t *testing.T) {
	filtertest.EachBuiltin(t, filtertest.AnyRule, func(t *testing.T, r *rules.Rule) {
		assert.NotEmpty(t, r.Samples)
		assert.NotEmpty(t, r.Counterexamples)
		assert.NotEmpty(t, r.Advice)
		assert.NotEmpty(t, r.References)
		for _, u := range r.References {
			assert.True(t, strings.HasPrefix(u, "https://"), u)
		}
		assert.Equal(t, r.ID+".yaml", filepath.Base(r.File))
	})
}

// A pattern without a long literal would be asked too often.
func TestRulesHaveLiterals(t *testing.T) {
	filtertest.EachBuiltin(t, filtertest.AnyRule, func(t *testing.T, r *rules.Rule) {
		lits := filter.Literals(r)
		assert.NotEmpty(t, lits)
		for _, l := range lits {
			assert.GreaterOrEqual(t, len(l), 4, l)
		}
	})
}

// Each sample and counterexample, in all the ways in which it may come: what
// `orbfilter rules test` asks of rules that are not built in as well.
func TestRules(t *testing.T) {
	tester := ruletest.NewTester(filtertest.Builtin())
	filtertest.EachBuiltin(t, filtertest.AnyRule, func(t *testing.T, r *rules.Rule) {
		for c := range tester.Cases(r) {
			if res := tester.Try(c); res.Problem != "" {
				t.Errorf("%s, %s, %s: %s\ninput:\n%q\nshown:\n%q\nshould be:\n%q", c.Property, c.Field, c.How, res.Problem, c.Input, res.Shown, c.Shown)
			}
		}
	})
}

// zip takes a line of each in turn.
func zip(a, b []string) string {
	var out strings.Builder
	for i := range max(len(a), len(b)) {
		out.WriteString(strings.Join(a[min(i, len(a)):min(i+1, len(a))], ""))
		out.WriteString(strings.Join(b[min(i, len(b)):min(i+1, len(b))], ""))
	}
	return out.String()
}

// What is cut off is not the issue yet, wherever it is cut: the patterns of the
// built-in rules reach to the end of the line.
func TestCutOffBlocksPass(t *testing.T) {
	folds := func(r *rules.Rule) bool { return r.Folds() && r.Match.Repeat == nil } // the first of these stays
	filtertest.EachSample(t, folds, func(t *testing.T, r *rules.Rule, sample string) {
		if strings.Contains(sample, "Warning: ") {
			sample = lines(sample)[0] // what follows may be missing
		}
		alone := ruletest.NewTester(rules.NewSet(r))
		for n := range len(strings.TrimRight(sample, " :\n")) {
			if slices.ContainsFunc(r.Samples, func(s rules.Sample) bool {
				return strings.TrimRight(lines(s.Text)[0], "\n") == strings.TrimRight(sample[:n], " ")
			}) {
				continue // other versions print no more than that
			}
			res := alone.Try(ruletest.Case{Rule: r, Input: sample[:n], Shown: sample[:n], Counts: map[string]int{}})
			require.Empty(t, res.Problem, "cut after %q", sample[:n])
		}
	})
}

// tracebacks are of the user's own code, which nothing may take a line of.
var tracebacks = ruletest.OwnTracebacks()

// Runs without a known issue.
func TestCleanRunsPass(t *testing.T) {
	for _, file := range filtertest.Captures(t, "gevent-25.9.1.*", "more/gevent-25.9.1.*") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data := filtertest.Read(t, file)
			shown, s := filtertest.Run(t, filtertest.Builtin(), data, 0, filter.Options{})
			assert.True(t, bytes.Equal(data, shown))
			assert.Empty(t, s.Issues)
		})
	}
}

// Another bug of gevent, and a real failure: not one byte may be missing.
func TestFailedRunPasses(t *testing.T) {
	data := filtertest.Read(t, filtertest.Captures(t, "gevent-24.10.1.3-hosts.failed.pipe.log")[0])
	shown, s := filtertest.Run(t, filtertest.Builtin(), data, 0, filter.Options{})
	assert.Equal(t, string(data), string(shown))
	for _, i := range s.Issues {
		assert.False(t, i.Rule.Folds(), i.Rule.ID)
	}
}

// What is found in captures of other issues, and what is left of them.
func TestOtherIssuesInCaptures(t *testing.T) {
	for file, want := range map[string]struct {
		counts map[string]int
		hidden string // a text of which no line may be left; empty: all stays
	}{
		"more/g2.simulated-3.13.5.pipe.log":                  {map[string]int{"gevent-dummythread-handle": 4, "gevent-fork-hooks-active": 4}, "\n"},
		"more/g2.simulated-3.13.5.unbuffered.pipe.log":       {map[string]int{"gevent-dummythread-handle": 4, "gevent-fork-hooks-active": 4}, "\n"},
		"more/g2.simulated-3.13.5.pty.raw":                   {map[string]int{"gevent-dummythread-handle": 4, "gevent-fork-hooks-active": 4}, "\n"},
		"more/g2.simulated-3.13.5.unbuffered.pty.raw":        {map[string]int{"gevent-dummythread-handle": 4, "gevent-fork-hooks-active": 4}, "\n"},
		"more/network-retry.log":                             {map[string]int{"orbstack-false-network-retry": 3, "pyinfra-operation-failed": 1, "pyinfra-no-hosts-remaining": 1}, "Network error"},
		"more/no-hosts-remaining.log":                        {map[string]int{"pyinfra-operation-failed": 3, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/no-such-host.log":                              {map[string]int{"pyinfra-empty-inventory": 1, "pyinfra-nothing-deployed": 1}, ""},
		"more/no-yes-no-stdin.log":                           {map[string]int{"pyinfra-confirm-eof": 1, "pyinfra-internal-exception": 1}, ""},
		"more/orbstack-list-failed.log":                      {map[string]int{"orbstack-list-failed": 2, "pyinfra-nothing-deployed": 1}, ""},
		"more/orbstack-start-failed.log":                     {map[string]int{"orbstack-connect-failed": 2, "orbstack-start-failed": 2}, ""},
		"more/orbstack-unknown-machine.log":                  {map[string]int{"pyinfra-nothing-deployed": 1}, ""},
		"more/one-host-fails.log":                            {map[string]int{"pyinfra-operation-failed": 1}, ""},
		"more/deploy-raises.log":                             {map[string]int{"pyinfra-deploy-exception": 1}, ""},
		"gevent-24.10.1.3-hosts.failed.pipe.log":             {map[string]int{"gevent-output-twice": 1, "gevent-greenlet-failed": 1, "pyinfra-internal-exception": 1}, ""},
		"more/gevent-24.10.2.failed.log":                     {map[string]int{"gevent-output-twice": 2, "gevent-greenlet-failed": 3, "pyinfra-internal-exception": 1}, ""},
		"more/gevent-child-watcher.log":                      {map[string]int{"gevent-child-watcher": 2}, ""},
		"more/gevent-fork-multithreaded.log":                 {map[string]int{"gevent-fork-multithreaded": 1}, "\n"},
		"more/gevent-greenlet-fails.log":                     {map[string]int{}, ""},
		"more/gevent-loop-exit.log":                          {map[string]int{"gevent-loop-exit": 1}, ""},
		"more/gevent-monkeypatch-ssl.log":                    {map[string]int{"gevent-monkeypatch-ssl": 1}, "\n"},
		"more/gevent-monkeypatch-thread.log":                 {map[string]int{"gevent-monkeypatch-thread": 2}, ""},
		"more/mixed.log":                                     {map[string]int{"ssh-connect-failed": 1, "ssh-known-hosts-missing": 1, "ssh-host-key-accepted": 1, "ssh-host-key-added": 1}, "Failed to load"},
		"more/orbctl-missing.log":                            {map[string]int{"orbstack-orbctl-missing": 1, "pyinfra-internal-exception": 1}, ""},
		"more/orbstack-0.10.0.log":                           {map[string]int{"orbstack-0-10-0": 1, "pyinfra-operation-failed": 1, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/orbstack-info-failed.log":                      {map[string]int{"orbstack-connect-failed": 2}, ""},
		"more/orbstack-push-failed.log":                      {map[string]int{"orbstack-upload-failed": 2, "orbstack-download-failed": 2, "orbstack-isolated": 4, "orbstack-upload-stringio": 1, "pyinfra-operation-ignored": 5}, ""},
		"more/orbstack-run-failed.log":                       {map[string]int{"orbstack-false-network-retry": 3, "orbstack-vmrpc-eof": 1, "pyinfra-operation-failed": 1, "pyinfra-no-hosts-remaining": 1}, "Network error"},
		"more/orbstack-vvv.log":                              {map[string]int{"pyinfra-operation-failed": 1, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/paramiko-blowfish.log":                         {map[string]int{"paramiko-blowfish": 1}, "\n"},
		"more/paramiko-dsskey.log":                           {map[string]int{"paramiko-dsskey": 1, "pyinfra-internal-exception": 1}, ""},
		"more/pyinfra-2.setuptools-68.log":                   {map[string]int{"pyinfra-zope-interface": 1}, ""},
		"more/pyinfra-2.setuptools-80.log":                   {map[string]int{"pyinfra-pkg-resources-deprecated": 1}, "pkg_resources"},
		"more/pyinfra-2.setuptools-82.log":                   {map[string]int{"pyinfra-pkg-resources-missing": 1}, ""},
		"more/pyinfra-alpha.log":                             {map[string]int{"pyinfra-inventory-alpha": 1}, ""},
		"more/pyinfra-beta.log":                              {map[string]int{"pyinfra-connector-beta": 1, "pyinfra-chroot-failed": 1, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/pyinfra-chatty.log":                            {map[string]int{"pyinfra-operation-deprecated": 3, "pyinfra-operation-dropped": 3, "pyinfra-maskstring-deprecated": 3, "pyinfra-su-login": 1}, "HiddenValue\n    The old_shell"},
		"more/pyinfra-empty-deploy.log":                      {map[string]int{"pyinfra-nothing-deployed": 1}, ""},
		"more/pyinfra-errors.log":                            {map[string]int{"pyinfra-operation-failed": 1, "pyinfra-operation-ignored": 6, "pyinfra-command-timed-out": 1, "pyinfra-retrying": 2, "pyinfra-callback-error": 1, "pyinfra-nested-error": 1}, ""},
		"more/pyinfra-fact-failed.log":                       {map[string]int{"pyinfra-fact-failed": 1, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/pyinfra-fact-skipped.log":                      {map[string]int{"pyinfra-fact-skipped": 2}, "skipped on [vm-01]"},
		"more/pyinfra-invalid-connector.log":                 {map[string]int{"pyinfra-invalid-connector": 1}, ""},
		"more/pyinfra-limit-nothing.log":                     {map[string]int{"pyinfra-no-match": 1, "pyinfra-nothing-deployed": 1}, ""},
		"more/pyinfra-no-attribute.log":                      {map[string]int{"pyinfra-no-module": 1}, ""},
		"more/pyinfra-no-deploy-file.log":                    {map[string]int{"pyinfra-no-deploy-file": 1}, ""},
		"more/pyinfra-no-module.log":                         {map[string]int{"pyinfra-no-module": 1}, ""},
		"more/pyinfra-parallel.log":                          {map[string]int{"pyinfra-parallel-limit": 1}, ""},
		"more/ssh-banner-closed.log":                         {map[string]int{"paramiko-banner-head": 1, "ssh-banner": 1, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/ssh-banner-silent.log":                         {map[string]int{"paramiko-banner-head": 1, "ssh-banner": 1, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/ssh-changed-host-key.log":                      {map[string]int{"ssh-host-identification": 2, "ssh-host-key-changed": 2, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/ssh-known-hosts-unreadable.log":                {map[string]int{"ssh-known-hosts-unreadable": 1, "ssh-host-key-accepted": 1, "ssh-host-key-added": 1}, ""},
		"more/ssh-maxstartups.log":                           {map[string]int{"paramiko-banner-head": 5, "ssh-banner": 5, "ssh-host-key-accepted": 1, "ssh-host-key-added": 1}, ""},
		"more/ssh-new-host-key.log":                          {map[string]int{"ssh-known-hosts-missing": 1, "ssh-host-key-accepted": 2, "ssh-host-key-added": 2}, "[localhost]:2222"},
		"more/ssh-no-folder.log":                             {map[string]int{"ssh-known-hosts-missing": 1, "ssh-host-key-accepted": 1, "ssh-folder-missing": 1, "pyinfra-no-hosts-remaining": 1}, "Failed to load"},
		"more/ssh-no-session.log":                            {map[string]int{"ssh-no-session": 1, "paramiko-proxy-gone": 1, "pyinfra-no-hosts-remaining": 1}, "Exception ignored"},
		"more/ssh-proxycommand.log":                          {map[string]int{"ssh-proxy-failed": 1, "ssh-transport-exception": 1, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/ssh-refused-port.log":                          {map[string]int{"ssh-connect-failed": 1, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/ssh-strict.log":                                {map[string]int{"ssh-host-key-unknown": 1, "ssh-strict": 1, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/ssh-unresolved.log":                            {map[string]int{"ssh-resolve-failed": 1, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/ssh-wrong-user.log":                            {map[string]int{"ssh-host-key-accepted": 1, "ssh-host-key-added": 1, "ssh-authentication-failed": 1, "pyinfra-no-hosts-remaining": 1}, ""},
		"more/sudo-no-terminal.log":                          {map[string]int{"ssh-known-hosts-missing": 1, "ssh-host-key-accepted": 1, "ssh-host-key-added": 1, "pyinfra-password-no-terminal": 1, "gevent-greenlet-failed": 1, "pyinfra-internal-exception": 1}, "Failed to load"},
		"more/paramiko-3.4.0.cryptography-43.0.3.import.log": {map[string]int{"paramiko-tripledes": 2}, "\n"},
		"more/paramiko-3.4.0.cryptography-50.0.2.import.log": {map[string]int{"paramiko-tripledes": 2}, "\n"},
		"more/pythonwarnings.py3.12.log":                     {map[string]int{"python-warnings-assertionerror": 1}, "Invalid -W"},
	} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data := filtertest.Read(t, filtertest.Captures(t, file)[0])
			shown, s := filtertest.Run(t, filtertest.Builtin(), data, 0, filter.Options{})
			assert.Equal(t, want.counts, filtertest.Counts(s))
			if want.hidden == "" {
				assert.Equal(t, string(data), string(shown))
				return
			}
			assert.NotContains(t, string(shown), want.hidden)
		})
	}
}

// The connector's lines go, what the host says stays.
func TestReasonStaysBehindFalseRetry(t *testing.T) {
	shown, _ := filtertest.Run(t, filtertest.Builtin(), filtertest.Read(t, filtertest.Captures(t, "more/network-retry.log")[0]), 0, filter.Options{})
	assert.Contains(t, string(shown), "    [vm-00] sh: 1: apt-nonexistent-xyz: not found\n    [vm-00] Error: executed 0 commands\n")
}
