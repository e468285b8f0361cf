package recurring

import (
	"fmt"

	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
)

// The key of a line is a hash of its skeleton, which says what the line is, whatever varies in it: fingerprints are
// made of it (see filter.FingerprintVersion). To make a skeleton takes some time, so that keys are remembered by what
// is left of a line without its figures, which is fast.

// maxKeys is how many are remembered.
const maxKeys = 1 << 12

// keys makes them.
type keys struct {
	signature, text []byte
	known           []known
}

// A known is what was found of a line with other figures. The zero value is nothing.
type known struct {
	signature uint64
	key       uint64
	length    uint16 // of the skeleton; as much as there is room for
}

func newKeys() keys { return keys{known: make([]known, maxKeys)} }

// is reports whether it was found of a line without its figures.
func (e *known) is(signature uint64) bool { return e.signature == signature && e.length > 0 }

// of returns the key of a line, and how much it has to say, in bytes; 0: nothing. ahead knows lines that are to come; nil: none.
func (k *keys) of(text []byte, from *Ahead) (key uint64, length int) {
	ahead, ok := from.next(text)
	if !ok {
		ahead.signature = k.sign(text)
	}
	e := k.at(ahead.signature)
	switch {
	case e.is(ahead.signature):
	case ahead.length > 0:
		*e = ahead
	default:
		*e = k.make(ahead.signature, text)
	}
	return e.key, int(e.length)
}

// at is where it is remembered what was found.
func (k *keys) at(signature uint64) *known { return &k.known[signature%maxKeys] }

// sign returns a hash of a line without its figures.
func (k *keys) sign(text []byte) uint64 {
	if skeleton.HasFigures(text) {
		k.signature = skeleton.Signature(k.signature[:0], text)
		text = k.signature
	}
	return hashSignature(text)
}

// make finds out what a line says.
func (k *keys) make(signature uint64, text []byte) known {
	k.text = skeleton.Of(k.text[:0], string(text))
	n := len(k.text)
	for n > 0 && k.text[n-1] == ' ' {
		n--
	}
	from := 0
	for from < n && k.text[from] == ' ' {
		from++
	}
	return known{signature, hashSignature(k.text[from:n]), uint16(min(n-from, 1<<16-1))}
}

// name is the fingerprint of a key. It is no more of it than the table remembers.
func name(key uint64) string { return fmt.Sprintf("U-%08x", uint32(key>>32)|1) }

// Name returns the fingerprint of a line that no rule knows, which has no prefix and no host.
func Name(text string) string {
	var k keys
	return name(k.make(0, []byte(text)).key)
}
