package pyinfra_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

func TestHost(t *testing.T) {
	for line, want := range map[string]struct {
		host string
		n    int
	}{
		"    [web-1.example.com] Connected": {"web-1.example.com", 24},
		"[@local] No changes":               {"@local", 9},
		"    [web]":                         {"web", 9},
		"[-32098] machine not found":        {"", 0}, // an error of OrbStack's
		"[two words] x":                     {"", 0},
		"[] x":                              {"", 0},
		"x [web] y":                         {"", 0},
	} {
		assert.Equal(t, want.host, pyinfra.Host([]byte(line)), line)
		assert.Equal(t, want.n, pyinfra.HostLen([]byte(line)), line)
		assert.Equal(t, want.n > 0, pyinfra.NamesHost([]byte(line)), line)
	}
}

// What is read by hand is what the expression says.
func TestHostPrefix(t *testing.T) {
	prefix := regexp.MustCompile(pyinfra.HostPrefix)
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{" ", "[", "]", "-", "a", "\t", "\f", "\n", "\v", "\u00a0", "\xff", "é", ": ", "web-1"}), 0, 8).Draw(t, "line"), "")
		host, n := "", 0
		if m := prefix.FindStringSubmatch(line); m != nil {
			host, n = m[1], len(m[0])
		}
		assert.Equal(t, host, pyinfra.Host([]byte(line)), "%q", line)
		assert.Equal(t, n, pyinfra.HostLen([]byte(line)), "%q", line)
		assert.Equal(t, n > 0, pyinfra.NamesHost([]byte(line)), "%q", line)
	})
}

func TestPhase(t *testing.T) {
	for line, want := range map[string]string{
		"--> Connecting to hosts...":                                    "connecting",
		"--> Starting operation: Ensure dir (path=/srv, present=True)":  "Ensure dir",
		"--> Starting serial, run once operation: server/shell (['x'])": "server/shell",
		"--> Starting operation: a (b) c":                               "a (b) c",
		"--> Disconnecting from hosts...":                               pyinfra.LastPhase,
		"--> something else":                                            "",
		"    --> Connecting to hosts...":                                "",
	} {
		assert.Equal(t, want, pyinfra.Phase([]byte(line)), line)
	}
	for _, h := range pyinfra.Headers() {
		assert.True(t, strings.HasPrefix(h, "--> "), h)
	}
}

func TestAsksPassword(t *testing.T) {
	for text, want := range map[string]bool{
		"    [web] Password: ": true, "[sudo] password for u:": true, "Enter passphrase for key '/k': ": true,
		"password": false, "[web] password set": false, "Passwords: ": false, "password: set": false,
	} {
		assert.Equal(t, want, pyinfra.AsksPassword([]byte(text)), text)
	}
}

// The rows of a table are pyinfra's own from its head on, up to what is not indented.
func TestOwn(t *testing.T) {
	const run = `+--> Loading config...
+    Loading: deploy.py
+    [web] Connected
-    [web] sh: 1: warning
-
+--> Proposed changes:
+    Operation                 Hosts   Change
-    [web] output of a host
+    Operation     Hosts   Success   Error   No Change
+    Say hi        20      20        -       -
+    Grand total   20      20        -       -
-output of something else
-    Grand total   indented, of it
+    [web] Error: executed 2 commands
+--> Disconnecting from hosts...
`
	var own pyinfra.Own
	for line := range strings.Lines(run) {
		text := strings.TrimSuffix(line[1:], "\n")
		assert.Equal(t, line[0] == '+', own.Is([]byte(text)), text)
	}
}

func TestMentions(t *testing.T) {
	for text, want := range map[string]bool{
		"VM db: no": true, "db": true, "on db.": true, "(db)": true, "user@db": true, "a db-1, and db": true,
		"db-1": false, "db.example.com": false, "mydb": false, "my-db": false, "dbs": false, "": false, "the d b": false,
	} {
		assert.Equal(t, want, pyinfra.Mentions([]byte(text), "db"), text)
	}
	assert.False(t, pyinfra.Mentions([]byte("anything"), ""))
}
