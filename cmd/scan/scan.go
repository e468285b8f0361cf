// Package scan has the command scan: recorded logs, their tables and their clean copies.
package scan

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/diagnose/beside"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/batch"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/internal/save"
)

const scanLong = `Look through recorded logs, side by side on all cores: which known issues are in
them, how many lines they cost, and what recurs that no rule knows. The table
goes to standard output. Nothing else is written unless it is asked for:

  --output DIR  the logs without what is folded, under the same names, packed as
                they came. What is there already under these names is replaced.
                DIR should lie outside of the folders that are scanned: another
                scan would take the clean copies for logs
  --in-place    the same in place of the logs; --audit DIR keeps what is taken out

PATH is a log, a folder or - for standard input. gzip, zstd and the zip archives
of GitHub are recognised by what they begin with, not by their names. In a folder
every file is a log that is not hidden and not written by orbfilter itself, in its
folders as well; --include says which. Links in a folder are not followed; one
that is typed is, and with --in-place the file that it leads to is replaced.

In an archive of GitHub, the log of a whole job is not counted when those of its
steps are there as well: they are the same lines.

A log that cannot be read, is cut off or has a NUL byte in its first 8,000
(binary, UTF-16) is named at the end. What there is of one that is cut off
counts, but there is no clean copy of it. In an archive such a file is copied as
it is, and so is one that is encrypted or has a name that leads out of it.

The exit code is 0 when all is well; 1 when --fail-on met what it looks for;
2 when the usage or a rule file is wrong, or there is no log; 3, whatever else
was found, when a log could not be read or something not be written. The report
for orbfilter doctor is not touched by a scan.`

const scanExample = `  orbfilter scan logs/
  orbfilter scan --include '*.log' --include '*.gz' --output clean logs/
  orbfilter scan --in-place --audit /var/tmp/audit logs/
  gh api repos/OWNER/REPO/actions/runs/ID/logs | orbfilter scan -
  orbfilter scan --cut 64MiB huge.log   (bytes at which it can be cut)
  orbfilter < deploy.log > clean.log    (one log, its clean copy on standard output)`

// A scan is one run of the command.
type scan struct {
	io      cli.IO
	options Shared

	include       []string
	output        string
	inPlace       bool
	jobs          int
	top           int
	sort          string
	writeBaseline string
	cut           string

	gate    report.FailOn
	machine *beside.Beside // nil: this one; a test puts another in its place
	bar     *bar
	batch   batch.Batch
}

// Shared are the parts of the shared flags that a scan takes.
type Shared struct {
	*cli.Loading
	*cli.Results
	*cli.Colour
	*cli.Formatting
	*cli.Volume
}

// New returns the command.
func New(io cli.IO, o Shared) *cobra.Command {
	s := &scan{io: io, options: o}
	c := &cobra.Command{
		Use:   "scan [flags] PATH...",
		Short: "Clean recorded logs, and report what is in them",
		Long:  scanLong, Example: scanExample, DisableFlagsInUseLine: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cli.Usage(errors.New("scan needs a log, a folder or -; type: orbfilter scan logs/"))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.check(c, args); err != nil {
				return err
			}
			if s.cut != "" {
				return s.printCuts(args)
			}
			return s.run(args)
		},
	}
	s.register(c.Flags())
	cli.Take(c, o)
	_ = c.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(summary.ScanOrders(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (s *scan) register(f *pflag.FlagSet) {
	f.SortFlags = false
	f.StringArrayVar(&s.include, "include", nil, "of folders, take the files whose name is like this `PATTERN` (repeatable); with a slash, their path: 'ci/**/*.txt'")
	f.StringVarP(&s.output, "output", "o", "", "write the clean logs to this folder, `DIR`")
	f.BoolVar(&s.inPlace, "in-place", false, "put the clean logs in the place of the logs; needs --audit")
	f.IntVarP(&s.jobs, "jobs", "j", 0, "read `N` logs side by side; 0: one on each core")
	f.IntVar(&s.top, "top", 20, "show `N` logs, issues and unknown texts; 0: all")
	f.StringVar(&s.sort, "sort", summary.ScanOrders()[0], "put the logs in this `ORDER`: "+strings.Join(summary.ScanOrders(), ", "))
	f.StringVar(&s.cut, "cut", "", "print where one log can be cut into parts of this `SIZE` (64MiB)")
	f.StringVar(&s.writeBaseline, "write-baseline", "", "write what no rule knows to this `FILE`, for --baseline")
}

// check finds flags that are wrong by themselves.
func (s *scan) check(c *cobra.Command, args []string) error {
	if err := cli.Check(c, s.options); err != nil {
		return err
	}
	for _, p := range s.include {
		if err := logs.CheckPattern(p); err != nil {
			return cli.Usage(fmt.Errorf("--include: %w", err))
		}
	}
	wrong := cmp.Or(noFolder("--output", s.output), noFolder("--audit", s.options.Audit))
	switch rewrites := s.output != "" || s.inPlace; {
	case events(s.options.Format):
		wrong = "--format " + s.options.Format + " does nothing in orbfilter scan; for programs there is --report json=FILE"
	case s.jobs < 0:
		wrong = "-j cannot be negative; leave it out to use all cores"
	case !slices.Contains(summary.ScanOrders(), s.sort):
		wrong = fmt.Sprintf("--sort %q: write %s", s.sort, strings.Join(summary.ScanOrders(), ", "))
	case s.top < 0:
		wrong = "--top cannot be negative; 0 shows all"
	case wrong != "":
	case s.cut != "" && (rewrites || s.options.Audit != "" || len(s.options.Reports) > 0 || s.writeBaseline != "" || len(s.include) > 0):
		wrong = "--cut scans nothing, and writes nothing but where a log can be cut; leave --output, --in-place, --audit, --report, --include and --write-baseline out"
	case s.output != "" && s.inPlace:
		wrong = "--output leaves the logs as they are, and --in-place replaces them; leave one of the two out"
	case s.writeBaseline != "" && s.options.Writes(s.writeBaseline):
		wrong = "--write-baseline " + s.writeBaseline + ": a report is written there; take another name"
	case s.inPlace && s.options.Audit == "":
		wrong = "--in-place takes lines out of your logs for good; say where they are to be kept: --in-place --audit DIR"
	case s.options.Audit != "" && !rewrites:
		wrong = "--audit keeps what is taken out of logs, and nothing is taken out by reading them; add --output DIR or --in-place"
	case rewrites && strings.Contains("\n"+strings.Join(args, "\n")+"\n", "\n-\n"):
		wrong = "standard input has no name that a clean copy could have; type: orbfilter < LOG > CLEAN"
	}
	if wrong != "" {
		return cli.Usage(errors.New(wrong))
	}
	return nil
}

// events reports whether a format is one of the events of a single run.
func events(format string) bool {
	f := ci.FormatOf(format)
	return f != nil && f.Events
}

// memory is from where on the garbage of the logs before is collected more often: a
// scan runs beside other things, and needs little more than its windows for zstd.
const memory = 92 << 20

// garbage is how much may come before it is collected, in percent of what is in use, which is little: the limit above holds all the same.
const garbage = 200

// run scans. Nothing is begun before all is known to be right that was typed.
func (s *scan) run(args []string) error {
	set, bad := s.options.Load(s.io)
	s.gate, bad = orBad(bad)(s.options.Gate(s.io, set, s.options.WriteAnew(s.options.Baseline, s.include, args)))
	if bad {
		fmt.Fprintln(s.io.Stderr(), "orbfilter: nothing was scanned")
		return cli.ExitCode(cli.ExitUsage)
	}
	if err := report.CheckWriteBaseline(s.writeBaseline); err != nil {
		return cli.Usage(err)
	}
	if s.machine == nil {
		s.machine = beside.NewBeside(beside.RecordedLimit)
	}
	s.batch.Plan, s.batch.Tool, s.batch.Jobs, s.batch.InPlace = filter.NewPlan(set), s.io.Version, s.jobs, s.inPlace
	s.batch.LookUp, s.batch.Fix, s.batch.Record = cli.LookUpOn(s.machine), s.machine.FixCommand, s.options.Records(s.io)
	s.batch.Texts, s.batch.Seen = s.options.KeepsText(), s.writeBaseline != ""
	files, err := s.find(args)
	if err != nil {
		return err
	}
	targets, err := s.places().Targets(files)
	if err != nil {
		return cli.Usage(err)
	}
	if err := s.options.TryReports(s.io); err != nil {
		return cli.Usage(err)
	}
	if s.io.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
		wrap.CollectOften(garbage)
	}
	s.sayInside(args)
	s.bar = s.newBar(files)
	s.batch.Progress = s.bar
	if ended := s.work(targets); ended != 0 {
		return cli.ExitCode(128 + ended)
	}
	return cli.Exit(s.finish())
}

// work reads all files, several side by side. It returns the signal that has
// ended it; 0: it came to its end.
func (s *scan) work(targets []*batch.Target) int {
	signals := make(chan os.Signal, 1)
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) {
			signal.Notify(signals, sig)
		}
	}
	defer signal.Stop(signals)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.batch.Run(targets)
	}()
	select {
	case <-done:
		s.bar.end()
		return 0
	case sig := <-signals:
		s.batch.End()
		s.bar.end()
		s.sayInterrupted(sig)
		n, _ := sig.(syscall.Signal)
		return int(n)
	}
}

// places are where all that is written is to go.
func (s *scan) places() batch.Places {
	written := map[string]string{s.writeBaseline: "--write-baseline"}
	for _, value := range s.options.Reports {
		if _, file, err := cli.SplitReport(value); err == nil {
			written[file] = "--report"
		}
	}
	return batch.Places{Output: s.output, InPlace: s.inPlace, Audit: s.options.Audit, Written: written}
}

// orBad adds what was wrong before.
func orBad(before bool) func(g report.FailOn, bad bool) (report.FailOn, bool) {
	return func(g report.FailOn, bad bool) (report.FailOn, bool) { return g, bad || before }
}

// find finds the logs. What is ours is none: clean copies, audits and reports
// that are in a folder that is scanned.
func (s *scan) find(args []string) ([]*logs.File, error) {
	search := &logs.Search{Include: s.include, In: s.io.In, Skip: s.ours(), Own: save.IsOurs}
	files, failures := search.Find(args)
	for _, f := range failures {
		s.batch.Fail(f)
	}
	if len(files) > 0 {
		return files, nil
	}
	if len(failures) > 0 {
		hint := ""
		if len(failures) == 1 {
			hint = "; name a log, a folder of logs, or - for standard input"
		}
		return nil, cli.Usage(errors.New("there is no log:" + oneByOne(failures) + hint))
	}
	of := "files that are not hidden, and that orbfilter has not written"
	if len(s.include) > 0 {
		of = "--include " + strings.Join(s.include, " --include ")
	}
	return nil, cli.Usage(fmt.Errorf("there is no log in %s; what was looked for: %s; name a folder that has logs, or a log itself", strings.Join(args, ", "), of))
}

// oneByOne writes failures, several in a line each.
func oneByOne(failures []*logs.Failure) string {
	var w strings.Builder
	before := " "
	if len(failures) > 1 {
		before = "\n  "
	}
	for _, f := range failures {
		fmt.Fprintf(&w, "%s%s: %s", before, printable.Line(f.Name), printable.Line(f.Err.Error()))
	}
	return w.String()
}

// ours returns what finds files and folders that orbfilter writes.
func (s *scan) ours() func(os.FileInfo) bool {
	names := []string{s.output, s.options.Audit, s.writeBaseline, s.options.Baseline}
	for _, r := range s.options.Reports {
		if kind, file, err := cli.SplitReport(r); err == nil && save.Replaceable(kind.Name, file) {
			names = append(names, file)
		}
	}
	var written []os.FileInfo
	for _, name := range names {
		if info, err := os.Stat(name); name != "" && err == nil {
			written = append(written, info)
		}
	}
	return func(info os.FileInfo) bool {
		for _, w := range written {
			if os.SameFile(info, w) {
				return true
			}
		}
		return false
	}
}
