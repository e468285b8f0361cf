package match

import (
	"github.com/orbfilter/orbfilter/filter/match/site"
	"github.com/orbfilter/orbfilter/rules"
)

// noteSite returns the folder of installed packages that a line names a file of, or
// "", and keeps for its writer that the module was loaded from there.
func (w *writer) noteSite(line []byte) string {
	if !site.Named(line) {
		return ""
	}
	at := w.files.Of(line)
	if at.Folder != "" {
		w.known.name(at)
	}
	w.loaded.Keep(at)
	return at.Folder
}

// learnSite keeps the first folder that a line of the block names.
func (b *block) learnSite(folder string) {
	if b.site == "" {
		b.site = folder
	}
}

// siteOf returns the folder that the writer has loaded a package of the rule from, as
// its other lines tell; "": they do not, or what is installed there has not got the
// issue. Then it was another program that printed it, and where is not known.
func (w *writer) siteOf(r *rules.Rule, stamp []byte) string {
	for i := range r.Affected {
		if folder := w.loaded.Of(r.Affected[i].Package.Name); folder != "" && w.tally.MayHave(r, folder, stamp) {
			return folder
		}
	}
	return ""
}

// siteFor is the folder that an occurrence of a rule names or, if it names none, that
// of siteOf.
func (w *writer) siteFor(r *rules.Rule, folder string, stamp []byte) string {
	if folder != "" {
		return folder
	}
	return w.siteOf(r, stamp)
}
