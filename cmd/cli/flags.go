// Package cli is what the commands share: streams and terminals, what is said on them, the shared
// flags, the rules in use, logs that are typed, and exit codes.
package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/cli/config"
	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// Flags are the flags that the commands share.
type Flags struct {
	Rules     []string
	NoBuiltin bool
	Disable   []string
	Reports   []string
	Color     string
	Markers   string
	Summary   string
	FailOn    string
	Baseline  string
	Hold      time.Duration
	Quiet     bool
	Verbose   bool
	NoHistory bool
	Audit     string
	Format    string
	Folded    string
	OnClosed  string

	Wrong []string // what was complained of, a line each

	// from says which values come from a config file, by the names of the flags.
	from map[string]*config.Setting
	// badConfig: a config file is wrong, which was said.
	badConfig bool
}

var (
	whens   = []string{"auto", "always", "never"}
	failOns = []string{string(rules.Noise), string(rules.Notice), string(rules.Warning), string(rules.Error), report.NewUnknown}
)

// Register adds the shared flags to a set, in the order of the help.
func (o *Flags) Register(f *pflag.FlagSet) {
	f.SortFlags = false
	f.StringArrayVar(&o.Rules, "rules", nil, "use the rules in this `PATH` as well, a file or a folder (repeatable)")
	f.BoolVar(&o.NoBuiltin, "no-builtin", false, "do not use the rules that come with orbfilter")
	f.StringArrayVar(&o.Disable, "disable", nil, "do not use the rule with this `ID` (repeatable)")
	f.StringArrayVar(&o.Reports, "report", nil, "write a report at the end: `KIND=FILE` (repeatable); "+strings.Join(reports.ReportKinds(), ", "))
	f.StringVar(&o.Audit, "audit", "", "keep what is folded in this `FILE`, for orbfilter restore; in a folder, each run has a file of its own")
	f.StringVar(&o.FailOn, "fail-on", "", "exit 1 when the run failed, or an issue of this `SEVERITY` or above was seen: "+strings.Join(failOns, ", ")+"; several with commas")
	f.StringVar(&o.Baseline, "baseline", "", "with --fail-on new-unknown, pass over what is in this `FILE`; scan --write-baseline writes it")
	f.StringVar(&o.Summary, "summary", "auto", "say at the end what was seen, `WHEN`: auto (there was something), always, never; with --quiet it is never")
	f.StringVar(&o.Markers, "markers", "auto", "say in the stream where an issue is folded first, `WHEN`: auto (on a terminal), always, never")
	f.StringVar(&o.Color, "color", "auto", "colour what orbfilter says, `WHEN`: auto (on a terminal, in CI), always, never")
	o.registerFormat(f)
	f.DurationVar(&o.Hold, "hold", filter.Hold, "let lines wait for this `DURATION` behind an unfinished block for its next piece")
	f.StringVar(&o.OnClosed, "on-closed", "auto", "what to do when nobody reads the output any more, an `ACTION`: drain (read on to the end), exit, auto (drain what may be a deploy)")
	f.BoolVar(&o.NoHistory, "no-history", false, "do not keep the report of this run for orbfilter doctor")
	f.BoolVarP(&o.Verbose, "verbose", "v", false, "say as well what the command leaves running")
	f.BoolVarP(&o.Quiet, "quiet", "q", false, "no summary and no markers; that the run failed, and issues of severity error, are still said")
}

// Complete offers the values of flags to shells.
func (o *Flags) Complete(root *cobra.Command) {
	for flag, values := range map[string][]string{"color": whens, "markers": whens, "summary": whens, "fail-on": failOns, "report": reportPrefixes(), "format": formatNames(), "folded": foldeds, "on-closed": onCloseds} {
		_ = root.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	_ = root.RegisterFlagCompletionFunc("disable", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return RuleIDs(), cobra.ShellCompDirectiveNoFileComp // not before it is asked for: reading all rules takes a while
	})
}

// RuleIDs are the ids of the rules that come with the program.
func RuleIDs() (ids []string) {
	for r := range rules.Builtin().All() {
		ids = append(ids, r.ID)
	}
	return ids
}

// Check finds values that are none.
func (o *Flags) Check(flags *pflag.FlagSet) error { return o.Placed(o.check(flags)) }

func (o *Flags) check(flags *pflag.FlagSet) error {
	for flag, v := range map[string]string{"color": o.Color, "markers": o.Markers, "summary": o.Summary} {
		if !slices.Contains(whens, v) {
			return Usage(fmt.Errorf("--%s %q: write %s", flag, v, strings.Join(whens, ", ")))
		}
	}
	if !slices.Contains(onCloseds, o.OnClosed) {
		return Usage(fmt.Errorf("--on-closed %q: write %s", o.OnClosed, strings.Join(onCloseds, ", ")))
	}
	if err := o.checkFormat(); err != nil {
		return err
	}
	if err := o.checkFailOn(flags.Changed("fail-on")); err != nil {
		return err
	}
	if o.Hold < 0 {
		return Usage(errors.New("--hold cannot be negative; write --hold 500ms"))
	}
	for _, r := range o.Reports {
		if _, _, err := SplitReport(r); err != nil {
			return Usage(err)
		}
	}
	return o.twoInOne()
}

// What to do when nobody reads the output any more, as in --on-closed.
const (
	closedAuto  = "auto"
	ClosedDrain = "drain" // read on to the end, so that who writes is not killed in the middle
	ClosedExit  = "exit"  // end as cat does
)

var onCloseds = []string{closedAuto, ClosedDrain, ClosedExit}

// Asked reports whether something is to come of the run besides what it shows.
func (o *Flags) Asked() bool { return len(o.Reports) > 0 || o.Audit != "" || o.FailOn != "" }
