package memory

import (
	"bytes"
	"hash/maphash"

	"github.com/orbfilter/orbfilter/filter/hold"
)

const (
	// idleTexts is how many lines are remembered, in a power of two.
	idleTexts = 1024
	// LongestIdle bounds one, in bytes. Where lines are long, what each costs does not count.
	LongestIdle = 48
	// settledRows is how far behind a piece a line may be to have a part in what that is of, because of where it stands.
	settledRows = 3
)

// Idle remembers lines that nobody had a part in, and that changed nothing, for as long as an age lasts. An age ends with
// NewAge, and with each of the next rows behind that. The zero value remembers nothing yet. It is not safe for concurrent use.
type Idle struct {
	Off   bool // nothing is remembered
	seed  maphash.Seed
	lines []IdleLine // by hash; nil: there was none
	age   int        // counts
	rows  int        // that the age has seen, up to settledRows
}

// An IdleLine is a line, or a frame, with its end.
type IdleLine struct {
	Text  int  // so many bytes of it are text
	Above bool // it is kept for what may come below it
	Known hold.Known
	raw   [LongestIdle]byte
	n     int
	age   int // in which it changed nothing
}

// NewAge notes that something has changed: no line is known any more.
func (i *Idle) NewAge() { i.age, i.rows = i.age+1, 0 }

// Age counts the ages.
func (i *Idle) Age() int { return i.age }

// EndRow comes behind each line.
func (i *Idle) EndRow() {
	if i.rows < settledRows {
		i.age, i.rows = i.age+1, i.rows+1
	}
}

// at is where a line is remembered.
func (i *Idle) at(raw []byte) *IdleLine { return &i.lines[maphash.Bytes(i.seed, raw)%idleTexts] }

// Find returns what is known of a line, with its end, in this age; nil: nothing. It may be changed until the next one is kept.
func (i *Idle) Find(raw []byte) *IdleLine {
	if len(raw) > LongestIdle || i.lines == nil {
		return nil
	}
	l := i.at(raw)
	if l.age != i.age || !bytes.Equal(raw, l.raw[:l.n]) {
		return nil
	}
	return l
}

// Keep remembers a line for this age. It has LongestIdle bytes at most.
func (i *Idle) Keep(raw []byte, l IdleLine) {
	if i.lines == nil {
		i.lines, i.seed = make([]IdleLine, idleTexts), maphash.MakeSeed()
	}
	l.n, l.age = copy(l.raw[:], raw), i.age
	*i.at(raw) = l
}
