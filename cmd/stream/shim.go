package stream

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A shim is a script of a command's name on PATH that says: exec orbfilter run -- pyinfra "$@".
// Who looks the name up finds the shim again, and so on for ever. So run tells what it
// starts which file that is, by a variable of the environment. An orbfilter run that finds
// itself started by the very file that it would start, with the same arguments, takes
// the next one on PATH, and becomes it: the run is filtered already.

// runVariable holds a started, as JSON.
const runVariable = "ORBFILTER_RUN"

const (
	// maxAgain is how often a shim is started again though nothing is left to take in its
	// place: it may know by a variable of its own that it is not to call us again.
	maxAgain = 3
	// maxNested is how many runs of one file may be inside of each other.
	maxNested = 20
)

// A started is what the nearest run above has started.
type started struct {
	PID    int      `json:"pid"`    // of that run
	Files  []string `json:"files"`  // what it took the command for, one after the other
	Args   int      `json:"args"`   // how many arguments it gave
	Sum    string   `json:"sum"`    // of these
	Again  int      `json:"again"`  // see maxAgain
	Nested int      `json:"nested"` // runs above that one with the same file
}

// An aimed is the program that a command stands for.
type aimed struct {
	path string   // empty: it is looked up as ever
	args []string // with its name
	env  []string
	// instead: this process is to become the program, since it is filtered already.
	instead bool
}

// aim finds what to start.
func aim(args []string, getenv func(string) string) (aimed, error) {
	if runtime.GOOS == "windows" { // where a shim is no file that could be found so
		return aimed{args: args}, nil
	}
	var above started
	_ = json.Unmarshal([]byte(getenv(runVariable)), &above) // what is wrong is as none
	files, ourselves := candidates(args[0], getenv("PATH"))
	if len(files) == 0 {
		return aimed{args: args}, notOurselves(args[0], ourselves)
	}
	if given := above.given(args[1:]); given != nil && above.shim(files[0]) {
		return above.pass(append(args[:1:1], given...), files)
	}
	if filepath.Base(args[0]) != "pyinfra" && !saysRun(files[0]) {
		return aimed{path: files[0], args: args}, nil // it is no shim, and its environment is left alone
	}
	now := started{PID: os.Getpid(), Files: []string{absolute(files[0])}, Args: len(args) - 1, Sum: sum(args[1:])}
	if slices.ContainsFunc(above.Files, func(f string) bool { return sameFile(f, files[0]) }) {
		now.Nested = above.Nested + 1
	}
	if now.Nested > maxNested {
		return aimed{}, fmt.Errorf("%s: %w: %s has started orbfilter run with itself %d times", args[0], wrap.ErrCannotStart, files[0], maxNested)
	}
	return aimed{path: files[0], args: args, env: now.environ()}, nil
}

// pass goes on with the next file.
func (s started) pass(args, files []string) (aimed, error) {
	next := slices.IndexFunc(files, func(f string) bool { return !s.shim(f) })
	if next < 0 {
		next = 0
		s.Again++
	}
	if s.Again > maxAgain {
		return aimed{}, fmt.Errorf("%s: %w: there is only %s on PATH, which calls orbfilter run again", args[0], wrap.ErrNotFound, strings.Join(files, " and "))
	}
	s.Files = append(s.Files, absolute(files[next]))
	return aimed{path: files[next], args: args, env: s.environ(), instead: true}, nil
}

// given returns the arguments that the run above gave, if they came back, maybe with more
// around them, which the shim gives each time; nil: they did not.
func (s started) given(args []string) []string {
	if len(s.Files) == 0 || s.Args < 0 || s.Args == 0 && len(args) > 0 {
		return nil
	}
	for at := range max(0, len(args)-s.Args+1) {
		if given := args[at : at+s.Args]; sum(given) == s.Sum {
			return append([]string{}, given...)
		}
	}
	return nil
}

// shim reports whether a file has called us: it was started, and is what this process was, or
// a script that may have done so.
func (s started) shim(file string) bool {
	if !slices.ContainsFunc(s.Files, func(f string) bool { return sameFile(f, file) }) {
		return false
	}
	return os.Getppid() == s.PID || saysRun(file)
}

func (s started) environ() []string {
	value, err := json.Marshal(s)
	if err != nil {
		return os.Environ()
	}
	others := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, runVariable+"=") })
	return append(others, runVariable+"="+string(value))
}

// sum tells arguments from others, wherever one ends and the next begins.
func sum(args []string) string {
	h := sha256.Sum256([]byte(strings.Join(args, "\x00")))
	return hex.EncodeToString(h[:8])
}

// candidates returns the files that a name may stand for, in the order of PATH, each once.
// ourselves are those that are left out: other names of orbfilter.
func candidates(name, path string) (files, ourselves []string) {
	all := []string{name}
	if !strings.Contains(name, "/") {
		all = nil
		for _, dir := range filepath.SplitList(path) {
			all = append(all, inFolder(dir, name))
		}
	}
	self, _ := os.Executable()
	for _, file := range all {
		found, err := exec.LookPath(file)
		switch {
		case err != nil, slices.ContainsFunc(files, func(f string) bool { return sameFile(f, found) }):
		case filepath.Base(name) == "pyinfra" && sameFile(found, self):
			ourselves = append(ourselves, found)
		default:
			files = append(files, found) // as a shell would name it: a script sees that
		}
	}
	return files, ourselves
}

// inFolder is the name of a file in a folder of PATH, where "" is the current one.
func inFolder(dir, name string) string {
	if file := filepath.Join(dir, name); strings.Contains(file, "/") {
		return file
	}
	return "./" + name
}

func absolute(file string) string {
	if abs, err := filepath.Abs(file); err == nil {
		return abs
	}
	return file
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// maxShim is as long as a script may be that is a shim.
const maxShim = 256 << 10

var wordRun = lazyregexp.New(`\brun\b`)

// saysRun reports whether a file is a script with the word run in it. The program of an
// installed pyinfra has none.
func saysRun(file string) bool {
	if wrap.Spare(cli.OtherFiles) < cli.OtherFiles {
		return true // it cannot be read
	}
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxShim {
		return false
	}
	text, err := os.ReadFile(file)
	return err == nil && bytes.IndexByte(text, 0) < 0 && wordRun.Match(text)
}

// notOurselves says so where a name leads to nothing but orbfilter.
func notOurselves(name string, files []string) error {
	if len(files) == 0 {
		return nil // it is not found, which is said as ever
	}
	return fmt.Errorf("%s: %w: %s is orbfilter itself", name, wrap.ErrNotFound, strings.Join(files, " and "))
}
