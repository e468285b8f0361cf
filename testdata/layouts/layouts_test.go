//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTable: what stands in the tables has a meaning.
func TestTable(t *testing.T) {
	all, err := readTable(".")
	require.NoError(t, err)
	for _, l := range all {
		assert.NotContains(t, l.Make, "sudo ", l.Name)
		for _, w := range l.Ways {
			assert.NotEmpty(t, w.Type, l.Name)
		}
	}
	for name, bad := range map[string]*layout{
		"no name":         {Make: "x", Ways: []way{{Type: "x"}}, Mend: mend{Words: "x"}},
		"no script":       {Name: "x", Ways: []way{{Type: "x"}}, Mend: mend{Words: "x"}},
		"no ways":         {Name: "x", Make: "x", Mend: mend{Words: "x"}},
		"nothing to mend": {Name: "x", Make: "x", Ways: []way{{Type: "x"}}},
		"a broken text":   {Name: "x", Make: "x", Ways: []way{{Type: "x"}}, Mend: mend{Words: "("}},
		"no such way":     {Name: "x", Make: "x", Ways: []way{{Type: "x"}}, Mend: mend{Words: "x", Way: 1}},
	} {
		assert.Error(t, checkTable([]*layout{bad}), name)
	}
	assert.Error(t, checkTable([]*layout{all[0], all[0]}), "twice")
}

func says(python string, packages map[string]string) *said {
	s := &said{}
	s.Environment.Python, s.Environment.Packages, s.Environment.Kind = python, packages, "zipapp"
	return s
}

// TestCompare: another version is wrong, and so is one that only one of the two knows.
func TestCompare(t *testing.T) {
	is := &truth{Python: "3.12.1", Packages: map[string]string{"gevent": "25.5.1", "six": "1"}}
	assert.Empty(t, says("3.12.1", map[string]string{"gevent": "25.5.1"}).compare(is))
	assert.NotEmpty(t, says("3.12.1", map[string]string{"gevent": "25.8.1"}).compare(is))
	assert.NotEmpty(t, says("3.12.1", map[string]string{}).compare(is))
	assert.NotEmpty(t, says("3.12.1", map[string]string{"gevent": "25.5.1", "paramiko": "4.0.0"}).compare(is))
	assert.NotEmpty(t, says("3.12.2", map[string]string{"gevent": "25.5.1"}).compare(is))
	assert.Equal(t, []string{"six"}, (&truth{Packages: map[string]string{"gevent": "26.1"}}).lack(is))
	assert.True(t, hasBug("25.5.1"))
	assert.False(t, hasBug("26.0"))
	assert.False(t, hasBug("25.8.1"))
}

// TestExecuted: of a trace of strace, only the doctor itself and python -V are in order.
func TestExecuted(t *testing.T) {
	const own = `1 execve("/bin/orbfilter", ["orbfilter", "doctor"], 0x7 /* 9 vars */) = 0` + "\n"
	for name, c := range map[string]struct {
		trace string
		fine  bool
	}{
		"nothing":          {own, true},
		"python -V":        {own + `2 execve("/x/python", ["/x/python", "-V"], 0x7 /* 9 vars */) = 0` + "\n", true},
		"not there":        {own + `2 execve("/x/uv", ["uv", "x"], 0x7 /* 9 vars */) = -1 ENOENT (No such file or directory)` + "\n", true},
		"a tool":           {own + `2 execve("/x/uv", ["uv", "--version"], 0x7 /* 9 vars */) = 0` + "\n", false},
		"code":             {own + `2 execve("/x/python", ["/x/python", "-c", "x"], 0x7 /* 9 vars */) = 0` + "\n", false},
		"another computer": {own + `2 connect(3, {sa_family=AF_INET, sin_port=htons(443)}, 16) = 0` + "\n", false},
	} {
		file := filepath.Join(t.TempDir(), "trace")
		require.NoError(t, os.WriteFile(file, []byte(c.trace), 0o600))
		assert.Equal(t, c.fine, executed(file) == nil, name)
	}
	assert.Error(t, executed("nowhere"))
}

// TestWrite: the table stands between its marks, without the folders of this machine.
func TestWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "doctor.md")
	require.NoError(t, os.WriteFile(file, []byte("before\n"+begin+"\nold\n"+end+"\nafter\n"), 0o600))
	l := &layout{Name: "pip", Ways: []way{{Type: "venv/bin/pyinfra"}, {Type: "pipx run pyinfra", Unknown: "x"}, {Type: "pyinfra", Before: "a | b"}}, Mend: mend{Commands: "x"}}
	r := &result{layout: l, right: 2, unknown: 1, fix: "/home/me/.venvs/layouts/pip/venv/bin/python -m pip install -U 'gevent>=25.8.1'"}
	require.NoError(t, writeTable(file, []*result{r, {layout: &layout{Name: "debian"}, passed: "needs root"}}, nil, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)))
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(data), "1 layouts. 2 ways")
	assert.Contains(t, string(data), "| pip | 2 | `venv/bin/pyinfra`, `a \\| b; pyinfra` | 1 | `pipx run pyinfra` | `…/python -m pip install -U 'gevent>=25.8.1'` |")
	assert.NotContains(t, string(data), "old")
	assert.NotContains(t, string(data), "/home/me")
	// another layout is added, and what was there stays
	r.layout = &layout{Name: "uv", Ways: l.Ways, Mend: l.Mend}
	require.NoError(t, writeTable(file, []*result{r}, nil, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)))
	data, err = os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(data), "2 layouts. 4 ways")
	assert.True(t, strings.HasPrefix(string(data), "before\n") && strings.HasSuffix(string(data), end+"\nafter\n"))
	assert.Error(t, writeTable("table.go", nil, nil, time.Now()))
}

// TestTidy: no folder of this machine stands in the table.
func TestTidy(t *testing.T) {
	for is, want := range map[string]string{
		"/a/b/bin/python -m pip install -U 'gevent>=25.8.1'":                   "…/python -m pip install -U 'gevent>=25.8.1'",
		"env PIPENV_PIPFILE=/a/project/Pipfile pipenv sync":                    "env PIPENV_PIPFILE=…/Pipfile pipenv sync",
		"uv sync --project /a/b/project -P 'gevent>=25.8.1' --inexact":         "uv sync --project …/project -P 'gevent>=25.8.1' --inexact",
		"rm -r /a/lib/gevent-25.5.1.dist-info; uv tool install --python /a/p3": "rm -r …/gevent-25.5.1.dist-info; uv tool install --python …/p3",
	} {
		assert.Equal(t, want, tidy(is))
	}
	assert.NotContains(t, tidy(`'/home/me/with spaces in it'\''s name/bin/python' -m pip`), "/home")
}

// newTestLab builds orbfilter; where layouts cannot be made, the test is skipped.
func newTestLab(t *testing.T) *lab {
	t.Helper()
	testrun.Long(t)
	program := filepath.Join(t.TempDir(), "orbfilter")
	out, err := exec.Command("go", "build", "-o", program, "../../cmd/orbfilter").CombinedOutput()
	require.NoError(t, err, "%s", out)
	b, err := newLab(".", program)
	unlessMissing(t, err)
	return b
}

// unlessMissing fails, or skips the test where there is no Python or no package index and neither is demanded.
func unlessMissing(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, errMissing) && os.Getenv("CI") == "" && os.Getenv("ORBFILTER_LIVE_REQUIRED") == "" {
		t.Skip(err)
	}
	require.NoError(t, err)
}

// TestCheap makes the layouts that take little, and looks at each: make layouts has them all.
func TestCheap(t *testing.T) {
	b := newTestLab(t)
	all, err := readTable(".")
	require.NoError(t, err)
	unlessMissing(t, b.tools(t.Context()))
	for _, l := range all {
		if l.Cheap {
			r, err := b.check(t.Context(), l)
			unlessMissing(t, err)
			assert.Empty(t, r.wrong, l.Name)
			assert.Positive(t, r.right)
		}
		if l.Name == "uv" {
			t.Run("time", func(t *testing.T) { b.takesLittle(t, l) })
		}
	}
}

// takesLittle: the doctor takes at most three times what uv pip check takes of the processor for the same environment.
func (b *lab) takesLittle(t *testing.T, l *layout) {
	times, err := b.times(t.Context(), l)
	require.NoError(t, err)
	t.Log(times)
	assert.LessOrEqual(t, times["doctor"], 3*times["uv pip check"])
}
