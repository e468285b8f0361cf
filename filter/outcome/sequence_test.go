package outcome_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// script makes the lines of a run of short words: "=X" begins an operation, "+X" one within another, "a" is a result of host a, "a." one of an operation
// within another, "a!" an error that is not ignored, "#" is another line of host a.
func script(words string) string {
	var log strings.Builder
	for w := range strings.FieldsSeq(words) {
		switch {
		case w[0] == '=':
			log.WriteString("--> Starting operation: " + w[1:] + " \n")
		case w[0] == '+':
			log.WriteString("    Starting nested operation: " + w[1:] + " \n")
		case w == "P":
			log.WriteString("--> Skipping change detection\n")
		case w == "#":
			log.WriteString("    [a] text\n")
		case strings.HasSuffix(w, "."):
			log.WriteString("    [" + w[:1] + "] nested Success\n")
		case strings.HasSuffix(w, "!"):
			log.WriteString("    [" + w[:1] + "] Error: executed 0 commands\n")
		default:
			log.WriteString("    [" + w + "] Success\n")
		}
	}
	return log.String()
}

// Whose result is of which operation: of that which was begun last, where all hosts wait for each other; else of that which the host has come to. Where
// that cannot be told, nothing is said.
func TestSequences(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"hosts wait":                           {"=X a b =Y b a", "X:ab Y:ab"},
		"one has no result":                    {"=X a b =Y a", "X:ab Y:a"},
		"an operation without any":             {"=X =Y a", "X: Y:a"},
		"the same operation twice":             {"=X a =X a", "X:a X:a"},
		"no host waits":                        {"=X =X a =Y b =Y a b", "X:ab Y:ab"},
		"one is ahead":                         {"=X =X a =Y a =Z a b =Y b =Z b", "X:ab Y:ab Z:ab"},
		"one fails":                            {"=X =X a! b =Y b", "X:ab Y:b"},
		"one begins, and has no result":        {"=X =X a =Y b =Y a", "X:ab Y:a"},
		"nobody has been through the last":     {"=X =X a =Y b =Y", "X:ab"},
		"a line below a result":                {"=X =X a # =Y b a", "X:ab"}, // who begins Y is not known
		"hosts do not do the same":             {"=X =X a =Y a =Q b =Z b", "?"},
		"hosts do not do the same, and go on":  {"=X =X a =Y a =Q b =Z b =R a", "?"},
		"one comes behind the other":           {"=X a =Y a =X b =Y b", "X:ab Y:ab"},
		"two come behind it":                   {"=X a =Y a =X b =Y b =X c =Y c", "X:abc Y:abc"},
		"one has done the first only":          {"=X a =Y a =X b!", "X:ab Y:a"},
		"the same operation, at its end":       {"=X a =Y a =X a", "X:a Y:a X:a"},
		"the first has failed":                 {"=X a =Y a! =X b =Y b", "X:ab Y:ab"},
		"two hosts, and the first once more":   {"=X a b =Y a =X b", "X:ab Y:a X:b"},
		"of two hosts, one operation each":     {"=X a =Y b =X c", "X:a Y:b X:c"},
		"within another":                       {"=X +I a. a", "X:a I.a"},
		"two within it":                        {"=X +I a. +J a. a", "X:a I.a J.a"},
		"on two hosts":                         {"=X +I a. +I b. a b", "X:ab I.ab"},
		"on two hosts that have begun":         {"=X +I +I a. b. a b", "X:ab I.ab"},
		"on two hosts, two each":               {"=X +I +I a. +J b. +J a. b. a b", "X:ab I.ab J.ab"},
		"within the second":                    {"=X a =Y +I a. a", "X:a Y:a I.a"},
		"a phase below a result":               {"=X =X a b P =Y b", "X:ab"},
		"one within another below a result":    {"=X =X a b +I =Y b", "X:ab"},
		"two within another, and one result":   {"=X +I +J a.", "X: ?"},
		"one within another behind a result":   {"=X a. +I a", "X:a ?"},
		"the second host is within one":        {"=X +I b. +J b. +I a. +J a. a b", "X:ab I.ab J.ab"},
		"hosts do not do the same within":      {"=X +I +J a. b. a b", "X:ab ?"},
		"they do not, and go on":               {"=X +I a. +J a. +I b. +K b. a b", "X:ab ?"},
		"a result of none":                     {"=X a. a", "X:a ?"},
		"within what is begun by each himself": {"=X =X +I a. a =Y +I b. b =Y a b", "X:ab I.ab Y:ab"},
	} {
		log := "--> Beginning operation run...\n" + script(c.script)
		r := recorded(log, 0)
		var got []string
		for _, op := range r.Operations {
			sign := ":"
			if op.Nested {
				sign = "."
			}
			got = append(got, op.Name+sign+strings.Join(slices.Sorted(maps.Keys(op.Hosts)), ""))
		}
		if r.Unclear {
			got = append(got, "?")
		}
		assert.Equal(t, c.want, strings.Join(got, " "), fmt.Sprint(name, ": ", c.script))
	}
}
