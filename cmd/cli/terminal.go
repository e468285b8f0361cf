package cli

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/render/words"
)

// ColorOn decides whether what orbfilter says on out is coloured; see
// https://no-color.org and https://bixense.com/clicolors.
func (o *Colour) ColorOn(io IO, out *os.File) bool {
	switch o.Color {
	case "always":
		return true
	case "never":
		return false
	}
	set := func(names ...string) bool {
		for _, n := range names {
			if v := io.Getenv(n); v != "" && v != "0" && v != "false" {
				return true
			}
		}
		return false
	}
	switch {
	case io.Getenv("NO_COLOR") != "":
		return false
	case set("CLICOLOR_FORCE", "FORCE_COLOR"):
		return true
	case io.Getenv("TERM") == "dumb":
		return false
	}
	// CI systems show colours though there is no terminal.
	return term.IsTerminal(int(out.Fd())) || set("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "BUILDKITE", "CIRCLECI", "TRAVIS", "TEAMCITY_VERSION", "GITEA_ACTIONS", "DRONE", "APPVEYOR")
}

// A Charset is what the locale says of the characters that a terminal has.
type Charset int

// The charsets.
const (
	UnknownCharset Charset = iota // no locale is set
	UTF8
	OtherCharset // C, or one of a single language
)

// CharsetOf returns that of the locale, as POSIX has it: the first of the three variables that is set decides.
func CharsetOf(getenv func(string) string) Charset {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		switch v := strings.ToLower(getenv(name)); {
		case v == "":
		case strings.Contains(v, "utf-8"), strings.Contains(v, "utf8"):
			return UTF8
		default:
			return OtherCharset
		}
	}
	return UnknownCharset
}

// ASCII reports whether what orbfilter says is to be ASCII. Where no locale is set, as in many containers and jobs, UTF-8
// is what there is, as Python takes it to be.
func ASCII(getenv func(string) string) bool { return CharsetOf(getenv) == OtherCharset }

// minColumns is the least that text is laid out for.
const minColumns = 20

// Fit lays out what is to be said on f.
func (io IO) Fit(f *os.File, said []byte) []byte {
	return []byte(words.FitSaid(string(said), io.Width(f)))
}

// Width returns how many columns there are for what is said on f: those of COLUMNS, if that is set, or of the
// terminal; 0: it is none.
func (io IO) Width(f *os.File) int {
	columns, err := strconv.Atoi(io.Getenv("COLUMNS"))
	if err != nil || columns <= 0 {
		if columns, _, err = term.GetSize(int(f.Fd())); err != nil || columns <= 0 {
			return 0
		}
	}
	if ASCII(io.Getenv) { // where "..." stands for a character of one column
		columns -= 2
	}
	return max(columns, minColumns)
}
