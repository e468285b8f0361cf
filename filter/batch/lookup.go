package batch

import (
	"sync"
	"time"

	"github.com/orbfilter/orbfilter/filter/capped"
)

// maxAnswers is what the answers may take that are remembered, in bytes.
const maxAnswers = 1 << 20

// remembered asks a look-up once for each question, as long as it is remembered: many logs
// ask the same.
func remembered(ask lookUp) lookUp {
	type answer struct {
		version string
		since   time.Time
	}
	var mu sync.Mutex
	known := capped.NewCache[[2]string, answer](maxAnswers)
	return func(site, pkg string) (string, time.Time) {
		mu.Lock()
		defer mu.Unlock()
		key := [2]string{site, pkg}
		a, ok := known.Get(key)
		if !ok {
			a.version, a.since = ask(site, pkg)
			known.Put(key, a, len(site)+len(pkg)+len(a.version))
		}
		return a.version, a.since
	}
}

// A lookUp is what filter.Options.Installed is.
type lookUp = func(site, pkg string) (version string, since time.Time)
