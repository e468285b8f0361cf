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

// of returns the key of a line, and how much it has to say, in bytes; 0: nothing.
func (k *keys) of(text []byte) (key uint64, length int) {
	same := text
	if skeleton.HasFigures(text) {
		k.signature = skeleton.Signature(k.signature[:0], text)
		same = k.signature
	}
	signature := hashSignature(same)
	e := &k.known[signature%maxKeys]
	if e.signature != signature || e.length == 0 {
		key, length = k.make(text)
		*e = known{signature, key, uint16(min(length, 1<<16-1))}
	}
	return e.key, int(e.length)
}

func (k *keys) make(text []byte) (key uint64, length int) {
	k.text = skeleton.Of(k.text[:0], string(text))
	n := len(k.text)
	for n > 0 && k.text[n-1] == ' ' {
		n--
	}
	from := 0
	for from < n && k.text[from] == ' ' {
		from++
	}
	return hashSignature(k.text[from:n]), n - from
}

// name is the fingerprint of a key. It is no more of it than the table remembers.
func name(key uint64) string { return fmt.Sprintf("U-%08x", uint32(key>>32)|1) }

// Name returns the fingerprint of a line that no rule knows, which has no prefix and no host.
func Name(text string) string {
	var k keys
	key, _ := k.make([]byte(text))
	return name(key)
}
