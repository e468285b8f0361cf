package page

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
)

const (
	maxCharts    = 12
	maxColors    = 6 // versions that have a colour of their own in the style
	maxBands     = 4 // versions below a chart
	maxVersions  = 6 // versions in a row of the table
	chartHeight  = 64.0
	pointWidth   = 10.0
	pointGap     = 2.0
	slimPoints   = 12.0 // of fewer points, the bars are slimmer than the room
	bandHeight   = 4.0
	bandDistance = 6.0
)

// A trend is how issues went from day to day, or from log to log.
type trend struct {
	Unit   string // "day", "week", "month", "year" or "log"
	Points []point
	Runs   *runsChart
	Total  chart
	Charts []chart
	Left   leftOut // issues without a chart, which one column of the table adds up

	colors map[string]string // classes of versions, the same in all charts
}

// A point is a day, or a log.
type point struct {
	bucket

	Logs              int
	In, Shown, Folded int64
	Counts            []int // of the issues that have a chart
	Others            int
	Versions          string // that were installed, as far as seen
}

// A chart has a bar for each point.
type chart struct {
	*issue
	Width, Height string
	Bars          []bar
	Over          []bar // on top of the bars
	Bands         []band
	BandsLeft     int
	Most          int64
	Said          string
}

// A band says where a version was installed.
type band struct {
	Version  string // "gevent 25.5.1"
	From, To string
	Class    string
	Y, H     string
	Bars     []bar
}

// newTrend returns nil where there is nothing to compare.
func newTrend(r *report.Report, issues []*issue) *trend {
	logs := r.Logs
	if len(logs) < 2 {
		return nil
	}
	t := &trend{}
	unit, list := buckets(logs)
	t.Unit = unit
	shown := issues[:min(len(issues), maxCharts)]
	for _, i := range issues[len(shown):] {
		t.Left.add(i.Count, i.Lines)
	}
	for _, b := range list {
		t.Points = append(t.Points, newPoint(b, shown))
	}
	t.total()
	t.Runs = newRunsChart(t, worstOf(r))
	for n, i := range shown {
		t.Charts = append(t.Charts, t.chart(i, n))
	}
	return t
}

// Labels are those of the first point, the one in the middle, and the last.
func (t *trend) Labels() []string {
	if len(t.Points) < 3 {
		return []string{t.Points[0].Label, t.Points[len(t.Points)-1].Label}
	}
	return []string{t.Points[0].Label, t.Points[len(t.Points)/2].Label, t.Points[len(t.Points)-1].Label}
}

func newPoint(b bucket, issues []*issue) point {
	p := point{bucket: b, Logs: len(b.logs), Counts: make([]int, len(issues))}
	column := map[string]int{}
	for n, i := range issues {
		column[i.Issue.ID] = n
	}
	for _, l := range b.logs {
		p.In, p.Shown, p.Folded = p.In+l.Input.Lines, p.Shown+l.Output.Lines, p.Folded+l.Folded.Lines
		for i := range l.Issues {
			if n, ok := column[l.Issues[i].ID]; ok {
				p.Counts[n] += l.Issues[i].Count
			} else {
				p.Others += l.Issues[i].Count
			}
		}
	}
	names := slices.Sorted(maps.Keys(versionsAt(b.logs, anyIssue)))
	p.Versions = strings.Join(names[:min(len(names), maxVersions)], ", ")
	if n := len(names) - maxVersions; n > 0 {
		p.Versions += " and " + fit.Counted(int64(n), "other")
	}
	return p
}

func anyIssue(*report.LogIssue) bool { return true }

func installed(v report.Installation) string { return fit.Name(v.Package + " " + v.Version) }

func (t *trend) newChart() chart {
	return chart{Width: decimal(float64(len(t.Points)) * pointWidth), Height: decimal(chartHeight)}
}

// bar is one over the point n, from a height of below to one of below + value.
func (t *trend) bar(n int, below, value, most int64, title string) bar {
	h := min(1, max(0, float64(value)/float64(max(most, 1)))) * chartHeight
	if value > 0 {
		h = max(h, 1.5)
	}
	y := max(0, chartHeight-float64(below)/float64(max(most, 1))*chartHeight-h)
	gap := max(pointGap, pointWidth*(1-float64(len(t.Points))/slimPoints))
	return bar{decimal(float64(n)*pointWidth + gap/2), decimal(y), decimal(pointWidth - gap), decimal(h), value, title}
}

// total draws lines: shown, and folded on top of it.
func (t *trend) total() {
	t.Total = t.newChart()
	for i := range t.Points {
		t.Total.Most = max(t.Total.Most, t.Points[i].In)
	}
	for n := range t.Points {
		p := &t.Points[n]
		title := p.Title + ": " + fit.Counted(p.Shown, "line") + " shown, " + words.Grouped(p.Folded) + " folded, in " + fit.Counted(int64(p.Logs), "log")
		if p.Shown > 0 {
			t.Total.Bars = append(t.Total.Bars, t.bar(n, 0, p.Shown, t.Total.Most, title))
		}
		if p.Folded > 0 {
			t.Total.Over = append(t.Total.Over, t.bar(n, p.Shown, p.Folded, t.Total.Most, title))
		}
	}
	t.colors = map[string]string{}
	t.bands(&t.Total, maxColors, anyIssue)
}

// chart draws the occurrences of the issue that has column n.
func (t *trend) chart(i *issue, n int) chart {
	c := t.newChart()
	c.issue = i
	first, last, on := "", "", 0
	for k := range t.Points {
		c.Most = max(c.Most, int64(t.Points[k].Counts[n]))
	}
	for k := range t.Points {
		p := &t.Points[k]
		if count := int64(p.Counts[n]); count > 0 {
			c.Bars = append(c.Bars, t.bar(k, 0, count, c.Most, p.Title+": "+words.Grouped(count)))
			first, last, on = cmp.Or(first, p.Title), p.Title, on+1
		}
	}
	t.bands(&c, maxBands, func(l *report.LogIssue) bool { return l.ID == i.Issue.ID })
	c.Said = "seen in no log"
	if on > 0 {
		c.Said = "at most " + words.Grouped(c.Most) + " a " + t.Unit + ", first " + first + ", last " + last + ", on " + words.Grouped(int64(on)) + " of " + fit.Counted(int64(len(t.Points)), t.Unit)
	}
	return c
}

// bands draws a line for each version of a package that such an issue was seen
// with; of many, for those that came last.
func (t *trend) bands(c *chart, most int, of func(*report.LogIssue) bool) {
	at := map[string][]int{}
	for n := range t.Points {
		for v := range versionsAt(t.Points[n].logs, of) {
			at[v] = append(at[v], n)
		}
	}
	versions := slices.SortedFunc(maps.Keys(at), func(a, b string) int { return cmp.Or(cmp.Compare(at[a][0], at[b][0]), cmp.Compare(a, b)) })
	c.BandsLeft = max(0, len(versions)-most)
	for k, v := range versions[c.BandsLeft:] {
		b := band{Version: v, From: t.Points[at[v][0]].Label, To: t.Points[at[v][len(at[v])-1]].Label, Class: t.color(v)}
		b.Y, b.H = decimal(float64(k)*bandDistance), decimal(bandHeight)
		for _, n := range at[v] {
			b.Bars = append(b.Bars, bar{X: decimal(float64(n) * pointWidth), W: decimal(pointWidth), Y: b.Y, H: b.H, Title: t.Points[n].Title + ": " + v})
		}
		c.Bands = append(c.Bands, b)
	}
}

// color is the class of a version: the first that are asked for have one of
// their own.
func (t *trend) color(version string) string {
	if _, ok := t.colors[version]; !ok {
		t.colors[version] = "v" + strconv.Itoa(min(len(t.colors), maxColors))
	}
	return t.colors[version]
}

// BandsHeight is that of all bands.
func (c chart) BandsHeight() string { return decimal(float64(len(c.Bands)) * bandDistance) }

// versionsAt are those that such an issue was seen with.
func versionsAt(logs []*report.Log, of func(*report.LogIssue) bool) map[string]bool {
	out := map[string]bool{}
	for _, l := range logs {
		for i := range l.Issues {
			if of(&l.Issues[i]) {
				for _, v := range l.Issues[i].Installed {
					if v.Version != "" && !v.Later {
						out[installed(v)] = true
					}
				}
			}
		}
	}
	return out
}
