package view_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/view"
)

// A fieldCase is a text, and what of it is the field; "": the text does not begin with one.
type fieldCase struct{ name, field, rest string }

// checkFields looks at texts whole, and cut off anywhere: a text that ends early is looked at as any other.
func checkFields(t *testing.T, cases []fieldCase) {
	for _, c := range cases {
		text, want := c.field+c.rest, len(c.field)
		if want == 0 {
			want = -1
		}
		assert.Equal(t, want, view.FieldLen(c.name, text), "%s: %q", c.name, text)
		for n := range text {
			assert.LessOrEqual(t, view.FieldLen(c.name, text[:n]), n, "%s: %q", c.name, text[:n])
		}
	}
}

// Times of day and dates, as collectors write them: with a fraction and a zone, or without.
func TestTimesInFront(t *testing.T) {
	checkFields(t, []fieldCase{
		{"time", "2026-11-24T03:59:21", ""}, {"time", "2026-11-24T03:59:21Z", " x"}, {"time", "2026-11-24 03:59:21,123", " x"},
		{"time", "2026-11-24T03:59:21.1", ""}, {"time", "2026-11-24T03:59:21", ". x"}, {"time", "2026-11-24T03:59:21", ".x"},
		{"time", "2026-11-24T03:59:21+01:00", " x"}, {"time", "2026-11-24T03:59:21-0800", " x"}, {"time", "2026-11-24T03:59:21", "+1 x"},
		{"time", "", "2026-11-24"}, {"time", "", "2026-11-24T"}, {"time", "", "2026-11-24T03:59"}, {"time", "", "2026-11-24x03:59:21"}, {"time", "", "2026-1-24T03:59:21"},
		{"offset", "2026-11-24T03:59:21+0000", " ci"}, {"offset", "2026-11-24T03:59:21.123456-08:00", " ci"},
		{"offset", "", "2026-11-24T03:59:21Z ci"}, {"offset", "", "2026-11-24T03:59:21+1 ci"}, {"offset", "", "2026-11-24T03:59:21"}, {"offset", "", "24 Nov"},
		{"date", "Nov 24 03:59:21", ""}, {"date", "Nov  4 03:59:21.123456", " ci"}, {"date", "Dez 24 03:59:21", " ci"}, {"date", "Mai  1 03:59:21", " ci"},
		{"date", "", "Nov 24"}, {"date", "", "Nov 24 "}, {"date", "", "Nov 24 03:59"}, {"date", "", "Nov x4 03:59:21"}, {"date", "", "Nov 2x 03:59:21"},
		{"date", "", "NOV 24 03:59:21"}, {"date", "", "N{v 24 03:59:21"}, {"date", "", "Nov-24 03:59:21"}, {"date", "", "Nov 24-03:59:21"},
		{"day", "Tue", " 2026"}, {"day", "Mon", ""}, {"day", "", "Mo"}, {"day", "", "M1n"}, {"day", "", "T 2"},
		{"slashes", "2026/11/24 03:00:02", ""}, {"slashes", "2026/11/24 03:00:02.123456", " x"}, {"slashes", "", "2026/11/24 03:00"},
		{"epoch", "1795492761", ""}, {"epoch", "1795492761", " x"}, {"epoch", "1795492761.123456", " x"}, {"epoch", "1795492761", ". x"},
		{"epoch", "", "179549276 x"}, {"epoch", "", "17954927610 x"}, {"epoch", "", "2795492761 x"},
	})
}

// Numbers in front of lines: seconds, since the machine was started or since the step was.
func TestNumbersInFront(t *testing.T) {
	checkFields(t, []fieldCase{
		{"seconds", "  12.345678", "] x"}, {"seconds", "12.345678", ""}, {"seconds", "", "12"}, {"seconds", "", " .345678"}, {"seconds", "", "12.34567"},
		{"elapsed", "12.34", " x"}, {"elapsed", "0.1", ""}, {"elapsed", "", "12"}, {"elapsed", "", "12."}, {"elapsed", "", ".5"}, {"elapsed", "", "12x5"},
		{"elapsed", strings.Repeat("1", 200) + ".5", " x"}, {"elapsed", "", strings.Repeat("1", 201) + ".5 x"},
		{"vertex", "12", " x"}, {"vertex", "7", ""}, {"vertex", "", " x"},
		{"stream", "00O ", "x"}, {"stream", "01E+", "x"}, {"stream", "ffE ", ""},
		{"stream", "", "00O"}, {"stream", "", "00x x"}, {"stream", "", "00Ox"}, {"stream", "", "g0O x"}, {"stream", "", "0gO x"},
		{"status", " ", ":"}, {"status", "W", ":"}, {"status", "a", ":"}, {"status", "z", ""}, {"status", "A", ":"}, {"status", "Z", ":"},
		{"status", "", "@:"}, {"status", "", "[:"}, {"status", "", "`:"}, {"status", "", "{:"}, {"status", "", "1:"}, {"status", "", "\t:"},
		{"pad", "   ", "|"}, {"pad", "", "|"}, {"tabs", "\t\t", " x"},
	})
}

// Names in front of lines: of hosts, programs, services and steps. A name has at most 199 bytes.
func TestNamesInFront(t *testing.T) {
	long := strings.Repeat("n", 199)
	checkFields(t, []fieldCase{
		{"host", "ci-01", " x"}, {"host", "ci_01.example.org", ""}, {"host", "", "INFO x"}, {"host", "", "00O x"}, {"host", "", "/01 x"}, {"host", long, " x"}, {"host", "", long + "n x"}, {"host", "", long + "nn x"},
		{"service", "web-1", "  | x"}, {"service", "12345678", " | x"}, {"service", "", "1795492793 | x"}, {"service", "", "1795492793.1 | x"}, {"service", "179549279", " | x"}, {"service", "1795492793a", " | x"},
		{"job", "deploy (3.12)", "\tRun"}, {"job", "", "\tRun"}, {"job", "", "deploy"}, {"job", long, "\tRun"}, {"job", "", long + "n\tRun"},
		{"tag", "pyinfra", ": x"}, {"tag", "pyinfra[123]", ": x"}, {"tag", "pyinfra[1]", ""}, {"tag", "(pyinfra)[1]", ": x"}, {"tag", "pyinfra", " x"}, {"tag", "pyinfra", "\"x"}, {"tag", "pyinfra", "'x"}, {"tag", "pyinfra", "\tx"},
		{"tag", "", "(pyinfra): x"}, {"tag", "", "pyinfra[]: x"}, {"tag", "", "pyinfra[12"}, {"tag", "", "pyinfra[12x]: x"}, {"tag", "", "pyinfra[x]: x"}, {"tag", "", ": x"}, {"tag", "", "pyinfra"}, {"tag", "", "[1]: x"},
		{"tag", long, ": x"}, {"tag", "", long + "n: x"},
		{"process", "pyinfra[123]", ": x"}, {"process", "(pyinfra)[1]", ""}, {"process", "", "pyinfra: x"}, {"process", "", "pyinfra[]: x"}, {"process", "", "pyinfra[12"}, {"process", "", "pyinfra[12x"}, {"process", "", ": x[1]"},
		{"workflow", "CI", "/deploy"}, {"workflow", "", "@docker/debian"}, {"workflow", "", "a]b/c"}, {"workflow", "", "]a/b"}, {"workflow", "", "/b"}, {"workflow", "", "b"},
		{"std", "stdout", " F"}, {"std", "stderr", " F"}, {"std", "", "stdin F"}, {"bom", "\ufeff", "x"},
	})
	assert.Zero(t, view.FieldLen("bom", "x"), "it may be missing")
}

// Names with a form: of a dyno, a log stream, a resource, a task. What has not all of the form is a part of the text.
func TestFormedNamesInFront(t *testing.T) {
	long := "a." + strings.Repeat("n", 197)
	const task = "xgvrk6brv7p1mkp7tdw6zk5xs"
	checkFields(t, []fieldCase{
		{"dyno", "app[web.1]", ": x"}, {"dyno", "app[w.12]", ""}, {"dyno", "heroku-postgres[post_gres-1.1]", ": x"},
		{"dyno", "", "app[web]: x"}, {"dyno", "", "app[.1]: x"}, {"dyno", "", "app[web.]: x"}, {"dyno", "", "app[web.x]: x"}, {"dyno", "", "app[web.1x]: x"}, {"dyno", "", "app[we b.1]: x"},
		{"dyno", "", "[web.1]: x"}, {"dyno", "", "a p[web.1]: x"}, {"dyno", "", "app[web.1"}, {"dyno", "", "app"},
		{"logstream", "deploy/pyinfra/0f1e2d3c4b5a69788796a5b4c3d2e1f0", " x"}, {"logstream", "2026/11/24/[$LATEST]0123456789abcdef", " x"},
		{"logstream", "", "deploy/0123456789abcde x"}, {"logstream", "", "deploy/0f1e x"}, {"logstream", "", "/ecs/0123456789abcdef x"}, {"logstream", "", "a/b-0123456789abcdef x"}, {"logstream", "", "a/0123456789abcdefg x"},
		{"logstream", "", "0123456789abcdef x"}, {"logstream", "", "a/g0123456789abcdef x"}, {"logstream", "", "a/0123456789abcdef"}, {"logstream", "", " a/0123456789abcdef"},
		{"resource", "null_resource.deploy", " (x"}, {"resource", "module.App[\"eu west\"].null_resource.deploy[0]", " (x"}, {"resource", long, " (x"},
		{"resource", "", "deploy (x"}, {"resource", "", "a.b[0 (x"}, {"resource", "", "a.b"}, {"resource", "", long + "n (x"}, {"resource", "", " (x"},
		{"task", "deploy.1." + task, "@node"}, {"task", "my.app.1." + task, "@node"}, {"task", "deploy." + task + "." + task, "@node"},
		{"task", "", "deploy.x." + task + "@node"}, {"task", "", "deploy.." + task + "@node"}, {"task", "", "deploy.1." + task[1:] + "@node"}, {"task", "", "deploy." + task + "@node"},
		{"task", "", "de ploy.1." + task + "@node"}, {"task", "", "@node"}, {"task", "", "deploy.1." + task},
		{"data", "-", " x"}, {"data", "-", ""}, {"data", "[a b=\"c\"]", " x"}, {"data", "[a b=\"]\"]", " x"}, {"data", "[a b=\"\\\"]\"]", " x"}, {"data", "[a][b]", ""}, {"data", "[a]", " [b]"},
		{"data", "", "[a"}, {"data", "", "[a b=\"]"}, {"data", "", "[a\\"}, {"data", "", "[a\\]"}, {"data", "", "x"}, {"data", "", " -"},
	})
}
