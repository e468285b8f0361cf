package tally

// timelineBins is how many bins a timeline has at most.
const timelineBins = 64

// A Timeline says where in a run something occurs. The run is cut into stretches
// of Width lines, a power of two that grows with the run, so that a timeline is
// small however long the run is. The zero value is empty.
type Timeline struct {
	Width  int   `json:"width"`  // lines in a stretch; 0: nothing occurred
	Counts []int `json:"counts"` // occurrences by stretch; Counts[0] is of lines 1 to Width
}

// add enters n occurrences in a line, from 1.
func (t *Timeline) add(line, n int) {
	t.Width = max(t.Width, 1)
	for (line-1)/t.Width >= timelineBins {
		t.halve()
	}
	for len(t.Counts) <= (line-1)/t.Width {
		t.Counts = append(t.Counts, 0)
	}
	t.Counts[(line-1)/t.Width] += n
}

// halve makes the stretches twice as long.
func (t *Timeline) halve() {
	for i, n := range t.Counts {
		if i%2 == 0 {
			t.Counts[i/2] = n
		} else {
			t.Counts[i/2] += n
		}
	}
	t.Counts = t.Counts[:(len(t.Counts)+1)/2]
	t.Width *= 2
}

// merge adds what occurred in another stream of the run.
func (t *Timeline) merge(s Timeline) {
	s = s.Clone()
	for t.Width < s.Width && t.Width > 0 {
		t.halve()
	}
	for s.Width < t.Width && s.Width > 0 {
		s.halve()
	}
	t.Width = max(t.Width, s.Width)
	for i, n := range s.Counts {
		if i == len(t.Counts) {
			t.Counts = append(t.Counts, 0)
		}
		t.Counts[i] += n
	}
}

// Clone returns a copy whose Counts are never nil.
func (t Timeline) Clone() Timeline { return Timeline{t.Width, append([]int{}, t.Counts...)} }

// Valid reports whether it is one that a filter can have made.
func (t Timeline) Valid() bool {
	for _, n := range t.Counts {
		if n < 0 {
			return false
		}
	}
	return t.Width >= 0 && t.Width&(t.Width-1) == 0 && len(t.Counts) <= timelineBins && (t.Width > 0 || len(t.Counts) == 0)
}
