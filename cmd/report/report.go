// Package report has the commands that add up reports and show them.
package report

import (
	"bytes"
	"errors"
	"fmt"
	stdio "io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/internal/save"
)

const reportLong = `Add up reports, show one, or print what one looks like. A report is what
--report json=FILE writes at the end of a run; docs/reference/reports.md says what is in it.`

// New is the parent of the commands that read reports.
func New(io cli.IO, o *cli.Colour) *cobra.Command {
	c := &cobra.Command{
		Use: "report COMMAND", Short: "Add up reports, and show them in any format",
		Long: reportLong, Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newReportMerge(io), newReportShow(io, o), newReportSchema(io))
	return c
}

const reportMergeLong = `Add up JSON reports to one, which has the totals, the issues and the logs of
all. It makes no difference in which order they are named. A folder stands for
all files in it that end with .json, in its folders as well; - is standard input.

A run that was live has no name: so that it can be told apart from others, it is
called as the file of its report is. Logs that are called the same in several
reports get that name as well: deploy.log (job-1.json).`

const reportMergeExample = `  orbfilter report merge job-1.json job-2.json -o all.json
  orbfilter report merge reports/ | orbfilter report show - --format md`

func newReportMerge(io cli.IO) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use: "merge REPORT...", Short: "Add up reports to one",
		Long: reportMergeLong, Example: reportMergeExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cli.Usage(errors.New("report merge needs reports; write orbfilter report merge A.json B.json"))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			reports, err := readReports(io, args, output)
			if err != nil {
				return err
			}
			sum := report.Merge(reports...)
			if err := sum.Check(); err != nil {
				return fmt.Errorf("the sum is too high: %w", err)
			}
			for _, pair := range sum.Twins() {
				fmt.Fprintf(io.Stderr(), "orbfilter: %s and %s have the same date, lines and issues; if that is one log under two names, it is counted twice\n", facts.LogName(pair[0]), facts.LogName(pair[1]))
			}
			return emit(io, "json", output, sum.JSON)
		},
	}
	addOutput(c, &output)
	return c
}

const reportShowLong = `Show a JSON report as the summary of a run, in any format that reports have, or
as a CI system shows what a run has come to: github, gitlab, azure, teamcity
and buildkite are for a job that adds up the reports of others, and write the
summary and its annotations to standard output. - is standard input.`

const reportShowExample = `  orbfilter report show orbfilter.json
  orbfilter report show orbfilter.json --format junit -o orbfilter.junit.xml
  orbfilter report merge reports/ | orbfilter report show - --format github`

func reportFormats() []string {
	return slices.Concat([]string{save.TextFormat}, reports.ReportKinds(), systems())
}

// systems are the formats of CI systems.
func systems() []string {
	return slices.DeleteFunc(ci.FormatNames(), func(name string) bool { return name == save.TextFormat || name == "jsonl" })
}

func newReportShow(io cli.IO, o *cli.Colour) *cobra.Command {
	var format, output string
	c := &cobra.Command{
		Use: "show REPORT", Short: "Show a report in any format",
		Long: reportShowLong, Example: reportShowExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usage(fmt.Errorf("report show needs one report, and got %d; to see several write orbfilter report merge A.json B.json | orbfilter report show -", len(args)))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return showReport(io, o, args[0], format, output) },
	}
	c.Flags().StringVar(&format, "format", save.TextFormat, "show it in this `FORMAT`: "+strings.Join(reportFormats(), ", "))
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(reportFormats(), cobra.ShellCompDirectiveNoFileComp))
	addOutput(c, &output)
	cli.Take(c, o)
	return c
}

func showReport(io cli.IO, o *cli.Colour, name, format, output string) error {
	if kind := cli.KindOf(format); kind != nil {
		format = kind.Name
	}
	if !slices.Contains(reportFormats(), format) {
		return cli.Usage(fmt.Errorf("--format %q: write %s", format, strings.Join(reportFormats(), ", ")))
	}
	read, err := readReports(io, []string{name}, output)
	if err != nil {
		return err
	}
	r := report.Merge(read...)
	return emit(io, format, output, showing(io, o, r, format, output))
}

// showing returns what writes a report in a format.
func showing(io cli.IO, o *cli.Colour, r *report.Report, format, output string) func(w stdio.Writer) error {
	if kind := reports.ReportKindOf(format); kind != nil {
		return writing(kind, r)
	}
	if slices.Contains(systems(), format) {
		return announcing(io, r, format)
	}
	view := summary.ReportText{Report: r, Home: io.Getenv("HOME")}
	if !toStdout(output) {
		return view.Write
	}
	view.Color, view.Width = o.ColorOn(io, io.Out), io.Width(io.Out)
	return func(w stdio.Writer) error {
		var said bytes.Buffer
		if err := view.Write(&said); err != nil {
			return err
		}
		_, err := w.Write(io.Fit(io.Out, said.Bytes()))
		return err
	}
}

// announcing returns what writes a report as a CI system shows it: the summary, in which nothing can
// give orders, and the annotations.
func announcing(io cli.IO, r *report.Report, format string) func(w stdio.Writer) error {
	return func(w stdio.Writer) error {
		var said, all bytes.Buffer
		if err := (summary.ReportText{Report: r, Home: io.Getenv("HOME")}).Write(&said); err != nil {
			return err
		}
		f := ci.FormatOf(format)
		all.WriteString(f.Words(string(printable.Text.Bytes(said.Bytes())), facts.NotWell(r), time.Now()))
		f.Issues(&all, r, ci.IssueOptions{})
		_, err := w.Write(all.Bytes())
		return err
	}
}

func writing(kind *reports.ReportKind, r *report.Report) func(w stdio.Writer) error {
	return func(w stdio.Writer) error { return kind.Write(w, r) }
}

func newReportSchema(io cli.IO) *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of a report", Args: cli.NoArgs,
		Long:    "Print the JSON Schema (draft 2020-12) of what --report json=FILE writes.",
		Example: "  orbfilter report schema > report.schema.json",
		RunE: func(*cobra.Command, []string) error {
			_, err := io.StdoutData(words.JSONText).Write(report.JSONSchema())
			return err
		},
	}
}

func addOutput(c *cobra.Command, output *string) {
	c.Flags().StringVarP(output, "output", "o", "", "write to this `FILE` instead of standard output")
}

// syntax is what a report in a format is written in.
func syntax(format string) string {
	switch format {
	case "json", "sarif", "codequality":
		return words.JSONText
	case "junit", "html":
		return words.XMLText
	}
	return words.PlainText
}

func toStdout(output string) bool { return output == "" || output == "-" }

// emit writes a report in a format to a file, or to standard output; a reader who goes
// away is no failure.
func emit(io cli.IO, format, output string, write func(w stdio.Writer) error) error {
	if err := save.FirstError(cli.Spoils(io, output), save.Overwrites(format, output)); err != nil && !toStdout(output) {
		return cli.Usage(fmt.Errorf("--output %s: %w", output, err))
	}
	var data strings.Builder
	if err := write(&data); err != nil {
		return err
	}
	if !toStdout(output) {
		err := save.WriteOut(output, func(w stdio.Writer) error { _, err := stdio.WriteString(w, data.String()); return err })
		if err != nil {
			return fmt.Errorf("--output %w", err)
		}
		return nil
	}
	_, err := stdio.WriteString(io.StdoutData(syntax(format)), data.String())
	if err != nil && cli.IsGone(err) {
		return nil
	}
	return err
}
