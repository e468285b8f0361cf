package filter_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/rules"
)

// What a rule may ask for beside a text.
func TestMatchKinds(t *testing.T) {
	for name, c := range map[string]struct {
		match, in, want string
		count           int
		hosts           map[string]int
	}{
		"repeat": {`repeat: 'is deprecated, please use'`,
			"    [web] apt is deprecated, please use: x\n    [db]  apt is deprecated, please use: x\n    [web] yum is deprecated, please use: y\n    [db] yum is deprecated, please use: y\nelse\n",
			"    [web] apt is deprecated, please use: x\n    [web] yum is deprecated, please use: y\nelse\n", 4, map[string]int{"web": 2, "db": 2}},
		"repeat with a host in it": {`repeat: 'No host key for (?<host>\S+) found'`,
			"    No host key for web.example found in known_hosts\n    No host key for db.example found in known_hosts\n",
			"    No host key for web.example found in known_hosts\n", 2, map[string]int{"web.example": 1, "db.example": 1}},
		"groups that agree": {`block: ['start (?<vm>\S+) failed', '\[(?<vm>\S+)\] Connected']`,
			"start web failed\n    [db] Connected\n    [web] Connected\n", "    [db] Connected\n", 1, map[string]int{"web": 1}},
		"groups that do not": {`block: ['start (?<vm>\S+) failed', '\[(?<vm>\S+)\] Connected']`,
			"start web failed\n    [db] Connected\n", "start web failed\n    [db] Connected\n", 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{0, 1, 7} {
				shown, s := filtertest.Run(t, onlyRule(t, c.match), []byte(c.in), size, filter.Options{})
				assert.Equal(t, c.want, string(shown))
				assert.Equal(t, c.count, filtertest.Counts(s)["own"])
				if c.count > 0 {
					assert.Equal(t, c.hosts, s.Issues[0].Hosts.Map())
				}
			}
		})
	}
}

// No rule folds them, whatever it says.
func TestGuards(t *testing.T) {
	for _, match := range []string{`line: 'e|E|a'`, `line: '(?=[^\n]*[eE])'`, `block: ['.*[eE].*']`, `repeat: 'e|E|a'`} {
		set := withoutCheck(t, match)
		for _, line := range filtertest.Guarded {
			shown, _ := filtertest.Run(t, set, []byte(line+"\n"+line+"\n"), 0, filter.Options{})
			assert.Equal(t, line+"\n"+line+"\n", string(shown), match)
		}
		shown, _ := filtertest.Run(t, set, []byte("e\ne\n"), 0, filter.Options{})
		assert.NotEqual(t, "e\ne\n", string(shown), "the rule folds something")
	}
}

// withoutCheck is a set of one rule that folds nearly everything.
func withoutCheck(t *testing.T, match string) *rules.Set { return onlyRule(t, match) }

// A draft is counted, and folds nothing.
func TestDraft(t *testing.T) {
	r, err := rules.Parse("d.yaml", []byte("id: d\ntitle: t\nstatus: draft\nseverity: noise\nmatch: {line: noisy}\nsamples: [{text: noisy}]\n"))
	require.NoError(t, err)
	shown, s := filtertest.Run(t, rules.NewSet(r), []byte("noisy\n"), 0, filter.Options{})
	assert.Equal(t, "noisy\n", string(shown))
	assert.Equal(t, map[string]int{"d": 1}, filtertest.Counts(s))
}

// What is not folded is counted all the same: the traceback is the run's own.
func TestTracebackThatStays(t *testing.T) {
	for _, severity := range []string{"noise", "warning", "error"} {
		r, err := rules.Parse("t.yaml", []byte("id: t\ntitle: t\nseverity: "+severity+"\nmatch:\n  python-traceback: {frames: ['deploy\\.py'], error: 'KeyError: .*'}\nsamples: [{text: a}]\n"))
		require.NoError(t, err)
		in := "a\n" + ownTrace + "b\n"
		shown, s := filtertest.Run(t, rules.NewSet(r), []byte(in), 0, filter.Options{})
		assert.Equal(t, map[string]int{"t": 1}, filtertest.Counts(s), severity)
		assert.Equal(t, r.Folds(), string(shown) == "a\nb\n")
		assert.Equal(t, !r.Folds(), string(shown) == in)
	}
}

const causeAndEffect = `Traceback (most recent call last):
  File "/v/paramiko/transport.py", line 2369, in _check_banner
    buf = self.packetizer.readline(timeout)
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/v/paramiko/packet.py", line 395, in readline
    buf += self._read_timeout(timeout)
EOFError

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/v/paramiko/transport.py", line 2185, in run
    self._check_banner()
paramiko.ssh_exception.SSHException: Error reading SSH protocol banner
`

// A traceback may have a cause. What looks like one and goes on otherwise stays.
func TestChainOfTracebacks(t *testing.T) {
	set := onlyRule(t, `python-traceback: {frames: ['in _check_banner'], error: 'paramiko\.ssh_exception\.SSHException: Error reading .*'}`)
	for in, want := range map[string]string{
		causeAndEffect + "a\n": "a\n",
		strings.Replace(causeAndEffect, "\nDuring", "a\nDuring", 1):              strings.Replace(causeAndEffect, "\nDuring", "a\nDuring", 1),
		strings.Replace(causeAndEffect, "EOFError\n", "EOFError\n[web] ok\n", 1): strings.Replace(causeAndEffect, "EOFError\n", "EOFError\n[web] ok\n", 1),
		ownTrace + "a\n": ownTrace + "a\n",
	} {
		for _, size := range []int{0, 1, 7} {
			shown, _ := filtertest.Run(t, set, []byte(in), size, filter.Options{})
			assert.Equal(t, want, string(shown))
		}
	}
}
