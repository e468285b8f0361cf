package rules

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2/v2"
	"github.com/dlclark/regexp2/v2/syntax"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

const (
	// matchTimeout bounds one match. regexp2's clock ticks every 100 ms, so
	// a shorter limit would mean little.
	matchTimeout = 500 * time.Millisecond
	// maxTimeouts is how often a pattern may run into the limit before it
	// is not asked any more: a run must not be slowed again and again.
	maxTimeouts = 3
	// maxPattern bounds the time that compiling takes.
	maxPattern = 4096
)

// A Pattern is a regular expression of a rule. It is safe for concurrent use.
type Pattern struct {
	source string
	facts
	once     sync.Once
	compiled matcher
	timeouts atomic.Int32
}

// facts are what is known of an expression without the matcher. Those of the rules
// that come with the program are found out when it is built: see table.go.
type facts struct {
	literal string   // text that each match holds
	prefix  bool     // every match is at the start of the text, with literal
	fixed   int      // characters that each match has and that are named, at least
	names   []string // of groups
}

// A matcher is an expression made ready.
type matcher struct {
	re   *regexp2.Regexp
	full *regexp2.Regexp // the same, bound to both ends of the text
}

// NewPattern compiles a regular expression in regexp2's syntax.
func NewPattern(source string) (*Pattern, error) {
	p := &Pattern{source: source}
	return p, p.compile()
}

// compile checks the expression and finds out what is known of it. One that is known
// already is compiled when it is first used.
func (p *Pattern) compile() (err error) {
	if err := p.checkText(); err != nil {
		return err
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the pattern cannot be compiled (%v)", r)
		}
	}()
	tree, err := syntax.Parse(p.source, syntax.ParseOptions{RegexOptions: syntax.RE2})
	if err != nil {
		return explain(err)
	}
	m, err := newMatcher(p.source)
	if err != nil {
		return explain(err)
	}
	p.literal, p.prefix = literalOf(tree.Root)
	p.fixed = fixedOf(tree.Root)
	for _, name := range m.full.GetGroupNames() {
		if name[0] < '0' || name[0] > '9' { // the others have numbers for names
			p.names = append(p.names, name)
		}
	}
	p.once.Do(func() { p.compiled = m })
	return nil
}

func newMatcher(source string) (m matcher, err error) {
	if m.re, err = regexp2.Compile(source, regexp2.RE2); err != nil {
		return m, err
	}
	if m.full, err = whole(source); err != nil {
		return m, err
	}
	m.re.MatchTimeout, m.full.MatchTimeout = matchTimeout, matchTimeout
	return m, nil
}

// get returns the matcher. It panics when the expression is wrong, which was
// checked before: in compile, or when the program was built.
func (p *Pattern) get() *matcher {
	p.once.Do(func() {
		m, err := newMatcher(p.source)
		if err != nil {
			panic(fmt.Errorf("%q: %w", p.source, err))
		}
		p.compiled = m
	})
	return &p.compiled
}

// extended is the option that lets a pattern have spaces and comments.
var extended = lazyregexp.New(`\(\?[a-zA-Z]*[xX]`)

// whole compiles an expression bound to both ends of the text. An expression
// may end in a comment, as (?x)a #b, or in a quotation, as \Qa.b: then what
// binds it stands on a line of its own, or behind the end of the quotation.
func whole(source string) (re *regexp2.Regexp, err error) {
	for _, end := range []string{"", "\n", `\E`} {
		if re, err = regexp2.Compile(`\A(?:`+source+end+`)\z`, regexp2.RE2); err == nil {
			break
		}
	}
	return re, err
}

// checkText finds what is wrong with any pattern.
func (p *Pattern) checkText() error {
	switch {
	case p.source == "":
		return errors.New("a pattern cannot be empty: it would match everything; write the text that is to be found")
	case len(p.source) > maxPattern:
		return fmt.Errorf("a pattern has at most %d bytes, this one has %d; write what is particular to the text, and no more", maxPattern, len(p.source))
	case strings.Contains(p.source, "\n") && !extended.MatchString(p.source):
		return errors.New("a pattern is compared with one line, so there is no line break in it; write it behind the colon, in single quotes, instead of | or >")
	}
	return nil
}

// instead says what to write for the mistakes that people make.
var instead = map[syntax.ErrorCode]string{
	syntax.ErrMissingParen:          `close the group with ), or write \( for the character`,
	syntax.ErrUnexpectedParen:       `open the group with (, or write \) for the character`,
	syntax.ErrUnterminatedBracket:   `close the set with ], or write \[ for the character`,
	syntax.ErrMissingRepeatArgument: `write a backslash before * + ? for the character; .* stands for any text`,
	syntax.ErrInvalidRepeatOp:       `write a backslash before * + ? for the character`,
	syntax.ErrIllegalEndEscape:      `write \\ for the character`,
	syntax.ErrReversedCharRange:     `write the smaller character first, or \- for the character -`,
	syntax.ErrInvalidRepeatSize:     `write the smaller number first, or \{ for the character`,
	syntax.ErrUndefinedBackRef:      `a number after a backslash stands for a group; write \\ for the character \`,
	syntax.ErrUnrecognizedGrouping:  `groups are (…), (?:…), (?=…), (?!…), (?<NAME>…); write \( for the character`,
}

// explain says what is wrong with a pattern, and what to write instead.
func explain(err error) error {
	var wrong *syntax.Error
	if !errors.As(err, &wrong) {
		return err
	}
	text := wrong.Code.String()
	if strings.Contains(text, "%") {
		text = fmt.Sprintf(text, wrong.Args...)
	}
	hint, ok := instead[wrong.Code]
	if !ok {
		hint = `to match the characters themselves, put a backslash before . * + ? ( ) [ ] { } | ^ $ and \`
	}
	return fmt.Errorf("wrong pattern: %s; %s", text, hint)
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
func (p *Pattern) Search(text []byte) bool { return p.match(p.get().re, text) }

// MatchAll reports whether the pattern matches the whole text; false when
// that took too long.
func (p *Pattern) MatchAll(text []byte) bool { return p.match(p.get().full, text) }

// Groups returns what the named groups of the pattern match, in the whole text
// or somewhere in it; nil when it has none, or does not match.
func (p *Pattern) Groups(text []byte, whole bool) map[string]string {
	if len(p.names) == 0 || p.Exhausted() {
		return nil
	}
	re := p.get().re
	if whole {
		re = p.get().full
	}
	m, err := re.FindStringMatch(string(text))
	if m == nil || err != nil {
		return nil
	}
	groups := map[string]string{}
	for _, name := range p.names {
		groups[name] = m.GroupByName(name).String()
	}
	return groups
}

// Named reports whether the pattern has named groups.
func (p *Pattern) Named() bool { return len(p.names) > 0 }

// Timeouts returns how often the pattern ran into its time limit.
func (p *Pattern) Timeouts() int { return int(p.timeouts.Load()) }

// Exhausted reports whether the pattern is not asked any more.
func (p *Pattern) Exhausted() bool { return p.timeouts.Load() >= maxTimeouts }

// Literal returns the longest text that every match must contain, and
// whether every match is at the start of the text and begins with it. It is
// empty when there is none, as for "a|b".
func (p *Pattern) Literal() (lit string, prefix bool) { return p.literal, p.prefix }

func (p *Pattern) match(re *regexp2.Regexp, text []byte) bool {
	if p.Exhausted() {
		return false
	}
	s := string(text)
	ok, err := ask(re, s)
	if err != nil {
		// The limit is of wall-clock time, so a stopped process (Ctrl-Z, a
		// laptop that sleeps) meets it without need: ask once more.
		ok, err = ask(re, s)
	}
	if err != nil {
		p.timeouts.Add(1)
		return false
	}
	return ok
}

// ask is regexp2's MatchString. A panic in there must not end the deploy.
func ask(re *regexp2.Regexp, text string) (ok bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			ok, err = false, fmt.Errorf("%v", p)
		}
	}()
	return re.MatchString(text)
}
