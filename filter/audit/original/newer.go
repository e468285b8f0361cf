package original

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/orbfilter/orbfilter/filter/audit"
)

// newest says that CLEAN was cleaned again, when a later audit of the log stands
// beside this one and CLEAN is what that has left; else the error is the one before.
// The older one would put together what does not belong together.
func (r *Restoration) newest(before error) error {
	var cut *CutOff
	if flaw, ok := errors.AsType[*audit.Flaw](before); before != nil && !errors.As(before, &cut) && (!ok || !flaw.Clean) {
		return before // something else is wrong
	}
	log := r.logOf()
	for _, path := range audit.Later(r.Beside) {
		if r.fits(path, log) {
			return &Refusal{Why: CleanedAgain, Audit: path}
		}
	}
	return before
}

// fits reports whether CLEAN begins with what another audit, of the same log, says was
// shown.
func (r *Restoration) fits(path, log string) bool {
	from, err := os.Open(path)
	if err != nil {
		return false
	}
	defer from.Close()
	var one audit.Result
	err = r.with(from).both(func(kept, text io.Reader) (err error) {
		one, err = audit.Restore(io.Discard, io.Discard, kept, text, r.Stream)
		return err
	})
	return err == nil && one.Complete && logName(one.Name) == log && (one.Shown > 0 || one.Behind == 0) // with nothing, everything begins
}

// with is the same with another audit.
func (r *Restoration) with(from *os.File) *Restoration {
	other := *r
	other.from = from
	return &other
}

// logName is the name of a log without its folder, which may have been typed otherwise.
func logName(name string) string { return filepath.Base(filepath.ToSlash(name)) }

// logOf is the name of the log that the audit says it is of: x.2.orb may be of a log
// called x.2, which has nothing to do with x.
func (r *Restoration) logOf() string {
	from, err := os.Open(r.Beside)
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
