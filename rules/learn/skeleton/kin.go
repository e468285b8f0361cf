package skeleton

import "slices"

// Words of the language carry the meaning of a line: "started" and "stopped" are two things, however much of
// the line is the same. Where all else is the same and one word is another time and again, it is a name all
// the same. So texts that differ in one such word become one template when there are several of them.

const (
	// enoughKin is how many different words must have stood in one place.
	enoughKin = 3
	// maxKin bounds the memory.
	maxKin = 1 << 17
)

// A kin is the templates that are the same but for one word.
type kin struct {
	one     *Template // that they have become; nil: there are too few yet
	members [enoughKin - 1]*Template
	words   [enoughKin - 1]uint64
	n       int
}

// hashes are of the words of a text, each with its place. Their sum is that of the text, so that the sum
// without one of them is that of all texts which differ in it.
func hashes(words []string) (each []uint64, sum uint64) {
	each = make([]uint64, len(words))
	for i, w := range words {
		h := uint64(14695981039346656037) ^ uint64(i)*0x9e3779b97f4a7c15
		for j := 0; j < len(w); j++ {
			h = (h ^ uint64(w[j])) * 1099511628211
		}
		h ^= h >> 29
		h *= 0xbf58476d1ce4e5b9
		each[i] = h ^ h>>32
		sum += each[i]
	}
	return each, sum
}

// names returns the places in a text where a name may stand, in a line that says enough without it.
func names(words []string) (places []int) {
	told := 0
	for i, w := range words {
		if LetterCount(w) >= 3 {
			told++
		}
		if isPlain(w) && !SaysOutcome(w) {
			places = append(places, i)
		}
	}
	return slices.DeleteFunc(places, func(i int) bool {
		n := told
		if LetterCount(words[i]) >= 3 {
			n--
		}
		return n < 2
	})
}

// family returns the template that texts with another word in one place have become; nil: there is none.
func (f *Forest) family(places []int, each []uint64, sum uint64) *Template {
	for _, i := range places {
		if k := f.kin[kinKey(i, sum-each[i])]; k.one != nil {
			if one := k.one.Root(); !one.gone {
				return one
			}
		}
	}
	return nil
}

func kinKey(place int, sum uint64) uint64 { return sum ^ uint64(place+1)*0xd6e8feb86659fd93 }

// relate remembers a text among those that differ from it in one word, and makes one template of them when
// there are enough.
func (f *Forest) relate(t *Template, places []int, each []uint64, sum uint64) *Template {
	for _, i := range places {
		key := kinKey(i, sum-each[i])
		k := f.kin[key]
		if k.one != nil || slices.Contains(k.words[:k.n], each[i]) {
			continue
		}
		if k.n == len(k.members) {
			t = f.unite(&k, t, i)
		} else {
			k.members[k.n], k.words[k.n] = t, each[i]
			k.n++
		}
		f.kin[key] = k
	}
	if len(f.kin) > maxKin {
		f.kin = map[uint64]kin{}
	}
	return t
}

// unite makes one template of all.
func (f *Forest) unite(k *kin, t *Template, at int) *Template {
	one := k.members[0].Root()
	for _, m := range append(k.members[1:], t) {
		if m = m.Root(); m != one && !m.gone && len(m.Words) == len(one.Words) {
			f.absorb(one, m)
		}
	}
	one.Words = slices.Clone(one.Words)
	one.Words[at] = Any
	*k = kin{one: one}
	return one
}

// absorb makes one template a part of another.
func (f *Forest) absorb(one, m *Template) {
	words := slices.Clone(one.Words)
	for i := range words {
		if words[i] != m.Words[i] {
			words[i] = Any
		}
	}
	one.Words, one.Count, one.seen, one.gone = words, one.Count+m.Count, max(one.seen, m.seen), false
	m.into = one
	f.parts++
	if f.OnUnite != nil {
		f.OnUnite(one, m)
	}
}
