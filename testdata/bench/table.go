//go:build unix

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A result is what was measured on one log.
type result struct {
	log   *logKind
	made  int // bytes of the log
	stays digest
	rows  []*row
}

// A row is what was measured of one program.
type row struct {
	program program
	right   bool // it leaves what should be left
	left    int64
	runs    []took
}

// A spread is of some figures.
type spread struct{ least, median, most float64 }

func spreadOf(all []float64) spread {
	all = slices.Sorted(slices.Values(all))
	return spread{all[0], all[len(all)/2], all[len(all)-1]}
}

func (s spread) String() string { return fmt.Sprintf("%.2f, %.2f, %.2f", s.least, s.median, s.most) }

// of are the figures of a row, one a round.
func (w *row) of(what func(took) float64) (all []float64) {
	for _, t := range w.runs {
		all = append(all, what(t))
	}
	return all
}

func wall(t took) float64 { return t.wall }
func cpu(t took) float64  { return t.cpu }
func mem(t took) float64  { return t.peak }

// ratio is how many times as long as another one a program takes, round by round.
func (w *row) ratio(to *row) spread {
	var all []float64
	for i, t := range w.runs {
		all = append(all, t.wall/to.runs[i].wall)
	}
	return spreadOf(all)
}

// find returns a row; nil: there is none.
func (r *result) find(name string) *row {
	if i := slices.IndexFunc(r.rows, func(w *row) bool { return w.program.name == name }); i >= 0 {
		return r.rows[i]
	}
	return nil
}

// table writes what was measured.
func (r *result) table(out io.Writer) {
	ours := r.find(orbfilterName)
	fmt.Fprintf(out, "### %s\n\n%.1f MB, of which %.0f %% should be left.\n\n", r.log.name, float64(r.made)/1e6, 100*float64(r.stays.bytes)/float64(r.made))
	fmt.Fprintln(out, "| | seconds (min, median, max) | orbfilter takes × as long | CPU, s | peak MiB | leaves what it should |\n|---|---|---|---|---|---|")
	for _, w := range r.rows {
		ratio := "–"
		if w != ours {
			ratio = ours.ratio(w).String()
		}
		fmt.Fprintf(out, "| %s | %v | %s | %.2f | %s | %s |\n", w.program.name, spreadOf(w.of(wall)), ratio, spreadOf(w.of(cpu)).median, memory(spreadOf(w.of(mem)).most), w.says(r))
	}
	fmt.Fprintln(out)
}

// memory is a peak in words.
func memory(mib float64) string {
	if f := floor(); mib <= f+0.1 {
		return fmt.Sprintf("≤ %.0f", f)
	}
	return fmt.Sprintf("%.0f", mib)
}

// says is what the program leaves, in words.
func (w *row) says(r *result) string {
	switch {
	case w.right:
		return "yes"
	case w.program.name == "cat":
		return "all"
	case w.left < r.stays.bytes:
		return fmt.Sprintf("no: %.2f MB too little", float64(r.stays.bytes-w.left)/1e6)
	}
	return fmt.Sprintf("no: %.2f MB too much, or another part", float64(w.left-r.stays.bytes)/1e6)
}

// inBrief are the rivals in the short table.
var inBrief = []string{"cat", "rg -vFf", "sed, a range", "perl -0777"}

// briefTable writes the short table.
func briefTable(out io.Writer, results []*result, missing []string) {
	fmt.Fprintf(out, "Logs of %d MB whose lines differ, into a pipe, %s; how many times as long as another program it takes (median of %d rounds; its own least and most are below, with all else\nthat `make bench` measures):\n\n", *mb, today(), *rounds)
	fmt.Fprintln(out, "| | MB/s | × cat | × `rg -vFf` | × `sed` | × `perl -0777` | peak MiB |\n|---|---|---|---|---|---|---|")
	for _, r := range results {
		if r.log.brief != "" {
			fmt.Fprintf(out, "| %s | %s |\n", r.log.brief, strings.Join(r.brief(), " | "))
		}
	}
	fmt.Fprintln(out, "\n* of this log it leaves something else than it should.")
	if missing != nil {
		fmt.Fprintf(out, "Missing where this was measured: %s.\n", strings.Join(missing, ", "))
	}
}

// brief are the cells of a row in it.
func (r *result) brief() []string {
	ours := r.find(orbfilterName)
	cells := []string{fmt.Sprintf("%.0f", float64(r.made)/1e6/spreadOf(ours.of(wall)).median)}
	for _, name := range inBrief {
		w := r.find(name)
		switch {
		case w == nil:
			cells = append(cells, "–")
		case w.right || name == "cat":
			cells = append(cells, fmt.Sprintf("%.1f", ours.ratio(w).median))
		default:
			cells = append(cells, fmt.Sprintf("%.1f \\*", ours.ratio(w).median))
		}
	}
	return append(cells, memory(spreadOf(ours.of(mem)).most))
}
