package diagnosis_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/diagnosis"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// sick is a diagnosis with something of everything, and with texts that give
// orders to terminals.
func sick() *diagnose.Diagnosis {
	const home = "/home/ci"
	check := func(id, section, title string) diagnose.Check {
		return diagnose.Check{ID: id, Section: section, Title: title}
	}
	upgrade := fix.Fix{Text: "install gevent>=25.8.1", Commands: []shell.Command{{home + "/my env/bin/python", "-m", "pip", "install", "-U", "gevent>=25.8.1"}, {home + "/env/bin/python", "--prefix", home + "/x"}}}
	pin := fix.Fix{Text: "pins gevent==25.5.1\x1b[2J: change it", File: "require\u202ements.txt", Line: 3}
	d := &diagnose.Diagnosis{Results: []diagnose.Result{
		{Check: check("pyinfra", "Environment", "pyinfra"), Status: diagnose.OK, Found: home + "/env/bin/pyinfra (venv, on PATH)", Detail: []string{"Not shown."}},
		{Check: check("python", "Environment", "Python"), Status: diagnose.Unknown, Found: "no answer in 5.5s"},
		{Check: check("package-gevent", "Packages", "gevent"), Status: diagnose.Info, Found: "25.5.1", Rules: []string{"one", "two"}},
		{Check: check("package-copies", "Packages", "one copy of each"), Status: diagnose.Skip, Found: "not installed"},
		{Check: check("one", "Known issues", "One"), Status: diagnose.Fail, Found: "gevent 25.5.1\x1b]0;owned\a", Wanted: "gevent>=25.8.1",
			Detail: []string{"You will see this: one.\r\nAnd another line."}, Fixes: []fix.Fix{pin, upgrade}, Gain: "Seen twice.", Links: []string{"https://example.org/\x1b[31m1"}},
		{Check: check("two", "Known issues", "Two"), Status: diagnose.Fail, Found: "gevent 25.5.1", Fixes: []fix.Fix{pin, upgrade}},
		{Check: check("three", "Known issues", "Three"), Status: diagnose.OK, Found: "x 1", Detail: []string{"Fixed by x 2."}},
		{Check: check("four", "Known issues", "Four"), Status: diagnose.OK, Found: "x 1", Detail: []string{"One release away: x 2 begins it."}},
		{Check: check("five", "Known issues", "Five"), Status: diagnose.Info, Found: "x 1", Detail: []string{"This can happen: five."}},
		{Check: check("ssh-folder", "Settings", "~/.ssh"), Status: diagnose.Warn, Found: "missing", Wanted: home + "/.ssh", Fixes: []fix.Fix{{Text: "make the folder", Commands: []shell.Command{{"mkdir", home + "/.ssh"}}}}},
		{Check: check("other", "Settings", "x"), Status: diagnose.OK, Found: home + ", " + home + "less, /x" + home + ", PATH=" + home},
		{Check: check("orbstack", "OrbStack", "x"), Status: diagnose.Skip, Found: "OrbStack needs macOS"},
		{Check: check("orbstack-status", "OrbStack", "x"), Status: diagnose.Skip, Found: "OrbStack needs macOS"},
	}}
	return d
}

// TestFitsTheTerminal: no line is wider than the terminal, but for commands and addresses, which are to be copied, and names.
func TestFitsTheTerminal(t *testing.T) {
	found := sick()
	for n := range found.Results {
		r := &found.Results[n]
		r.Check.ID = "a-long-name-" + r.Check.ID
		r.Detail = append(r.Detail, strings.Repeat("What there is to say of it, in words. ", 4))
	}
	for _, width := range []int{40, 60, 80, 120} {
		var b bytes.Buffer
		d := diagnosis.Doctor{Width: width, Home: "/home/ci", All: true}
		require.NoError(t, d.Text(&b, found))
		for line := range strings.Lines(b.String()) {
			line = strings.TrimRight(line, "\n")
			if rest := strings.TrimSpace(line); !strings.HasPrefix(rest, "→") && strings.ContainsAny(rest, " ") {
				assert.LessOrEqual(t, len([]rune(line)), width, line)
			}
		}
	}
}

func TestGoldenDoctor(t *testing.T) {
	for name, d := range map[string]diagnosis.Doctor{
		"doctor.txt":          {},
		"doctor-terminal.txt": {Color: true, Width: 60},
		"doctor-ascii.txt":    {ASCII: true, All: true},
		"doctor-problems.txt": {OnlyProblems: true, Fixing: true},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			d.Home = "/home/ci"
			require.NoError(t, d.Text(&b, sick()))
			rendertest.Golden(t, name, b.Bytes())
			if !d.Color {
				assert.NotRegexp(t, `[\x00-\x09\x0b-\x1f\x7f\x{202e}]`, b.String())
			}
			if d.ASCII {
				assert.NotRegexp(t, `[^\x00-\x7f]`, b.String())
			}
			for line := range strings.Lines(b.String()) {
				if d.Width > 0 && !strings.Contains(line, "→") && !strings.Contains(line, "https:") && !strings.Contains(line, "orbfilter doctor") && !strings.Contains(line, "First of all") {
					assert.LessOrEqual(t, len([]rune(plainText(line))), d.Width+1, line)
				}
			}
		})
	}
	for name, write := range map[string]func(*diagnosis.Doctor, *bytes.Buffer) error{
		"doctor.json":   func(d *diagnosis.Doctor, b *bytes.Buffer) error { return d.JSON(b, sick(), "1.2.3", 1) },
		"doctor.github": func(d *diagnosis.Doctor, b *bytes.Buffer) error { return d.GitHub(b, sick()) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, write(&diagnosis.Doctor{Home: "/home/ci"}, &b))
			rendertest.Golden(t, name, rendertest.Settled(b.Bytes()))
			assert.NotContains(t, b.String(), "\x1b")
		})
	}
}

// plainText is a line without its colours.
func plainText(line string) string {
	for _, code := range []int{0, 1, 2, 22, 31, 32, 33, 35, 36} {
		line = strings.ReplaceAll(line, fmt.Sprintf("\x1b[%dm", code), "")
	}
	return strings.NewReplacer("\x1b[31;1m", "", "\x1b[0;22m", "", "\x1b[0;22;0m", "").Replace(line)
}
