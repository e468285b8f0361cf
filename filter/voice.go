package filter

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/view"
)

// A voice is what the filter keeps of one writer: of the lines with one dress. In
// a log of many jobs or containers, each has a prefix of its own, and what one
// writes is matched apart from what the others do. What is held and let go is
// not: that is one queue for all, so that the order stays.
type voice struct {
	dress string
	row   int  // counts its lines that were looked at, as Filter.line does all
	at    int  // number of the last line that was its
	busy  bool // a block is open, or a traceback passes

	gone int // its segments before this one would have left, if it were alone
	blocks
	spare     int     // spaces that noise has too many
	owed      int     // line ends that noise has still to write
	marks     int     // carets that noise may still write; see carets.go
	torn      bool    // lines of noise are torn since the first block that is open
	draws     bool    // the Python of one of them draws carets
	above     []byte  // the last line of the run's own that may be underlined
	aboveRow  int     // its row
	owedTo    *block  // the last block that owes one
	taker     *block  // took the last piece
	header    header  // the head of a traceback that was taken last
	lone      int     // heads of tracebacks that passed, and have no frame yet
	own       bool    // the line before is of a traceback of the run's own
	failing   *raised // a traceback passes that no rule knows; nil: none does
	traceback *block  // took the last line of a traceback that a rule is about
	returns   bool    // its last line ended with a CR before the LF; see view.goesOn
	context   string  // phase or operation of its run; empty: none was named
	// sites are the folders of installed packages that it has loaded modules from, by
	// the module; nil: none was named.
	sites     map[string]string
	siteBytes int // that were entered there
}

const (
	// maxVoices bounds how many writers are told apart at a time. A name in front
	// of " | " may be anything, so that a table in a log makes as many.
	maxVoices = 512
	// maxOpenInAll bounds the blocks that are open in all voices.
	maxOpenInAll = 8 * maxOpen
)

// enter makes the voice of the line or frame that is in view the current one. A
// frame without a prefix is of the writer whose line it is in.
func (f *Filter) enter(v *view.Line) {
	switch {
	case v.Dress == "" && f.within != nil:
		f.voice = f.within
	case v.Dress != f.dress:
		f.voice = f.voiceOf(v.Dress)
	}
	f.branch(v)
	f.at = f.line
}

// voiceOf returns the voice of the writer with this dress, which may be a new one.
func (f *Filter) voiceOf(dress string) *voice {
	if l := f.byDress[dress]; l != nil {
		return l
	}
	if len(f.voices) >= maxVoices {
		f.forgetVoices()
	}
	l := &voice{dress: dress}
	f.voices, f.byDress[dress] = append(f.voices, l), l
	return l
}

// forgetVoices forgets the half of the voices that had no line for longest. Blocks
// in them are given up.
func (f *Filter) forgetVoices() {
	var at []int
	for _, l := range f.voices {
		at = append(at, l.at)
	}
	slices.Sort(at)
	last := at[len(at)/2]
	f.everyVoice(func() {
		if f.at <= last {
			f.leave(tooManyWrite)
		}
	})
	f.voices = slices.DeleteFunc(f.voices, func(l *voice) bool {
		gone := l.at <= last
		if gone {
			delete(f.byDress, l.dress)
		}
		return gone
	})
	f.release()
}

// leave gives up what the current voice still waits for.
func (f *Filter) leave(why string) {
	for _, b := range f.open {
		if b.state == open {
			f.settle(b, why)
		}
		b.ended = -doneLines - 1 // no last pieces either
	}
	f.keepOpen()
	f.failing = nil
}

// everyVoice does something with each voice as the current one.
func (f *Filter) everyVoice(do func()) {
	current := f.voice
	for _, l := range f.voices {
		f.voice = l
		do()
		f.account()
	}
	f.voice = current
}

// account keeps count of the voices in which something is going on, and of what.
func (f *Filter) account() {
	if busy := len(f.open) > 0 || f.failing != nil; busy != f.busy {
		f.busy = busy
		if busy {
			f.busyVoices++
		} else {
			f.busyVoices--
		}
	}
	f.gone = f.seq
	for _, b := range f.open {
		if b.state == open && !b.kept && b.held { // what the others wait for came later
			f.gone = b.seq
			break
		}
	}
}

// leaveSilent gives up voices that have written nothing for so long that they will
// not: a job may end in the middle of a traceback.
func (f *Filter) leaveSilent() {
	if f.line < f.silence {
		return
	}
	f.silence = f.line + maxGap/4
	f.everyVoice(func() {
		if f.busy && f.line-f.at > maxGap {
			f.leave("nothing came from its writer for long")
		}
	})
}

// openInAll counts the blocks that are open.
func (f *Filter) openInAll() (n int) {
	for _, l := range f.voices {
		n += len(l.open)
	}
	return n
}

// where returns the phase or operation that the current line is in. A writer that
// has named none is in that of the one around it: a prefix may be the run's own.
func (f *Filter) where() string {
	l := f.voice
	for dress := l.dress; l == nil || l.context == ""; l = f.byDress[dress] {
		if dress == "" {
			return ""
		}
		dress = dress[:1+strings.LastIndexByte(strings.TrimSuffix(dress, "\n"), '\n')]
	}
	return l.context
}
