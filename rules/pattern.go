package rules

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2/v2"
)

const (
	// matchTimeout bounds one match. regexp2's clock ticks every 100 ms, so
	// a shorter limit would mean little.
	matchTimeout = 500 * time.Millisecond
	// maxTimeouts is how often a pattern may run into the limit before it
	// is not asked any more: a run must not be slowed again and again.
	maxTimeouts = 3
)

// A Pattern is a regular expression of a rule. It is safe for concurrent use.
type Pattern struct {
	source string
	re     *regexp2.Regexp
	// full is the same expression bound to both ends of the text.
	full     *regexp2.Regexp
	timeouts atomic.Int32
}

// NewPattern compiles a regular expression in regexp2's syntax.
func NewPattern(source string) (*Pattern, error) {
	p := &Pattern{source: source}
	return p, p.compile()
}

func (p *Pattern) compile() error {
	if p.source == "" {
		return errors.New("a pattern cannot be empty: it would match everything; write the text that is to be found")
	}
	var err error
	if p.re, err = regexp2.Compile(p.source, regexp2.RE2); err != nil {
		return fmt.Errorf("%w; to match the characters themselves, put a backslash before . * + ? ( ) [ ] { } | ^ $ and \\", err)
	}
	if p.full, err = regexp2.Compile(`\A(?:`+p.source+`)\z`, regexp2.RE2); err != nil {
		return fmt.Errorf("pattern %q: %w", p.source, err)
	}
	p.re.MatchTimeout, p.full.MatchTimeout = matchTimeout, matchTimeout
	return nil
}

// UnmarshalYAML reads the expression. It is compiled when the rule is
// checked, so that a wrong one is reported with its place in the file.
func (p *Pattern) UnmarshalYAML(unmarshal func(any) error) error { return unmarshal(&p.source) }

// MarshalYAML writes the expression.
func (p *Pattern) MarshalYAML() (any, error) { return p.source, nil }

// String returns the expression.
func (p *Pattern) String() string { return p.source }

// Search reports whether the pattern matches somewhere in text. It is false
// when the match took too long: what is in doubt is not claimed.
func (p *Pattern) Search(text []byte) bool { return p.match(p.re, text) }

// MatchAll reports whether the pattern matches the whole text; false when
// that took too long.
func (p *Pattern) MatchAll(text []byte) bool { return p.match(p.full, text) }

// Timeouts returns how often the pattern ran into its time limit.
func (p *Pattern) Timeouts() int { return int(p.timeouts.Load()) }

// Exhausted reports whether the pattern is not asked any more.
func (p *Pattern) Exhausted() bool { return p.timeouts.Load() >= maxTimeouts }

func (p *Pattern) match(re *regexp2.Regexp, text []byte) bool {
	if p.Exhausted() {
		return false
	}
	s := string(text)
	ok, err := re.MatchString(s)
	if err != nil {
		// The limit is of wall-clock time, so a stopped process (Ctrl-Z, a
		// laptop that sleeps) meets it without need: ask once more.
		ok, err = re.MatchString(s)
	}
	if err != nil {
		p.timeouts.Add(1)
		return false
	}
	return ok
}

// Literal returns the longest text that every match must contain, and
// whether every match begins with it. It is empty when there is none, as for
// "a|b". The pattern is read, not understood: whatever is not plain text ends
// a literal, so what is returned is certain.
func (p *Pattern) Literal() (lit string, prefix bool) {
	runs, anchored := literalRuns(p.source)
	for i, r := range runs {
		if len(r) > len(lit) {
			lit, prefix = r, anchored && i == 0
		}
	}
	return lit, prefix
}

// literalRuns returns the runs of plain characters of a pattern that every
// match contains, in order; the first is empty if the pattern does not begin
// with plain text. Alternatives at the top level leave none.
func literalRuns(src string) (runs []string, anchored bool) {
	if strings.HasPrefix(src, "^") {
		anchored, src = true, src[1:]
	}
	var run strings.Builder
	end := func() { runs = append(runs, run.String()); run.Reset() }
	for i := 0; i < len(src); {
		c, n, plain := literalChar(src[i:])
		if c == '|' && !plain {
			return nil, anchored
		}
		q := i + n
		if plain && (q >= len(src) || !strings.ContainsRune("*?{", rune(src[q]))) {
			run.WriteByte(c)
			if q < len(src) && src[q] == '+' {
				end()
				q++
			}
		} else {
			end()
		}
		i = skipQuantifier(src, q)
	}
	end()
	return runs, anchored
}

// literalChar reads one element of a pattern: a plain character, or
// something else (a class, a group, an escape) of n bytes.
func literalChar(s string) (c byte, n int, plain bool) {
	switch s[0] {
	case '\\':
		if len(s) > 1 && strings.IndexByte(`.*+?()[]{}|^$\/-"'<>:`, s[1]) >= 0 {
			return s[1], 2, true
		}
		return 0, min(2, len(s)), false
	case '[':
		return 0, skipClass(s), false
	case '(':
		return 0, skipGroup(s), false
	case '.', '*', '+', '?', '{', '}', ')', '|', '^', '$', ']':
		return s[0], 1, false
	}
	return s[0], 1, s[0] < 0x80
}

func skipQuantifier(s string, i int) int {
	if i < len(s) && s[i] == '{' {
		if e := strings.IndexByte(s[i:], '}'); e >= 0 {
			return i + e + 1
		}
	}
	for i < len(s) && strings.IndexByte("*?+", s[i]) >= 0 {
		i++
	}
	return i
}

func skipClass(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == ']' && i > 1 && s[i-1] != '^':
			return i + 1
		}
	}
	return len(s)
}

func skipGroup(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '[':
			i += skipClass(s[i:]) - 1
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}
