//go:build unix

package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

// rounds is how often each is run, in turn; the one that took least counts, since the machine has more to do.
const rounds = 7

// times are what the doctor and others take of the processor to look at one environment: a layout that uv has made.
func (b *lab) times(ctx context.Context, l *layout) (map[string]time.Duration, error) {
	least := map[string]time.Duration{}
	for range rounds {
		for name, argv := range map[string][]string{
			"doctor":         {b.program, "doctor", "--venv", ".venv"},
			"uv pip check":   {"uv", "pip", "check", "--offline", "-q", "--python", ".venv/bin/python"},
			"importlib":      {".venv/bin/python", "-c", `import importlib.metadata as m; [m.version(n) for n in ("pyinfra", "gevent", "greenlet", "paramiko")]`},
			"pyinfra itself": {".venv/bin/pyinfra", "--version"},
		} {
			if argv[0] == "uv" {
				argv[0] = filepath.Join(b.top, "bin", "uv")
			} else if argv[0] != b.program {
				argv[0] = filepath.Join(b.dir(l), argv[0])
			}
			c := exec.CommandContext(ctx, argv[0], argv[1:]...)
			c.Dir, c.Env = b.dir(l), b.variables(l)
			if out, err := c.CombinedOutput(); c.ProcessState == nil {
				return nil, fmt.Errorf("%s: %w\n%s", name, err, out)
			}
			took := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
			if old, seen := least[name]; !seen || took < old {
				least[name] = took
			}
		}
	}
	return least, nil
}
