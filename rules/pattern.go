package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/dlclark/regexp2/v2/syntax"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules/regex"
)

// maxPattern bounds the time that compiling takes.
const maxPattern = 4096

// A Pattern is a regular expression of a rule. It is safe for concurrent use.
type Pattern struct {
	source string
	facts
	search, whole lazily
}

// facts are what is known of an expression without an engine. Those of the rules that
// come with the program are found out when it is built: see table.go.
type facts struct {
	literal string   // text that each match holds
	anyOf   []string // texts of which each match holds one; nil: literal is as good
	prefix  bool     // every match is at the start of the text, with literal
	fixed   int      // characters that each match has and that are named, at least
	names   []string // of groups
}

// lazily is an engine that is made when it is first asked.
type lazily struct {
	once   sync.Once
	engine *regex.Engine
	err    error
}

func (l *lazily) get(newOne func() (*regex.Engine, error)) (*regex.Engine, error) {
	l.once.Do(func() { l.engine, l.err = newOne() })
	return l.engine, l.err
}

// An Answer is what a pattern says of a text.
type Answer = regex.Answer

// The answers. Undecided: to find out would have taken more steps than a limit allows, so
// that nobody knows. It is the same each time, and on each machine.
const (
	No        = regex.No
	Yes       = regex.Yes
	Undecided = regex.Undecided
)

// NewPattern compiles a regular expression in regexp2's syntax.
func NewPattern(source string) (*Pattern, error) {
	p := &Pattern{source: source}
	return p, p.compile()
}

// compile checks the expression and finds out what is known of it. One of which that is
// known already is compiled when it is first used.
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
	for _, get := range []func() (*regex.Engine, error){p.searching, p.matchingAll} {
		e, err := get()
		if err != nil {
			return explain(err)
		}
		if err := e.Check(); err != nil {
			return err
		}
	}
	p.literal, p.prefix = regex.LiteralOf(tree.Root)
	p.anyOf = betterThan(p.literal, regex.AnyOf(tree.Root))
	p.fixed = regex.FixedOf(tree.Root)
	for name := range tree.Capnames {
		if name[0] < '0' || name[0] > '9' { // the others have numbers for names
			p.names = append(p.names, name)
		}
	}
	slices.Sort(p.names)
	return nil
}

// searching returns the engine that looks for the pattern in a text.
func (p *Pattern) searching() (*regex.Engine, error) {
	return p.search.get(func() (*regex.Engine, error) { return regex.New(p.source) })
}

// matchingAll returns the one that is bound to both ends of the text. An expression
// may end in a comment, as (?x)a #b, or in a quotation, as \Qa.b: then what
// binds it stands on a line of its own, or behind the end of the quotation.
func (p *Pattern) matchingAll() (*regex.Engine, error) {
	return p.whole.get(func() (e *regex.Engine, err error) {
		for _, end := range []string{"", "\n", `\E`} {
			if e, err = regex.New(`\A(?:` + p.source + end + `)\z`); err == nil {
				break
			}
		}
		return e, err
	})
}

// extended is the option that lets a pattern have spaces and comments.
var extended = lazyregexp.New(`\(\?[a-zA-Z]*[xX]`)

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
// when that is undecided: what is in doubt is not claimed.
func (p *Pattern) Search(text []byte) bool { return p.AskSearch(text) == Yes }

// MatchAll reports whether the pattern matches the whole text; false when
// that is undecided.
func (p *Pattern) MatchAll(text []byte) bool { return p.AskAll(text) == Yes }

// AskSearch is Search, and says as well if that is undecided.
func (p *Pattern) AskSearch(text []byte) Answer { return ask(p.searching, text) }

// AskAll is MatchAll, and says as well if that is undecided.
func (p *Pattern) AskAll(text []byte) Answer { return ask(p.matchingAll, text) }

// ask asks an engine. A panic in there must not end the deploy.
func ask(get func() (*regex.Engine, error), text []byte) (a Answer) {
	defer func() {
		if recover() != nil {
			a = Undecided
		}
	}()
	e, err := get()
	if err != nil {
		return Undecided // it was checked before: in compile, or when the program was built
	}
	return e.Match(text)
}

// AskSearchGroups is AskSearch, and Groups of what is found somewhere.
func (p *Pattern) AskSearchGroups(text []byte) (a Answer, groups map[string]string) {
	if len(p.names) == 0 {
		return p.AskSearch(text), nil
	}
	defer func() {
		if recover() != nil {
			a = Undecided
		}
	}()
	e, err := p.searching()
	if err != nil {
		return Undecided, nil
	}
	a, found := e.MatchGroups(text)
	if a != Yes {
		return a, nil
	}
	return a, p.named(e, text, found)
}

// Groups returns what the named groups of the pattern match, in the whole text
// or somewhere in it; nil when it has none, or does not match.
func (p *Pattern) Groups(text []byte, whole bool) map[string]string {
	if len(p.names) == 0 {
		return nil
	}
	get := p.searching
	if whole {
		get = p.matchingAll
	}
	e, err := get()
	if err != nil {
		return nil
	}
	found := e.Find(text)
	if found == nil {
		return nil
	}
	return p.named(e, text, found)
}

// named is what the named groups have of a text.
func (p *Pattern) named(e *regex.Engine, text []byte, found map[int][2]int) map[string]string {
	groups := map[string]string{}
	for _, name := range p.names {
		at := found[e.Group(name)]
		groups[name] = string(text[max(at[0], 0):max(at[1], 0)])
	}
	return groups
}

// Named reports whether the pattern has named groups.
func (p *Pattern) Named() bool { return len(p.names) > 0 }

// Slow names what is in the pattern that cannot be matched in one pass over the text, so that
// it is tried step by step, with a limit; none: there is nothing.
func (p *Pattern) Slow() (what []string) {
	e, err := p.searching()
	if err != nil {
		return nil
	}
	return e.Slowly()
}

// longLiteral is how long a text is that is looked for fastest (package gate): several of that length are no better.
const longLiteral = 12

// betterThan returns texts of which each match holds one, if each of them is longer than the one that
// each match holds, and that is short.
func betterThan(literal string, anyOf []string) []string {
	if len(literal) >= longLiteral || regex.Shortest(anyOf) <= len(literal) {
		return nil
	}
	return anyOf
}

// AnyOf returns texts of which each match holds at least one. Empty: there are none such.
func (p *Pattern) AnyOf() []string {
	if p.anyOf == nil && p.literal != "" {
		return []string{p.literal}
	}
	return p.anyOf
}

// Literal returns the longest text that every match must contain, and
// whether every match is at the start of the text and begins with it. It is
// empty when there is none, as for "a|b".
func (p *Pattern) Literal() (lit string, prefix bool) { return p.literal, p.prefix }
