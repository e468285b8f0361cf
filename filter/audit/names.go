package audit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// auditName is what scan calls the second audit of a log, and those after it.
var auditName = lazyregexp.New(`^(.*)\.([1-9]\d{0,8})\.orb$`)

// Later finds those beside an audit that a scan has written after it, the last
// one first. x.2.orb is the second one of x, or the first one of a log called x.2.
func Later(path string) (later []string) {
	if path == "" {
		return nil
	}
	numbers := map[string]int{}
	name := filepath.Base(path)
	bases := map[string]int{name[:max(0, len(name)-len(End))]: 1}
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

// End is how the names of audits end.
const End = ".orb"

// CreateNext makes the audit of a log that may have some already: the first is called base
// with End behind it, the others have a number.
func CreateNext(base string, h Header) (*Writer, error) {
	for n := 1; ; n++ {
		path := base + End
		if n > 1 {
			path = fmt.Sprintf("%s.%d%s", base, n, End)
		}
		if w, err := Create(path, h); !errors.Is(err, ErrExists) {
			return w, err
		}
	}
}
