// Package config has the command config.
package config

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/fatih/color"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/cli"
	cfg "github.com/orbfilter/orbfilter/cmd/cli/config"
	"github.com/orbfilter/orbfilter/cmd/render/words"
)

const long = `Show the settings that are in force here, and where each comes from.

A file orbfilter.yaml sets flags that are not typed. Its keys are their long
names:

  fail-on: error
  report: [json=orbfilter.json, html=orbfilter.html]
  disable: [some-rule]
  summary: always

It is looked for in the working folder and in all folders above; what none of
these sets is taken from orbfilter/orbfilter.yaml in your own config folder
(~/.config on Linux). The nearest file that has a key decides about it, and a
flag that is typed decides before all of them. Paths are relative to the file.

A file in the working folder or above may have come with a checkout. So it names
no rules (see orbfilter rules trust), and no file outside of the folder that it
lies in; and one that belongs to another user is not used.

ORBFILTER_CONFIG=FILE uses this file in place of those, ORBFILTER_CONFIG=off none
at all. The exit code is 2 when a file is wrong.`

const example = `  orbfilter config
  orbfilter config --json
  orbfilter config --fail-on error`

// A row is a setting as it is shown.
type row struct {
	Key    string   `json:"key"`
	Values []string `json:"values"` // none: nothing is set
	From   string   `json:"from"`   // FILE:LINE, typed or default
}

// shown is the JSON.
type shown struct {
	Settings []row       `json:"settings"`
	Files    []fileShown `json:"files"`
}

type fileShown struct {
	File   string   `json:"file"`
	Own    bool     `json:"own"`              // it is the user's, and not one of the working folder or above
	Unused string   `json:"unused,omitempty"` // why it is not used
	Errors []string `json:"errors,omitempty"`
}

// New returns the command, which takes all shared flags: it shows them.
func New(io cli.IO, o *cli.Flags) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "config", Short: "Show the settings that are in force, and where they come from",
		Long: long, Example: example, Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := cli.Check(c, o); err != nil {
				return err
			}
			return show(io, &o.Colour, rows(o, c.Flags()), asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	cli.Take(c, o)
	return c
}

// rows are the shared flags of the command.
func rows(o *cli.Flags, flags *pflag.FlagSet) (out []row) {
	shared := pflag.NewFlagSet("shared", pflag.ContinueOnError)
	new(cli.Flags).Register(shared)
	flags.VisitAll(func(f *pflag.Flag) {
		if shared.Lookup(f.Name) == nil {
			return
		}
		r := row{Key: f.Name, Values: []string{}, From: o.From(f)}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			r.Values = append(r.Values, list.GetSlice()...)
		} else if v := f.Value.String(); v != "" {
			r.Values = append(r.Values, v)
		}
		out = append(out, r)
	})
	return out
}

func show(io cli.IO, o *cli.Colour, rows []row, asJSON bool) error {
	files := cli.ConfigFiles(io)
	bad := false
	all := shown{Settings: rows, Files: []fileShown{}}
	for _, f := range files {
		s := fileShown{File: f.Name, Own: f.Own, Unused: f.Unused}
		for _, err := range f.Errs {
			bad = true
			s.Errors = append(s.Errors, err.Error())
		}
		all.Files = append(all.Files, s)
	}
	if asJSON {
		return cli.Done(words.WriteJSON(io.StdoutData(words.JSONText), all), bad)
	}
	text(io, o, all)
	return cli.Done(nil, bad)
}

func text(io cli.IO, o *cli.Colour, all shown) {
	table := [][]string{{"KEY", "FROM", "VALUE"}}
	for _, r := range all.Settings {
		table = append(table, []string{r.Key, words.Line(r.From), cmp.Or(words.Line(strings.Join(r.Values, ", ")), "-")})
	}
	on := o.ColorOn(io, io.Out)
	words.Table(io.Stdout(), table, io.Width(io.Out), func(row, _ int) *color.Color {
		switch {
		case row == 0:
			return words.Paint(on, color.Bold)
		case table[row][1] == "default":
			return words.Paint(on, color.Faint)
		}
		return words.Paint(on)
	})
	say := func(format string, args ...any) {
		_, _ = io.Stdout().Write(io.Fit(io.Out, fmt.Appendf(nil, format, args...))) // an error is kept
	}
	say("\n")
	if len(all.Files) == 0 {
		say("there is no %s here or above, and none of your own\n", cfg.Name)
	}
	for _, f := range all.Files {
		say("%s: %s\n", words.Line(f.File), state(f))
	}
}

// state says what is done with a file.
func state(f fileShown) string {
	switch {
	case f.Unused != "":
		return words.Line(f.Unused)
	case len(f.Errors) > 0:
		return "it is wrong, which is said on standard error"
	case f.Own:
		return "used, your own"
	}
	return "used"
}
