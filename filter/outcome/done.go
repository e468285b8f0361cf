package outcome

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

var retryWords = [][]byte{[]byte(" on retry "), []byte("(failed after ")}

// done reads what pyinfra says of an operation on a host; ok is false if it is no result.
func done(said []byte, line int) (d Done, ok bool) {
	d.LastLine = line
	switch {
	case bytes.HasPrefix(said, []byte("Success")):
		d.Result = Success
	case bytes.HasPrefix(said, []byte("No changes")):
		d.Result = NoChange
	case bytes.HasPrefix(said, []byte("Skipped")):
		d.Result = Skipped
	case isAnyError(said):
		d.Result, d.Ignored = Error, bytes.HasPrefix(said, []byte("Error (ignored"))
	default:
		return d, false
	}
	for _, w := range retryWords {
		if _, rest, found := bytes.Cut(said, w); found {
			d.Retries, _ = strconv.Atoi(string(rest[:digits(rest)]))
		}
	}
	return d, d.Result == Error || isResultOnly(said)
}

// isResultOnly reports whether nothing stands behind a result but how often it was tried.
func isResultOnly(said []byte) bool {
	said = bytes.TrimRight(said, " ")
	if head, tries, found := bytes.Cut(said, retryWords[0]); found && digits(tries) == len(tries) {
		said = head
	}
	return slices.Contains([]string{"Success", "No changes", "Skipped"}, string(said))
}

func digits(b []byte) (n int) {
	for n < len(b) && n < 9 && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n
}

// inner is what pyinfra says of an operation within another; api/util.py, log_operation_start.
const inner = logged + "Starting nested"

// note takes in that a phase begins, or an operation.
func (r *run) note(name string, at int, operation bool) {
	switch {
	case r.rec == nil:
	case operation:
		r.rec.begin(mark{name, at, r.clock()})
	default:
		r.rec.enter(name, at, r.clock())
	}
}

// keep records what a line says that is no header.
func (r *run) keep(text []byte, at int, words lastWords) {
	name, said, nested := splitHost(text)
	switch {
	case isHeader(text), len(bytes.TrimSpace(text)) == 0:
	case name == nil && bytes.HasPrefix(text, []byte(inner)):
		r.rec.beginInner(mark{pyinfra.Phase(append([]byte("--> "), text[len(logged):]...)), at, r.clock()})
	case name == nil:
		odd, _ := splitName(text)
		r.rec.other(cmp.Or(pyinfra.Name(string(odd)), pyinfra.Host(text)), at)
	default:
		host := pyinfra.Name(string(name))
		d, ok := done(said, at)
		if r.isBareError(said) {
			d.Result, d.Ignored, ok = Error, string(said) != bareError, true
		}
		if !ok {
			r.rec.other(host, at)
			return
		}
		if d.Result == Error && take(&r.rec.room.texts) {
			d.Text, _ = words(host, r.connected == 1, r.phase == "operations")
			_, why := telling(d.Text)
			d.Text = around(d.Text, why)
		}
		r.rec.result(host, d, nested, r.clock())
	}
}
