package filter

// Voices is how many writers are told apart.
func (f *Filter) Voices() int { return f.match.Writers() }

// Gated reports whether lines without any literal are not looked at.
func (p *Plan) Gated() bool { return p.rules.Gate != nil }

// Remember sets how many texts are remembered, and blocks, of which there are eight at most.
func (f *Filter) Remember(n int) { f.match.Memory(n) }
