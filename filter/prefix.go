package filter

import (
	"bytes"
	"regexp"
	"strings"
)

// A prefix is what a CI system or log collector writes in front of a line.
// first and has are cheap to look at: few lines meet the expression. What its
// groups find says whose line it is: a block comes from one writer.
type prefix struct {
	kind  string
	first string // characters that it can begin with; empty: any
	has   string // a text in it
	re    *regexp.Regexp
}

const digits = "0123456789"

var prefixes = []prefix{
	// RFC 3339, as GitHub, GitLab, Azure, Docker and kubectl write it; GitLab adds "00O ".
	{"time", "[" + digits, ":", regexp.MustCompile(`^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?(?: \d\d[OE]\+?)? ?`)},
	// gh run view --log: job, step, then the line
	{"gh", "", "\t", regexp.MustCompile(`^([^\t]{1,200}\t[^\t]{1,200})\t`)},
	// docker compose: "web-1  | "
	{"compose", "", " | ", regexp.MustCompile(`^([A-Za-z0-9][\w.-]*) +\| `)},
	// Jenkins Timestamper and ts(1): "12:34:56  ", "[12:34:56.789] "
	{"clock", "[" + digits, ":", regexp.MustCompile(`^\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]? {1,2}`)},
	// syslog (RFC 3164): "Nov 24 03:59:21 host pyinfra[123]: "
	{"syslog", "JFMASOND", ":", regexp.MustCompile(`^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?: ([\w.-]+ [\w./-]+)(?:\[\d+\])?:)? ?`)},
}

// longestPrefix bounds where a prefix is looked for.
const longestPrefix = 500

// find returns how much of text is this prefix, and whose line it is; 0: it
// has none.
func (p *prefix) find(text []byte) (n int, dress string) {
	if p.first != "" && strings.IndexByte(p.first, text[0]) < 0 || !bytes.Contains(text, []byte(p.has)) {
		return 0, ""
	}
	m := p.re.FindSubmatchIndex(text)
	switch {
	case m == nil:
		return 0, ""
	case len(m) > 2 && m[2] >= 0:
		return m[1], p.kind + " " + string(text[m[2]:m[3]]) + "\n"
	}
	return m[1], p.kind + "\n"
}

// prefixLen returns the length of the prefixes in front of text, at most
// three (gh writes one in front of GitHub's), and whose line it is.
func prefixLen(text []byte) (n int, dress string) {
	for range 3 {
		m, d := onePrefix(text[n:])
		if m == 0 {
			break
		}
		n, dress = n+m, dress+d
	}
	return n, dress
}

func onePrefix(text []byte) (n int, dress string) {
	if len(text) == 0 || text[0] == ' ' || text[0] == '-' || text[0] == '^' {
		return 0, "" // what nearly every line begins with
	}
	text = text[:min(len(text), longestPrefix)]
	for i := range prefixes {
		if n, dress := prefixes[i].find(text); n > 0 {
			return n, dress
		}
	}
	return 0, ""
}
