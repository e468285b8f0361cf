package rules

import (
	"errors"
	"fmt"
	stdio "io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose/beside"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	why "github.com/orbfilter/orbfilter/rules/explain"
)

const rulesExplainLong = `Say why a line of a log is folded or shown: which text of a rule it holds, which
block took it and what that waits for next, and why a block was given up.

LINE may be a range, 120-127. Without a LINE, all lines are named that a rule had
to do with. LOG may be -, for standard input. A recorded log has no pauses: that a block waits for too long,
which --hold bounds, cannot happen in it.`

const rulesExplainExample = `  orbfilter rules explain deploy.log:17
  orbfilter rules explain deploy.log:120-127
  orbfilter rules explain --rules mine.yaml deploy.log
  pyinfra … 2>&1 | orbfilter rules explain -`

func newRulesExplain(io cli.IO, o Shared) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "explain LOG[:LINE[-LAST]]", Short: "Say why a line is folded or shown",
		Long: rulesExplainLong, Example: rulesExplainExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usage(errors.New("explain needs one log: orbfilter rules explain deploy.log:17"))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := cli.Check(c, o); err != nil {
				return err
			}
			return explain(io, o, args[0], asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	cli.Take(c, o)
	return c
}

func explain(io cli.IO, o Shared, what string, asJSON bool) error {
	name, first, last := splitLine(what)
	if last < first {
		return cli.Usage(fmt.Errorf("%s: the last line is before the first; write %s:%d-%d", what, name, last, first))
	}
	data, written, err := readLog(io, name)
	if err != nil {
		return cli.Usage(err)
	}
	set, bad := o.Load(io)
	log, err := why.Of(set, data, filter.Options{Installed: cli.LookUpOn(beside.NewBeside(beside.RecordedLimit)), Recorded: true, Written: written, Claims: true})
	if err != nil {
		return err
	}
	if last > log.Len() {
		return cli.Usage(fmt.Errorf("%s has %s; there is no line %d", name, words.Plural(int64(log.Len()), "line"), last))
	}
	out := catalog.Explanation{Log: name, Color: o.ColorOn(io, io.Out), Asked: first > 0}
	if out.Asked {
		out.Lines = log.Between(first, last)
	} else {
		out.Lines = log.Concerned()
	}
	if asJSON {
		err = out.JSON(io.StdoutData(words.JSONText))
	} else {
		out.Text(io.Stdout())
	}
	return cli.Done(err, bad)
}

// atLine is what follows the name of a log.
var atLine = lazyregexp.New(`^(.+):([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?$`)

// splitLine takes LOG:LINE and LOG:FIRST-LAST apart; a file that has such a name
// is one. 0: all.
func splitLine(what string) (name string, first, last int) {
	m := atLine.FindStringSubmatch(what)
	if _, err := os.Stat(what); err == nil || m == nil {
		return what, 0, 0
	}
	first, _ = strconv.Atoi(m[2]) // at most nine digits
	last, err := strconv.Atoi(m[3])
	if err != nil {
		last = first
	}
	return m[1], first, last
}

// readLog reads a log. written is when it was written to last; zero: not known.
func readLog(io cli.IO, name string) (data []byte, written time.Time, err error) {
	if name == "-" {
		data, err = stdio.ReadAll(io.In)
		return data, cli.WrittenTo(io.In), err
	}
	data, err = os.ReadFile(name)
	if err != nil {
		return nil, written, fmt.Errorf("%s: %w", name, errors.Unwrap(err))
	}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		written = info.ModTime()
	}
	return data, written, nil
}
