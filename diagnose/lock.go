package diagnose

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/locks"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// A LockFile is a file that is judged in place of an environment.
type LockFile struct {
	Name string
	Data []byte // of standard input; nil: the file is read
}

// Locked judges what files would have installed, without an environment: each rule that names
// versions, with the place that holds them. What cannot be read is unknown.
func (d *Doctor) Locked(files []LockFile, ids ...string) *Diagnosis {
	out := &Diagnosis{}
	for _, file := range files {
		f, err := d.open(file)
		if err != nil && !errors.Is(err, locks.ErrNothing) {
			pass := locks.Again(file.Name, err)
			out.Lost, out.Reason = true, "the file "+file.Name+" cannot be judged: "+host.Cause(err)
			out.Results = append(out.Results, Result{Check: Check{ID: "lock", Section: file.Name, Title: file.Name}, Status: Unknown, broken: true,
				Found: file.Name + ": " + host.Cause(err), Evidence: []string{file.Name}, Fixes: []fix.Fix{{Text: pass}}})
			continue
		}
		l := &lockJudge{file: f, set: d.ruleSet()}
		out.Results = append(out.Results, l.judge(ids)...)
	}
	return out
}

func (d *Doctor) open(file LockFile) (*locks.File, error) {
	if file.Data != nil {
		return locks.Parse(file.Name, file.Data)
	}
	return locks.Read(d.Host, file.Name)
}

// ruleSet are all rules that name versions: those of the set, and ours.
func (d *Doctor) ruleSet() (out []*rules.Rule) {
	for r := range d.Rules.All() {
		if versioned(r) {
			out = append(out, r)
		}
	}
	for i := range knownVersions {
		if k := &knownVersions[i]; d.Rules.Get(k.ID) == nil && k.on(d.Host.GOOS) {
			out = append(out, &k.Rule)
		}
	}
	return out
}

// A lockJudge judges one file.
type lockJudge struct {
	file    *locks.File
	set     []*rules.Rule
	pythons []pep440.Version // that the file lets in; nil: not worked out yet
}

// judge returns a result for each rule that is about what the file holds, and one that says what
// was read. A rule that is about Python alone needs an environment.
func (l *lockJudge) judge(ids []string) (out []Result) {
	n := map[string]bool{}
	for _, p := range l.file.Pins {
		if p.Version() != "" {
			n[p.Package] = true
		}
	}
	read := Result{Check: Check{ID: "lock", Section: l.file.Name, Title: l.file.Name}, Status: OK, Evidence: []string{l.file.Name},
		Found: fmt.Sprintf("%d packages, each in one version", len(n))}
	if len(n) == 1 {
		read.Found = "1 package in one version"
	}
	if len(n) == 0 {
		read.Status, read.Found = Info, "no package in exactly one version, so that nothing can be judged"
	}
	out = append(out, read)
	for _, r := range l.set {
		if len(ids) > 0 && !slices.Contains(ids, r.ID) || len(r.Affected) == 0 {
			continue
		}
		if res, ok := l.rule(r); ok {
			out = append(out, res)
		}
	}
	return out
}

// rule judges one rule by the first pins that are all in its ranges.
func (l *lockJudge) rule(r *rules.Rule) (out Result, concerned bool) {
	var found []string
	var at []locks.Pin
	inRange := true
	for i := range r.Affected {
		a := &r.Affected[i]
		pins := l.of(a.Package.Name)
		if len(pins) == 0 {
			return out, false
		}
		hit := slices.IndexFunc(pins, func(p locks.Pin) bool { in, err := a.Has(p.Version()); return err == nil && in })
		if inRange = inRange && hit >= 0; hit >= 0 {
			pins = pins[hit:]
		}
		at, found = append(at, pins[0]), append(found, a.Package.Name+" "+pins[0].Version())
	}
	out = Result{file: l.file.Name, Check: Check{ID: r.ID, Section: l.file.Name, Title: r.Title}, Status: OK, Found: strings.Join(found, " and "), Rules: []string{r.ID}, Links: r.References}
	if !inRange {
		return out, true
	}
	python, sure := l.onPython(r)
	if !python {
		return out, true
	}
	l.blame(&out, r, at, sure)
	return out, true
}

// blame says what is wrong, and where.
func (l *lockJudge) blame(out *Result, r *rules.Rule, at []locks.Pin, sure bool) {
	j := judgement{}
	for i := range r.Affected {
		if fixed := r.Affected[i].Fixed(); fixed != "" {
			j.fixed = append(j.fixed, r.Affected[i].Package.Name+" "+fixed)
		}
	}
	out.Status, out.Detail = weight(r, remedy(r)), append(inRange(r, j), sentence(r.Counsel()))
	if !sure {
		out.Detail = append(out.Detail, "It occurs on Python "+r.Python+", which the file lets in.")
	}
	for _, p := range at {
		out.Evidence = append(out.Evidence, fmt.Sprintf("%s:%d", p.File, p.Line))
	}
	upgrade := remedy(r)
	if upgrade == nil {
		return
	}
	out.Wanted, out.Cause = upgrade.Requirement(), versions.NormalName(upgrade.Upgrade)
	for _, p := range at {
		if p.Package == out.Cause {
			out.Fixes = append(out.Fixes, fix.Fix{File: p.File, Line: p.Line, Text: lockText(p, l.highest(upgrade))})
		}
	}
}

func lockText(p locks.Pin, wanted string) string {
	if p.Lock {
		return fmt.Sprintf("holds %s: lock anew with %s", p.Text, wanted)
	}
	return fmt.Sprintf("pins %s: change it to %s", p.Text, wanted)
}

// highest is the requirement that ends all issues of a package that the file has.
func (l *lockJudge) highest(upgrade *rules.Fix) string {
	spec := upgrade.To
	for _, r := range l.set {
		other := remedy(r)
		if other == nil || other.Upgrade != upgrade.Upgrade || len(r.Affected) != 1 || !higher(other.To, spec) || !l.allowed(other) {
			continue
		}
		in := slices.ContainsFunc(l.of(r.Affected[0].Package.Name), func(p locks.Pin) bool { in, err := r.Affected[0].Has(p.Version()); return err == nil && in })
		if !in {
			continue
		}
		if python, _ := l.onPython(r); python {
			spec = other.To
		}
	}
	return upgrade.Upgrade + spec
}

// allowed leaves out what pyinfra of this file does not let in, as far as rules know: paramiko 5.
func (l *lockJudge) allowed(upgrade *rules.Fix) bool {
	return versions.NormalName(upgrade.Upgrade) != "paramiko" || len(l.of("pyinfra")) == 0
}

// higher reports whether a specifier >=x asks for more than another.
func higher(a, b string) bool {
	if !strings.HasPrefix(a, ">=") || !strings.HasPrefix(b, ">=") {
		return false
	}
	x, errX := pep440.Parse(fix.Bound(a))
	y, errY := pep440.Parse(fix.Bound(b))
	return errX == nil && errY == nil && x.GreaterThan(y)
}

// of are the pins of a package that hold one version.
func (l *lockJudge) of(name string) (out []locks.Pin) {
	for _, p := range l.file.Pins {
		if p.Package == versions.NormalName(name) && p.Version() != "" {
			out = append(out, p)
		}
	}
	return out
}

// onPython reports whether a Python that the file lets in is one of the rule's; sure: all are.
func (l *lockJudge) onPython(r *rules.Rule) (in, sure bool) {
	if r.Python == "" {
		return true, true
	}
	rule, err := pep440.NewSpecifiers(r.Python)
	if err != nil {
		return true, false
	}
	hits := 0
	for _, v := range l.allows() {
		if rule.Check(v) {
			hits++
		}
	}
	return hits > 0, hits == len(l.allows())
}

// allPythons are the Pythons that there may be: of each branch more than there ever were.
var allPythons = sync.OnceValue(func() (all []pep440.Version) {
	for minor := 8; minor <= 16; minor++ {
		for patch := range 21 {
			all = append(all, pep440.MustParse(fmt.Sprintf("3.%d.%d", minor, patch)))
		}
	}
	return all
})

// allows are the Pythons that the file lets in.
func (l *lockJudge) allows() []pep440.Version {
	if l.pythons != nil {
		return l.pythons
	}
	l.pythons = []pep440.Version{}
	file, err := pep440.NewSpecifiers(l.file.Python)
	for _, v := range allPythons() {
		if l.file.Python == "" || err != nil || file.Check(v) {
			l.pythons = append(l.pythons, v)
		}
	}
	return l.pythons
}
