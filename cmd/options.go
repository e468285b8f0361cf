package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// options are the flags that the commands share.
type options struct {
	rules     []string
	noBuiltin bool
	disable   []string
	reports   []string
	color     string
	markers   string
	summary   string
	failOn    string
	baseline  string
	hold      time.Duration
	quiet     bool
	verbose   bool
	noHistory bool
	audit     string
	format    string
	folded    string
	onClosed  string

	wrong []string // what was complained of, a line each
}

var (
	whens   = []string{"auto", "always", "never"}
	failOns = []string{string(rules.Noise), string(rules.Notice), string(rules.Warning), string(rules.Error), report.NewUnknown}
)

func (o *options) register(f *pflag.FlagSet) {
	f.SortFlags = false
	f.StringArrayVar(&o.rules, "rules", nil, "use the rules in this `file or folder` as well (repeatable)")
	f.BoolVar(&o.noBuiltin, "no-builtin", false, "do not use the rules that come with orbfilter")
	f.StringArrayVar(&o.disable, "disable", nil, "do not use the rule with this `id` (repeatable)")
	f.StringArrayVar(&o.reports, "report", nil, "write a report at the end: `KIND=FILE` (repeatable); "+strings.Join(reports.ReportKinds(), ", "))
	f.StringVar(&o.audit, "audit", "", "keep what is folded in this `file`, for orbfilter restore")
	f.StringVar(&o.failOn, "fail-on", "", "exit 1 when the run failed, or an issue of this `severity` or above was seen: "+strings.Join(failOns, ", ")+"; several with commas")
	f.StringVar(&o.baseline, "baseline", "", "with --fail-on new-unknown, pass over what is in this `file`; scan --write-baseline writes it")
	f.StringVar(&o.summary, "summary", "auto", "`when` to say at the end what was seen: auto (there was something), always, never; with --quiet it is never")
	f.StringVar(&o.markers, "markers", "auto", "`when` to say in the stream where an issue is folded first: auto (on a terminal), always, never")
	f.StringVar(&o.color, "color", "auto", "`when` to colour what orbfilter says: auto (on a terminal, in CI), always, never")
	o.registerFormat(f)
	f.DurationVar(&o.hold, "hold", filter.Hold, "how long lines wait behind an unfinished block for its next piece")
	f.StringVar(&o.onClosed, "on-closed", "auto", "`what` to do when nobody reads the output any more: drain (read on to the end), exit, auto (drain what may be a deploy)")
	f.BoolVar(&o.noHistory, "no-history", false, "do not keep the report of this run for orbfilter doctor")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "say as well what the command leaves running")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no summary and no markers; issues of severity error are still named")
}

// complete offers the values of flags to shells.
func (o *options) complete(root *cobra.Command) {
	for flag, values := range map[string][]string{"color": whens, "markers": whens, "summary": whens, "fail-on": failOns, "report": reportPrefixes(), "format": formatNames(), "folded": foldeds, "on-closed": onCloseds} {
		_ = root.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	_ = root.RegisterFlagCompletionFunc("disable", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return ids(), cobra.ShellCompDirectiveNoFileComp // not before it is asked for: reading all rules takes a while
	})
}

func ids() (ids []string) {
	for r := range rules.Builtin().All() {
		ids = append(ids, r.ID)
	}
	return ids
}

// check finds values that are none.
func (o *options) check(flags *pflag.FlagSet) error {
	for flag, v := range map[string]string{"color": o.color, "markers": o.markers, "summary": o.summary} {
		if !slices.Contains(whens, v) {
			return usageError{fmt.Errorf("--%s %q: write %s", flag, v, strings.Join(whens, ", "))}
		}
	}
	if !slices.Contains(onCloseds, o.onClosed) {
		return usageError{fmt.Errorf("--on-closed %q: write %s", o.onClosed, strings.Join(onCloseds, ", "))}
	}
	if err := o.checkFormat(); err != nil {
		return err
	}
	if err := o.checkFailOn(flags.Changed("fail-on")); err != nil {
		return err
	}
	if o.hold < 0 {
		return usageError{errors.New("--hold cannot be negative; write --hold 500ms")}
	}
	for _, r := range o.reports {
		if _, _, err := splitReport(r); err != nil {
			return usageError{err}
		}
	}
	return o.twoInOne()
}
