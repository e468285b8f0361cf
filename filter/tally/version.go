package tally

import (
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// sitePython finds the version of Python in the path of a site-packages
// folder.
var sitePython = lazyregexp.New(`python(\d+\.\d+)`)

const (
	// maxAnswers is what the answers may take that are remembered to one question, in
	// bytes: those of some thousand folders.
	maxAnswers = 512 << 10
	// maxPythons is what those may take that are remembered of Pythons.
	maxPythons = 64 << 10
	// foundCost is what a found takes beside its folder.
	foundCost = 160
)

// answers are what was asked of the machine, and found out of it.
type answers struct {
	versions capped.Cache[[2]string, dated] // by folder and package
	verdicts capped.Cache[verdict, []found]
	may      capped.Cache[verdict, objection] // what speaks against a rule there
	pythons  capped.Cache[verdict, bool]      // whether a rule is about a Python, by its version in place of a folder
}

func newAnswers() answers {
	return answers{
		versions: capped.NewCache[[2]string, dated](maxAnswers),
		verdicts: capped.NewCache[verdict, []found](maxAnswers),
		may:      capped.NewCache[verdict, objection](maxAnswers),
		pythons:  capped.NewCache[verdict, bool](maxPythons),
	}
}

// A verdict is what was found out of one rule and one folder.
type verdict struct {
	rule *rules.Rule
	site string
}

// A dated version has been there since.
type dated struct {
	version string
	since   time.Time // zero: not known
}

// A found is a package of a rule, or Python, as it is in a folder.
type found struct {
	Installation
	// always: the folder was of this version when the issue was written, too.
	always bool
	since  time.Time
	// noted: it is in the issue, without and with Later, or there is no room for it.
	noted [2]bool
}

// installed reports whether the versions in a folder have the issue, as far as they
// tell of what was written with this date. What is not known counts as having it.
func (t *Tally) installed(i *Issue, site string, stamp []byte) bool {
	key := verdict{i.Rule, site}
	all, known := t.verdicts.Get(key)
	if !known {
		all = t.findOut(i.Rule, site)
		t.verdicts.Put(key, all, len(site)+len(all)*foundCost)
	}
	affected := true
	for n := range all {
		p := &all[n]
		p.Later = !p.Affected && !p.always && !t.wasThere(p.since, stamp)
		affected = affected && (p.Affected || p.Later)
		p.note(i, t.names)
	}
	return affected
}

// note enters it in the issue, once.
func (p *found) note(i *Issue, room *capped.Room) {
	noted := &p.noted[0]
	if p.Later {
		noted = &p.noted[1]
	}
	if !*noted {
		i.Installed.add(p.Installation, room)
	}
	*noted = true
}

// findOut looks up the versions that a rule is about, in the folder that an
// occurrence names.
func (t *Tally) findOut(r *rules.Rule, site string) (all []found) {
	if m := sitePython.FindStringSubmatch(site); m != nil && r.Python != "" {
		all = append(all, found{Installation: Installation{Site: site, Package: Python, Version: m[1], Affected: t.onPython(r, m[1])}, always: true})
	}
	for n := range r.Affected {
		a := &r.Affected[n]
		p := found{Installation: Installation{Site: site, Package: a.Package.Name, Affected: true}}
		if t.canLookUp(a, site) {
			there := t.lookUp(site, p.Package)
			p.Version, p.since = there.version, there.since
			p.Unanswered = p.Version == "" && there.since.Equal(NoAnswer)
		}
		if p.Version != "" {
			has, err := a.Has(p.Version)
			p.Affected = has || err != nil
		}
		all = append(all, p)
	}
	return all
}

// onPython is the rule's OnPython, which takes longer than all else that is found out: many folders have the same Python.
func (t *Tally) onPython(r *rules.Rule, minor string) bool {
	key := verdict{r, minor}
	on, known := t.pythons.Get(key)
	if !known {
		on = r.OnPython(minor)
		t.pythons.Put(verdict{r, strings.Clone(minor)}, on, len(minor))
	}
	return on
}

// canLookUp reports whether a package may be found in a folder: one of Python's has no others, be they called the same.
func (t *Tally) canLookUp(a *versions.Affected, site string) bool {
	return t.options.Installed != nil && site != "" && (a.Package.Ecosystem == versions.PyPI || a.Package.Ecosystem == "")
}

// lookUp asks once for each folder and package, as long as it is remembered.
func (t *Tally) lookUp(site, pkg string) dated {
	key := [2]string{site, pkg}
	if v, ok := t.versions.Get(key); ok {
		return v
	}
	var v dated
	v.version, v.since = t.options.Installed(site, pkg)
	t.versions.Put(key, v, len(site)+len(pkg)+len(v.version))
	return v
}
