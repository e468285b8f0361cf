package recurring

// A fresh keeps the texts of the lines that were seen once, the last so many bytes of them: most of what comes again does so soon, and is then
// shown as it was first. It is a ring.
type fresh struct {
	ring    []byte
	written uint64 // in all
}

// maxFresh is how many bytes it has.
const maxFresh = 128 << 10

// put keeps a text of no more than maxRecurring bytes, and returns where it is.
func (f *fresh) put(text []byte) (at uint64) {
	if f.ring == nil {
		f.ring = make([]byte, maxFresh)
	}
	at = f.written
	f.write([]byte{byte(len(text)), byte(len(text) >> 8)})
	f.write(text)
	return at
}

func (f *fresh) write(b []byte) {
	at := f.written % maxFresh
	n := copy(f.ring[at:], b)
	copy(f.ring, b[n:])
	f.written += uint64(len(b))
}

// get returns the text that is there; nil: it is not kept any more.
func (f *fresh) get(at uint64) []byte {
	if f.written-at > maxFresh {
		return nil
	}
	length := f.read(at, 2)
	return f.read(at+2, int(length[0])|int(length[1])<<8)
}

func (f *fresh) read(at uint64, n int) []byte {
	out := make([]byte, n)
	copy(out[copy(out, f.ring[at%maxFresh:]):], f.ring)
	return out
}
