package filter

// Voices is how many writers are told apart.
func (f *Filter) Voices() int { return len(f.voices) }

// Gated reports whether lines without any literal are not looked at.
func (p *Plan) Gated() bool { return p.gate != nil }

// Remember sets how many texts are remembered, and blocks, of which there are eight at most.
func (f *Filter) Remember(n int) {
	f.memo.texts, f.known.last = make([]remembered, n), make([]wholeBlock, min(n, maxBlocks))
}
