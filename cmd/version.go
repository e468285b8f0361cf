package cmd

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/rules"
)

// These are set by the linker for releases (-X …/cmd.version=1.2.3). Otherwise what Go has put into the program is
// taken, if it has.
var (
	version = ""
	commit  = ""
	date    = "" // of the commit, as RFC 3339 has it
)

// Version returns the version of the program, "dev" if it is not known.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

// built returns what Go has noted when the program was built, such as vcs.revision; "": nothing.
func built(what string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == what {
			return s.Value
		}
	}
	return ""
}

// A build is what the program is, for programs. What is not known is empty.
type build struct {
	Version string  `json:"version"`
	Commit  string  `json:"commit"`
	Date    string  `json:"date"` // of the commit
	Go      string  `json:"go"`
	Rules   ruleSet `json:"rules"`
}

// A ruleSet is the rules that come with the program.
type ruleSet struct {
	Count  int    `json:"count"`
	SHA256 string `json:"sha256"` // of their files, see rules.BuiltinSum
}

func newBuild(version string) build {
	b := build{Version: version, Commit: commit, Date: date, Rules: ruleSet{rules.Builtin().Len(), rules.BuiltinSum()}}
	if b.Commit == "" {
		b.Commit, b.Date = built("vcs.revision"), built("vcs.time")
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Go = info.GoVersion
	}
	return b
}

const versionLong = `Print the version. With --json also the commit that the program was built from, its
date, and the rules that it comes with: how many, and the SHA-256 of their files.
What is not known is empty.`

func newVersion(io cli.IO) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "version", Short: "Print the version", Long: versionLong, Args: cli.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return words.WriteJSON(io.StdoutData(words.JSONText), newBuild(io.Version))
			}
			return sayVersion(io)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON: version, commit, date and rules")
	return c
}

func sayVersion(io cli.IO) error {
	_, err := fmt.Fprintln(io.Stdout(), "orbfilter", io.Version)
	return err
}
