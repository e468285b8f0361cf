package diagnose_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/environ"
)

const plainKey = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"
const lockedKey = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIE\n-----END RSA PRIVATE KEY-----\n"

// TestDoctorSSHHosts: the agent, the keys and known_hosts, for hosts that are reached by SSH.
func TestDoctorSSHHosts(t *testing.T) {
	dir, err := os.MkdirTemp("", "a") //nolint:usetesting // the name of a socket is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "agent")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	m := diagnosetest.NewMachine(t, map[string]string{
		"work/plain.py": "hosts = ['web.example.org', '@ssh/db']\n", "work/key.py": "hosts = [('web', {'ssh_key': 'missing'})]\n", "work/strict.py": "hosts = [('new', {'ssh_strict_host_key_checking': 'yes'})]\n",
		"work/local.py": "hosts = ['@local', '@docker/ubuntu']\n", "work/open.py": "hosts = make()\n",
		"home/.ssh/known_hosts": "web.example.org ssh-rsa AAAA\n[10.0.0.7]:2222 ssh-rsa AAAA\n", "home/.ssh/config": "Host db\n HostName 10.0.0.7\n Port 2222\n",
	})
	check := func(inventory, id string, env ...string) (diagnose.Status, string) {
		m.Env["SSH_AUTH_SOCK"] = strings.Join(env, "")
		r := m.Doctor(environ.Request{Inventory: inventory}, id).Result(id)
		return r.Status, r.Found + " " + strings.Join(r.Detail, " ")
	}
	for _, c := range []struct {
		key, inventory, id, agent string
		want                      diagnose.Status
		says                      string
	}{
		{"", "local.py", "ssh-agent", "", diagnose.Skip, "no host"}, {"", "plain.py", "ssh-agent", "", diagnose.Info, "not set"}, {"", "plain.py", "ssh-agent", socket, diagnose.OK, socket},
		{"", "plain.py", "ssh-agent", "/nowhere", diagnose.Warn, "is not there"}, {"", "plain.py", "ssh-agent", m.Dir, diagnose.Warn, "is no socket"},
		{"", "plain.py", "ssh-keys", "", diagnose.Warn, "no key in ~/.ssh"}, {"", "plain.py", "ssh-keys", socket, diagnose.OK, "none"},
		{plainKey, "plain.py", "ssh-keys", "", diagnose.OK, "1 of 1"}, {lockedKey, "plain.py", "ssh-keys", "", diagnose.Warn, "needs its passphrase"}, {lockedKey, "plain.py", "ssh-keys", socket, diagnose.OK, "1 of 1"},
		{plainKey, "key.py", "ssh-keys", "", diagnose.Fail, "cannot be read"}, {"", "plain.py", "ssh-known-hosts", "", diagnose.OK, "all of 2"}, {"", "key.py", "ssh-known-hosts", "", diagnose.Info, "new: web"},
		{"", "strict.py", "ssh-known-hosts", "", diagnose.Fail, "refuses"}, {"", "local.py", "inventory", "", diagnose.Warn, "docker is not on PATH"}, {"", "plain.py", "inventory", "", diagnose.OK, "2 by ssh"},
		{"", "open.py", "inventory", "", diagnose.Info, "while it runs"}, {"", "", "inventory", "", diagnose.Skip, "no inventory"}, {"", "nowhere.py", "inventory", "", diagnose.Unknown, "cannot be read"},
	} {
		file := filepath.Join(m.Home, ".ssh", "id_ed25519")
		_ = os.Remove(file)
		if c.key != "" {
			require.NoError(t, os.WriteFile(file, []byte(c.key), 0o600))
		}
		status, says := check(c.inventory, c.id, c.agent)
		assert.Equal(t, c.want, status, "%+v: %s", c, says)
		assert.Contains(t, says, c.says, "%+v", c)
	}
}
