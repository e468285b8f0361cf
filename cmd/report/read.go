package report

import (
	"fmt"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/report/named"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// readReports reads reports that were named, for an output that is to be none of them. All that is wrong is said.
func readReports(io cli.IO, names []string, output string) ([]*report.Report, error) {
	if toStdout(output) {
		output = ""
	}
	all, passed, errs := named.Read(io.In, names, output)
	for _, list := range [][]error{passed, errs} {
		for _, err := range list {
			fmt.Fprintf(io.Stderr(), "orbfilter: %s\n", printable.Line(err.Error()))
		}
	}
	if len(errs) > 0 {
		return nil, cli.ExitCode(cli.ExitUsage)
	}
	return all, nil
}
