package tally

import (
	"time"

	"github.com/orbfilter/orbfilter/rules"
)

// An objection is what is installed in a folder that has not got an issue.
type objection struct {
	any    bool      // there is some
	always bool      // the folder was so when the issue was written, too
	since  time.Time // it is there; zero: not known
}

// MayHave reports whether nothing that is installed in a folder, and was when
// something was written with this date, speaks against an issue.
func (t *Tally) MayHave(r *rules.Rule, site string, stamp []byte) bool {
	key := verdict{r, site}
	against, known := t.may.Get(key)
	if !known {
		against = t.objects(r, site)
		t.may.Put(key, against, len(site))
	}
	return !against.any || !against.always && !t.wasThere(against.since, stamp)
}

func (t *Tally) objects(r *rules.Rule, site string) objection {
	if m := sitePython.FindStringSubmatch(site); m != nil && !t.onPython(r, m[1]) {
		return objection{any: true, always: true}
	}
	for i := range r.Affected {
		a := &r.Affected[i]
		if !t.canLookUp(a, site) {
			continue
		}
		if v := t.lookUp(site, a.Package.Name); v.version != "" {
			if has, err := a.Has(v.version); err == nil && !has {
				return objection{any: true, since: v.since}
			}
		}
	}
	return objection{}
}
