package environ

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// A launch is what the first lines of a script say about who runs it.
type launch struct {
	argv  []string // the interpreter, and its own options
	shell bool     // the script is one of a shell, and says nothing of Python
	how   string   // for people
}

var bom = []byte("\xef\xbb\xbf")

// maxFirst is how much of a script the kernel looks at for the name of its interpreter
// (linux/binfmts.h, xnu's imgact.h).
var maxFirst = map[string]int{"linux": 256, "darwin": 512}

// parseLaunch reads the forms of a shebang that installers write; nil: there is none. The
// relocatable form is relative to the folder of the script. Linux hands all that stands behind
// the interpreter on as one word.
func parseLaunch(head []byte, dir, goos string) (*launch, error) {
	first, rest, _ := bytes.Cut(bytes.TrimPrefix(head, bom), []byte("\n"))
	line, ok := strings.CutPrefix(string(first), "#!")
	words := strings.Fields(strings.TrimRight(line, "\r"))
	if !ok || len(words) == 0 {
		return nil, nil
	}
	if what := notOfUnix(head, line); what != "" && goos != "windows" {
		return nil, &chain.UnknownError{What: "its first line " + what, Pass: "install pyinfra again"}
	}
	if limit := maxFirst[goos]; limit > 0 && len(first) >= limit {
		return nil, &chain.UnknownError{What: fmt.Sprintf("its first line has %d bytes, and the kernel reads %d: a shell runs the script as one of its own", len(first), limit), Pass: "install pyinfra again, into a folder with a shorter path"}
	}
	second, _, _ := bytes.Cut(rest, []byte("\n"))
	if shells[path.Base(words[0])] {
		return parseTrampoline(string(second), dir), nil
	}
	how := "shebang"
	if path.Base(words[0]) == "env" {
		how = "env"
		if len(words) == 1 {
			return nil, nil
		}
		if last := words[len(words)-1]; shells[path.Base(strings.TrimPrefix(last, "-S"))] {
			return &launch{argv: []string{last}, shell: true, how: "shell script"}, nil
		}
	}
	if behind := strings.TrimSpace(line[strings.Index(line, words[0])+len(words[0]):]); goos == "linux" && len(words) > 2 {
		if how != "env" || !strings.HasPrefix(behind, "-S") && !strings.HasPrefix(behind, "--split-string") {
			return nil, &chain.UnknownError{What: "its first line has more than one word behind " + words[0] + ", which Linux hands on as one", Pass: "install pyinfra again"}
		}
		return &launch{argv: []string{words[0], behind}, how: how}, nil
	}
	return &launch{argv: words, how: how}, nil
}

// notOfUnix says why the kernel does not read a first line that Windows reads; "": it does.
func notOfUnix(head []byte, line string) string {
	switch {
	case bytes.HasPrefix(head, bom):
		return "begins with a byte order mark, and so the kernel does not see its #!: a shell runs the script as one of its own"
	case strings.HasSuffix(line, "\r"):
		return "ends with a carriage return, as on Windows, which the kernel takes for a part of it: there is no program of that name"
	}
	return ""
}

var shells = map[string]bool{"sh": true, "bash": true, "dash": true, "zsh": true, "ksh": true, "fish": true}

const (
	// trampoline begins the second line of a script that is one of sh and of
	// Python at once. pip, distlib and uv write it where the interpreter's path
	// has a space or is longer than a shebang may be (127 bytes on Linux).
	trampoline = `'''exec' `
	// here is how uv venv --relocatable writes the folder of the script.
	here = `"$(dirname -- "$(realpath -- "$0")")"`
)

func parseTrampoline(line, dir string) *launch {
	none := &launch{argv: []string{"sh"}, shell: true, how: "shell script"}
	text, ok := strings.CutPrefix(line, trampoline)
	if !ok {
		return none
	}
	relative := false
	if rest, ok := strings.CutPrefix(text, here); ok {
		text, relative = rest, true
	}
	words := shell.Words(text)
	if len(words) == 0 {
		return none
	}
	l := &launch{argv: words[:1:1], how: "sh trampoline"}
	if relative {
		l.argv[0] = filepath.Join(dir, words[0])
	}
	for _, w := range words[1:] {
		if !strings.HasPrefix(w, "-") {
			break
		}
		l.argv = append(l.argv, w)
	}
	return l
}
