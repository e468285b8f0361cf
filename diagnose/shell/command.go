// Package shell writes commands as they are typed.
package shell

import (
	"runtime"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A Command is a program and its arguments.
type Command []string

// String writes the command so that it can be typed into a shell.
func (c Command) String() string {
	if runtime.GOOS == "windows" || slices.ContainsFunc(c, Windows) {
		return c.ForWindows()
	}
	return c.quoted(Quote)
}

// ForWindows writes the command so that cmd.exe and PowerShell read it.
func (c Command) ForWindows() string { return c.quoted(quoteWindows) }

func (c Command) quoted(q func(string) string) string {
	words := make([]string, len(c))
	for i, w := range c {
		words[i] = q(w)
	}
	return strings.Join(words, " ")
}

// windows is how paths of Windows begin.
var windows = lazyregexp.New(`^(?:[A-Za-z]:[\\/]|\\\\)`)

// Windows reports whether a path is one of Windows, whatever this machine is: it may come
// from a log.
func Windows(path string) bool { return windows.MatchString(path) }

var (
	plain        = lazyregexp.New(`^[\w./:@%+=,-][\w./:~@%+=,-]*$`)
	plainWindows = lazyregexp.New(`^[\w./:~@+=,\\-]+$`)
)

// Quote writes s so that a POSIX shell reads it as one word.
func Quote(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// quoteWindows writes s so that cmd.exe and PowerShell read it as one word. A
// path and a requirement have no quotes in them.
func quoteWindows(s string) string {
	if plainWindows.MatchString(s) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, "") + `"`
}
