// Package cli is what the commands share: streams and terminals, what is said on them, the shared
// flags, the rules in use, logs that are typed, and exit codes.
package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// Flags are the flags that the commands share, all of their parts. A command is given those parts that it takes.
type Flags struct {
	Loading
	Results
	Colour
	Formatting
	Volume
	Streaming
	Verbosity
	Origin
}

var (
	whens   = []string{"auto", "always", "never"}
	failOns = []string{string(rules.Noise), string(rules.Notice), string(rules.Warning), string(rules.Error), report.NewUnknown}
)

// Register adds the shared flags to a set, in the order of the help.
func (o *Flags) Register(f *pflag.FlagSet) {
	o.Loading.origin, o.Results.origin, o.Colour.origin, o.Formatting.origin, o.Streaming.origin = &o.Origin, &o.Origin, &o.Origin, &o.Origin, &o.Origin
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
	f.StringVar(&o.Format, "format", autoFormat, "write the output in this `FORMAT`: "+strings.Join(formatNames(), ", "))
	f.StringVar(&o.Folded, "folded", foldeds[0], "what becomes of folded text, a `MODE`: hide, or group (it stays, collapsed, where the CI system has such)")
	f.DurationVar(&o.Hold, "hold", filter.Hold, "let lines wait for this `DURATION` behind an unfinished block for its next piece")
	f.StringVar(&o.OnClosed, "on-closed", "auto", "what to do when nobody reads the output any more, an `ACTION`: drain (read on to the end), exit, auto (drain what may be a deploy)")
	f.BoolVar(&o.NoHistory, "no-history", false, "do not keep the report of this run for orbfilter doctor")
	f.BoolVarP(&o.Verbose, "verbose", "v", false, "say as well what the command leaves running")
	f.BoolVarP(&o.Quiet, "quiet", "q", false, "no summary and no markers; that the run failed, or may have, and issues of severity error, are still said")
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

func (o *Results) check(flags *pflag.FlagSet) error {
	return o.origin.Placed(cmp.Or(
		checkOne("summary", o.Summary, whens),
		o.checkFailOn(flags.Changed("fail-on")),
		o.checkReports(),
	))
}

func (o *Results) checkReports() error {
	for _, value := range o.Reports {
		if _, _, err := SplitReport(value); err != nil {
			return Usage(err)
		}
	}
	return o.twoInOne()
}

func (o *Colour) check(*pflag.FlagSet) error {
	return o.origin.Placed(checkOne("color", o.Color, whens))
}

func (o *Formatting) check(*pflag.FlagSet) error {
	return o.origin.Placed(checkOne("format", o.Format, formatNames()))
}

func (s *Streaming) check(*pflag.FlagSet) error {
	err := cmp.Or(checkOne("markers", s.Markers, whens), checkOne("on-closed", s.OnClosed, onCloseds), checkOne("folded", s.Folded, foldeds))
	if err == nil && s.Hold < 0 {
		err = Usage(errors.New("--hold cannot be negative; write --hold 500ms"))
	}
	return s.origin.Placed(err)
}

// checkOne finds a value that is none of those that a flag may have.
func checkOne(flag, value string, values []string) error {
	if slices.Contains(values, value) {
		return nil
	}
	return Usage(fmt.Errorf("--%s %q: write %s", flag, value, strings.Join(values, ", ")))
}

// What to do when nobody reads the output any more, as in --on-closed.
const (
	closedAuto  = "auto"
	ClosedDrain = "drain" // read on to the end, so that who writes is not killed in the middle
	ClosedExit  = "exit"  // end as cat does
)

var onCloseds = []string{closedAuto, ClosedDrain, ClosedExit}

// Asked reports whether something is to come of the run besides what it shows.
func (o *Results) Asked() bool { return len(o.Reports) > 0 || o.Audit != "" || o.FailOn != "" }
