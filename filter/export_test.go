package filter

import (
	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/view"
)

// Writers is how many writers are told apart.
func (f *Filter) Writers() int { return f.match.Writers() }

// Stick puts bytes that nobody will ever decide about.
func (f *Filter) Stick(raw string) {
	v := &view.Line{}
	v.Look([]byte(raw))
	f.queue.Put(&hold.Line{Line: v, Number: f.line, Account: &hold.Account{}, Pieces: []hold.Piece{{Span: view.Span{To: len(v.Text)}, Claim: &hold.Claim{}}}})
}

// Gated reports whether lines without any literal are not looked at.
func (p *Plan) Gated() bool { return p.rules.Gate != nil }

// Remember sets how many texts are remembered, and blocks, of which there are eight at most.
func (f *Filter) Remember(n int) { f.match.Memory(n) }

// Work is how much was asked of steps and patterns, see match.Matcher.Work.
func (f *Filter) Work() int { return f.match.Work() }
