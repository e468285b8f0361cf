//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A lab is where layouts are made and looked at.
type lab struct {
	here    string // this folder
	top     string // .venvs/layouts
	program string // orbfilter
	python  string // 3.12, 3.11 or 3.10, in which gevent 25.5.1 has its bug
	old     string // 3.9; empty: it is not there
	strace  string // empty: it is not there, and what is executed is not looked at
}

// pins are what each layout has. gevent has a bug there that an upgrade ends.
const pins = "pyinfra==3.10.0 pyinfra-orbstack==0.11.0 gevent==25.5.1 setuptools==80.9.0"

// oldPins are those for Python 3.9, of which pyinfra 3.5 is the last.
const oldPins = "pyinfra==3.5 pyinfra-orbstack==0.11.0 gevent==25.5.1 setuptools==80.9.0"

// toolStamp changes when the tools are to be made anew.
const toolStamp = "4"

// errMissing is for what cannot be made here: there is no Python, or no package index.
var errMissing = errors.New("cannot be made here")

func newLab(here, program string) (*lab, error) {
	b := &lab{}
	var err error
	if b.here, err = filepath.Abs(here); err != nil {
		return nil, err
	}
	b.top = filepath.Join(b.here, "..", "..", ".venvs", "layouts")
	if program, err = exec.LookPath(program); err == nil {
		b.program, err = filepath.Abs(program)
	}
	if err != nil {
		return nil, err
	}
	b.strace, _ = exec.LookPath("strace")
	b.old = findPython("3.9")
	if b.python = findPython("3.12", "3.11", "3.10"); b.python == "" {
		return nil, fmt.Errorf("no Python 3.10 to 3.12 on PATH or in pyenv: %w", errMissing)
	}
	return b, nil
}

// findPython finds one on PATH or in pyenv that has venv: the first of these versions.
func findPython(minors ...string) string {
	root := os.Getenv("PYENV_ROOT")
	if root == "" {
		root = filepath.Join(os.Getenv("HOME"), ".pyenv")
	}
	for _, minor := range minors {
		inPyenv, _ := filepath.Glob(filepath.Join(root, "versions", minor+".*", "bin", "python"+minor))
		for _, p := range append(inPyenv, "python"+minor) {
			out, err := exec.Command(p, "-c", "import sys, venv, ensurepip; print(sys.executable); sys.exit("+`"`+minor+`"`+" != '%d.%d' % sys.version_info[:2])").Output()
			if path := strings.TrimSpace(string(out)); err == nil && filepath.IsAbs(path) {
				return path
			}
		}
	}
	return ""
}

func (b *lab) dir(l *layout) string { return filepath.Join(b.top, l.Name) }

// missing names what a layout needs and what is not there.
func (b *lab) missing(l *layout) string {
	for _, need := range l.Needs {
		switch _, err := exec.LookPath(need); {
		case need == "root" && os.Getuid() != 0:
			return "root"
		case need == "python3.9":
			if b.old == "" {
				return need
			}
		case need == "pyenv-virtualenv":
			if _, err := os.Stat(filepath.Join(filepath.Dir(b.python), "..", "..", "..", "plugins", "pyenv-virtualenv", "bin")); err != nil {
				return need
			}
		case need != "root" && err != nil:
			return need
		}
	}
	return ""
}

// make makes a layout unless it is there. What a fix has left half done is put back first.
func (b *lab) make(ctx context.Context, l *layout) error {
	if err := b.putBack(l); err != nil {
		return err
	}
	dir, stamp := b.dir(l), l.stamp(b)
	if data, err := os.ReadFile(filepath.Join(dir, ".made")); err == nil && string(data) == stamp {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "home"), 0o755); err != nil {
		return err
	}
	b.settings(filepath.Join(dir, "home"))
	fmt.Fprintf(os.Stderr, "making %s\n", l.Name)
	if out, err := b.shell(ctx, l, dir, "", "set -e\n"+l.Make); err != nil {
		return fmt.Errorf("%s %w: %w\n%s", l.Name, errMissing, err, tail(out))
	}
	return os.WriteFile(filepath.Join(dir, ".made"), []byte(stamp), 0o644)
}

// settings links what the user has set of the package index into another home folder.
func (b *lab) settings(home string) {
	for _, name := range []string{".config/pip", ".config/uv", ".pip", ".netrc", ".npmrc"} {
		from, to := filepath.Join(os.Getenv("HOME"), name), filepath.Join(home, name)
		if _, err := os.Stat(from); err == nil && os.MkdirAll(filepath.Dir(to), 0o755) == nil {
			_ = os.Symlink(from, to)
		}
	}
}

// tools makes the environment with uv, Poetry and the others, once; bin has nothing but links to them.
func (b *lab) tools(ctx context.Context) error {
	done, err := b.alone("tools")
	if err != nil {
		return err
	}
	defer done()
	dir := filepath.Join(b.top, "tools")
	list, err := os.ReadFile(filepath.Join(b.here, "tools.txt"))
	if err != nil {
		return err
	}
	stamp := filepath.Join(dir, ".made")
	if is, err := os.ReadFile(stamp); err == nil && string(is) == toolStamp+b.python+string(list) {
		return nil
	}
	fmt.Fprintln(os.Stderr, "making the tools")
	script := `set -e; rm -rf tools bin; mkdir tools bin
"$PYTHON" -m venv tools/uv && tools/uv/bin/python -m pip install -q --no-input "$(grep ^uv= "$LIST")"
tools/uv/bin/python -m pip config get global.index-url >index 2>/dev/null || "$PYTHON" -c "from pip._internal.models.index import PyPI; print(PyPI.simple_url)" >index
sed -i "s,/*$,," index
while read -r tool; do # each by itself: what they need does not go together
	dir=tools/${tool%%[=[]*}
	[ -d "$dir" ] || { tools/uv/bin/uv venv -q --python "$PYTHON" "$dir" && tools/uv/bin/uv pip install -q --python "$dir/bin/python" $tool; }
done <"$LIST"
for p in uv uvx pipx poetry pdm pipenv hatch tox nox shiv pex virtualenv virtualenvwrapper.sh; do
	ln -s ../$(ls -d tools/*/bin/$p | head -1) bin/$p
done`
	if err := os.MkdirAll(b.top, 0o755); err != nil {
		return err
	}
	if out, err := b.shell(ctx, nil, b.top, "", script, "LIST="+filepath.Join(b.here, "tools.txt")); err != nil {
		return fmt.Errorf("the tools %w: %w\n%s", errMissing, err, tail(out))
	}
	return os.WriteFile(stamp, []byte(toolStamp+b.python+string(list)), 0o644)
}

// keep puts a copy of a layout aside; putBack takes the layout away and has the copy in its place, if there is one.
func (b *lab) keep(l *layout) error {
	if err := run("cp", "-a", b.dir(l), b.dir(l)+".part"); err != nil {
		return err
	}
	return os.Rename(b.dir(l)+".part", b.dir(l)+".keep")
}

func (b *lab) putBack(l *layout) error {
	keep := b.dir(l) + ".keep"
	if err := os.RemoveAll(b.dir(l) + ".part"); err != nil {
		return err
	}
	if _, err := os.Stat(keep); err != nil {
		return nil //nolint:nilerr // there is nothing to put back
	}
	if err := os.RemoveAll(b.dir(l)); err != nil {
		return err
	}
	return os.Rename(keep, b.dir(l))
}

func run(argv ...string) error {
	if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, out)
	}
	return nil
}

// limit is how long one command may take on a machine with much else to do.
const limit = 15 * time.Minute

// variables are those of a shell of somebody whose home is the folder of a layout.
func (b *lab) variables(l *layout) []string {
	home := b.top
	if l != nil {
		home = filepath.Join(b.dir(l), "home")
	}
	env := []string{"HOME=" + home, "PYTHON=" + b.python, "TOOLS=" + filepath.Join(b.top, "tools"), "PINS=" + pins, "OLD=" + b.old, "OLDPINS=" + oldPins, "LANG=C.UTF-8", "TERM=dumb", "SHELL=/bin/bash", "USER=nobody",
		"PATH=" + strings.Join([]string{filepath.Join(home, ".local", "bin"), filepath.Join(b.top, "bin"), filepath.Dir(b.python), "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}, ":"),
		"PIP_CACHE_DIR=" + filepath.Join(b.top, "cache", "pip"), "UV_CACHE_DIR=" + filepath.Join(b.top, "cache", "uv"), "UV_PYTHON_DOWNLOADS=never", "PIP_DISABLE_PIP_VERSION_CHECK=1", "ORBFILTER=" + b.program, "INDEX=" + filepath.Join(b.top, "index")}
	if l != nil {
		env = append(env, "L="+b.dir(l))
	}
	for _, v := range os.Environ() { // how the index is reached
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "SSL_") || strings.HasSuffix(strings.ToLower(name), "_proxy") || strings.HasPrefix(name, "PIP_") && name != "PIP_CACHE_DIR" || strings.HasPrefix(strings.ToLower(name), "npm_config_") || name == "NODE_EXTRA_CA_CERTS" || name == "UV_DEFAULT_INDEX" || name == "UV_INDEX_URL" || name == "REQUESTS_CA_BUNDLE" {
			env = append(env, v)
		}
	}
	return env
}

// shell runs a script of bash in a folder; root: within that folder, which is a root of its own.
func (b *lab) shell(ctx context.Context, l *layout, dir, root, script string, more ...string) (out []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	argv := []string{"bash", "-c", script}
	env := append(b.variables(l), more...)
	if root != "" {
		argv = append([]string{"chroot", root, "/usr/bin/env", "-i", "HOME=/root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"}, append(more, argv...)...)
	}
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	c.Dir, c.Env = dir, env
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	c.WaitDelay = 10 * time.Second
	var both bytes.Buffer
	c.Stdout, c.Stderr = &both, &both
	err = c.Run()
	return both.Bytes(), err
}

func tail(out []byte) string {
	lines := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-25):], "\n")
}
