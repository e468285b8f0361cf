package match

import (
	"bytes"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
)

// Where packages are installed, as the lines of a run name it.

// A file is what the path in a line tells.
type file struct {
	caretless bool   // its Python draws no carets
	site      string // the folder of installed packages that it lies in; empty: none
	module    string // of site: the name in it that the path goes on with
}

// maxFile is how long a line may be that names a file, in bytes. No system has longer
// paths (PATH_MAX of Linux is 4096).
const maxFile = 5 << 10

// fileOf returns what a line says of the file that it names.
func (m *Matcher) fileOf(line []byte) file {
	if len(line) > maxFile {
		return file{}
	}
	if known, ok := m.files.Get(string(line)); ok {
		return known
	}
	found := file{caretless: noCarets.Match(line)}
	found.site, found.module = sitePackages(line)
	m.files.Put(string(line), found, 2*len(line))
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
func (w *writer) noteSite(line []byte) string {
	if !bytes.Contains(line, packages) {
		return ""
	}
	at := w.fileOf(line)
	if at.site != "" {
		w.known.name(at)
	}
	w.keepSite(at)
	return at.site
}

// keepSite keeps for the current writer where a module was loaded from.
func (w *writer) keepSite(at file) {
	if at.site == "" || w.sites[at.module] == at.site {
		return
	}
	more := len(at.site) - len(w.sites[at.module])
	if w.sites[at.module] == "" {
		more += len(at.module)
	}
	if w.siteBytes+more > maxSites {
		return
	}
	if w.sites == nil {
		w.sites = map[string]string{}
	}
	w.siteBytes += more
	w.sites[at.module] = at.site
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
func (w *writer) siteOf(r *rules.Rule, stamp []byte) string {
	for i := range r.Affected {
		if site := w.loaded(r.Affected[i].Package.Name); site != "" && w.tally.MayHave(r, site, stamp) {
			return site
		}
	}
	return ""
}

// loaded returns the folder that the writer has loaded a package from, or "".
func (w *writer) loaded(name string) string {
	names := modules[name]
	if names == nil {
		names = []string{strings.ReplaceAll(name, "-", "_")}
	}
	for _, module := range names {
		if site := w.sites[module]; site != "" {
			return site
		}
	}
	return ""
}

// siteFor is the folder that an occurrence of a rule names or, if it names none, that
// of siteOf.
func (w *writer) siteFor(r *rules.Rule, site string, stamp []byte) string {
	if site != "" {
		return site
	}
	return w.siteOf(r, stamp)
}
