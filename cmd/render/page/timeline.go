package page

import (
	"fmt"
	"math"
	"strconv"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
)

const (
	maxTimelines = 40
	// shareBins is how many stretches the runs of several logs are cut into. A
	// timeline of a long run has 33 to 64 bins: more would say more than is known.
	shareBins      = 32
	timelineWidth  = 640.0 // of the drawing; the page stretches it
	timelineHeight = 24.0
)

// A timelineTable says where in the run the issues are.
type timelineTable struct {
	Shares bool     // of several logs, in percent of each
	Ticks  []string // what stands below
	Rows   []timelineRow
	Left   leftOut
}

type timelineRow struct {
	*issue
	Sum  int // of the bars
	Said string
	Bars []bar
}

// A bar is a rectangle, with the words that it stands for.
type bar struct {
	X, Y, W, H string
	N          int64
	Title      string
}

func newTimelineTable(r *report.Report, issues []*issue) *timelineTable {
	t := &timelineTable{Shares: len(r.Logs) > 1, Ticks: []string{"0 %", "25 %", "50 %", "75 %", "100 %"}}
	if !t.Shares {
		t.Ticks = lineTicks(r.Input.Lines)
	}
	for _, i := range issues {
		row := timelineRow{issue: i}
		if t.Shares {
			row.shares(r.Logs)
		} else {
			row.lines(r.Logs)
		}
		switch {
		case len(row.Bars) == 0:
		case len(t.Rows) == maxTimelines:
			t.Left.add(i.Count, i.Lines)
		default:
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

func lineTicks(lines int64) []string {
	if lines < 4 {
		return []string{"line 1", "line " + words.Grouped(max(1, lines))}
	}
	return []string{"line 1", words.Grouped(lines / 4), words.Grouped(lines / 2), words.Grouped(lines / 4 * 3), "line " + words.Grouped(lines)}
}

// lines draws the bins of the one log as they are.
func (row *timelineRow) lines(logs []*report.Log) {
	for _, l := range logs {
		for i := range l.Issues {
			if t := &l.Issues[i].Timeline; l.Issues[i].ID == row.Issue.ID && t.Width > 0 {
				all := max(l.Input.Lines, 1)
				row.draw(t.Counts, float64(t.Width)/float64(all), func(n int) string {
					first, last := int64(n)*int64(t.Width)+1, min(int64(n+1)*int64(t.Width), all)
					if first >= last {
						return "line " + words.Grouped(first)
					}
					return "lines " + words.Grouped(first) + " to " + words.Grouped(last)
				})
			}
		}
	}
}

// shares adds the logs up, each from its first line to its last.
func (row *timelineRow) shares(logs []*report.Log) {
	var parts [shareBins]float64
	for _, l := range logs {
		for i := range l.Issues {
			if l.Issues[i].ID == row.Issue.ID {
				addShares(&parts, &l.Issues[i].Timeline, l.Input.Lines)
			}
		}
	}
	row.draw(whole(parts), 1/float64(shareBins), func(n int) string {
		return fmt.Sprintf("%s to %s %%", percentAt(n), percentAt(n+1))
	})
}

func percentAt(n int) string { return strconv.Itoa((100*n + shareBins/2) / shareBins) }

// addShares spreads each bin evenly over the stretches that it reaches into:
// whole bins would give a comb, some stretches two and some one.
func addShares(parts *[shareBins]float64, t *filter.Timeline, lines int64) {
	scale := float64(t.Width) * shareBins / float64(max(1, lines)) // of a bin, in stretches
	for n, c := range t.Counts {
		from := min(float64(n)*scale, shareBins-1)
		to := max(min(float64(n+1)*scale, shareBins), math.Nextafter(from, shareBins))
		for k := int(from); k < shareBins && float64(k) < to; k++ {
			part := min(to, float64(k+1)) - max(from, float64(k))
			parts[k] += float64(c) * part / (to - from)
		}
	}
}

// whole makes whole numbers of parts, with the same sum.
func whole(parts [shareBins]float64) []int {
	out := make([]int, shareBins)
	sum, given := 0.0, 0
	for k, p := range parts {
		sum += p
		out[k] = int(math.Round(sum)) - given
		given += out[k]
	}
	return out
}

// draw makes the bars, the highest as high as there is room. A bin is width of
// the whole wide.
func (row *timelineRow) draw(counts []int, width float64, label func(n int) string) {
	most, first, last := 0, -1, 0
	for n, c := range counts {
		if c > 0 && first < 0 {
			first = n
		}
		if c > 0 {
			last = n
		}
		most = max(most, c)
		row.Sum += c
	}
	if first < 0 {
		return
	}
	for n, c := range counts {
		if c > 0 {
			x, h := min(float64(n)*width*timelineWidth, timelineWidth-1.5), max(3, float64(c)/float64(most)*timelineHeight)
			w := max(1.5, min(width*timelineWidth, timelineWidth-x)-1)
			row.Bars = append(row.Bars, bar{decimal(x), decimal(timelineHeight - h), decimal(w), decimal(h), int64(c), label(n) + ": " + words.Grouped(int64(c))})
		}
	}
	row.Said = "first in " + label(first)
	if last > first {
		row.Said += ", last in " + label(last)
	}
	row.Said += ", at most " + words.Grouped(int64(most)) + " in one place"
}

// decimal is a length in a drawing.
func decimal(x float64) string {
	return strconv.FormatFloat(float64(int64(x*100+0.5))/100, 'f', -1, 64)
}
