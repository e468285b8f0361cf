package ssh_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose/ssh"
)

// TestEncrypted asks ssh-keygen for keys of each kind, with a passphrase and without.
func TestEncrypted(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("there is no ssh-keygen")
	}
	for _, args := range [][]string{{"-t", "ed25519"}, {"-t", "rsa", "-b", "2048", "-m", "PEM"}, {"-t", "rsa", "-b", "2048", "-m", "PKCS8"}, {"-t", "ecdsa"}} {
		for _, phrase := range []string{"", "secret"} {
			file := filepath.Join(t.TempDir(), "key")
			require.NoError(t, exec.Command("ssh-keygen", append(args, "-q", "-N", phrase, "-f", file)...).Run())
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			encrypted, ok := ssh.Encrypted(data)
			assert.True(t, ok, args)
			assert.Equal(t, phrase != "", encrypted, args)
			_, ok = ssh.Encrypted(data[:len(data)/8])
			_ = ok
		}
	}
	for _, text := range []string{"", "hello", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END"} {
		_, ok := ssh.Encrypted([]byte(text))
		assert.False(t, ok, text)
	}
}

func TestKnown(t *testing.T) {
	const file = "# comment\nweb.example.org,10.0.0.1 ssh-ed25519 AAAA\n[db.example.org]:2222 ssh-rsa AAAA x\n*.internal,!no.internal ssh-rsa AAAA\n@cert-authority *.ca.org ssh-rsa AAAA\n@revoked bad.org ssh-rsa AAAA\n|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-rsa AAAA\nshort.org ssh-rsa\n"
	for host, want := range map[[2]string]bool{
		{"web.example.org", ""}: true, {"WEB.example.org", "22"}: true, {"10.0.0.1", ""}: true, {"web.example.org", "2222"}: false, {"db.example.org", "2222"}: true, {"db.example.org", ""}: false,
		{"a.internal", ""}: true, {"no.internal", ""}: false, {"x.ca.org", ""}: true, {"bad.org", ""}: false, {"192.168.1.61", ""}: true, {"192.168.1.62", ""}: false, {"short.org", ""}: false,
	} {
		assert.Equal(t, want, ssh.Known([]byte(file), host[0], host[1]), "%v", host)
	}
}

func TestConfig(t *testing.T) {
	const file = "IdentityFile ~/.ssh/all\nHost web *.example.org\n  HostName=10.0.0.1\n  Port 2222\n  IdentityFile \"~/.ssh/web\"\nHost *\n  Port 22\n  ProxyJump bastion\n"
	c := ssh.Of([]byte(file), "web")
	assert.Equal(t, ssh.Config{HostName: "10.0.0.1", Port: "2222", Keys: []string{"~/.ssh/all", "~/.ssh/web"}, Proxy: true}, c)
	assert.Equal(t, "22", ssh.Of([]byte(file), "other").Port)
	assert.True(t, ssh.Of([]byte("Match exec x\n Port 1\n"), "web").Open)
}
