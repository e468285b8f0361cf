package rules

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose/occurs"
	"github.com/orbfilter/orbfilter/rules"
)

const rulesListLong = `List the rules that are known: those that come with orbfilter, those in your
own folder, those of the project, and those of --rules; each with the versions
that it is about, and whether the issue can occur here. A rule of a later place
stands for the one of its id in those before.

What is installed is known of an environment that is named: --venv or --site.`

const rulesListExample = `  orbfilter rules list
  orbfilter rules list --venv .venv
  orbfilter rules list --json | jq -r '.[] | select(.severity == "error") | .id'`

func newRulesList(io cli.IO, o Shared) *cobra.Command {
	var env envFlags
	var asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "List the rules that are known",
		Long: rulesListLong, Example: rulesListExample, Args: noWord,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := cli.Check(c, o); err != nil {
				return err
			}
			known, bad, err := knownRules(o, io, &env)
			if err != nil {
				return err
			}
			list := catalog.List{Rules: known, Color: o.ColorOn(io, io.Out), Width: io.Width(io.Out)}
			if asJSON {
				err = list.JSON(io.StdoutData(words.JSONText))
			} else {
				var said bytes.Buffer
				list.Text(&said)
				_, err = io.Stdout().Write(io.Fit(io.Out, said.Bytes()))
			}
			return cli.Done(err, bad)
		},
	}
	env.register(c)
	c.Flags().BoolVar(&asJSON, "json", false, "write a JSON list")
	cli.Take(c, o)
	return c
}

// noWord takes no arguments. Who writes one looks for rules that have it.
func noWord(c *cobra.Command, args []string) error {
	err := cli.NoArgs(c, args)
	if err == nil || strings.ContainsFunc(args[0], func(c rune) bool { return c != '-' && !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		return err
	}
	return cli.Usage(fmt.Errorf("%w; for those that have it in their line type: orbfilter rules list | grep -i %s", err, args[0]))
}

// knownRules returns an entry for each rule of all layers. The error is one of
// what was typed; bad tells whether a rule file was wrong.
func knownRules(o Shared, io cli.IO, env *envFlags) (known []*catalog.Known, bad bool, err error) {
	envs, err := env.environments()
	if err != nil {
		return nil, false, err
	}
	layers, bad := o.Layers(io)
	off := map[string]bool{}
	for _, id := range o.Disable {
		off[id] = true
	}
	for _, e := range layers.Entries() {
		k := &catalog.Known{Entry: e}
		switch {
		case e.Rule.Disabled:
			k.Off = "disabled by " + e.Rule.File
		case off[e.Rule.ID]:
			k.Off = "--disable"
		}
		if r := e.Described(); r != nil {
			k.Here = occurs.In(r, runtime.GOOS, envs)
		}
		known = append(known, k)
	}
	set := layers.Set()
	_, unknown := set.Without(o.Disable...)
	for _, id := range unknown {
		cli.Complain(io, cli.NoSuchRule("--disable "+id, set, id))
	}
	return known, bad || len(unknown) > 0, nil
}

// find returns the entry of an id, or nil.
func find(known []*catalog.Known, id string) *catalog.Known {
	for _, k := range known {
		if k.Rule.ID == id {
			return k
		}
	}
	return nil
}

// described are the rules that say what an issue is, those that are off as
// well.
func described(known []*catalog.Known) *rules.Set {
	set := rules.NewSet()
	for _, k := range known {
		if r := k.Described(); r != nil {
			set.Put(r)
		}
	}
	return set
}
