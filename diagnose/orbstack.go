package diagnose

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// An orbStack is what orbctl says. Only version, status and, if OrbStack runs
// already, list are asked: list, info and config start it when it does not.
type orbStack struct {
	path     string // of orbctl; empty: there is none
	onPath   bool   // a shell, and so the connector, finds it
	guest    bool   // this is a machine of OrbStack's
	skip     string // why it is not asked
	version  string // "2.0.5", or empty
	verErr   error
	state    string // Running, Stopped, Starting, or empty
	stateErr error
	machines []Machine
	listErr  error
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

// askOrbStack finds orbctl and asks it, all of it within orbLimit.
func (h *Host) askOrbStack(ctx context.Context) *orbStack {
	o := &orbStack{guest: h.orbGuest()}
	o.path = h.look("orbctl", h.path())
	o.onPath = o.path != ""
	switch {
	case o.guest:
		o.skip = "this is a machine inside OrbStack; run pyinfra and the doctor on the Mac"
		return o
	case h.GOOS != "darwin" && o.path == "": // a stand-in, or one that goes to a Mac, is what the connector would run
		o.skip = "OrbStack needs macOS"
		return o
	case o.path == "":
		o.path = h.look("orbctl", h.orbDirs())
	}
	if o.path == "" {
		return o
	}
	ctx, cancel := context.WithTimeout(ctx, orbLimit)
	defer cancel()
	var both sync.WaitGroup
	both.Go(func() { o.verErr = guarded(func() error { return o.askVersion(ctx, h) }) })
	both.Go(func() { o.stateErr = guarded(func() error { return o.askState(ctx, h) }) })
	both.Wait()
	if o.state == "Running" {
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

func (h *Host) orbDirs() (dirs []string) {
	for _, dir := range orbPlaces {
		dirs = append(dirs, h.abs(dir))
	}
	return dirs
}

// orbGuest reports whether this is Linux inside OrbStack, where orbctl exists
// as well and speaks to the Mac.
func (h *Host) orbGuest() bool {
	return h.GOOS == "linux" && (h.exists("/opt/orbstack-guest") || strings.Contains(string(h.small("/proc/sys/kernel/osrelease")), "orbstack"))
}

// orbVersion is in "Version: 2.0.5 (2000500)".
var orbVersion = lazyregexp.New(`(?mi)^Version:\s*v?(\d+(?:\.\d+){1,3}\S{0,20})`)

func (o *orbStack) askVersion(ctx context.Context, h *Host) error {
	out, err := h.Run(ctx, o.path, "version")
	m := orbVersion.FindSubmatch(out.Stdout)
	switch {
	case err != nil:
		return noAnswer("orbctl version", err)
	case m == nil:
		return errors.New("orbctl version says no version: " + excerpt(out.Stdout))
	}
	o.version = string(m[1])
	return nil
}

// states are the exit codes of orbctl status.
var states = map[int]string{0: "Running", 1: "Stopped", 2: "Starting"}

func (o *orbStack) askState(ctx context.Context, h *Host) error {
	out, err := h.Run(ctx, o.path, "status")
	word := strings.TrimSpace(string(out.Stdout))
	switch {
	case err != nil:
		return noAnswer("orbctl status", err)
	case slices.Contains([]string{"Running", "Stopped", "Starting"}, word): // the word is what others rely on, too
		o.state = word
	case word == "" && states[out.Code] != "" && out.Code > 0:
		o.state = states[out.Code]
	default:
		return errors.New("orbctl status says neither Running, Starting nor Stopped: " + excerpt(out.Stdout))
	}
	return nil
}

func (o *orbStack) askMachines(ctx context.Context, h *Host) {
	out, err := h.Run(ctx, o.path, "list", "-f", "json")
	switch {
	case err != nil:
		o.listErr = noAnswer("orbctl list", err)
	case out.Code != 0:
		o.listErr = errors.New("orbctl list -f json failed; pyinfra would go on with no hosts, and exit with 0")
	case json.Unmarshal(out.Stdout, &o.machines) != nil:
		o.listErr = errors.New("orbctl list -f json prints no JSON: " + excerpt(out.Stdout))
	}
}

func noAnswer(what string, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New(what + " gives no answer in " + orbLimit.String())
	}
	return errors.New(what + " cannot be run: " + cause(err))
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

// orbName is a machine in an inventory or on the command line.
var orbName = lazyregexp.New(`@orbstack/([A-Za-z0-9][A-Za-z0-9._-]*)`)

// wanted returns the machines that the inventory and the command name.
func (x *exam) wanted() (names []string, from string, err error) {
	req := x.doctor.Request
	text := strings.Join(req.Command, "\n")
	from = "the command"
	for i, arg := range req.Command {
		if i > 0 && strings.HasSuffix(arg, ".py") {
			data, _ := x.host.read(x.host.abs(arg), maxSmall)
			text += "\n" + string(data)
		}
	}
	if req.Inventory != "" {
		data, err := x.host.read(x.host.abs(req.Inventory), maxText)
		if err != nil {
			return nil, req.Inventory, err
		}
		text, from = text+"\n"+string(data), req.Inventory
	}
	for _, m := range orbName.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return names, filepath.ToSlash(from), nil
}
