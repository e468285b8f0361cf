//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/orbfilter/orbfilter/rules"
)

// What advice names is held against the programs themselves. That it names nothing
// else than programs.yaml has is seen by TestAdvice, which needs no network.

// programs is what of programs.yaml can be asked here.
type programs struct {
	Programs map[string]struct {
		Options, Commands, Help []string
		From                    string
	}
	Variables map[string]struct{ Check, From string }
	Files     []string
	Sites     []string
}

// checkAdvice returns how much of the advice is wrong, and says what.
func (l *lab) checkAdvice(ctx context.Context) (wrong int) {
	say := func(ok bool, format string, args ...any) {
		verdict := "right"
		if !ok {
			verdict, wrong = "WRONG", wrong+1
		}
		fmt.Printf("%-8s advice: %s\n", verdict, fmt.Sprintf(format, args...))
	}
	var p programs
	data, err := os.ReadFile(filepath.Join(l.here, "programs.yaml"))
	if err == nil {
		err = yaml.UnmarshalWithOptions(data, &p, yaml.Strict())
	}
	venv := ""
	if newest := l.python(">=3.11,<3.15"); err == nil && newest != nil {
		venv, err = l.venv(ctx, newest, "pyinfra pyinfra-orbstack pip")
	}
	if err != nil || venv == "" {
		say(false, "there is nothing to ask: %v", err)
		return wrong
	}
	l.options(ctx, &p, venv, say)
	l.variables(ctx, &p, venv, say)
	l.requirements(ctx, say)
	return wrong
}

// options asks each program that is here for its help.
func (l *lab) options(ctx context.Context, p *programs, venv string, say func(bool, string, ...any)) {
	for name, program := range p.Programs {
		if len(program.Help) == 0 || name == "uv" && l.uv == "" {
			continue
		}
		help := ""
		for _, command := range program.Help {
			out, _ := l.shell(ctx, venv, command)
			help += out
		}
		for _, word := range slices.Concat(program.Options, program.Commands) {
			at := regexp.MustCompile(`(?m)(^|[\s,\[(|])` + regexp.QuoteMeta(word) + `($|[\s,=\]\[)|.:])`)
			say(at.MatchString(help), "%s %s", name, word)
		}
	}
}

// variables are held against what they do.
func (l *lab) variables(ctx context.Context, p *programs, venv string, say func(bool, string, ...any)) {
	for name, v := range p.Variables {
		if v.Check != "" {
			out, err := l.shell(ctx, venv, v.Check)
			say(err == nil, "%s %s", name, tailOf(out, err))
		}
	}
}

func tailOf(out string, err error) string {
	if err == nil {
		return ""
	}
	return fmt.Sprintf("%v: %s", err, out[max(0, len(out)-500):])
}

// shell runs a script with an environment, and all scripts in the working folder.
func (l *lab) shell(ctx context.Context, venv, script string) (string, error) {
	dir, err := l.workshop()
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", script)
	c.Dir, c.WaitDelay = dir, time.Second
	c.Env = clean("HOME="+filepath.Join(dir, "home"), "COLUMNS=200", "ORBFILTER_LIVE="+filepath.Join(dir, "hosts"),
		"PATH="+filepath.Join(venv, "bin")+":"+l.live+":"+os.Getenv("PATH"))
	out, err := c.CombinedOutput()
	return string(out), err
}

var pipInstall = regexp.MustCompile(`pip install (?:-U )?'([^']+)'`)

// requirements are those of fixes and of pip commands in advice: the index is to have
// what satisfies them.
func (l *lab) requirements(ctx context.Context, say func(bool, string, ...any)) {
	var all []string
	for r := range rules.Builtin().All() {
		if r.Fix != nil {
			all = append(all, r.Fix.Requirement())
		}
		for _, m := range pipInstall.FindAllStringSubmatch(r.Advice, -1) {
			all = append(all, m[1])
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if l.available(ctx, all...) { // together, so each of them
		say(true, "pip install %s", strings.Join(all, " "))
		return
	}
	for _, spec := range all {
		say(l.available(ctx, spec), "pip install '%s'", spec)
	}
}

// available reports whether releases that satisfy these requirements can be installed
// on one of these Pythons.
func (l *lab) available(ctx context.Context, specs ...string) bool {
	for _, python := range []string{">=3.11,<3.13", "==3.10.*", "==3.8.*", ">=3.13"} {
		p := l.python(python)
		if p == nil {
			continue
		}
		venv, err := l.venv(ctx, p, "pip==23.3.2")
		if err != nil {
			continue
		}
		args := []string{filepath.Join(venv, "bin", "python"), "-m", "pip", "install", "-q", "--dry-run", "--no-input", "--disable-pip-version-check",
			"--no-deps", "--ignore-installed", "--only-binary", ":all:"}
		if install(ctx, append(args, specs...)) == nil {
			return true
		}
	}
	return false
}
