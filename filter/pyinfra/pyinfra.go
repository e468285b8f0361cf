// Package pyinfra knows the lines that pyinfra 3 prints: of the run, and of its hosts.
package pyinfra

import (
	"bytes"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// phases are the headers that pyinfra 3 prints, and what each is called in a
// summary. An operation has its own name.
var phases = []struct {
	header, name string
	step         Step
}{
	{"--> Loading config", "loading", Config},
	{"--> Loading inventory", "loading", Inventory},
	{"--> Connecting to hosts", "connecting", Connects},
	{"--> Gathering facts", "gathering facts", Gathers}, // of "pyinfra … fact"
	{"--> Preparing ", "preparing", Prepares},
	{"--> Detected changes", "detecting changes", Detects},
	{"--> Proposed changes", "detecting changes", Detects}, // 2.9
	{"--> Skipping change", "detecting changes", Detects},
	{"--> Beginning operation", "operations", Begins},
	{"--> Starting ", "", Starts},
	{"--> Results:", "results", Results},
	{"--> Disconnecting", LastPhase, Disconnects},
}

// A Step is how far a run has come: pyinfra takes its steps in this order, each once but Starts, which begins an operation.
type Step int

// The steps. NoStep is that of a line that is no such header.
const (
	NoStep Step = iota
	Config
	Inventory
	Connects
	Gathers
	Prepares
	Detects
	Begins
	Starts
	Results
	Disconnects
)

// StepOf returns which step a header says that a run takes.
func StepOf(text []byte) Step {
	if !bytes.HasPrefix(text, []byte(Arrow)) {
		return NoStep
	}
	for _, p := range phases {
		if bytes.HasPrefix(text, []byte(p.header)) {
			return p.step
		}
	}
	return NoStep
}

// LastPhase is what pyinfra says last.
const LastPhase = "disconnecting"

// Arrow is what each header begins with, and most of pyinfra's own errors.
const Arrow = "--> "

// Headers returns the texts that the headers of pyinfra begin with.
func Headers() (all []string) {
	for _, p := range phases {
		all = append(all, p.header)
	}
	return all
}

// Phases returns the names of phases.
func Phases() (all []string) {
	for _, p := range phases {
		if p.name != "" && !slices.Contains(all, p.name) {
			all = append(all, p.name)
		}
	}
	return all
}

// During says in which phase something was, as a person says it: "while connecting", "in the results". Empty: it is no phase, but
// the name of an operation.
func During(name string) string {
	switch {
	case !slices.Contains(Phases(), name):
		return ""
	case name == "operations" || name == "results":
		return "in the " + name
	}
	return "while " + name
}

// Phase returns what a header of pyinfra begins: a phase or an operation.
// It is empty when text is no such header.
func Phase(text []byte) string {
	if !bytes.HasPrefix(text, []byte(Arrow)) {
		return ""
	}
	for _, p := range phases {
		if !bytes.HasPrefix(text, []byte(p.header)) {
			continue
		}
		if p.name != "" {
			return p.name
		}
		return operation(string(text))
	}
	return ""
}

// BeginsRun reports whether a header begins a run: "Loading config" does, and behind the end of another run whatever comes first.
func BeginsRun(text []byte, ended bool) bool {
	switch {
	case bytes.HasPrefix(text, []byte("--> Loading config")):
		return true
	case bytes.HasPrefix(text, []byte("--> Loading ")), bytes.HasPrefix(text, []byte("--> Connecting ")):
		return ended
	}
	return false
}

// operation returns the NAME of "--> Starting operation: NAME (arguments)",
// also of "--> Starting serial, run once operation: …".
func operation(text string) string {
	_, called, ok := strings.Cut(text, "operation: ")
	if !ok {
		return ""
	}
	return Called(called)
}

// Called is the name of an operation without its arguments: of "NAME (arguments)".
func Called(called string) string {
	if i := strings.LastIndex(called, " ("); i > 0 && strings.HasSuffix(strings.TrimSpace(called), ")") {
		called = called[:i]
	}
	return name(strings.TrimSpace(called))
}

// prompt is the end of one.
var prompt = lazyregexp.New(`(?i)\b(?:password|passphrase)\b[^:]*: *$`)

// HostPrefix is how pyinfra names the host that a line is about. OrbStack begins
// its errors with a number, as in "[-32098] machine not found".
const HostPrefix = `^ *\[([^\]\s-][^\]\s]*)\] *`

// hostIn returns where the name lies that HostPrefix has in a line; to is 0: it has none. Each line of a log is asked several times.
func hostIn(line []byte) (from, to int) {
	for from < len(line) && line[from] == ' ' {
		from++
	}
	if from++; from >= len(line) || line[from-1] != '[' || line[from] == '-' || line[from] == ']' {
		return 0, 0
	}
	for to = from; to < len(line); to++ {
		switch line[to] {
		case ']':
			return from, to
		case ' ', '\t', '\n', '\f', '\r':
			return 0, 0
		}
	}
	return 0, 0
}

// MaxName is how many bytes a name has at most. A log may have anything between the brackets.
const MaxName = 200

// Name cuts a name that is longer than names are.
func Name(text string) string { return name(text) }

// name cuts a name that is longer than names are, and ends it with "…".
func name(text string) string {
	if len(text) <= MaxName {
		return text
	}
	return strings.ToValidUTF8(text[:MaxName], "") + "…"
}

// Host returns the host that a line of pyinfra names in front of its text, or "".
func Host(line []byte) string {
	from, to := hostIn(line)
	return name(string(line[from:to]))
}

// HostLen is the length of the "[host] " that a line begins with, with the spaces
// around it; 0: it names none.
func HostLen(line []byte) int {
	_, to := hostIn(line)
	if to == 0 {
		return 0
	}
	return len(line) - len(bytes.TrimLeft(line[to+1:], " "))
}

// NamesHost reports whether a line begins with a host.
func NamesHost(line []byte) bool {
	_, to := hostIn(line)
	return to > 0
}

// longestPrompt bounds a prompt: it may name a key, with its path.
const longestPrompt = 512

// AsksPassword reports whether a text ends with a prompt for a password.
func AsksPassword(text []byte) bool { return prompt.Match(text[max(0, len(text)-longestPrompt):]) }

// longestBranch bounds the name of a branch.
const longestBranch = 100

// BranchLen is the length of "[NAME] " at the left edge of a text, or 0. It may be the
// name of a branch that older versions of Jenkins write in front of the lines of a
// parallel pipeline, or that of a host.
func BranchLen(text []byte) int {
	if len(text) == 0 || text[0] != '[' {
		return 0
	}
	n := bytes.Index(text[:min(len(text), longestBranch)], []byte("] "))
	if n < 2 || bytes.IndexByte(text[1:n], '[') >= 0 {
		return 0
	}
	return n + 2
}

// Mentions reports whether a text has the name of a host in it, as a word of its own:
// "db" is not in "db-1", nor in "db.example.com".
func Mentions(text []byte, host string) bool {
	for from := 0; host != ""; {
		i := bytes.Index(text[from:], []byte(host))
		if i < 0 {
			return false
		}
		from += i
		if end := from + len(host); !inName(text[:from], -1) && !inName(text[end:], 1) {
			return true
		}
		from++
	}
	return false
}

// inName reports whether a text ends (direction -1) or begins (1) with what a name goes
// on with: a letter, a figure, or a dot or the like next to one.
func inName(text []byte, direction int) bool {
	at := func(i int) byte {
		if direction == -1 {
			i = len(text) - 1 - i
		}
		if i < 0 || i >= len(text) {
			return ' '
		}
		return text[i]
	}
	word := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
	}
	return word(at(0)) || bytes.IndexByte([]byte(".-"), at(0)) >= 0 && word(at(1))
}
