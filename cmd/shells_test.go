//go:build unix

package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// A shellUnderTest is one that init knows, and how it is started without anybody's settings.
type shellUnderTest struct {
	name string
	args []string // to run a script
	load string   // loads the function
	off  string   // sets ORBFILTER for the rest of the script
	code string   // what holds the exit code
}

var shellsUnderTest = []shellUnderTest{
	{"bash", []string{"--norc", "--noprofile", "-uc"}, `eval "$(orbfilter init bash)"`, "export ORBFILTER=off", "$?"},
	{"zsh", []string{"-f", "-uc"}, `eval "$(orbfilter init zsh)"`, "export ORBFILTER=off", "$?"},
	{"fish", []string{"--no-config", "-c"}, "orbfilter init fish | source", "set -gx ORBFILTER off", "$status"},
}

// hasShell skips, or fails where it must not be, without a shell.
func hasShell(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		require.False(t, required(), "no %s: testdata/live/debian.sh %[1]s installs it", name)
		t.Skipf("no %s: testdata/live/debian.sh %[1]s installs it", name)
	}
}

// fakePyinfra puts a program of this name on PATH, which prints its arguments and a line of noise, and ends with 7.
func fakePyinfra(t *testing.T) (dir string, env []string) {
	t.Helper()
	dir = t.TempDir()
	script := "#!/bin/sh\necho 'Network error, retrying in 2.0s (attempt 1/4)'\nprintf '<%s>' \"$@\"; echo\nexit 7\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pyinfra"), []byte(script), 0o755))
	return dir, append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir, "ORBFILTER_CONFIG=off")
}

// TestInitInShells: plain pyinfra is filtered, its arguments and its exit code are its own, and it can be passed by.
func TestInitInShells(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	const noise = "Network error"
	for _, s := range shellsUnderTest {
		t.Run(s.name, func(t *testing.T) {
			hasShell(t, s.name)
			dir, env := fakePyinfra(t)
			say := func(script string) string {
				c := exec.Command(s.name, append(s.args, strings.ReplaceAll(script, "CODE", "echo code "+s.code)+"\n")...)
				c.Env, c.Dir = env, dir
				out, err := c.Output()
				require.NoError(t, err, "%s", script)
				return string(out)
			}
			const call = `pyinfra "a  b" "" '$x*' -- -y "ü"`
			const want = "<a  b><><$x*><--><-y><ü>\ncode 7\n"
			assert.Equal(t, want, say(s.load+"\n"+call+"\nCODE"))
			assert.Equal(t, want, say("set -e 2>/dev/null\n" + s.load + "\n" + call + " || CODE")[:len(want)], "where a failure ends the shell")
			passed := say(s.load + "\ncommand " + call + "\nCODE")
			assert.Contains(t, passed, noise, "command")
			assert.True(t, strings.HasSuffix(passed, want), passed)
			passed = say(s.load + "\nORBFILTER=off " + call + "\nCODE")
			assert.Contains(t, passed, noise, "ORBFILTER=off")
			assert.True(t, strings.HasSuffix(passed, want), passed)
			assert.Contains(t, say(s.load+"\n"+s.off+"\n"+call+"\nCODE"), noise)
			assert.Equal(t, want, say(s.load+"\nORBFILTER=on "+call+"\nCODE"), "anything else is not off")
		})
	}
}

// TestInitIsNotInTheWay: what people do with a command in a shell, they do with the function.
func TestInitIsNotInTheWay(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	const noise = "Network error, retrying in 2.0s (attempt 1/4)\n"
	for _, way := range []struct{ name, posix, fish, want string }{
		{"an environment that is activated later", `export PATH="$PWD/venv:$PATH"; pyinfra x; echo CODE`, `set -gx PATH $PWD/venv $PATH; pyinfra x; echo CODE`, "venv\n3\n"},
		{"a variable in front", `MORE=1 pyinfra x; echo CODE`, `MORE=1 pyinfra x; echo CODE`, "<x>\nmore 1\n7\n"},
		{"its own completion", `_PYINFRA_COMPLETE=source pyinfra`, `_PYINFRA_COMPLETE=source pyinfra`, "complete pyinfra\n"},
		{"env starts programs alone", `env MORE=1 pyinfra x; echo CODE`, `env MORE=1 pyinfra x; echo CODE`, noise + "<x>\nmore 1\n7\n"},
		{"an if", `if pyinfra x; then echo well; else echo CODE; fi`, `if pyinfra x; echo well; else; echo CODE; end`, "<x>\n7\n"},
		{"a substitution", `out=$(pyinfra x); echo "CODE $out"`, `set out (pyinfra x); echo "CODE $out"`, "7 <x>\n"},
		{"a pipe that fails", `set -o pipefail; pyinfra x | cat; echo CODE`, `pyinfra x | cat; echo $pipestatus[1]`, "<x>\n7\n"},
		{"in the background", `pyinfra x & wait $!; echo CODE`, "", "<x>\n7\n"},
		{"the end of a shell that a failure ends", `(set -e; pyinfra x; echo on); echo CODE`, "", "<x>\n7\n"},
		{"loaded again", `eval "$(orbfilter init bash)"; pyinfra x; echo CODE`, `orbfilter init fish | source; pyinfra x; echo CODE`, "<x>\n7\n"},
		{"an orbfilter of that name", `orbfilter() { echo ours; }; pyinfra x; echo CODE`, `function orbfilter; echo ours; end; pyinfra x; echo CODE`, "<x>\n7\n"},
	} {
		for _, s := range shellsUnderTest {
			t.Run(way.name+", "+s.name, func(t *testing.T) {
				hasShell(t, s.name)
				dir, env := fakePyinfra(t)
				more := "#!/bin/sh\n[ -z \"$_PYINFRA_COMPLETE\" ] || { echo complete pyinfra; exit; }\necho '" + strings.TrimSuffix(noise, "\n") + "'\nprintf '<%s>' \"$@\"; echo\n[ -z \"$MORE\" ] || echo more $MORE\nexit 7\n"
				require.NoError(t, os.WriteFile(filepath.Join(dir, "pyinfra"), []byte(more), 0o755))
				require.NoError(t, os.Mkdir(filepath.Join(dir, "venv"), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(dir, "venv", "pyinfra"), []byte("#!/bin/sh\necho venv\nexit 3\n"), 0o755))
				script := way.posix
				if s.name == "fish" {
					script = way.fish
				}
				if script == "" {
					t.Skip("fish has no such thing")
				}
				c := exec.Command(s.name, append(s.args, s.load+"\n"+strings.ReplaceAll(script, "CODE", s.code)+"\n")...)
				c.Env, c.Dir = env, dir
				out, _ := c.Output()
				assert.Equal(t, way.want, string(out))
			})
		}
	}
}

// TestInitWithoutOrbfilter: where orbfilter is gone, pyinfra is there.
func TestInitWithoutOrbfilter(t *testing.T) {
	testrun.WithoutRace(t)
	for _, s := range shellsUnderTest {
		t.Run(s.name, func(t *testing.T) {
			hasShell(t, s.name)
			dir, env := fakePyinfra(t)
			function, err := exec.Command("orbfilter", "init", s.name).Output()
			require.NoError(t, err)
			shell, err := exec.LookPath(s.name)
			require.NoError(t, err)
			c := exec.Command(shell, append(s.args, string(function)+"\npyinfra x\n")...)
			c.Env, c.Dir = append(env, "PATH="+dir+":/usr/bin:/bin"), dir
			out, err := c.Output()
			assert.Equal(t, 7, codeOf(err))
			assert.True(t, strings.HasSuffix(string(out), "<x>\n"), "%s", out)
		})
	}
}

// A typist is a person in front of a shell in a terminal.
type typist struct {
	t      *testing.T
	tty    *os.File
	screen chan string
	seen   string
}

// newTypist starts a shell that shows no prompt but a word, and waits for that.
func newTypist(t *testing.T, env []string, dir string, args ...string) *typist {
	t.Helper()
	c := exec.Command(args[0], args[1:]...)
	c.Env, c.Dir = append(env, "TERM=vt100", "PS1=READY ", "HISTFILE="), dir
	tty, err := pty.StartWithSize(c, &pty.Winsize{Rows: 40, Cols: 200})
	require.NoError(t, err)
	p := &typist{t: t, tty: tty, screen: make(chan string, 1000)}
	go func() {
		defer close(p.screen)
		buf := make([]byte, 4096)
		for {
			n, err := tty.Read(buf)
			p.screen <- string(buf[:n])
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		tty.Close()
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	return p
}

// types types keys, and waits until a text is on the screen that was not before.
func (p *typist) types(keys, until string) {
	p.t.Helper()
	_, err := p.tty.WriteString(keys)
	require.NoError(p.t, err)
	timeout := time.After(time.Minute)
	for {
		if _, after, found := strings.Cut(p.seen, until); found {
			p.seen = after
			return
		}
		select {
		case chunk, more := <-p.screen:
			require.True(p.t, more, "the shell has ended: %q", p.seen)
			p.seen += chunk
		case <-timeout:
			require.Fail(p.t, "not on the screen", "%q: %q", until, p.seen)
		}
	}
}

// TestInitOnATerminal: the function in a shell that a person types into: the prompt of the program comes, and its exit
// code after it.
func TestInitOnATerminal(t *testing.T) {
	testrun.WithoutRace(t)
	for _, s := range shellsUnderTest[:2] {
		t.Run(s.name, func(t *testing.T) {
			hasShell(t, s.name)
			dir, env := fakePyinfra(t)
			ask := "#!/bin/sh\nprintf 'Really? '; read answer; echo \"it was <$answer>\"; exit 9\n"
			require.NoError(t, os.WriteFile(filepath.Join(dir, "pyinfra"), []byte(ask), 0o755))
			p := newTypist(t, env, dir, append(append([]string{s.name}, s.args[:len(s.args)-1]...), "-i")...)
			p.types("", "READY ")
			p.types(s.load+"\r", "READY ")
			p.types("pyinfra deploy.py\r", "Really? ")
			p.types("yes\r", "it was <yes>")
			p.types("echo co''de=$?\r", "code=9")
		})
	}
}

// TestCompletions: what each shell offers, asked in the shell itself.
func TestCompletions(t *testing.T) {
	typed := map[string]string{ // what is typed before a tab, and what must be there after it
		"orbfilter rules sho":                               "show",
		"orbfilter rules show gevent-fork-hooks-ass":        "gevent-fork-hooks-assertion",
		"orbfilter --fail-on err":                           "error",
		"orbfilter run --report jun":                        "junit=",
		"orbfilter run --format bui":                        "buildkite",
		"orbfilter init zs":                                 "zsh",
		"orbfilter doctor --check package-gev":              "package-gevent",
		"orbfilter run -- pyinf":                            "pyinfra",
		"orbfilter run -q -- pyinfra depl":                  "deploy-me.py",
		"orbfilter run --fail-on error -- pyinfra x depl":   "deploy-me.py",
		"orbfilter doctor -- pyinfra depl":                  "deploy-me.py",
		"orbfilter run -- uses-a-function one two":          "two-of-3",
		"orbfilter run --fail-on=error -- uses-a-function ": "-of-2",
	}
	t.Run("bash", func(t *testing.T) {
		hasShell(t, "bash")
		dir, env := completed(t, "bash")
		script := `source completion.bash; compopt() { :; }
other() { COMPREPLY=("$2-of-$((${#COMP_WORDS[@]}))"); }; complete -F other uses-a-function
try() {
  local words=() word
  for word in $1; do case $word in *=*) words+=("${word%%=*}" = "${word#*=}") ;; *) words+=("$word") ;; esac; done
  case $1 in *' ') words+=("") ;; esac
  COMP_WORDS=("${words[@]}"); COMP_CWORD=$((${#words[@]} - 1)); COMP_LINE=$1; COMP_POINT=${#1}; COMPREPLY=()
  __start_orbfilter
  [[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "${words[${#words[@]}-1]}"))
  printf '%s\n' "${COMPREPLY[@]}"
}
try "$1"`
		for line, want := range typed {
			c := exec.Command("bash", "--norc", "--noprofile", "-c", script, "bash", line)
			c.Env, c.Dir = env, dir
			out, err := c.CombinedOutput()
			require.NoError(t, err, "%s: %s", line, out)
			assert.Contains(t, string(out), want, line)
		}
	})
	t.Run("fish", func(t *testing.T) {
		hasShell(t, "fish")
		dir, env := completed(t, "fish")
		for line, want := range typed {
			script := `source completion.fish; complete -c uses-a-function -f -a '(commandline -ct)-of-(math (count (commandline -opc)) + 1)'; complete -C $argv[1]`
			c := exec.Command("fish", "--no-config", "-c", script, line)
			c.Env, c.Dir = env, dir
			out, err := c.CombinedOutput()
			require.NoError(t, err, "%s: %s", line, out)
			assert.Contains(t, string(out), want, line)
		}
	})
	t.Run("zsh", func(t *testing.T) {
		hasShell(t, "zsh")
		dir, env := completed(t, "zsh")
		p := newTypist(t, env, dir, "zsh", "-f", "-i")
		p.types("", "READY ")
		p.types("autoload -U compinit; compinit -u -D; source ./completion.zsh; setopt no_beep; _other() { compadd -- \"$PREFIX-of-$CURRENT\" }; compdef _other uses-a-function; echo lo''aded\r", "loaded")
		p.types("", "READY ")
		for line, want := range typed {
			p.types("\x15"+line+"\t", want) // Ctrl-U takes away what is left of the last
		}
	})
}

// completed is a folder with the completions for a shell, and with what there is to complete.
func completed(t *testing.T, shell string) (dir string, env []string) {
	t.Helper()
	dir, env = fakePyinfra(t)
	script, err := exec.Command("orbfilter", "completion", shell).Output()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "completion."+shell), script, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "deploy-me.py"), nil, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "uses-a-function"), []byte("#!/bin/sh\n"), 0o755))
	return dir, env
}

// TestCompletionsAreScripts: each shell takes its script as it is.
func TestCompletionsAreScripts(t *testing.T) {
	for _, s := range shellsUnderTest {
		t.Run(s.name, func(t *testing.T) {
			hasShell(t, s.name)
			dir, env := completed(t, s.name)
			c := exec.Command(s.name, "-n", "completion."+s.name)
			c.Env, c.Dir = env, dir
			out, err := c.CombinedOutput()
			assert.NoError(t, err, "%s", out)
			assert.Empty(t, string(out))
		})
	}
}
