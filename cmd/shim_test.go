//go:build unix

package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// ways in which a script calls orbfilter run with its own name. ORB stands for orbfilter.
var shims = map[string]string{
	"exec":             "#!/bin/sh\nexec orbfilter run -- pyinfra \"$@\"\n",
	"a child":          "#!/bin/sh\norbfilter run -- pyinfra \"$@\"\nexit $?\n",
	"its full path":    "#!/bin/sh\nexec ORB run -- pyinfra \"$@\"\n",
	"a variable":       "#!/bin/sh\norb=ORB\n$orb run pyinfra \"$@\"\n",
	"with flags":       "#!/bin/sh\nexec orbfilter run --fail-on error --no-history -- pyinfra \"$@\"\n",
	"with arguments":   "#!/bin/sh\nexec orbfilter run -- pyinfra -v \"$@\"\n",
	"arguments behind": "#!/bin/sh\norbfilter run -- pyinfra \"$@\" -v\n",
	"no #!":            "exec orbfilter run -- pyinfra \"$@\"\n",
	"env":              "#!/usr/bin/env bash\nset -euo pipefail\nexec env A=b orbfilter run -- pyinfra \"$@\"\n",
	"python":           "#!/usr/bin/env python3\nimport subprocess, sys\nsys.exit(subprocess.call(['orbfilter', 'run', '--', 'pyinfra', *sys.argv[1:]]))\n",
	"python, exec":     "#!/usr/bin/env python3\nimport os, sys\nos.execvp('orbfilter', ['orbfilter', 'run', '--', 'pyinfra', *sys.argv[1:]])\n",
	"knows itself":     "#!/bin/sh\n[ -z \"$SHIMMED\" ] || { shift 0; for real in $REAL; do exec $real \"$@\"; done; }\nexport SHIMMED=1; exec orbfilter run -- pyinfra \"$@\"\n",
}

// real is a pyinfra: it says what it was given, and fails as it is told.
const realPyinfra = "#!/bin/sh\necho \"real: $*\"\nexit 7\n"

// TestShims: a script named pyinfra on PATH that calls orbfilter run with pyinfra does not
// find itself. The next one on PATH is run, once, and with what was typed.
func TestShims(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for name, shim := range shims {
		for way, typed := range map[string][]string{
			"the shim":       {"pyinfra", "inv.py", "a b", ""},
			"run":            {"orbfilter", "run", "--no-history", "--", "pyinfra", "inv.py", "a b", ""},
			"no arguments":   {"pyinfra"},
			"same arguments": {"pyinfra", "x", "x", "x"},
		} {
			if way != "the shim" && name != "exec" && name != "with arguments" { // each takes a while
				continue
			}
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				d := newPathDir(t)
				d.program("shims/pyinfra", shim)
				d.program("real/pyinfra", realPyinfra)
				out, code := d.run("shims:real", typed...)
				assert.Equal(t, 7, code, out)
				args := strings.Join(typed[1:], " ")
				args = strings.TrimPrefix(args, "run --no-history -- pyinfra ")
				first, rest, _ := strings.Cut(out, "\n")
				assert.Contains(t, first, args)
				assert.True(t, strings.HasPrefix(first, "real: "), out)
				assert.LessOrEqual(t, strings.Count(first, "-v"), 1)
				assert.NotContains(t, rest, "real: ", "it runs once")
			})
		}
	}
}

// TestShimsOnPATH: whichever PATH leads to shims, and to whichever of them.
func TestShimsOnPATH(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for name, path := range map[string]string{
		"twice":               "shims:shims:real",
		"two shims":           "shims:more:real",
		"three":               "more:shims:third:real",
		"a link to it":        "linked:shims:real",
		"a link to orbfilter": "self:real",
		"both":                "self:shims:linked:more:real",
		"not a program":       "shims:plain:real",
		"nothing":             "shims:nowhere:real",
		"the current folder":  "shims::real",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newPathDir(t)
			d.many()
			out, code := d.run(path, "orbfilter", "run", "--no-history", "--", "pyinfra", "x")
			assert.Equal(t, 7, code, out)
			assert.Equal(t, "real: x\norbfilter: the run failed: the command ended with exit code 7\n", out, "once")
			d.relative = true
			out, code = d.run(path, "orbfilter", "run", "--no-history", "--", "pyinfra", "x")
			assert.Equal(t, 7, code, out)
			assert.Equal(t, "real: x\norbfilter: the run failed: the command ended with exit code 7\n", out, "once")
		})
	}
}

// TestShimsAlone: where no other pyinfra is, that is said.
func TestShimsAlone(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for path, said := range map[string]string{
		"shims":      "there is only DIR/shims/pyinfra on PATH, which calls orbfilter run again",
		"third":      "there is only DIR/third/pyinfra on PATH, which calls orbfilter run again",
		"shims:more": "there is only DIR/shims/pyinfra and DIR/more/pyinfra on PATH, which calls orbfilter run again",
		"self":       "DIR/self/pyinfra is orbfilter itself",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			d := newPathDir(t)
			d.many()
			out, code := d.run(path, "orbfilter", "run", "--no-history", "--", "pyinfra", "x")
			assert.Equal(t, 127, code, out)
			assert.Equal(t, "orbfilter: pyinfra: command not found: "+strings.ReplaceAll(said, "DIR", d.dir)+"\n", out)
		})
	}
}

// TestNestedRunsAreNoShims: a deploy may itself run orbfilter run with the same program.
func TestNestedRunsAreNoShims(t *testing.T) {
	testrun.WithoutRace(t)
	for name, pyinfra := range map[string]string{
		"another deploy":       "#!/bin/sh\necho \"run $*\"\n[ $1 = inner.py ] || orbfilter run --no-history -- pyinfra inner.py\n",
		"more of the same":     "#!/bin/sh\necho \"run $*\"\n[ $1 = inner.py ] || exec orbfilter run --no-history -- pyinfra inner.py \"$2\"\n",
		"python":               "#!/usr/bin/env python3\nimport subprocess, sys\nprint('run', *sys.argv[1:], flush=True)\nif sys.argv[1] != 'inner.py': subprocess.call(['orbfilter', 'run', '--', 'pyinfra', 'inner.py'])\n",
		"by itself, by a flag": "#!/usr/bin/env python3\nimport subprocess as s, sys\nprint(chr(114)+'un', *sys.argv[1:], flush=True)\nif '-i' not in sys.argv: s.call(['orbfilter', chr(114)+'un', '--', 'pyinfra', *sys.argv[1:], '-i'])\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newPathDir(t)
			d.program("real/pyinfra", pyinfra)
			out, code := d.run("real", "orbfilter", "run", "--no-history", "--", "pyinfra", "outer.py")
			assert.Zero(t, code, out)
			assert.Equal(t, 2, strings.Count(out, "run "), out)
		})
	}
	t.Run("a shim in front of both", func(t *testing.T) {
		d := newPathDir(t)
		d.program("shims/pyinfra", shims["exec"])
		d.program("real/pyinfra", "#!/bin/sh\necho \"run $*\"\n[ $1 = inner.py ] || pyinfra inner.py\n")
		out, code := d.run("shims:real", "pyinfra", "outer.py")
		assert.Zero(t, code, out)
		assert.Equal(t, "run outer.py\nrun inner.py\n", out)
	})
	t.Run("a program that is none", func(t *testing.T) {
		d := newPathDir(t)
		out, code := d.run("", "orbfilter", "run", "--no-history", "env", "A=1", "orbfilter", "run", "--no-history", "env", "A=1", "sh", "-c", "echo $A")
		assert.Zero(t, code, out)
		assert.Equal(t, "1\n", out)
	})
}

// TestEndlessRuns: what starts itself with something new each time comes to an end, too.
func TestEndlessRuns(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	d := newPathDir(t)
	d.program("shims/pyinfra", "#!/bin/sh\norbfilter run --no-history -- pyinfra $$\n")
	out, code := d.run("shims", "orbfilter", "run", "--no-history", "--", "pyinfra", "x")
	assert.Equal(t, 126, code)
	assert.Contains(t, out, "has started orbfilter run with itself 20 times\n")
}

// A pathDir is a folder with folders for PATH.
type pathDir struct {
	t        *testing.T
	dir      string
	relative bool
}

func newPathDir(t *testing.T) *pathDir {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	return &pathDir{t: t, dir: dir}
}

func (d *pathDir) program(name, text string) {
	orbfilter, err := exec.LookPath("orbfilter")
	require.NoError(d.t, err)
	file := filepath.Join(d.dir, name)
	require.NoError(d.t, os.MkdirAll(filepath.Dir(file), 0o777))
	require.NoError(d.t, os.WriteFile(file, []byte(strings.ReplaceAll(text, "ORB", orbfilter)), 0o777))
}

// many makes all folders that TestShimsOnPATH names.
func (d *pathDir) many() {
	d.program("real/pyinfra", realPyinfra)
	d.program("shims/pyinfra", shims["exec"])
	d.program("more/pyinfra", shims["a child"])
	d.program("third/pyinfra", shims["python"])
	d.program("plain/other", "")
	require.NoError(d.t, os.WriteFile(filepath.Join(d.dir, "plain", "pyinfra"), []byte("not a program"), 0o666))
	require.NoError(d.t, os.MkdirAll(filepath.Join(d.dir, "linked"), 0o777))
	require.NoError(d.t, os.Symlink("../shims/pyinfra", filepath.Join(d.dir, "linked", "pyinfra")))
	orbfilter, err := exec.LookPath("orbfilter")
	require.NoError(d.t, err)
	require.NoError(d.t, os.MkdirAll(filepath.Join(d.dir, "self"), 0o777))
	require.NoError(d.t, os.Symlink(orbfilter, filepath.Join(d.dir, "self", "pyinfra")))
}

// run runs a command with these folders in front of PATH. It fails when that does not end.
func (d *pathDir) run(path string, args ...string) (out string, code int) {
	d.t.Helper()
	var dirs []string
	for _, p := range filepath.SplitList(path) {
		if p != "" && !d.relative {
			p = filepath.Join(d.dir, p)
		}
		dirs = append(dirs, p)
	}
	path = strings.Join(append(dirs, os.Getenv("PATH")), ":")
	c := exec.Command("/bin/sh", append([]string{"-c", `PATH=$1; export PATH; shift; exec "$@"`, "sh", path}, args...)...)
	c.Dir = d.dir
	c.Env = append(os.Environ(), "REAL="+filepath.Join(d.dir, "real", "pyinfra"), "PYTHONDONTWRITEBYTECODE=1")
	timer := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	all, _ := c.CombinedOutput()
	return string(all), c.ProcessState.ExitCode()
}
