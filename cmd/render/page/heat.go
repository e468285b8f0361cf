package page

import (
	"maps"
	"math/bits"
	"slices"
	"strconv"

	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
)

const (
	maxHeatRows    = 40
	maxHeatColumns = 24
	heatLevels     = 6 // the style has a colour for each
)

// A heatTable is issue × host, or issue × operation. Each row adds up to the
// count of its issue.
type heatTable struct {
	Name      string // "hosts"
	Title     string
	What, One string // of the columns
	Columns   []string
	Beyond    int    // columns that are left out, added up in one
	Open      bool   // there are more than were counted, and they are among these
	Nowhere   string // head of the column for what names none; empty: there is no such thing
	Rows      []heatRow
	Left      leftOut // rows
}

type heatRow struct {
	*issue
	Cells []heatCell
}

// A heatCell is a number of occurrences, and how warm it is.
type heatCell struct {
	N     int
	Class string
}

func newHeatTables(issues []*issue) []*heatTable {
	hosts := func(i *issue) (map[string]int, int) { return i.Hosts, i.HostsMore }
	operations := func(i *issue) (map[string]int, int) { return i.Operations, i.OperationsMore }
	var out []*heatTable
	for _, h := range []*heatTable{
		newHeatTable("hosts", issues, hosts),
		newHeatTable("operations", issues, operations),
	} {
		if len(h.Columns) > 0 {
			out = append(out, h)
		}
	}
	return out
}

// newHeatTable has the issues that name a host, or an operation, in its rows.
func newHeatTable(what string, issues []*issue, places func(*issue) (map[string]int, int)) *heatTable {
	h := &heatTable{Name: what}
	h.words()
	total := map[string]int{}
	var rows []*issue
	for _, i := range issues {
		counts, more := places(i)
		if len(counts) > 0 {
			rows = append(rows, i)
			addPlaces(total, counts)
		}
		h.Open = h.Open || more > 0
	}
	columns := byCount(total)
	shown := columns[:min(len(columns), maxHeatColumns)]
	if len(columns) == len(shown)+1 && !h.Open { // a column for one that is left out is as wide as that one
		shown = columns
	}
	h.Beyond = len(columns) - len(shown)
	for _, c := range shown {
		h.Columns = append(h.Columns, fit.Name(c))
	}
	byTotal(rows, places)
	for _, i := range rows[min(len(rows), maxHeatRows):] {
		h.Left.add(i.Count, i.Lines)
	}
	h.fill(rows[:min(len(rows), maxHeatRows)], shown, places)
	return h
}

func (h *heatTable) words() {
	switch h.Name {
	case "hosts":
		h.Title, h.What, h.One = "Issues by host", "hosts", "host"
	default:
		h.Title, h.What, h.One = "Issues by operation", "operations", "operation"
	}
}

// byTotal sorts by how often a place is named.
func byTotal(rows []*issue, places func(*issue) (map[string]int, int)) {
	slices.SortStableFunc(rows, func(a, b *issue) int { return sum(places(b)) - sum(places(a)) })
}

// sum adds up what was counted, with names and more without.
func sum(counts map[string]int, more int) (n int) {
	n = more
	for c := range maps.Values(counts) {
		n += c
	}
	return n
}

func (h *heatTable) fill(rows []*issue, columns []string, places func(*issue) (map[string]int, int)) {
	most, nowhere := 0, false
	for _, i := range rows {
		counts, _ := places(i)
		for _, c := range columns {
			most = max(most, counts[c])
		}
		nowhere = nowhere || i.Count > sum(places(i))
	}
	if nowhere {
		h.Nowhere = "no " + h.One + " named"
	}
	for _, i := range rows {
		row := heatRow{issue: i}
		rest := sum(places(i))
		counts, _ := places(i)
		for _, c := range columns {
			n := counts[c]
			row.Cells = append(row.Cells, heatCell{n, heat(n, most)})
			rest -= n
		}
		if h.Beyond > 0 || h.Open {
			row.Cells = append(row.Cells, heatCell{rest, "beyond"})
		}
		if nowhere {
			row.Cells = append(row.Cells, heatCell{max(0, i.Count-sum(places(i))), "beyond"})
		}
		h.Rows = append(h.Rows, row)
	}
}

// heat is a class of the style: h0 for nothing, then warmer with each doubling,
// so that a cell that is seldom hit can be told from one that never is.
func heat(n, most int) string {
	if n <= 0 {
		return "h0"
	}
	doublings := bits.Len(uint(most))
	return "h" + strconv.Itoa(1+(bits.Len(uint(n))-1)*(heatLevels-1)/max(1, doublings-1))
}
