package filter

import (
	"bytes"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
)

// Where packages are installed, as the lines of a run name it.

// A file is what the path in a line tells.
type file struct {
	bare   bool   // its Python draws no carets
	site   string // the folder of installed packages that it lies in; empty: none
	module string // of site: the name in it that the path goes on with
}

// maxFile is how long a line may be that names a file, in bytes. No system has longer
// paths (PATH_MAX of Linux is 4096).
const maxFile = 5 << 10

// fileOf returns what a line says of the file that it names.
func (f *Filter) fileOf(line []byte) file {
	if len(line) > maxFile {
		return file{}
	}
	if known, ok := f.files.Get(string(line)); ok {
		return known
	}
	found := file{bare: noCarets.Match(line)}
	found.site, found.module = sitePackages(line)
	f.files.Put(string(line), found, 2*len(line))
	return found
}

// siteFolder finds a file in a folder of installed packages: a path that a quote, a
// bracket, as in "from 'paramiko' (/path)", or the start of a text begins.
var siteFolder = lazyregexp.New(`(?:^|["(])((?:/|[A-Za-z]:[\\/])[^"(]*?[\\/](?:site|dist)-packages)[\\/](\w*)`)

// packages is a part of each path that siteFolder finds.
var packages = []byte("-packages")

// sitePackages returns the folder of installed packages that the file lies in
// which a line names, and the name that its path goes on with there; or "".
func sitePackages(line []byte) (site, module string) {
	if !bytes.Contains(line, packages) {
		return "", ""
	}
	if m := siteFolder.FindSubmatch(line); m != nil {
		return string(m[1]), string(m[2])
	}
	return "", ""
}

// maxSites bounds what is remembered of the modules of a writer, in bytes: there may be
// some hundred writers.
const maxSites = 8 << 10

// noteSite returns the folder of installed packages that a line names a file of, or
// "", and keeps for its writer that the module was loaded from there.
func (f *Filter) noteSite(line []byte) string {
	if !bytes.Contains(line, packages) {
		return ""
	}
	at := f.fileOf(line)
	f.keepSite(at)
	return at.site
}

// keepSite keeps for the current writer where a module was loaded from.
func (f *Filter) keepSite(at file) {
	if at.site == "" || f.sites[at.module] == at.site {
		return
	}
	if f.siteBytes += len(at.module) + len(at.site); f.siteBytes <= maxSites {
		if f.sites == nil {
			f.sites = map[string]string{}
		}
		f.sites[at.module] = at.site
	}
}

// learnSite keeps the first folder that a line of the block names.
func (b *block) learnSite(site string) {
	if b.site == "" {
		b.site = site
	}
}

// modules are the names under which a package is imported that are not its own.
var modules = map[string][]string{"pyinfra": {"pyinfra", "pyinfra_cli"}, "setuptools": {"setuptools", "pkg_resources"}}

// siteOf returns the folder that the writer has loaded a package of the rule from, as
// its other lines tell; "": they do not, or what is installed there has not got the
// issue. Then it was another program that printed it, and where is not known.
func (f *Filter) siteOf(r *rules.Rule, stamp []byte) string {
	for i := range r.Affected {
		if site := f.loaded(r.Affected[i].Package.Name); site != "" && f.mayHave(r, site, stamp) {
			return site
		}
	}
	return ""
}

// loaded returns the folder that the writer has loaded a package from, or "".
func (f *Filter) loaded(name string) string {
	names := modules[name]
	if names == nil {
		names = []string{strings.ReplaceAll(name, "-", "_")}
	}
	for _, module := range names {
		if site := f.sites[module]; site != "" {
			return site
		}
	}
	return ""
}

// siteFor is the folder that an occurrence of a rule names or, if it names none, that
// of siteOf.
func (f *Filter) siteFor(r *rules.Rule, site string, stamp []byte) string {
	if site != "" {
		return site
	}
	return f.siteOf(r, stamp)
}

// An objection is what is installed in a folder that has not got an issue.
type objection struct {
	any    bool      // there is some
	always bool      // the folder was so when the issue was written, too
	since  time.Time // it is there; zero: not known
}

// mayHave reports whether nothing that is installed in a folder, and was when
// something was written with this date, speaks against an issue.
func (f *Filter) mayHave(r *rules.Rule, site string, stamp []byte) bool {
	key := verdict{r, site}
	against, known := f.may.Get(key)
	if !known {
		against = f.objects(r, site)
		f.may.Put(key, against, len(site))
	}
	return !against.any || !against.always && !f.wasThere(against.since, stamp)
}

func (f *Filter) objects(r *rules.Rule, site string) objection {
	if m := sitePython.FindStringSubmatch(site); m != nil && !r.OnPython(m[1]) {
		return objection{any: true, always: true}
	}
	for i := range r.Affected {
		a := &r.Affected[i]
		if f.options.Installed == nil {
			continue
		}
		if v := f.lookUp(site, a.Package.Name); v.version != "" {
			if has, err := a.Has(v.version); err == nil && !has {
				return objection{any: true, since: v.since}
			}
		}
	}
	return objection{}
}
