package versions

import (
	"fmt"
	"strings"
)

// A Fault is what is wrong with what is said of a package, and what to write instead. The zero value is none.
type Fault struct {
	Field  string // below the package's entry, such as ".ranges[0].events[1]"
	Format string // as package fmt has it; empty: nothing is wrong
	Args   []any  // from the file, so that they may be long
}

func faultf(field, format string, args ...any) Fault { return Fault{field, format, args} }

// Check finds what is missing, and versions and ranges that cannot be read.
func (a *Affected) Check() Fault {
	name := a.Package.Name
	if name == "" {
		return faultf(".package", "affected needs package: {ecosystem: PyPI, name: …}")
	}
	if !IsName(name) || strings.Contains(name, "[") {
		return faultf(".package.name", "%q is not the name of a package", name)
	}
	for i := range a.Ranges {
		if f := a.Ranges[i].check(fmt.Sprintf(".ranges[%d]", i)); f.Format != "" {
			return f
		}
	}
	return Fault{}
}

// check follows OSV: a range begins with introduced, and ends with fixed or
// with last_affected.
func (r *Range) check(field string) Fault {
	if len(r.Events) == 0 {
		return faultf(field, `a range needs events: [{introduced: "…"}, {fixed: "…"}]`)
	}
	event := func(i int) string { return fmt.Sprintf("%s.events[%d]", field, i) }
	ends := ""
	for i := range r.Events {
		b, err := r.Events[i].bound()
		if err != nil {
			return faultf(strings.TrimSuffix(event(i)+"."+b.kind, "."), "%v", err)
		}
		if b.kind != "introduced" && ends != "" && b.kind != ends {
			return faultf(event(i), "a range ends with fixed or with last_affected, not with both; write fixed if the version is out")
		}
		if b.kind != "introduced" {
			ends = b.kind
		}
	}
	return r.checkOrder(event)
}

func (r *Range) checkOrder(event func(int) string) Fault {
	bounds, _ := r.bounds()
	var open *bound
	for i := range bounds {
		b := &bounds[i]
		switch {
		case b.kind == "introduced" && open == nil:
			open = b
		case b.kind == "introduced":
			return faultf(event(b.index), "%s is in the range already: nothing ends it after %s", b, open)
		case open == nil && len(bounds) == 2 && i == 0 && bounds[1].kind == "introduced":
			return faultf(event(b.index), "%s is not after %s", b, &bounds[1])
		case open == nil:
			return faultf(event(b.index), "%s ends nothing: no introduced is before it; write introduced: \"0\" if all older versions have the issue", b)
		default:
			open = nil
		}
	}
	return Fault{}
}
