package command

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A shellProgram is a shell: the file that it reads before each command, which may change PATH.
type shellProgram struct {
	startFile string // in the home folder; empty: none
	startVar  string // names another; empty: none does
}

var shells = map[string]*shellProgram{
	"sh": {}, "dash": {}, "ash": {}, "ksh": {}, "mksh": {},
	"bash": {startVar: "BASH_ENV"},
	"zsh":  {startFile: ".zshenv", startVar: "ZDOTDIR"},
	"fish": {startFile: ".config/fish/config.fish"},
}

// follow reads SHELL -c 'COMMAND'. What a script of a shell starts is not read, nor what its
// start files do.
func (s *shellProgram) follow(w *Way, name string) error {
	given, rest, strange := options("c: e u x f E o: norc noprofile no-config N").parse(w.Argv[1:])
	text := last(given, "c")
	switch {
	case strange != "":
		return &chain.UnknownError{What: name + " " + strange + " may read files that change what is started", Pass: w.pass(name)}
	case text == "" && len(rest) > 0:
		return &chain.UnknownError{What: "what " + rest[0] + ", a script of a shell, starts is not read here", Pass: "type the command that is in it: orbfilter doctor -- COMMAND"}
	case text == "":
		return w.strange(name, "nothing to run")
	case s.startVar != "" && w.Host.Getenv(s.startVar) != "":
		return chain.Unknown(name + " reads the file that $" + s.startVar + " names, which may change what is started")
	case s.startFile != "" && w.Host.Exists(w.Host.Home, s.startFile) && !has(given, "f", "no-config", "N"):
		return chain.Unknown(name + " reads ~/" + s.startFile + ", which may change what is started")
	}
	w.link(chain.Wrapper, name, text)
	return w.line(name, text)
}

var (
	// harmless are ends of a command that change nothing about what it starts.
	harmless = lazyregexp.New(`(?:\s+(?:[012]?>>?\s*[\w./-]+|2>&1|&>\s*[\w./-]+|<\s*[\w./-]+))+\s*$|\s*\|\s*(?:tee|cat|less|orbfilter)\b[\w\s./-]*$|\s*\|\|\s*(?:true|:|exit(?:\s+\d+)?)\s*$`)
	// meaning has what a shell does more with than to split it into words.
	meaning = "$`|&;<>(){}*?[]~!#\n"
)

// line reads a line as a shell does: commands that prepare, and the last, which is followed.
func (w *Way) line(name, text string) error {
	parts := splitLine(text)
	if i := slices.IndexFunc(parts, runsProgram); i >= 0 {
		parts = parts[:i+1] // what is behind it changes nothing about it
	}
	for i, part := range parts {
		for harmless.MatchString(part) {
			part = harmless.ReplaceAllString(part, "")
		}
		argv := shell.Words(part)
		if outsideQuotes(part, meaning) || len(argv) == 0 {
			return &chain.UnknownError{What: "only a shell can read " + text, Pass: "type the command in it that runs pyinfra: orbfilter doctor -- COMMAND"}
		}
		if i < len(parts)-1 {
			if err := w.prepare(name, argv); err != nil {
				return err
			}
			continue
		}
		w.Argv = argv
	}
	return nil
}

// runsProgram reports whether pyinfra is among the words of a command that does not only prepare one.
func runsProgram(part string) bool {
	argv := shell.Words(part)
	return len(argv) > 0 && !prepares[argv[0]] && slices.ContainsFunc(argv, func(w string) bool { return Name(w) == "pyinfra" })
}

// prepares are commands of a shell that run no other.
var prepares = map[string]bool{"cd": true, ".": true, "source": true, "export": true, "unset": true, "set": true, "umask": true, "true": true, ":": true, "echo": true, "printf": true, "ulimit": true, "wait": true, "hash": true, "test": true, "alias": true, "readonly": true, "mkdir": true, "rm": true, "cp": true, "which": true, "type": true}

// prepare does what the commands in front of the last one do, in a shell of this name.
func (w *Way) prepare(name string, argv []string) error {
	odd := func(why string) error {
		return &chain.UnknownError{What: "what " + strings.Join(argv, " ") + why + " changes for the command behind it is not known here", Pass: "type the command that runs pyinfra: orbfilter doctor -- COMMAND"}
	}
	plain := len(argv) == 2 && !strings.HasPrefix(argv[1], "-")
	switch verb := argv[0]; {
	case verb == "cd" && plain && w.Host.IsDir(w.Host.Abs(argv[1])):
		w.Host = w.Host.In(argv[1])
		w.link(chain.Wrapper, "cd", w.Host.Dir)
	case (verb == "." || verb == "source") && plain && strings.HasSuffix(argv[1], "/bin/activate"):
		dir := w.activated(argv[1])
		if dir == "" || name == "fish" || verb == "source" && !slices.Contains([]string{"bash", "zsh", "ksh", "mksh"}, name) { // dash has no such word
			return odd(" in " + name)
		}
		w.activate("activate", dir, "as typed")
	case name == "fish" && verb != "echo" && verb != "true": // which has a language of its own
		return odd(" in fish")
	case verb == "export" && len(argv) > 1:
		for _, a := range argv[1:] {
			if strings.HasPrefix(a, "-") {
				return odd("")
			}
			if key, value, ok := strings.Cut(a, "="); ok {
				w.Host = w.Host.With(map[string]string{key: value})
			}
		}
		w.link(chain.Wrapper, "export", strings.Join(argv[1:], " "))
	case verb == "unset" && len(argv) > 1:
		w.Host = w.Host.Without(argv[1:]...)
	case slices.Contains([]string{"set", "umask", "true", ":", "echo", "printf", "ulimit", "wait", "hash"}, verb):
	default:
		return odd("")
	}
	return nil
}

// activates is what a script that activates an environment sets.
var activates = lazyregexp.New(`(?m)^[ \t]*(?:export[ \t]+)?VIRTUAL_ENV=(?:"([^"$\x60\n]+)"|'([^'\n]+)'|([^\s"'$\x60]+))[ \t]*$`)

// activated is the environment that a script activates: that which is written in it, also where the
// folder was moved or copied since; "": there is no such script.
func (w *Way) activated(script string) string {
	text, file := w.Host.Small(w.Host.Abs(script)), w.Host.Abs(script)
	if !w.Host.Exists(file) {
		return ""
	}
	for _, m := range activates.FindAllSubmatch(text, -1) {
		if dir := either(string(m[1]), string(m[2]), string(m[3])); filepath.IsAbs(dir) {
			return filepath.Clean(dir)
		}
	}
	return filepath.Dir(filepath.Dir(file)) // one that finds out where it is
}

// splitLine splits a line at && and ; outside of quotes.
func splitLine(text string) (parts []string) {
	begin := 0
	walk(text, func(i int, c byte) {
		switch {
		case i < begin:
		case c == ';', c == '\n':
			parts, begin = append(parts, text[begin:i]), i+1
		case c == '&' && strings.HasPrefix(text[i:], "&&"):
			parts, begin = append(parts, text[begin:i]), i+2
		}
	})
	parts = append(parts, text[begin:])
	out := parts[:0]
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// outsideQuotes reports whether one of these bytes has its meaning; $ and ` have it between
// double quotes as well.
func outsideQuotes(text, bytes string) (found bool) {
	walk(text, func(_ int, c byte) { found = found || strings.IndexByte(bytes, c) >= 0 })
	rest := text
	for {
		_, after, ok := strings.Cut(rest, `"`)
		inside, behind, closed := strings.Cut(after, `"`)
		if !ok || !closed {
			return found
		}
		if strings.ContainsAny(inside, "$`") {
			return true
		}
		rest = behind
	}
}

// walk calls f for the bytes that are outside of quotes and not behind a backslash.
func walk(text string, f func(i int, c byte)) {
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == quote:
			quote = 0
		case quote == 0:
			f(i, c)
		}
	}
}
