// Package orbstack asks OrbStack, without waking it up.
package orbstack

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// Answers are what orbctl says. Only version, status and, if OrbStack runs
// already, list are asked: list, info and config start it when it does not.
type Answers struct {
	Path       string // of orbctl; empty: there is none
	OnPath     bool   // a shell, and so the connector, finds it
	Guest      bool   // this is a machine of OrbStack's
	Skip       string // why it is not asked
	Version    string // "2.0.5", or empty
	VersionErr error
	State      string // Running, Stopped, Starting, or empty
	StateErr   error
	Machines   []Machine
	ListErr    error
}

// A Machine is one of OrbStack's.
type Machine struct{ Name, State string }

var orbPlaces = []string{
	"/Applications/OrbStack.app/Contents/MacOS/bin",
	"~/Applications/OrbStack.app/Contents/MacOS/bin",
	"~/.orbstack/bin",
	"/opt/homebrew/bin",
	"/usr/local/bin",
	"~/bin",
}

// orbLimit is for all questions to orbctl together.
const orbLimit = 5 * time.Second

// Ask finds orbctl and asks it, all of it within orbLimit.
func Ask(ctx context.Context, h *host.Host) *Answers {
	o := &Answers{Guest: orbGuest(h)}
	o.Path = h.Look("orbctl", h.Path())
	o.OnPath = o.Path != ""
	switch {
	case o.Guest:
		o.Skip = "this is a machine inside OrbStack; run pyinfra and the doctor on the Mac"
		return o
	case h.GOOS != "darwin" && o.Path == "": // a stand-in, or one that goes to a Mac, is what the connector would run
		o.Skip = "OrbStack needs macOS"
		return o
	case o.Path == "":
		o.Path = h.Look("orbctl", orbDirs(h))
	}
	if o.Path == "" {
		return o
	}
	ctx, cancel := context.WithTimeout(ctx, orbLimit)
	defer cancel()
	var both sync.WaitGroup
	both.Go(func() { o.VersionErr = guarded(func() error { return o.askVersion(ctx, h) }) })
	both.Go(func() { o.StateErr = guarded(func() error { return o.askState(ctx, h) }) })
	both.Wait()
	if o.State == "Running" {
		o.askMachines(ctx, h)
	}
	return o
}

// guarded makes an error of a panic: a goroutine's own would end the program.
func guarded(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("asking orbctl broke")
		}
	}()
	return f()
}

func orbDirs(h *host.Host) (dirs []string) {
	for _, dir := range orbPlaces {
		dirs = append(dirs, h.Abs(dir))
	}
	return dirs
}

// orbGuest reports whether this is Linux inside OrbStack, where orbctl exists
// as well and speaks to the Mac.
func orbGuest(h *host.Host) bool {
	return h.GOOS == "linux" && (h.Exists("/opt/orbstack-guest") || strings.Contains(string(h.Small("/proc/sys/kernel/osrelease")), "orbstack"))
}

// orbVersion is in "Version: 2.0.5 (2000500)".
var orbVersion = lazyregexp.New(`(?mi)^Version:\s*v?(\d+(?:\.\d+){1,3}\S{0,20})`)

func (o *Answers) askVersion(ctx context.Context, h *host.Host) error {
	out, err := h.Run(ctx, o.Path, "version")
	m := orbVersion.FindSubmatch(out.Stdout)
	switch {
	case err != nil:
		return noAnswer("orbctl version", err)
	case m == nil:
		return errors.New("orbctl version says no version: " + excerpt(out.Stdout))
	}
	o.Version = string(m[1])
	return nil
}

// states are the exit codes of orbctl status.
var states = map[int]string{0: "Running", 1: "Stopped", 2: "Starting"}

func (o *Answers) askState(ctx context.Context, h *host.Host) error {
	out, err := h.Run(ctx, o.Path, "status")
	word := strings.TrimSpace(string(out.Stdout))
	switch {
	case err != nil:
		return noAnswer("orbctl status", err)
	case slices.Contains([]string{"Running", "Stopped", "Starting"}, word): // the word is what others rely on, too
		o.State = word
	case word == "" && states[out.Code] != "" && out.Code > 0:
		o.State = states[out.Code]
	default:
		return errors.New("orbctl status says neither Running, Starting nor Stopped: " + excerpt(out.Stdout))
	}
	return nil
}

func (o *Answers) askMachines(ctx context.Context, h *host.Host) {
	out, err := h.Run(ctx, o.Path, "list", "-f", "json")
	switch {
	case err != nil:
		o.ListErr = noAnswer("orbctl list", err)
	case out.Code != 0:
		o.ListErr = errors.New("orbctl list -f json failed; pyinfra would go on with no hosts, and exit with 0")
	case json.Unmarshal(out.Stdout, &o.Machines) != nil:
		o.ListErr = errors.New("orbctl list -f json prints no JSON: " + excerpt(out.Stdout))
	}
}

func noAnswer(what string, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New(what + " gives no answer in " + orbLimit.String())
	}
	return errors.New(what + " cannot be run: " + host.Cause(err))
}

// excerpt is the beginning of what a program printed.
func excerpt(out []byte) string {
	text := strings.Join(strings.Fields(string(out)), " ")
	if text == "" {
		return "it prints nothing"
	}
	if len(text) > 80 {
		return text[:80] + "…"
	}
	return text
}
