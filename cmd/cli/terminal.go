package cli

import (
	"os"

	"golang.org/x/term"
)

// ColorOn decides whether what orbfilter says on out is coloured; see
// https://no-color.org and https://bixense.com/clicolors.
func (o *Flags) ColorOn(io IO, out *os.File) bool {
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

// Width returns how many columns a terminal has; 0: it is none.
func Width(f *os.File) int {
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
