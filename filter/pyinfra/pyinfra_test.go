package pyinfra_test

import (
	"regexp"
	"slices"
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
		"":                                  {"", 0},
		"    ":                              {"", 0},
		"    [":                             {"", 0},
		"    [web":                          {"", 0},
		"[w]":                               {"w", 3},
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
		"--> Starting the machine":                                      "",
		"--> Starting operation:  (no name)":                            "(no name)",
		"--> Starting operation: Restart (web)  ":                       "Restart",
		"--> Starting operation: Say (hi":                               "Say (hi",
		"    --> Connecting to hosts...":                                "",
	} {
		assert.Equal(t, want, pyinfra.Phase([]byte(line)), line)
	}
	assert.Equal(t, []string{"loading", "connecting", "gathering facts", "preparing", "detecting changes", "operations", "results", pyinfra.LastPhase}, pyinfra.Phases())
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

// A prompt is the end of a text, with the path of a key in it at the most.
func TestAsksPasswordAtTheEnd(t *testing.T) {
	assert.True(t, pyinfra.AsksPassword([]byte(strings.Repeat("output ", 200)+"Password: ")))
	assert.True(t, pyinfra.AsksPassword([]byte("Enter passphrase for key '"+strings.Repeat("/home", 60)+"': ")))
	assert.False(t, pyinfra.AsksPassword([]byte("password "+strings.Repeat("x", 600)+": ")))
}

// A name is cut where it is longer than names are, and no character of it in two.
func TestName(t *testing.T) {
	full := strings.Repeat("n", pyinfra.MaxName)
	for text, want := range map[string]string{
		"":                  "",
		"web-1":             "web-1",
		full:                full,
		full + "n":          full + "…",
		full[1:] + "é":      full[1:] + "…",
		"é" + full + " ...": "é" + full[2:] + "…",
	} {
		assert.Equal(t, want, pyinfra.Name(text), text)
	}
	assert.Equal(t, full+"…", pyinfra.Host([]byte("["+full+"n] Success")))
	assert.Equal(t, full+"…", pyinfra.Phase([]byte("--> Starting operation: "+full+"n (x)")))
}

// A branch is named at the left edge, in no more than a hundred bytes, and has no bracket in its name.
func TestBranchLen(t *testing.T) {
	longest := strings.Repeat("b", 97)
	for text, want := range map[string]int{
		"[web-1] [vm1] Success":   8,
		"[deploy to eu] x":        15,
		"[b] ":                    4,
		"[" + longest + "] x":     100,
		"[" + longest + "b] x":    0,
		"[] x":                    0,
		"[[web] x":                0,
		"[a[0] x":                 0,
		"[web]":                   0,
		"[web":                    0,
		" [web] x":                0,
		"Success [web] x":         0,
		"(web) x":                 0,
		"":                        0,
		"[":                       0,
		"[pipeline] [b] [vm1] ok": 11,
	} {
		assert.Equal(t, want, pyinfra.BranchLen([]byte(text)), text)
	}
}

// What pyinfra says of the run: headers, files that it loads, and what --dry leaves open.
func TestIsHeading(t *testing.T) {
	for line, want := range map[string]bool{
		"--> Loading config...":  true,
		"    Loading: deploy.py": true,
		"    Detected changes may not include every change pyinfra will execute.": true,
		"Loading the rest":       false,
		"Detected a change":      false,
		"    --> of a host":      false,
		"-- ":                    false,
		"Say: --> Loading x":     false,
		"    [web] Loading: x":   false,
		"    ":                   false,
		"":                       false,
		" Loaded fact x":         false,
		"    Operation    Hosts": false,
	} {
		assert.Equal(t, want, pyinfra.IsHeading([]byte(line)), line)
	}
	for line, want := range map[string]bool{
		"    Operation                 Hosts   Change": true, "    Ref   Conditional": true, "Operation   Hosts": false, "    Operations   Hosts": false, "": false,
	} {
		assert.Equal(t, want, pyinfra.IsTableHead([]byte(line)), line)
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
+    Detected changes may not include every change pyinfra will execute.
-    Grand total   behind no head
-    [-32098] machine not found
-[web]
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
	for _, c := range []string{"a", "z", "A", "Z", "0", "9", "_", "é", "À", "-a", ".9"} { // what a name goes on with
		assert.False(t, pyinfra.Mentions([]byte("on "+reversed(c)+"db"), "db"), c)
		assert.False(t, pyinfra.Mentions([]byte(reversed(c)+"db"), "db"), c)
		assert.False(t, pyinfra.Mentions([]byte("on db"+c), "db"), c)
	}
	for _, c := range []string{"`", "{", "@", "[", "/", ":", "\x7f", " ", ".", "-", "--", ". ", "- "} { // and what it does not
		assert.True(t, pyinfra.Mentions([]byte("on "+reversed(c)+"db"), "db"), c)
		assert.True(t, pyinfra.Mentions([]byte("on db"+c), "db"), c)
	}
}

// reversed has the characters of a text from the last one on.
func reversed(text string) string {
	runes := []rune(text)
	slices.Reverse(runes)
	return string(runes)
}
