package report

import (
	"encoding/json"
	"strings"
)

// maxTwins is how many are found.
const maxTwins = 10

// Twins are pairs of logs that have different names, and else the same in all: date, sizes, issues and what was
// done. So they are mostly one log that was given twice. Logs without a line, or without a date, say too little; so do
// live runs, which are called as their reports are: jobs side by side may say the same in the same second.
func (r *Report) Twins() (pairs [][2]*Log) {
	first := map[string]*Log{}
	for _, l := range r.Logs {
		if l.Input.Lines == 0 || l.Date == "" || strings.HasSuffix(l.Name, ".json") {
			continue
		}
		key := l.withoutName()
		if first[key] == nil {
			first[key] = l
			continue
		}
		if pairs = append(pairs, [2]*Log{first[key], l}); len(pairs) == maxTwins {
			break
		}
	}
	return pairs
}

// withoutName is all that a log has but its name.
func (l *Log) withoutName() string {
	c := *l
	c.Name, c.Verdict.Log = "", ""
	text, _ := json.Marshal(&c) // of these types nothing can fail
	return string(text)
}
