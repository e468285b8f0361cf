package report

import (
	"cmp"
	"slices"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
)

// Place says where a text that no rule knows stands first, in the first of the logs of which that is known: the
// name of the log, empty if it has none, and the line there. 0: several logs have the
// text, and the report does not say in which line of which.
func (r *Report) Place(u *Unknown) (log string, line int) {
	var in []*Log
	for _, l := range r.Logs {
		if !slices.Contains(l.Unknown, u.Fingerprint) {
			continue
		}
		if seen, ok := l.Seen(u.Fingerprint); ok {
			return l.Name, seen.FirstLine
		}
		in = append(in, l)
	}
	switch {
	case len(in) == 1:
		return in[0].Name, u.FirstLine
	case len(in) > 1 || len(r.Logs) > 1:
		return "", 0
	}
	return "", u.FirstLine
}

// placesOf are the places of an issue. Where a host has failed in the line, what it had said is behind
// it. stream is Summary.Stream.
func placesOf(i *filter.Issue, stream func(int) *outcome.Outcome, log string) []Place {
	out := []Place{}
	for _, p := range i.Places {
		place := Place{log, p.Line, p.Host, p.Operation, []string{}}
		if p.Text != "" {
			place.Text = append(place.Text, p.Text)
		}
		if said := stream(p.Stream).Said(p.Line); len(said) > 0 && p.Host != "" {
			place.Text = append(place.Text, said...)
		}
		out = append(out, place)
	}
	return out
}

// firstPlaces are the places of a sum.
func firstPlaces(places []Place) []Place {
	all := append([]Place{}, places...)
	slices.SortFunc(all, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Log, b.Log), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Host, b.Host), cmp.Compare(a.Operation, b.Operation), slices.Compare(a.Text, b.Text))
	})
	return all[:min(len(all), MaxPlaces)]
}
