package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// Gate reads what --fail-on and --baseline say. bad: the baseline is wrong, which was
// said; then nobody knows what is new. anew is the command that writes the baseline.
func (o *Results) Gate(says IO, set *rules.Set, anew string) (g report.FailOn, bad bool) {
	g, err := report.NewFailOn(o.FailOn, o.Baseline, anew, set)
	if err != nil {
		o.origin.Complain(says, err)
	}
	return g, err != nil
}

// checkFailOn finds values of --fail-on and --baseline that are none, or that do
// nothing. given: --fail-on was typed.
func (o *Results) checkFailOn(given bool) error {
	values := strings.Split(o.FailOn, ",")
	for _, v := range values {
		if given && !slices.Contains(failOns, v) {
			return Usage(fmt.Errorf("--fail-on %q: write %s, or several with commas between them", v, strings.Join(failOns, ", ")))
		}
	}
	if o.Baseline != "" && !slices.Contains(values, report.NewUnknown) {
		return Usage(fmt.Errorf("--baseline says what --fail-on %s passes over, and does nothing without it; add --fail-on %s", report.NewUnknown, report.NewUnknown))
	}
	return nil
}

// WriteAnew returns the command that writes a baseline, of what was scanned; paths: none
// if that was a live run. What the rules know is not in it, so their flags belong to it.
func (o *Loading) WriteAnew(file string, include, paths []string) string {
	c := shell.Command{"orbfilter", "scan", "--write-baseline", file}
	add := func(flag string, values []string) {
		for _, v := range values {
			c = append(c, flag, v)
		}
	}
	add("--rules", o.Rules)
	if o.NoBuiltin {
		c = append(c, "--no-builtin")
	}
	add("--disable", o.Disable)
	add("--include", include)
	return append(c, scanned(paths)...).String()
}

// maxScanned is how many paths are typed again.
const maxScanned = 4

// scanned returns paths as they are typed again: of many, such as a shell makes of a
// pattern, the folders that they are in.
func scanned(paths []string) []string {
	if len(paths) > maxScanned {
		var folders []string
		for _, p := range paths {
			folders = append(folders, filepath.Dir(p))
		}
		slices.Sort(folders)
		paths = slices.Compact(folders)
	}
	if len(paths) == 0 || len(paths) > maxScanned {
		return []string{"LOGS"}
	}
	return paths
}
