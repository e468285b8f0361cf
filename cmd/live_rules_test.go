//go:build unix

package cmd_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// A reproduction makes an issue happen with the real programs.
type reproduction struct {
	name   string
	venv   string // below .venvs; empty: that with the fixed gevent
	script string
	env    []string
	code   int
	rules  []string // that are counted; there may be no others
	folds  []string // lines that hold one of these, and no others, are folded
}

var reproductions = []reproduction{
	// silent failures: exit code 0, and nothing done
	{"inventory that is none", "", `pyinfra -y no-such-host deploy.py`, nil, 0, []string{"pyinfra-empty-inventory", "pyinfra-nothing-deployed"}, nil},
	{"OrbStack does not answer", "", `pyinfra -y @orbstack deploy.py`, []string{"ORBCTL_FAIL=list"}, 0, []string{"orbstack-list-failed", "pyinfra-nothing-deployed"}, nil},
	{"unknown machine", "", `pyinfra -y @orbstack/nope deploy.py`, nil, 0, []string{"pyinfra-nothing-deployed"}, nil},
	{"machines do not start", "", `pyinfra -y @orbstack deploy.py`, []string{"ORBCTL_FAIL=start"}, 0, []string{"orbstack-connect-failed", "orbstack-start-failed"}, nil},
	// pyinfra and the connector
	{"nobody to answer", "", `pyinfra @local deploy.py`, nil, 1, []string{"pyinfra-confirm-eof", "pyinfra-internal-exception"}, nil},
	{"no orbctl", "", `PATH=$(dirname "$(command -v pyinfra)"):/usr/bin:/bin; pyinfra -y @orbstack deploy.py`, nil, 1, []string{"orbstack-orbctl-missing", "pyinfra-internal-exception"}, nil},
	{"-vvv with the connector", "", `pyinfra -y -vvv @orbstack deploy.py`, nil, 1, []string{"pyinfra-operation-failed", "pyinfra-no-hosts-remaining"}, nil},
	{"connector 0.10.0", "orbstack-0.10.0", `pyinfra -y @orbstack deploy.py`, nil, 1, []string{"orbstack-0-10-0", "pyinfra-operation-failed", "pyinfra-no-hosts-remaining"}, nil},
	{"deprecations of three hosts", "", `pyinfra -y @orbstack chatty.py`, nil, 0,
		[]string{"pyinfra-operation-deprecated", "pyinfra-operation-dropped", "pyinfra-maskstring-deprecated", "pyinfra-su-login"}, []string{" is deprecated"}},
	// paramiko, setuptools, gevent
	{"TripleDES", "paramiko-3.4.0", `pyinfra -y @local deploy.py`, nil, 0, []string{"paramiko-tripledes"}, []string{"TripleDES"}},
	{"paramiko 4 with pyinfra 3.7", "pyinfra-3.7", `pyinfra -y @local deploy.py`, nil, 1, []string{"paramiko-dsskey", "pyinfra-internal-exception"}, nil},
	{"setuptools 80", "setuptools-80", `pyinfra @local exec -- true`, nil, 0, []string{"pyinfra-pkg-resources-deprecated"}, []string{"pkg_resources"}},
	{"setuptools 82", "setuptools-82", `pyinfra @local exec -- true`, nil, 1, []string{"pyinfra-pkg-resources-missing"}, nil},
	{"ssl before gevent", "", `python monkey_ssl.py`, nil, 0, []string{"gevent-monkeypatch-ssl"}, []string{"Monkey-patching ssl", "  monkey.patch_all()"}},
	{"no host is left", "", `pyinfra -y @orbstack fails.py`, nil, 1, []string{"pyinfra-operation-failed", "pyinfra-no-hosts-remaining"}, nil},
}

// TestLiveRules reproduces what can be with packages that pip installs. The
// rules are to name it, and no line may be missing that they do not fold.
func TestLiveRules(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	l := newLive(t)
	l.rulesVenvs(t)
	for _, r := range reproductions {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			l.reproduce(t, r)
		})
	}
	t.Run("output twice", func(t *testing.T) {
		t.Parallel()
		l.outputTwice(t)
	})
	t.Run("fork with threads", func(t *testing.T) {
		t.Parallel()
		l.forkWarning(t)
	})
}

// rulesVenvs makes the environments that depend on versions.
func (l *live) rulesVenvs(t *testing.T) {
	t.Helper()
	out, err := exec.Command("sh", filepath.Join(l.testdata, "rules_venvs.sh")).CombinedOutput()
	if code := codeOf(err); code == 4 && !required() {
		t.Skipf("there is nothing to run: %s", out)
	}
	require.NoError(t, err, "%s", out)
}

// reproduce runs a reproduction, with the filter behind it.
func (l *live) reproduce(t *testing.T, r reproduction) liveRun {
	t.Helper()
	got := l.filtered(t, r)
	assert.Equal(t, strconv.Itoa(r.code)+"\n", got.file(t, "code"), "exit code of\n%s", got.file(t, "raw"))
	assert.ElementsMatch(t, r.rules, got.issues(t), "in\n%s", got.file(t, "raw"))
	got.onlyFolded(t, r.folds)
	return got
}

// filtered runs a script in a folder that has all that is in testdata/live.
func (l *live) filtered(t *testing.T, r reproduction) liveRun {
	t.Helper()
	venv := r.venv
	if venv == "" {
		venv = "gevent-" + fixed
	}
	c := l.command(t, "run", `{ `+r.script+`; echo $? >code; } 2>&1 </dev/null | tee raw | orbfilter `+muted+` --report json=report.json`)
	files, err := filepath.Glob(filepath.Join(l.testdata, "*.py"))
	require.NoError(t, err)
	for _, f := range files {
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(c.Dir, filepath.Base(f)), data, 0o600))
	}
	home := filepath.Join(c.Dir, "home")
	require.NoError(t, os.MkdirAll(filepath.Join(home, ".ssh"), 0o700))
	path := []string{l.bin, l.testdata, filepath.Join(l.venvs, venv, "bin"), os.Getenv("PATH")}
	c.Env = append(append(c.Env, "PATH="+strings.Join(path, string(filepath.ListSeparator)), "HOME="+home, "ORBCTL_MACHINES=3"), r.env...)
	out, err := c.Output()
	require.NoError(t, err, "%s", out)
	return liveRun{stdout: string(out), dir: c.Dir}
}

// issues returns the ids of what the report has.
func (r liveRun) issues(t *testing.T) (ids []string) {
	t.Helper()
	var report struct{ Issues []struct{ ID string } }
	require.NoError(t, json.Unmarshal([]byte(r.file(t, "report.json")), &report))
	for _, i := range report.Issues {
		ids = append(ids, i.ID)
	}
	return ids
}

// onlyFolded asserts that what is shown is the raw output, in its order, but for
// lines that hold one of these texts.
func (r liveRun) onlyFolded(t *testing.T, folds []string) {
	t.Helper()
	shown := strings.SplitAfter(r.stdout, "\n")
	for _, line := range strings.SplitAfter(r.file(t, "raw"), "\n") {
		if len(shown) > 0 && shown[0] == line {
			shown = shown[1:]
			continue
		}
		assert.True(t, containsAny(line, folds), "this line is missing: %q", line)
	}
	assert.Empty(t, shown, "this was not in the run")
}

func containsAny(line string, texts []string) bool {
	for _, text := range texts {
		if strings.Contains(line, text) {
			return true
		}
	}
	return false
}

// outputTwice: which hosts it strikes, and whether it does, is a matter of luck. In one of twenty runs pyinfra itself then waits
// for ever for a host, with orbfilter and without.
func (l *live) outputTwice(t *testing.T) {
	for range 3 {
		got := l.filtered(t, reproduction{venv: "gevent-24.10.1", script: `timeout -k 5 30 pyinfra -y @orbstack deploy.py`, env: []string{"ORBCTL_MACHINES=6"}})
		got.onlyFolded(t, nil)
		if code := strings.TrimSpace(got.file(t, "code")); code == "124" || code == "137" {
			continue
		}
		if strings.Contains(got.stdout, "JSONDecodeError: Extra data") {
			assert.Subset(t, got.issues(t), []string{"gevent-output-twice", "gevent-greenlet-failed", "pyinfra-internal-exception"})
			return
		}
		require.NoError(t, os.RemoveAll(got.dir))
	}
	t.Skip("gevent 24.10.1 did not mix anything up this time")
}

// forkWarning: it is Python 3.12 that began to warn.
func (l *live) forkWarning(t *testing.T) {
	const venv = "gevent-24.2.1"
	if exec.Command(filepath.Join(l.venvs, venv, "bin", "python"), "-c", "import sys; sys.exit(sys.version_info < (3, 12))").Run() != nil {
		t.Skip("the Python of .venvs is older than 3.12, and does not warn")
	}
	l.reproduce(t, reproduction{venv: venv, script: `python -W always fork_warns.py`, rules: []string{"gevent-fork-multithreaded"}, folds: []string{"multi-threaded", "  pid = fork()"}})
}

// TestLiveSSH runs pyinfra against a real OpenSSH server on this machine.
func TestLiveSSH(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	l := newLive(t)
	s := newSSHD(t, "")
	noServer := func(how string) string {
		return `mkfifo hold; python3 no_ssh.py ` + how + ` <hold >port & exec 7>hold; while [ ! -s port ]; do sleep 0.05; done; ORBFILTER_SSH_PORT=$(cat port); export ORBFILTER_SSH_PORT; `
	}
	const (
		run   = `pyinfra -y ssh_hosts.py deploy.py`
		empty = `: >home/.ssh/known_hosts; `
	)
	known := []string{"ssh-host-key-accepted", "ssh-host-key-added"}
	for _, r := range []reproduction{
		{"new host key", "", `pyinfra -y @ssh/127.0.0.1,@ssh/localhost --ssh-port "$ORBFILTER_SSH_PORT" --ssh-user "$ORBFILTER_SSH_USER" --ssh-key "$ORBFILTER_SSH_KEY" deploy.py`, nil, 0,
			append([]string{"ssh-known-hosts-missing"}, known...), []string{"Failed to load host keys", "ost key for [localhost]", "ost key for [127.0.0.1]"}},
		{"changed host key", "", fmt.Sprintf(`echo "[127.0.0.1]:%s $(cut -d' ' -f1,2 %s)" >home/.ssh/known_hosts; `, s.port, s.other) + run, nil, 1,
			[]string{"ssh-host-identification", "ssh-host-key-changed", "pyinfra-no-hosts-remaining"}, nil},
		{"refused port", "", empty + run, []string{"ORBFILTER_SSH_PORT=1"}, 1, []string{"ssh-connect-failed", "pyinfra-no-hosts-remaining"}, nil},
		{"wrong user", "", empty + run, []string{"ORBFILTER_SSH_USER=nobody-here"}, 1, append([]string{"ssh-authentication-failed", "pyinfra-no-hosts-remaining"}, known...), nil},
		{"no folder", "", `rmdir home/.ssh; ` + run, nil, 1,
			[]string{"ssh-known-hosts-missing", "ssh-host-key-accepted", "ssh-folder-missing", "pyinfra-no-hosts-remaining"}, []string{"Failed to load host keys"}},
		{"strict", "", empty + run + ` --data ssh_strict_host_key_checking=yes`, nil, 1, []string{"ssh-host-key-unknown", "ssh-strict", "pyinfra-no-hosts-remaining"}, nil},
		{"banner that never comes", "", empty + noServer("silent") + run + ` --data 'ssh_paramiko_connect_kwargs={"banner_timeout": 1}'`, nil, 1,
			[]string{"paramiko-banner-head", "ssh-banner", "pyinfra-no-hosts-remaining"}, nil},
		{"server that hangs up", "", empty + noServer("close") + run, nil, 1, []string{"paramiko-banner-head", "ssh-banner", "pyinfra-no-hosts-remaining"}, nil},
		{"all connectors", "gevent-" + buggy, `pyinfra -y mixed.py deploy.py`, nil, 1,
			append([]string{"gevent-fork-hooks-assertion", "ssh-known-hosts-missing", "ssh-connect-failed"}, known...),
			[]string{"Exception ignored in", "Traceback", "after_fork_in_child", "is_alive", "_is_stopped", "^^^", "AssertionError", "Failed to load host keys"}},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.env = append([]string{"ORBFILTER_SSH_PORT=" + s.port, "ORBFILTER_SSH_USER=" + s.user, "ORBFILTER_SSH_KEY=" + s.key}, r.env...)
			l.reproduce(t, r)
		})
	}
}

// An sshd is an OpenSSH server for the user who runs the test.
type sshd struct {
	port, user, key string
	other           string // the public half of a key that is not the server's
}

// newSSHD starts one, and skips the test where that cannot be.
func newSSHD(t *testing.T, settings string) sshd {
	t.Helper()
	bin := "/usr/sbin/sshd" // it insists on an absolute path
	if found, err := exec.LookPath("sshd"); err == nil {
		bin = found
	}
	if _, err := os.Stat(bin); err != nil {
		t.Skip("there is no sshd (on Debian and Ubuntu: apt-get install openssh-server)")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"host", "other", "user"} {
		out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at(name)).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	s := sshd{port: freePort(t), user: userName(t), key: at("user"), other: at("other.pub")}
	config := fmt.Sprintf("Port %s\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n%s\n",
		s.port, at("host"), at("user.pub"), settings)
	require.NoError(t, os.WriteFile(at("config"), []byte(config), 0o600))
	if os.Geteuid() == 0 {
		_ = os.MkdirAll("/run/sshd", 0o755) // where it locks itself into, to look at strangers
	}
	c := exec.CommandContext(t.Context(), bin, "-D", "-e", "-f", at("config"))
	log, err := os.Create(at("log"))
	require.NoError(t, err)
	c.Stderr = log
	require.NoError(t, c.Start())
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		_ = log.Close()
	})
	if !listens(s.port) {
		said, _ := os.ReadFile(at("log"))
		t.Skipf("sshd does not start here: %s", said)
	}
	return s
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

func userName(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("id", "-un").Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// listens waits for somebody to answer on a port of this machine.
func listens(port string) bool {
	const tries, pause = 100, 50 * time.Millisecond
	for range tries {
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			return c.Close() == nil
		}
		time.Sleep(pause)
	}
	return false
}
