package command

import (
	"path/filepath"
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
	return w.line(text)
}

var (
	// harmless are ends of a command that change nothing about what it starts.
	harmless = lazyregexp.New(`(?:\s+(?:[012]?>>?\s*[\w./-]+|2>&1|&>\s*[\w./-]+|<\s*[\w./-]+))+\s*$|\s*\|\s*(?:tee|cat|less|orbfilter)\b[\w\s./-]*$`)
	// meaning has what a shell does more with than to split it into words.
	meaning = "$`|&;<>(){}*?[]~!#\n"
)

// line reads a line as a shell does: commands that prepare, and the last, which is followed.
func (w *Way) line(text string) error {
	parts := splitLine(text)
	for i, part := range parts {
		for harmless.MatchString(part) {
			part = harmless.ReplaceAllString(part, "")
		}
		argv := shell.Words(part)
		if outsideQuotes(part, meaning) || len(argv) == 0 {
			return &chain.UnknownError{What: "only a shell can read " + text, Pass: "type the command in it that runs pyinfra: orbfilter doctor -- COMMAND"}
		}
		if i < len(parts)-1 {
			if err := w.prepare(argv); err != nil {
				return err
			}
			continue
		}
		w.Argv = argv
	}
	return nil
}

// prepare does what the commands in front of the last one do.
func (w *Way) prepare(argv []string) error {
	switch {
	case argv[0] == "cd" && len(argv) == 2:
		w.Host = w.Host.In(argv[1])
		w.link(chain.Wrapper, "cd", w.Host.Dir)
	case (argv[0] == "." || argv[0] == "source") && len(argv) == 2 && strings.HasSuffix(argv[1], "/bin/activate"):
		w.activate("activate", filepath.Dir(filepath.Dir(w.Host.Abs(argv[1]))), "as typed")
	case argv[0] == "export" && len(argv) > 1:
		for _, a := range argv[1:] {
			if key, value, ok := strings.Cut(a, "="); ok && !strings.HasPrefix(a, "-") {
				w.Host = w.Host.With(map[string]string{key: value})
			}
		}
		w.link(chain.Wrapper, "export", strings.Join(argv[1:], " "))
	case argv[0] == "unset" && len(argv) > 1:
		w.Host = w.Host.Without(argv[1:]...)
	case argv[0] == "set" || argv[0] == "umask" || argv[0] == "true" || argv[0] == "echo" || argv[0] == "ulimit":
	default:
		return &chain.UnknownError{What: "what " + argv[0] + " changes for the command behind it is not known here", Pass: "type the command that runs pyinfra: orbfilter doctor -- COMMAND"}
	}
	return nil
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
