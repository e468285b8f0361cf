package diagnose

import (
	"context"
	"fmt"
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/locks"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// A verdict is what a rule says of an environment.
type verdict int

const (
	outside verdict = iota // the versions do not have the issue
	inside                 // they do
	maybe                  // it depends on Python's patch level, which is not known
	absent                 // a package is not installed
	unread                 // a version cannot be read
)

// A judgement is a verdict with its reasons.
type judgement struct {
	verdict verdict
	found   string          // "gevent 25.5.1 on Python 3.12.1"
	near    string          // what would bring the issue, if one thing is enough: "gevent 25.5.1 begins it"
	dists   []*environ.Dist // that the rule is about
	fixed   []string        // "gevent 25.8.1"
	misses  int             // conditions that do not hold
}

// versioned reports whether a rule can be judged by what is installed: by
// packages, or by Python alone.
func versioned(r *rules.Rule) bool {
	for _, a := range r.Affected {
		if a.Package.Ecosystem != versions.PyPI && a.Package.Ecosystem != "" {
			return false
		}
	}
	return len(r.Affected) > 0 || r.Python != ""
}

// judge decides as the filter does (filter/version.go): every package that a
// rule names must be in its range, and Python, too. The filter knows only the
// minor version of Python, from a path; here the patch level is known as well.
func judge(r *rules.Rule, e *environ.Environment) judgement {
	j := judgement{verdict: inside}
	var found []string
	for i := range r.Affected {
		a := &r.Affected[i]
		d := e.Dist(a.Package.Name)
		if d == nil {
			return judgement{verdict: absent, found: a.Package.Name + " is not installed"}
		}
		found = append(found, a.Package.Name+" "+known(d.Version))
		j.dists = append(j.dists, d)
		if fixed := a.Fixed(); fixed != "" {
			j.fixed = append(j.fixed, a.Package.Name+" "+fixed)
		}
		j.version(a, d.Version)
	}
	j.found = strings.Join(found, " and ")
	j.python(r, e)
	j.found = strings.TrimPrefix(j.found, " on ")
	return j
}

func known(version string) string {
	if version == "" {
		return "(version not known)"
	}
	return version
}

// version judges one package.
func (j *judgement) version(a *versions.Affected, version string) {
	switch in, err := a.Has(version); {
	case err != nil:
		j.verdict = unread
	case !in:
		j.miss(ahead(a, version))
	}
}

// miss notes a condition that does not hold, and what would make it hold.
func (j *judgement) miss(near string) {
	if j.misses++; j.misses > 1 {
		near = "" // far in two ways
	}
	j.near = near
	if j.verdict != unread {
		j.verdict = outside
	}
}

// ahead says where the issue begins if the version is older than that.
func ahead(a *versions.Affected, version string) string {
	v, err := pep440.Parse(version)
	if err != nil {
		return ""
	}
	for _, r := range a.Ranges {
		for _, e := range r.Events {
			if at, err := pep440.Parse(e.Introduced); err == nil && e.Introduced != "0" && v.LessThan(at) {
				return a.Package.Name + " " + e.Introduced + " begins it"
			}
		}
	}
	return ""
}

// python judges the Python of a rule.
func (j *judgement) python(r *rules.Rule, e *environ.Environment) {
	if r.Python == "" {
		return
	}
	j.found += " on Python " + e.Full
	switch in, sure := onPython(r, e); {
	case !in && strings.Contains(r.Python, e.Minor) && r.OnPython(e.Minor): // another patch level is enough
		j.miss("it occurs on Python " + r.Python)
	case !in:
		j.miss("")
	case !sure && j.verdict == inside:
		j.verdict = maybe
	}
}

// onPython reports whether a rule's Python specifier includes the one of the
// environment; sure is false when that depends on a patch level that is not
// known.
func onPython(r *rules.Rule, e *environ.Environment) (in, sure bool) {
	spec, err := pep440.NewSpecifiers(r.Python)
	if err != nil || e.Minor == "" {
		return true, false
	}
	if v, err := pep440.Parse(e.Full); err == nil && e.Full != e.Minor {
		return spec.Check(v), true
	}
	const patches = 60 // no branch of CPython had more than 20
	n := 0
	for i := range patches {
		if v, err := pep440.Parse(fmt.Sprintf("%s.%d", e.Minor, i)); err == nil && spec.Check(v) {
			n++
		}
	}
	return n > 0, n == 0 || n == patches
}

// sectionIssues is the section of the rules.
const sectionIssues = "Known issues"

// ruleCheck makes a check of a rule.
func ruleCheck(r *rules.Rule) Check {
	return Check{ID: r.ID, Section: sectionIssues, Title: r.Title, Needs: NeedsEnvironment,
		run: func(_ context.Context, x *exam) Result { return x.rule(r) }}
}

func (x *exam) rule(r *rules.Rule) Result {
	j := x.judge(r)
	out := Result{Found: j.found, Rules: []string{r.ID}, Links: r.References}
	for _, d := range j.dists {
		out.Evidence = append(out.Evidence, d.Path)
	}
	switch j.verdict {
	case absent:
		out.Status = Skip
	case outside:
		out.Status, out.Detail = OK, j.outside()
	case unread:
		out.Status, out.Detail = Unknown, []string{"A version cannot be read as PEP 440 defines them."}
	case maybe:
		out.Status = Warn
		out.Detail = []string{"It occurs on Python " + r.Python + ", and the patch level is not known: leave --no-exec out.", sentence(r.Counsel())}
		x.mend(&out, r)
	case inside:
		out.Status = x.weight(r)
		out.Detail = append(inRange(r, j), sentence(r.Counsel()))
		if who := x.forbidden(r); who != "" {
			out.Status = Info
			out.Detail = append(out.Detail, who)
			return out
		}
		x.mend(&out, r)
	}
	return out
}

// bringsBack says that every version which a specifier allows has a vulnerability which the one
// that is installed has not; or nothing.
func (x *exam) bringsBack(pkg, spec string) string {
	e, _ := x.environment()
	for _, r := range x.rules() {
		if !isAdvisory(r) || len(r.Affected) != 1 || versions.NormalName(r.Affected[0].Package.Name) != versions.NormalName(pkg) {
			continue
		}
		a := &r.Affected[0]
		fixed := a.Fixed()
		if has, err := a.Has(e.Version(pkg)); err != nil || has || fixed == "" || allows(spec, fixed) {
			continue
		}
		return fmt.Sprintf("what %s%s allows is older than %s %s, which ends a known vulnerability (%s)", pkg, spec, pkg, fixed, r.Title)
	}
	return ""
}

// isAdvisory reports whether a rule is about a vulnerability.
func isAdvisory(r *rules.Rule) bool {
	return strings.Contains(r.Title, "CVE-") || slices.ContainsFunc(r.References, func(u string) bool {
		return strings.Contains(u, "CVE-") || strings.Contains(u, "GHSA-") || strings.Contains(u, "osv.dev")
	})
}

// forbidden says which package that is installed does not go with what would end
// an issue, or nothing.
func (x *exam) forbidden(r *rules.Rule) string {
	upgrade := x.remedy(r)
	if upgrade == nil {
		return ""
	}
	for _, w := range x.wants(upgrade.Upgrade) {
		if at := fix.Bound(upgrade.To); w.spec != "" && at != "" && !allows(w.spec, at) {
			return fmt.Sprintf("That cannot be installed here: %s wants %s%s.", w.who, upgrade.Upgrade, w.spec)
		}
	}
	return ""
}

// outside says why an issue does not occur, if that is not plain.
func (j *judgement) outside() (detail []string) {
	switch {
	case j.near != "" && len(j.fixed) > 0:
		return []string{"One release away: " + j.near + ", " + strings.Join(j.fixed, " and ") + " ends it."}
	case j.near != "":
		return []string{"One release away: " + j.near + "."}
	case len(j.fixed) > 0:
		return []string{"Fixed by " + strings.Join(j.fixed, " and ") + "."}
	}
	return nil
}

func (x *exam) weight(r *rules.Rule) Status { return weight(r, x.remedy(r)) }

// weight is how bad an issue in range is: one that an upgrade ends fails, unless
// it is known from reports only, or just good to know; so is one that nothing ends yet.
func weight(r *rules.Rule, upgrade *rules.Fix) Status {
	switch {
	case upgrade == nil:
		return Info
	case r.Status == rules.Experimental, r.Severity == rules.Notice:
		return Warn
	}
	return Fail
}

// remedy is the upgrade that ends an issue, or nil: what the rule says, or
// what its range says.
func remedy(r *rules.Rule) *rules.Fix {
	if r.Fix != nil {
		return r.Fix
	}
	for i := range r.Affected {
		if fixed := r.Affected[i].Fixed(); fixed != "" {
			return &rules.Fix{Upgrade: r.Affected[i].Package.Name, To: ">=" + fixed}
		}
	}
	return nil
}

// inRange says what happens in an environment that has the issue, and what ends it.
func inRange(r *rules.Rule, j judgement) []string {
	will := "You will see this: "
	switch {
	case r.Match.Kind() == "": // it prints nothing
		will = ""
	case r.Status == rules.Experimental:
		will = "You may see this: "
	case remedy(r) == nil:
		will = "This can happen: "
	}
	detail := []string{will + sentence(r.Title)}
	switch {
	case len(j.fixed) > 0:
		detail = append(detail, "Fixed by "+strings.Join(j.fixed, " and ")+".")
	case r.Fix == nil && len(r.Affected) == 0:
		detail = append(detail, "It occurs on Python "+r.Python+" only.")
	case r.Fix == nil:
		detail = append(detail, "No release fixes it yet.")
	}
	return detail
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.TrimSuffix(text, ".") + "."
}

// mend adds what ends the issue.
func (x *exam) mend(out *Result, r *rules.Rule) {
	upgrade := x.remedy(r)
	if upgrade == nil {
		return
	}
	e, _ := x.environment()
	out.Wanted, out.Cause = upgrade.Requirement(), versions.NormalName(upgrade.Upgrade)
	out.Fixes = fix.Plan(e, upgrade.Upgrade, x.highest(upgrade), x.pins())
	out.Gain = x.seen(r)
}

// highest returns the specifier that ends all issues which an upgrade of this
// package ends, so that it is upgraded once.
func (x *exam) highest(upgrade *rules.Fix) string {
	spec := upgrade.To
	for _, r := range x.rules() {
		if x.judge(r).verdict != inside { // most are not, and this is known
			continue
		}
		other := x.remedy(r)
		if other == nil || other.Upgrade != upgrade.Upgrade || x.forbidden(r) != "" {
			continue
		}
		a, errA := pep440.Parse(fix.Bound(spec))
		b, errB := pep440.Parse(fix.Bound(other.To))
		if errA == nil && errB == nil && strings.HasPrefix(spec, ">=") && strings.HasPrefix(other.To, ">=") && b.GreaterThan(a) {
			spec = other.To
		}
	}
	return spec
}

// pinHolds reports whether a pin holds exactly a version that a rule is about, on
// this Python.
func pinHolds(p *locks.Pin, r *rules.Rule, upgrade *rules.Fix, e *environ.Environment) bool {
	if in, _ := onPython(r, e); r.Python != "" && !in || versions.NormalName(upgrade.Upgrade) != p.Package || len(r.Affected) != 1 {
		return false
	}
	exact := strings.TrimPrefix(p.Spec, "==")
	has, err := r.Affected[0].Has(exact)
	return err == nil && has && p.Holds(exact, fix.Bound(upgrade.To))
}
