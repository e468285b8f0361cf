package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A log is one of LogHub's, of 2,000 lines, with the truth.
type log struct {
	name   string
	lines  []string
	bodies []string // the messages, without the columns in front of them
	events []string // what each line is, as people have found out
}

// readLogs reads those of a folder, or some of them.
func readLogs(dir string) (all []*log, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "*_2k.log"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("there are no logs called */*_2k.log in %s; it is to be a copy of https://github.com/logpai/loghub", dir)
	}
	for _, file := range files {
		l, err := readLog(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, l)
	}
	return all, nil
}

func readLog(file string) (*log, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	table, err := os.Open(file + "_structured.csv")
	if err != nil {
		return nil, err
	}
	defer table.Close()
	rows, err := csv.NewReader(table).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("its table cannot be read: %w", err)
	}
	l := &log{name: filepath.Base(filepath.Dir(file)), lines: strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n"), "\n")}
	event, body := slices.Index(rows[0], "EventId"), slices.Index(rows[0], "Content")
	for _, row := range rows[1:] {
		l.events, l.bodies = append(l.events, row[event]), append(l.bodies, row[body])
	}
	l.lines = l.lines[:min(len(l.lines), len(l.events))]
	l.events, l.bodies = l.events[:len(l.lines)], l.bodies[:len(l.lines)]
	return l, nil
}

// A grade says how well lines were grouped.
type grade struct {
	lines  float64 // the part of the lines whose group is exactly the true one (GA)
	groups float64 // the F1 of groups (FGA)
}

func graded(groups, events []string) grade {
	found, truth := sorted(groups), sorted(events)
	good, lines := 0, 0
	for _, g := range found {
		if slices.Equal(g, truth[events[g[0]]]) {
			good, lines = good+1, lines+len(g)
		}
	}
	return grade{float64(lines) / float64(len(groups)), 2 * float64(good) / float64(len(found)+len(truth))}
}

// sorted are the numbers of the lines of each group.
func sorted(groups []string) map[string][]int {
	out := map[string][]int{}
	for i, g := range groups {
		out[g] = append(out[g], i)
	}
	return out
}
