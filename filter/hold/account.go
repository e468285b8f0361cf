package hold

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/view"
)

// An Account is what the noise of one writer has too much of, or too little, since the first
// block of it began that is open. The zero value is balanced.
type Account struct {
	released int    // its segments before this one would have left, if it were alone
	surplus  int    // spaces that noise has too many
	pending  int    // line ends that noise has still to write
	of       *Claim // the last one that owes one
	torn     bool   // lines of noise are torn
}

// Balance forgets what is owed, when no block is open any more.
func (a *Account) Balance() { a.surplus, a.pending, a.torn = 0, 0, false }

// Balanced reports whether noise owes nothing and has nothing too much.
func (a *Account) Balanced() bool { return a.surplus == 0 && a.pending == 0 && !a.torn }

// Spare takes in spaces that noise has too many.
func (a *Account) Spare(n int) { a.surplus += n }

// Tear notes that lines of noise are torn.
func (a *Account) Tear() { a.torn = true }

// Torn reports whether lines of noise are torn, or have spaces too many.
func (a *Account) Torn() bool { return a.torn || a.surplus > 0 }

// Owed returns the spaces that noise has too many, the line ends that it has still to write, and whether its lines are torn.
func (a *Account) Owed() (surplus, pending int, torn bool) { return a.surplus, a.pending, a.torn }

// Owes reports whether a claim has still to get a line end.
func (a *Account) Owes(c *Claim) bool { return a.pending > 0 && a.of == c }

// Pays reports whether a line is the end of one of a torn block: it is empty, and one is owed.
// shown: a visible part of it has left already.
func (a *Account) Pays(v *view.Line, shown bool) bool {
	return a.pending > 0 && !shown && v.IsLine() && len(bytes.TrimSpace(v.Text)) == 0
}

// Wait notes which is the first claim of the account's writer that others wait for; nil: none is. What
// came before it would have left if no other writer were there.
func (q *Queue) Wait(a *Account, first *Claim) {
	a.released = q.seq
	if first != nil {
		a.released = first.seq
	}
}
