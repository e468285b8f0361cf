package diagnose

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/locks"
	"github.com/orbfilter/orbfilter/diagnose/online"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// askedFor are the packages that others are asked about: no name of anybody's own package is sent.
var askedFor = []string{environ.Program, connectorName, "gevent", "greenlet", "paramiko", "cryptography", "setuptools"}

const sectionOnline = "Online"

// onlineChecks are those of --online.
var onlineChecks = []Check{
	{"online-releases", sectionOnline, "newer releases in the package index", NeedsEnvironment, nil},
	{"online-vulnerabilities", sectionOnline, "known vulnerabilities, of OSV", NeedsEnvironment, nil},
}

// A place is a package, with what holds its version.
type place struct {
	online.Package
	pins []locks.Pin // that hold it
	file string      // of a lock file; empty: it is installed
}

// Online asks the index and OSV about what was found, and puts the answers behind the results. It
// has a limit of its own, and changes no other result.
func (d *Doctor) Online(ctx context.Context, found *Diagnosis, files []LockFile) {
	ctx, cancel := context.WithTimeout(ctx, online.Limit)
	defer cancel()
	places, python := d.places(found, files)
	client, err := online.New(d.Host)
	if err != nil || len(places) == 0 {
		for _, c := range onlineChecks {
			r := Result{Check: c, Status: Skip, Found: "there is no package to ask for"}
			if err != nil {
				r.Status, r.Found = Unknown, "could not ask: "+err.Error()
			}
			found.Results = append(found.Results, r)
		}
		return
	}
	var releases, vulnerabilities Result
	var both sync.WaitGroup
	both.Go(func() { releases = newer(ctx, client, places, python) })
	both.Go(func() { vulnerabilities = vulnerable(ctx, client, places) })
	both.Wait()
	releases.Check, vulnerabilities.Check = onlineChecks[0], onlineChecks[1]
	found.Results = append(found.Results, releases, vulnerabilities)
}

// places are the packages that are asked for: those of lock files, or those that are installed.
func (d *Doctor) places(found *Diagnosis, files []LockFile) (out []place, python string) {
	for _, file := range files {
		f, err := d.open(file)
		if err != nil {
			continue
		}
		for _, p := range f.Pins {
			if v := p.Version(); v != "" && slices.Contains(askedFor, p.Package) {
				out = append(out, place{online.Package{Name: p.Package, Version: v}, []locks.Pin{p}, f.Name})
			}
		}
	}
	e := found.Environment
	if len(files) > 0 || e == nil || found.Lost {
		return out, ""
	}
	pins := locks.In(d.Host, d.Host.Dir)
	for _, name := range askedFor {
		v := e.Version(name)
		if v == "" {
			continue
		}
		one := place{Package: online.Package{Name: name, Version: v}}
		for _, p := range pins {
			if p.Package == versions.NormalName(name) && !p.Lock {
				one.pins = append(one.pins, p)
			}
		}
		out = append(out, one)
	}
	return out, e.Full
}

// newer says which packages have newer releases, and which pins keep them out.
func newer(ctx context.Context, client *online.Client, places []place, python string) Result {
	type answer struct {
		version string
		err     error
	}
	answers := map[string]*answer{}
	var all sync.WaitGroup
	for _, p := range places {
		if answers[p.Name] == nil {
			a := &answer{}
			answers[p.Name] = a
			all.Go(func() { a.version, a.err = client.Newest(ctx, p.Name, python) })
		}
	}
	all.Wait()
	r := Result{Status: OK, Found: "none"}
	var failed []string
	for _, p := range places {
		a := answers[p.Name]
		switch {
		case a.err != nil:
			failed = append(failed, fmt.Sprintf("Could not ask %s for %s: %s.", client.Host(), p.Name, a.err))
		case isNewer(a.version, p.Version):
			r.Status, r.Found = worse(r.Status, Info), "there are some"
			r.Detail = append(r.Detail, p.out(a.version))
		}
	}
	slices.Sort(failed)
	if failed = slices.Compact(failed); len(failed) > 0 {
		r.Detail = append(r.Detail, failed...)
		if len(failed) == len(answers) {
			r.Status, r.Found = Unknown, "could not ask"
		}
	}
	return r
}

func isNewer(a, b string) bool {
	x, errX := pep440.Parse(a)
	y, errY := pep440.Parse(b)
	return errX == nil && errY == nil && x.GreaterThan(y)
}

// out says that a release is there, and what keeps it out.
func (p *place) out(version string) string {
	text := fmt.Sprintf("%s %s is out", p.Name, version)
	for _, pin := range p.pins {
		if pin.Holds(p.Version, version) {
			return text + fmt.Sprintf(": your pin can go (%s:%d, %s).", pin.File, pin.Line, pin.Text)
		}
	}
	return text + fmt.Sprintf("; it is %s here.", p.Version)
}

// vulnerable says which packages have known vulnerabilities.
func vulnerable(ctx context.Context, client *online.Client, places []place) Result {
	var packages []online.Package
	for _, p := range places {
		if !slices.Contains(packages, p.Package) {
			packages = append(packages, p.Package)
		}
	}
	known, err := client.Vulnerable(ctx, packages)
	if err != nil {
		return Result{Status: Unknown, Found: "could not ask", Detail: []string{fmt.Sprintf("Could not ask %s: %s.", client.OSV(), err)}}
	}
	r := Result{Status: OK, Found: "none"}
	for _, p := range places {
		ids := known[p.Package]
		if len(ids) == 0 {
			continue
		}
		r.Status, r.Found = Warn, "there are some"
		r.Detail = append(r.Detail, fmt.Sprintf("%s %s: %s.", p.Name, p.Version, strings.Join(ids, ", ")))
		for _, id := range ids {
			r.Links = append(r.Links, "https://osv.dev/vulnerability/"+id)
		}
		for _, pin := range p.pins {
			r.Evidence = append(r.Evidence, fmt.Sprintf("%s:%d", pin.File, pin.Line))
			if p.file != "" {
				r.Fixes = append(r.Fixes, fix.Fix{File: pin.File, Line: pin.Line, Text: fmt.Sprintf("holds %s, which has known vulnerabilities (%s)", pin.Text, strings.Join(ids, ", "))})
			}
		}
	}
	return r
}
