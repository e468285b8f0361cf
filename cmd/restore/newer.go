package restore

import (
	"errors"
	stdio "io"
	"os"
	"path/filepath"

	"github.com/orbfilter/orbfilter/filter/audit"
)

// newest says that CLEAN was cleaned again, when a later audit of the log stands
// beside this one and CLEAN is what that has left; else the error is the one before.
// The older one would put together what does not belong together.
func (r *restoration) newest(clean *os.File, before error) error {
	var cut *cutOff
	if flaw, ok := errors.AsType[*audit.Flaw](before); before != nil && !errors.As(before, &cut) && (!ok || !flaw.Clean) {
		return before // something else is wrong
	}
	log := r.logOf()
	for _, path := range audit.Later(r.beside) {
		if !r.fits(path, clean, log) {
			continue
		}
		said := r.clean + " does not belong to " + r.audit + " alone: it was cleaned again since; type first: "
		if r.clean == stdinName {
			return refusal(said + r.command(path, "CLEAN"))
		}
		return refusal(said + r.command(path, r.clean, "-o", r.clean))
	}
	return before
}

// fits reports whether CLEAN begins with what another audit, of the same log, says was
// shown.
func (r *restoration) fits(path string, clean *os.File, log string) bool {
	from, err := os.Open(path)
	if err != nil {
		return false
	}
	defer from.Close()
	var one audit.Result
	err = r.both(from, clean, func(kept, text stdio.Reader) (err error) {
		one, err = audit.Restore(stdio.Discard, stdio.Discard, kept, text, r.stream)
		return err
	})
	return err == nil && one.Complete && logName(one.Name) == log && (one.Shown > 0 || one.Behind == 0) // with nothing, everything begins
}

// logName is the name of a log without its folder, which may have been typed otherwise.
func logName(name string) string { return filepath.Base(filepath.ToSlash(name)) }

// logOf is the name of the log that the audit says it is of: x.2.orb may be of a log
// called x.2, which has nothing to do with x.
func (r *restoration) logOf() string {
	from, err := os.Open(r.beside)
	if err != nil {
		return ""
	}
	defer from.Close()
	all, err := audit.Check(from)
	if err != nil || len(all) == 0 {
		return ""
	}
	return logName(all[0].Name)
}
