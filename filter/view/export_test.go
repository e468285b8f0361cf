package view

import "slices"

// A FormatCase is a sample of a format.
type FormatCase struct{ System, Source, Line, Text, Seen string }

// FormatCases are the samples of all formats, each looked at with the layouts of
// its own format and no others; unused are layouts that no sample needs.
func FormatCases() (cases []FormatCase, unused []string) {
	for _, f := range formats {
		own, needed := newLayouts([]format{f}), map[string]bool{}
		for _, l := range f.layouts {
			needed[l] = true
		}
		var v Line
		for _, s := range f.samples {
			cases = append(cases, FormatCase{f.system, f.source, s.line, s.text, seenThroughWith(own, &v, s.line)})
		}
		for _, l := range f.layouts {
			without := f
			without.layouts = slices.DeleteFunc(slices.Clone(f.layouts), func(o string) bool { return o == l })
			var v Line
			for _, s := range f.samples {
				if seenThroughWith(newLayouts([]format{without}), &v, s.line) != s.text {
					needed[l] = false
				}
			}
			if needed[l] {
				unused = append(unused, f.system+": "+l)
			}
		}
	}
	return cases, unused
}

// Seen is what is seen of a line, with all formats.
func Seen(line string) (text, dress string) {
	var v Line
	text = seenThroughWith(Known, &v, line)
	return text, v.Dress
}

// seenThroughWith is what is seen of the last frame of a line.
func seenThroughWith(all *layouts, v *Line, line string) string {
	v.taught = nil
	for raw := []byte(line); ; {
		n, _ := FrameLen(raw, 0)
		if n == 0 {
			v.lookFor(all, raw)
			return string(v.Text)
		}
		raw = raw[n:]
	}
}

// FieldLen is how much of a text a field of the layouts takes, or -1.
func FieldLen(name, text string) int { return fields[name].scan([]byte(text)) }
