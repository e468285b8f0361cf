package cmd

import (
	"errors"
	stdio "io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
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
	for _, path := range laterAudits(r.beside) {
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

// auditName is what scan calls the second audit of a log, and those after it.
var auditName = lazyregexp.New(`^(.*)\.([1-9]\d{0,8})\.orb$`)

// laterAudits finds those beside an audit that a scan has written after it, the last
// one first. x.2.orb is the second one of x, or the first one of a log called x.2.
func laterAudits(path string) (later []string) {
	if path == "" {
		return nil
	}
	numbers := map[string]int{}
	name := filepath.Base(path)
	bases := map[string]int{name[:max(0, len(name)-len(auditEnd))]: 1}
	if m := auditName.FindStringSubmatch(name); m != nil {
		bases[m[1]], _ = strconv.Atoi(m[2])
	}
	list, _ := os.ReadDir(filepath.Dir(path)) // what cannot be looked at is not named
	for _, e := range list {
		m := auditName.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[2])
		if after, ok := bases[m[1]]; ok && n > after {
			other := filepath.Join(filepath.Dir(path), e.Name())
			numbers[other] = n
			later = append(later, other)
		}
	}
	slices.SortFunc(later, func(a, b string) int { return numbers[b] - numbers[a] })
	return later
}
