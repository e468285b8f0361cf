package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/printable"
)

// A deploy that is run by orbfilter run may call orbfilter itself, and those find the same files in the same checkout. What is to be
// said of files and is no matter of a run is said once, by the outermost: it tells what it starts, by a variable of the environment.
// Where nothing was said, the environment is left alone.

// toldVariable has sums of what the runs above have said, with commas in between.
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
	if slices.Contains(strings.Split(io.Getenv(toldVariable), ","), sum) {
		return true
	}
	w := io.guards()
	w.told = append(w.told, sum)
	return false
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
	if above := io.Getenv(toldVariable); above != "" {
		told = append(strings.Split(above, ","), told...)
	}
	told = told[max(0, len(told)-maxTold):]
	others := slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, toldVariable+"=") })
	return append(others, toldVariable+"="+strings.Join(told, ","))
}
