//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A truth is what Python says of itself when pyinfra runs.
type truth struct {
	Packages       map[string]string
	Python, Prefix string
	Sites          []string
}

// A said is what the doctor says of it.
type said struct {
	Environment struct {
		Pyinfra, Kind, Prefix string
		Python                string `json:"python_version"`
		Sites                 []string
		Packages              map[string]string
	}
	First []struct {
		Text     string
		Commands []string
	}
	Checks []struct{ ID, Status, Found string }
	Exit   int `json:"exit_code"`

	text   string
	rooted bool // it was asked within another root
}

// founding is the check for the bug that all layouts have.
const founding = "gevent-fork-hooks-assertion"

// lost reports whether the doctor says that it does not know which environment is meant.
func (s *said) lost() bool { return s.Exit == 3 && s.Environment.Python == "" }

// founding is what it says of that bug.
func (s *said) founding() string {
	for _, c := range s.Checks {
		if c.ID == founding {
			return c.Status
		}
	}
	return ""
}

// words is all that is said of what to do, a line for each.
func (s *said) words() string {
	var lines []string
	for _, f := range s.First {
		lines = append(lines, f.Text)
	}
	return strings.Join(lines, "\n")
}

func (s *said) commands() (all []string) {
	for _, f := range s.First {
		all = append(all, f.Commands...)
	}
	return all
}

// typed is the command with arguments where they go.
func (w *way) typed(command, arguments string) string {
	if strings.Contains(command, "{}") {
		return strings.ReplaceAll(command, "{}", arguments)
	}
	return command + " " + arguments
}

// folder is where a way is gone from, and the root for it.
func (b *lab) folder(l *layout, w *way) (dir, root string) {
	if w.Root != "" {
		root = filepath.Join(b.dir(l), w.Root)
	}
	return filepath.Join(b.dir(l), w.In), root
}

// ask lets pyinfra itself say what it has.
func (b *lab) ask(ctx context.Context, l *layout, w *way) (*truth, error) {
	dir, root := b.folder(l, w)
	temp, err := os.MkdirTemp(filepath.Join(root, os.TempDir()), "layouts-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	if err := run("cp", filepath.Join(b.here, "truth.py"), temp); err != nil {
		return nil, err
	}
	inside := strings.TrimPrefix(temp, root)
	script := w.Before + "\n" + w.typed(w.Type, "-y @local "+inside+"/truth.py </dev/null")
	out, err := b.shell(ctx, l, dir, root, script, "TRUTH="+inside+"/truth.json", "PEX_ROOT="+inside+"/pex", "SHIV_ROOT="+inside+"/shiv")
	data, missing := os.ReadFile(filepath.Join(temp, "truth.json"))
	if missing != nil {
		return nil, fmt.Errorf("%s does not run: %w\n%s", w.Type, errors.Join(err, missing), tail(out))
	}
	t := &truth{}
	return t, json.Unmarshal(data, t)
}

// doctor asks orbfilter, in the same shell. What it executes is looked at where strace is there.
func (b *lab) doctor(ctx context.Context, l *layout, w *way, arguments string) (*said, error) {
	dir, root := b.folder(l, w)
	if root != "" {
		if err := run("cp", b.program, filepath.Join(root, "usr", "local", "bin", "orbfilter-here")); err != nil {
			return nil, err
		}
	}
	temp, err := os.MkdirTemp("", "layouts-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	program := b.program
	if root != "" {
		program = "/usr/local/bin/orbfilter-here"
	}
	command := program + " doctor " + arguments
	if asks := w.asks(); asks != "" {
		command += " -- " + w.typed(asks, "inventory.py deploy.py")
	}
	traced := b.strace != "" && root == "" && strings.Contains(arguments, "--json")
	if traced {
		command = b.strace + " -f -qq -e trace=execve,connect,bind -o " + temp + "/trace " + command
	}
	s := &said{rooted: root != ""}
	c, err := b.shell(ctx, l, dir, root, w.Before+"\n"+command+"\ncode=$?\nexit $code")
	s.text = string(c)
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return nil, err
	}
	if strings.Contains(arguments, "--json") {
		begin, end := strings.Index(s.text, "{"), strings.LastIndex(s.text, "}")
		if begin < 0 || end < begin {
			return nil, fmt.Errorf("no JSON: %s", tail(c))
		}
		if err := json.Unmarshal(c[begin:end+1], s); err != nil {
			return nil, fmt.Errorf("%w: %s", err, tail(c))
		}
		if err := executed(temp + "/trace"); err != nil && traced {
			return nil, err
		}
	}
	return s, nil
}

// asks is what stands behind -- for the doctor; "": nothing does, as for who types pyinfra.
func (w *way) asks() string {
	switch {
	case w.Asks == "-":
		return ""
	case w.Asks != "":
		return w.Asks
	case w.Type == "pyinfra":
		return ""
	}
	return w.Type
}

var execLine = regexp.MustCompile(`execve\("([^"]*)", \[(.*)\], .*\) = 0$`)

// executed says what else the doctor has executed than itself and python -V, or where it has called.
func executed(trace string) error {
	data, err := os.ReadFile(trace)
	if err != nil {
		return err
	}
	for i, line := range strings.Split(string(data), "\n") {
		m := execLine.FindStringSubmatch(line)
		switch {
		case strings.Contains(line, "connect(") || strings.Contains(line, "bind("):
			return fmt.Errorf("the doctor uses the network: %s", line)
		case m == nil || i == 0:
		case !strings.HasSuffix(m[2], `, "-V"`):
			return fmt.Errorf("the doctor executes %s", line)
		}
	}
	return nil
}

// known are the packages that the doctor tells the version of.
var known = []string{"pyinfra", "pyinfra-orbstack", "gevent", "greenlet", "paramiko", "cryptography", "setuptools"}

// compare says in what the doctor is wrong. What it does not know is no mistake.
func (s *said) compare(t *truth) (wrong []string) {
	e := s.Environment
	differ := func(what, is, want string) {
		if is != want {
			wrong = append(wrong, fmt.Sprintf("%s: the doctor says %q, Python %q", what, is, want))
		}
	}
	for name, version := range e.Packages {
		differ(name, version, t.Packages[name])
	}
	for _, name := range known {
		differ(name, e.Packages[name], t.Packages[name])
	}
	differ("python", e.Python, t.Python)
	if e.Kind != "zipapp" {
		differ("prefix", s.real(e.Prefix), t.Prefix)
		differ("folders", strings.Join(s.packageFolders(e.Sites), ":"), strings.Join(t.Sites, ":"))
	}
	return slices.Compact(slices.Sorted(slices.Values(wrong)))
}

// real is a path without links; within another root links are left alone.
func (s *said) real(path string) string {
	if r, err := filepath.EvalSymlinks(path); err == nil && !s.rooted {
		return r
	}
	return path
}

func (s *said) packageFolders(sites []string) (dirs []string) {
	for _, d := range sites {
		if strings.HasSuffix(d, "-packages") && !slices.Contains(dirs, s.real(d)) {
			dirs = append(dirs, s.real(d))
		}
	}
	return dirs
}

// lack are the packages that were there before, and are not now.
func (t *truth) lack(before *truth) (gone []string) {
	for _, name := range slices.Sorted(maps.Keys(before.Packages)) {
		if t.Packages[name] == "" {
			gone = append(gone, name)
		}
	}
	return gone
}
