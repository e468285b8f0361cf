package environ

import (
	"bytes"
	"path"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A launch is what the first lines of a script say about who runs it.
type launch struct {
	program string   // a path, or with env a name
	args    []string // the interpreter's own, "-E"
	env     bool     // the program is searched in PATH
	shell   bool     // the script is one of a shell, and says nothing of Python
	how     string   // for people
}

var bom = []byte("\xef\xbb\xbf")

// parseLaunch reads the forms of a shebang that installers write; ok is false
// when there is none. The relocatable form is relative to the folder of the
// script.
func parseLaunch(head []byte, dir string) (l launch, ok bool) {
	first, rest, _ := bytes.Cut(bytes.TrimPrefix(head, bom), []byte("\n"))
	line, ok := strings.CutPrefix(string(first), "#!")
	if !ok {
		return launch{}, false
	}
	words := strings.Fields(strings.TrimRight(line, "\r"))
	if len(words) == 0 {
		return launch{}, false
	}
	second, _, _ := bytes.Cut(rest, []byte("\n"))
	switch name := path.Base(words[0]); {
	case name == "env":
		return parseEnv(words[1:])
	case shells[name]:
		return parseTrampoline(string(second), dir), true
	}
	return launch{program: words[0], args: words[1:], how: "shebang"}, true
}

var shells = map[string]bool{"sh": true, "bash": true, "dash": true, "zsh": true, "ksh": true, "fish": true}

var assignment = lazyregexp.New(`^\w+=`)

// parseEnv reads the words behind /usr/bin/env: options, settings, a name.
func parseEnv(words []string) (launch, bool) {
	for i, w := range words {
		if rest, ok := strings.CutPrefix(w, "-S"); ok && rest != "" {
			w = rest
		} else if strings.HasPrefix(w, "-") || assignment.MatchString(w) {
			continue
		}
		if shells[path.Base(w)] {
			return launch{shell: true, how: "shell script"}, true
		}
		return launch{program: w, args: words[i+1:], env: !strings.Contains(w, "/"), how: "env"}, true
	}
	return launch{}, false
}

const (
	// trampoline begins the second line of a script that is one of sh and of
	// Python at once. pip, distlib and uv write it where the interpreter's path
	// has a space or is longer than a shebang may be (127 bytes on Linux).
	trampoline = `'''exec' `
	// here is how uv venv --relocatable writes the folder of the script.
	here = `"$(dirname -- "$(realpath -- "$0")")"`
)

func parseTrampoline(line, dir string) launch {
	command, ok := strings.CutPrefix(line, trampoline)
	if !ok {
		return launch{shell: true, how: "shell script"}
	}
	relative := false
	if rest, ok := strings.CutPrefix(command, here); ok {
		command, relative = rest, true
	}
	words := shellWords(command)
	if len(words) == 0 {
		return launch{shell: true, how: "shell script"}
	}
	l := launch{program: words[0], how: "sh trampoline"}
	if relative {
		l.program = filepath.Join(dir, words[0])
	}
	for _, w := range words[1:] {
		if !strings.HasPrefix(w, "-") {
			break
		}
		l.args = append(l.args, w)
	}
	return l
}

// shellWords splits a line as sh does, without expanding anything.
func shellWords(line string) (words []string) {
	var word strings.Builder
	in, quote := false, byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote == 0 && (c == ' ' || c == '\t' || c == '\r'):
			if in {
				words = append(words, word.String())
			}
			word.Reset()
			in = false
			continue
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == '\\' && quote != '\'' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		default:
			word.WriteByte(c)
		}
		in = true
	}
	if in {
		words = append(words, word.String())
	}
	return words
}

// A launch's flags, each letter of them.
func (l *launch) flags() (letters string) {
	for _, a := range l.args {
		if strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") {
			letters += a[1:]
		}
	}
	return letters
}
