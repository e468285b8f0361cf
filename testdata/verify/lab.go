//go:build unix

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	pep440 "github.com/aquasecurity/go-pep440-version"
)

// A lab is where experiments are made.
type lab struct {
	here, live string // this folder, and that of the live tests
	program    string // orbfilter
	temp       string
	uv         string // empty: pip is used
	pythons    []*python
	mu         sync.Mutex
	venvs      map[string]*venv // by name
}

// A python is an interpreter.
type python struct {
	path, version string
	at            pep440.Version
}

// A venv is an environment, made once.
type venv struct {
	once sync.Once
	dir  string
	err  error
}

func newLab(program string) (*lab, error) {
	here, err := filepath.Abs("testdata/verify")
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(here, "experiments.yaml")); err != nil {
		return nil, fmt.Errorf("run it in the top folder of the project: %w", err)
	}
	l := &lab{here: here, live: filepath.Join(filepath.Dir(here), "live"), venvs: map[string]*venv{}}
	if l.program, err = exec.LookPath(program); err == nil {
		l.program, err = filepath.Abs(l.program)
	}
	if err != nil {
		return nil, err
	}
	if *cache, err = filepath.Abs(*cache); err != nil {
		return nil, err
	}
	l.uv, _ = exec.LookPath("uv")
	l.findPythons()
	l.temp, err = os.MkdirTemp("", "orbfilter-verify-")
	return l, err
}

// findPythons looks on PATH, in pyenv, and in the folders of ORBFILTER_PYTHONS.
func (l *lab) findPythons() {
	dirs := slices.Concat(filepath.SplitList(os.Getenv("ORBFILTER_PYTHONS")), filepath.SplitList(os.Getenv("PATH")))
	root := os.Getenv("PYENV_ROOT")
	if root == "" {
		root = filepath.Join(os.Getenv("HOME"), ".pyenv")
	}
	inPyenv, _ := filepath.Glob(filepath.Join(root, "versions", "*", "bin"))
	for _, dir := range append(dirs, inPyenv...) {
		found, _ := filepath.Glob(filepath.Join(dir, "python3*"))
		for _, path := range found {
			if name := regexp.MustCompile(`^python3(\.\d+)?$`); name.MatchString(filepath.Base(path)) && !strings.Contains(dir, "/shims") {
				l.addPython(path)
			}
		}
	}
}

func (l *lab) addPython(path string) {
	out, err := exec.Command(path, "-V").CombinedOutput()
	version := strings.TrimPrefix(strings.TrimSpace(string(out)), "Python ")
	at, bad := pep440.Parse(version)
	if err == nil && bad == nil && !slices.ContainsFunc(l.pythons, func(p *python) bool { return p.version == version }) {
		l.pythons = append(l.pythons, &python{path, version, at})
	}
}

// python returns the newest that a specifier allows, or nil.
func (l *lab) python(spec string) (best *python) {
	s, err := pep440.NewSpecifiers(spec)
	if err != nil {
		return nil
	}
	for _, p := range l.pythons {
		if s.Check(p.at) && (best == nil || p.at.GreaterThan(best.at)) {
			best = p
		}
	}
	return best
}

// venv returns the folder of an environment with these packages.
func (l *lab) venv(ctx context.Context, p *python, what string) (string, error) {
	sum := sha256.Sum256([]byte(p.path + " " + what))
	name := p.version + "-" + hex.EncodeToString(sum[:6])
	l.mu.Lock()
	if l.venvs[name] == nil {
		l.venvs[name] = &venv{dir: filepath.Join(*cache, name)}
	}
	v := l.venvs[name]
	l.mu.Unlock()
	v.once.Do(func() { v.err = l.make(ctx, v.dir, p, what) })
	return v.dir, v.err
}

// make makes an environment, or leaves it as it is when it is whole and no package
// of it is to be the newest. The stamp comes last.
func (l *lab) make(ctx context.Context, dir string, p *python, what string) error {
	stamp := filepath.Join(dir, "stamp")
	if was, err := os.ReadFile(stamp); err == nil && string(was) == what && pinned(what) {
		return nil
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(*cache, 0o755)); err != nil {
		return err
	}
	first, then, _ := strings.Cut(what, " then ")
	for _, args := range l.steps(dir, p, strings.Fields(first), strings.Fields(then)) {
		if err := install(ctx, args); err != nil {
			return err
		}
	}
	return os.WriteFile(stamp, []byte(what), 0o600)
}

// pinned reports whether every package has its version.
func pinned(what string) bool {
	return !slices.ContainsFunc(strings.Fields(what), func(w string) bool { return w != "then" && !strings.Contains(w, "==") })
}

// steps are the commands that make an environment. Only wheels are taken: what has
// to be built is not what people get.
func (l *lab) steps(dir string, p *python, first, then []string) (steps [][]string) {
	py := filepath.Join(dir, "bin", "python")
	pip := []string{py, "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check", "--only-binary", ":all:"}
	if l.uv != "" {
		steps = append(steps, []string{l.uv, "venv", "-q", "--no-project", "--python", p.path, dir})
		pip = []string{l.uv, "pip", "install", "-q", "--only-binary", ":all:", "--python", py}
	} else {
		steps = append(steps, []string{p.path, "-m", "venv", dir}, []string{py, "-m", "pip", "uninstall", "-q", "-y", "--disable-pip-version-check", "setuptools"})
	}
	if len(first) > 0 {
		steps = append(steps, slices.Concat(pip, first))
	}
	if len(then) > 0 {
		steps = append(steps, slices.Concat(pip, []string{"--no-deps"}, then))
	}
	return steps
}

// install runs a command that needs the network, which may fail once.
func install(ctx context.Context, args []string) error {
	var out []byte
	var err error
	for range 2 {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
		out, err = exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
		cancel()
		if err == nil {
			return nil
		}
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, lines[max(0, len(lines)-2)])
}
