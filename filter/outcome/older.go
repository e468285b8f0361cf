package outcome

import (
	"bytes"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// bareError is what pyinfra says of an operation that failed on a host, up to 2.4: it does not say how many commands it had executed; api/util.py,
// log_error_or_warning. Of one that is ignored it is "Error (ignored)". No text that is rare enough to be looked for in each log is in it: it is
// found where operations go on of a run that may be so old.
const bareError = "Error"

// newer is what only pyinfra 3 prints: there a line of a host with no more than "Error" is the host's own.
var newer = lazyregexp.New(`^--> (?:Detected changes|Skipping change|Preparing operation (?:files|func)|Disconnecting)`)

// isBareError reports whether a host's line says of an operation no more than that it failed there, as pyinfra did up to 2.4,
// also where the deploy ignores that.
func (r *run) isBareError(said []byte) bool {
	rest, ok := bytes.CutPrefix(said, []byte(bareError))
	return ok && !r.newer && (len(rest) == 0 || bytes.HasPrefix(rest, []byte(" (ignored")) && rest[len(rest)-1] == ')')
}
