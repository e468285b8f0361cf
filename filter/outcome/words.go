package outcome

import (
	"bytes"
	"slices"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

// To find what a host said last, lines are gone back over: maxBack at most, and of all
// searches together a few times as many bytes as came in.
const (
	maxBack     = 500
	maxWords    = 40
	backPerByte = 4
	backAtOnce  = 10 * maxAbove // may be gone back over without having come in
)

// A search is for what a host said last, from its end.
type search struct {
	writer, host string
	alone        bool // the run has no other host
	operating    bool // no header was met, and an operation goes on
	loose        bool // no line of the host was met: what stands directly above may be about it
	known        bool // where the search ended, it need not go on: something begins there
	words        []string
}

// lastWords returns what a host of a writer said last in what is above: up to maxWords
// lines of it, in order, without what pyinfra adds, and not what belongs to what that
// host did before. If it said nothing, the lines directly above count that name it, or
// that can be of no other: connectors print such.
func (f *Follower) lastWords(above [][]byte, s *search) []string {
	s.loose = true
	f.words.LearnAs(&f.view)
	f.back = min(f.back+backPerByte*(f.upTo-f.paid), backAtOnce)
	f.paid = f.upTo
	for _, l := range slices.Backward(f.inner) {
		if f.back -= len(l.text); len(s.words) >= maxWords || f.back < 0 || l.writer == s.writer && !s.take(l.text) {
			slices.Reverse(s.words)
			return s.words
		}
	}
	for range maxBack {
		line, ok := lastLine(above)
		if f.back -= len(line); !ok || len(s.words) >= maxWords || f.back < 0 {
			break
		}
		text, writer := f.lookLast(line)
		if writer == s.writer && !s.take(text) {
			break
		}
	}
	slices.Reverse(s.words)
	return s.words
}

// take takes in a line, and reports whether one above it may count as well.
func (s *search) take(text []byte) bool {
	n, mine := s.isOf(text)
	if n == 0 && s.loose && len(text) > 0 && text[0] != ' ' && !isHeader(text) && (s.alone || pyinfra.Mentions(text, s.host) || len(s.words) == 0 && nameless.Match(text)) {
		s.words = append(s.words, shorten(text))
		return true
	}
	if s.loose && len(s.words) > 0 {
		return false
	}
	s.loose = false
	switch {
	case isHeader(text): // of another host, where hosts do not wait for each other
		s.operating, s.known = false, true
		return len(s.words) == 0 && bytes.HasPrefix(text, []byte("--> Starting "))
	case !mine:
		return true
	}
	said, nested := bytes.CutPrefix(text[n:], []byte("nested "))
	said = bytes.TrimLeft(said, " ")
	if isEnd(text, said) && (nested || !s.operating) { // an operation has one result on a host: another one is what it printed
		s.known = true
		return false
	}
	if !aside.Match(said) {
		s.words = append(s.words, shorten(said))
	}
	return true
}

// isOf is the length of the "[host] " that a line begins with, 0 if it names none, and reports whether that is the host
// that is asked of. Its name may be odd: then it is not known for one by itself.
func (s *search) isOf(text []byte) (n int, mine bool) {
	if isOdd([]byte(s.host)) {
		if rest, ok := bytes.CutPrefix(bytes.TrimLeft(text, " "), []byte("["+s.host+"] ")); ok {
			return len(text) - len(bytes.TrimLeft(rest, " ")), true
		}
	}
	n = pyinfra.HostLen(text)
	return n, n > 0 && pyinfra.Host(text) == s.host
}

// isEnd reports whether a line says what became of something on a host. Without the
// spaces of pyinfra's logger in front it is what the host has printed.
func isEnd(text, said []byte) bool {
	return bytes.HasPrefix(text, []byte("    ")) && pyinfra.IsResult(said) && !aside.Match(said)
}

// lastLine takes the last line off texts that follow each other.
func lastLine(above [][]byte) (line []byte, ok bool) {
	for len(above) > 0 {
		n := len(above) - 1
		text := bytes.TrimSuffix(above[n], []byte("\n"))
		if len(text) == len(above[n]) && len(text) == 0 {
			above = above[:n]
			continue
		}
		from := bytes.LastIndexByte(text, '\n') + 1
		line, above[n] = text[from:], above[n][:from]
		return line, true
	}
	return nil, false
}
