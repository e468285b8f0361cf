package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/orbfilter/orbfilter/internal/printable"
)

// A deploy that is run by orbfilter run may call orbfilter itself, and those find the same files in the same checkout. What is to be
// said of files and is no matter of a run is said once, by the outermost: it tells what it starts, by a variable of the environment.
// Where nothing was said, the environment is left alone.

// toldVariable has the process id of the nearest run above, a colon, and sums of what the runs above have said, with commas in between. What a
// deploy leaves running keeps its environment: once that run is over, what it has said counts no more.
const toldVariable = "ORBFILTER_TOLD"

// maxTold is how many sums are handed on; above are few checkouts within each other.
const maxTold = 32

// Notice says something of files, unless a run above has said it of the same.
func (io IO) Notice(text string, files ...string) {
	if !io.told(text, files...) {
		fmt.Fprintf(io.Stderr(), "orbfilter: %s\n", text)
	}
}

// told reports whether a run above has said something of files. If none has, it is taken for said from now on.
func (io IO) told(text string, files ...string) bool {
	sum := noticeOf(text, files)
	if slices.Contains(io.toldAbove(), sum) {
		return true
	}
	w := io.guards()
	w.told = append(w.told, sum)
	return false
}

// toldAbove are the sums of what runs above have said that still go on.
func (io IO) toldAbove() []string {
	pid, sums, _ := strings.Cut(io.Getenv(toldVariable), ":")
	if n, err := strconv.Atoi(pid); err != nil || !runs(n) {
		return nil
	}
	return strings.Split(sums, ",")
}

// runs reports whether a process is there.
func runs(pid int) bool {
	p, err := os.FindProcess(pid) // on Windows, an error if there is none; elsewhere never
	if err != nil || pid <= 1 {
		return false
	}
	defer func() { _ = p.Release() }()
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, syscall.EPERM) || runtime.GOOS == "windows"
}

// noticeOf is what a notice is known by, wherever the working folder is: what it says beside the names, and where the files are.
func noticeOf(text string, files []string) string {
	h := sha256.New()
	for _, f := range files {
		text = strings.ReplaceAll(text, printable.Line(f), "")
		if abs, err := filepath.Abs(f); err == nil {
			f = abs
		}
		fmt.Fprintf(h, "%s\x00", f)
	}
	fmt.Fprint(h, text)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Telling is the environment for a command that is started, env or, if that is nil, this one's, with what was said; nil: this one's as
// it is.
func (io IO) Telling(env []string) []string {
	told := io.guards().told
	if len(told) == 0 {
		return env
	}
	if env == nil {
		env = os.Environ()
	}
	told = slices.Concat(io.toldAbove(), told)
	told = told[max(0, len(told)-maxTold):]
	others := slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, toldVariable+"=") })
	return append(others, fmt.Sprintf("%s=%d:%s", toldVariable, os.Getpid(), strings.Join(told, ",")))
}
