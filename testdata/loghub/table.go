package main

import (
	"fmt"
	"os"
	"strings"
)

// A measured is what was found of a log.
type measured struct {
	name   string
	grades map[string]grade // by engine; " content" behind its name: of messages without columns
	half   half             // the first half learnt
	other  half             // every other line learnt
	gate   gated
}

// engines are what is measured, in the order of the table.
var engines = []string{"learn", "scan", "drain3"}

func measure(l *log, orbfilter string) (*measured, error) {
	m := &measured{name: l.name, grades: map[string]grade{}}
	for what, lines := range map[string][]string{"": l.lines, " content": l.bodies} {
		m.grades["learn"+what] = graded(learnt(lines), l.events)
		m.grades["scan"+what] = graded(skeletons(lines), l.events)
		if *python != "" {
			groups, err := drained(*python, lines)
			if err != nil {
				return nil, err
			}
			m.grades["drain3"+what] = graded(groups, l.events)
		}
	}
	m.half, m.other = learnHalf(l), learnHalf(l.alternating())
	var err error
	m.gate, err = gateHalf(orbfilter, l)
	return m, err
}

func (m *measured) line() string {
	g := m.grades
	return fmt.Sprintf("%-12s GA %.3f FGA %.3f (content %.3f %.3f) drain3 %.3f %.3f | taken %4d of %d, reached %d of %d, drafts %d, impure %d, unseen %d | red %v: new %d, really %d; same %d of %d",
		m.name, g["learn"].lines, g["learn"].groups, g["learn content"].lines, g["learn content"].groups, g["drain3"].lines, g["drain3"].groups,
		m.half.taken, m.half.lines, m.half.reached, m.half.learnable, m.half.drafts, m.half.impure, m.half.unseen, m.gate.red, m.gate.fresh, m.gate.reallyNew, m.gate.same, m.gate.both)
}

// tables are what is written into the page.
func tables(all []*measured) string {
	var b strings.Builder
	b.WriteString("| | raw lines GA / FGA | messages only GA / FGA |\n|---|---|---|\n")
	for _, e := range engines {
		if e == "drain3" && *python == "" {
			continue
		}
		raw, content := mean(all, e), mean(all, e+" content")
		fmt.Fprintf(&b, "| %s | %.3f / %.3f | %.3f / %.3f |\n", e, raw.lines, raw.groups, content.lines, content.groups)
	}
	b.WriteString("\n| log | GA | FGA | second half taken by drafts of the first | lines of events that are in the first at all | taken of events that are 5 times in the first | drafts | impure | lines of unseen events taken | gate | new fingerprints | of unseen events | recurring in both, the same |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	var sum, other half
	var gate gated
	reds := 0
	for _, m := range all {
		fmt.Fprintf(&b, "| %s | %.3f | %.3f | %.1f %% | %.1f %% | %.1f %% | %d | %d | %d | %s | %d | %d | %d of %d |\n", m.name, m.grades["learn"].lines, m.grades["learn"].groups, percent(m.half.taken, m.half.lines), percent(m.half.known, m.half.lines), percent(m.half.reached, m.half.learnable), m.half.drafts, m.half.impure, m.half.unseen,
			colour(m.gate.red), m.gate.fresh, m.gate.reallyNew, m.gate.same, m.gate.both)
		sum.add(m.half)
		other.add(m.other)
		gate.fresh, gate.reallyNew, gate.same, gate.both = gate.fresh+m.gate.fresh, gate.reallyNew+m.gate.reallyNew, gate.same+m.gate.same, gate.both+m.gate.both
		if m.gate.red {
			reds++
		}
	}
	all16 := mean(all, "learn")
	fmt.Fprintf(&b, "| all | %.3f | %.3f | %.1f %% | %.1f %% | %.1f %% | %d | %d (%.1f %%) | %d | %d of %d red | %d | %d | %d of %d (%.1f %%) |\n", all16.lines, all16.groups, percent(sum.taken, sum.lines), percent(sum.known, sum.lines), percent(sum.reached, sum.learnable), sum.drafts, sum.impure, percent(sum.impure, sum.drafts), sum.unseen,
		reds, len(all), gate.fresh, gate.reallyNew, gate.same, gate.both, percent(gate.same, gate.both))
	b.WriteString("\n| learnt | lines of events that are there at all | taken | of the former | of events that are there 5 times | drafts | whose lines stay | impure | lines of unseen events taken |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, h := range []struct {
		name string
		half
	}{{"the first half", sum}, {"every other line", other}} {
		fmt.Fprintf(&b, "| %s | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %d | %d | %d (%.1f %%) | %d |\n", h.name, percent(h.known, h.lines), percent(h.taken, h.lines), percent(h.taken, h.known), percent(h.reached, h.learnable), h.drafts, h.issues, h.impure, percent(h.impure, h.drafts), h.unseen)
	}
	return b.String()
}

func colour(red bool) string {
	if red {
		return "red"
	}
	return "green"
}

func percent(part, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(part) / float64(of)
}

func mean(all []*measured, engine string) (out grade) {
	for _, m := range all {
		out.lines += m.grades[engine].lines / float64(len(all))
		out.groups += m.grades[engine].groups / float64(len(all))
	}
	return out
}

// The tables stand between these lines of the page.
const begin, end = "<!-- loghub: make loghub DIR=… WRITE=1 writes it -->\n", "<!-- end of loghub -->"

func write(file, text string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no place for the tables: %q and %q", file, begin, end)
	}
	return os.WriteFile(file, []byte(before+begin+text+end+after), 0o644)
}
