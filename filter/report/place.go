package report

import "slices"

// Place says where a text that no rule knows stands first, as far as that is sure: the
// name of its log, empty if it has none, and the line there. 0: several logs have the
// text, and the report does not say in which it stands in that line.
func (r *Report) Place(u *Unknown) (log string, line int) {
	var in []*Log
	for _, l := range r.Logs {
		if slices.Contains(l.Unknown, u.Fingerprint) {
			in = append(in, l)
		}
	}
	switch {
	case len(in) == 1:
		return in[0].Name, u.FirstLine
	case len(in) > 1 || len(r.Logs) > 1:
		return "", 0
	}
	return "", u.FirstLine
}
