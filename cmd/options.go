package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/filter"
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
	hold      time.Duration
	quiet     bool
}

// newUnknown is the value of --fail-on for exceptions that no rule knows.
const newUnknown = "new-unknown"

var (
	whens   = []string{"auto", "always", "never"}
	failOns = []string{string(rules.Noise), string(rules.Notice), string(rules.Warning), string(rules.Error), newUnknown}
)

func (o *options) register(f *pflag.FlagSet) {
	f.SortFlags = false
	f.StringArrayVar(&o.rules, "rules", nil, "use the rules in this `file or folder` as well (repeatable)")
	f.BoolVar(&o.noBuiltin, "no-builtin", false, "do not use the rules that come with orbfilter")
	f.StringArrayVar(&o.disable, "disable", nil, "do not use the rule with this `id` (repeatable)")
	f.StringArrayVar(&o.reports, "report", nil, "write a report at the end: `json=FILE` (repeatable)")
	f.StringVar(&o.failOn, "fail-on", "", "exit 1 when an issue of this `severity` or above was seen: "+strings.Join(failOns, ", "))
	f.StringVar(&o.summary, "summary", "auto", "`when` to say at the end what was seen: auto (there was something), always, never")
	f.StringVar(&o.markers, "markers", "auto", "`when` to say in the stream where an issue is folded first: auto (on a terminal), always, never")
	f.StringVar(&o.color, "color", "auto", "`when` to colour what orbfilter says: auto (on a terminal, in CI), always, never")
	f.DurationVar(&o.hold, "hold", filter.Hold, "how long lines wait behind an unfinished block for its next piece")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no summary and no markers; issues of severity error are still named")
}

// complete offers the values of flags to shells.
func (o *options) complete(root *cobra.Command) {
	for flag, values := range map[string][]string{"color": whens, "markers": whens, "summary": whens, "fail-on": failOns, "report": {"json="}, "disable": ids()} {
		_ = root.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
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
	if flags.Changed("fail-on") && !slices.Contains(failOns, o.failOn) {
		return usageError{fmt.Errorf("--fail-on %q: write %s", o.failOn, strings.Join(failOns, ", "))}
	}
	if o.hold < 0 {
		return usageError{errors.New("--hold cannot be negative; write --hold 500ms")}
	}
	for _, r := range o.reports {
		if kind, file, _ := strings.Cut(r, "="); kind != "json" || file == "" || file == "-" {
			return usageError{fmt.Errorf("--report %q: write --report json=FILE; standard output is taken by the run", r)}
		}
	}
	return nil
}

// load reads the rules. What is wrong is said; bad tells whether something
// was. The set holds those that are right.
func (o *options) load(io IO) (set *rules.Set, bad bool) {
	complain := func(err error) {
		bad = true
		for line := range strings.SplitSeq(err.Error(), "\n") {
			fmt.Fprintf(io.Err, "orbfilter: %s\n", line)
		}
	}
	set = rules.NewSet()
	if !o.noBuiltin {
		set = rules.Builtin()
	}
	for _, name := range o.rules {
		more, err := rules.Load(name)
		if err != nil {
			complain(err)
		}
		for r := range more.All() {
			if err := set.Add(r); err != nil {
				complain(err)
			}
		}
	}
	set, unknown := set.Without(o.disable...)
	for _, id := range unknown {
		complain(fmt.Errorf("--disable %s: there is no such rule", id))
	}
	return set, bad
}
