//go:build unix

package diagnose_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// mac returns a machine that says it is a Mac, with the stand-in for orbctl on
// PATH, in a mood, or with a script of the test's in its place.
func mac(t *testing.T, script string, mood ...string) (m *diagnosetest.Machine, log string) {
	t.Helper()
	m = diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	m.GOOS = "darwin"
	log = filepath.Join(m.Top(), "calls")
	if script == "" {
		data, err := os.ReadFile(filepath.Join("..", "testdata", "live", "orbctl"))
		require.NoError(t, err)
		script = string(data)
	}
	settings := "#!/bin/sh\n"
	for _, v := range append(mood, "ORBCTL_LOG="+log) {
		name, value, _ := strings.Cut(v, "=")
		settings += "export " + name + "='" + value + "'\n"
	}
	m.Write("bin/orbctl", settings+script)
	m.Env["PATH"] += ":" + filepath.Join(m.Top(), "bin")
	m.Run = host.This(os.Getenv).Run
	return m, log
}

var orbChecks = []string{"orbstack", "orbstack-version", "orbstack-status", "orbstack-machines", "orbstack-inventory"}

// TestDoctorOrbStack: whatever orbctl does, the doctor ends in time, and
// nothing that it asks starts OrbStack.
func TestDoctorOrbStack(t *testing.T) {
	testrun.WithoutRace(t)
	const hang = "#!/bin/sh\necho \"$@\" >>\"$ORBCTL_LOG\"\ntrap '' TERM HUP INT\n"
	ok, info, warn, skip, unknown := diagnose.OK, diagnose.Info, diagnose.Warn, diagnose.Skip, diagnose.Unknown
	for name, c := range map[string]struct {
		script string
		mood   []string
		want   []diagnose.Status // of orbChecks
		calls  string            // sorted, without repetition
	}{
		"running":          {"", nil, []diagnose.Status{ok, info, ok, ok, diagnose.Fail}, "list -f json,status,version"},
		"stopped":          {"", []string{"ORBCTL_STATUS=Stopped"}, []diagnose.Status{ok, info, warn, skip, skip}, "status,version"},
		"starting":         {"", []string{"ORBCTL_STATUS=Starting"}, []diagnose.Status{ok, info, warn, skip, skip}, "status,version"},
		"status hangs":     {"", []string{"ORBCTL_HANG=status"}, []diagnose.Status{ok, info, unknown, skip, skip}, "status,version"},
		"list hangs":       {"", []string{"ORBCTL_HANG=list"}, []diagnose.Status{ok, info, ok, unknown, unknown}, "list -f json,status,version"},
		"all hang":         {"", []string{"ORBCTL_HANG=list status version"}, []diagnose.Status{ok, unknown, unknown, skip, skip}, "status,version"},
		"list fails":       {"", []string{"ORBCTL_FAIL=list"}, []diagnose.Status{ok, info, ok, unknown, unknown}, "list -f json,status,version"},
		"no machines":      {"", []string{"ORBCTL_MACHINES=0"}, []diagnose.Status{ok, info, ok, info, diagnose.Fail}, "list -f json,status,version"},
		"a child is left":  {hang + "sleep 3600 & \n[ $1 = version ] && echo 'Version: 2.2.3 (2020300)' || echo Stopped\n", nil, []diagnose.Status{ok, ok, warn, skip, skip}, "status,version"},
		"a child hangs":    {hang + "(trap '' TERM; sleep 3600) | cat\n", nil, []diagnose.Status{ok, unknown, unknown, skip, skip}, "status,version"},
		"banner":           {"#!/bin/sh\necho \"$@\" >>\"$ORBCTL_LOG\"\nprintf 'OrbStack update available!\\n' >&2\ncase $1 in version) echo Version: 2.2.3;; status) echo Running;; *) echo '[]';; esac", nil, []diagnose.Status{ok, ok, ok, info, diagnose.Fail}, "list -f json,status,version"},
		"wrong JSON":       {"#!/bin/sh\necho \"$@\" >>\"$ORBCTL_LOG\"\ncase $1 in version) echo Version: 2.2.3;; status) echo Running;; *) echo '{\"oops\": \x1b[31m';; esac", nil, []diagnose.Status{ok, ok, ok, unknown, unknown}, "list -f json,status,version"},
		"unknown version":  {"#!/bin/sh\necho \"$@\" >>\"$ORBCTL_LOG\"\ncase $1 in version) echo Version: 9.9.9;; *) echo Stopped; exit 1;; esac", nil, []diagnose.Status{ok, ok, warn, skip, skip}, "status,version"},
		"says nonsense":    {"#!/bin/sh\necho \"$@\" >>\"$ORBCTL_LOG\"\nhead -c 3000000 /dev/zero", nil, []diagnose.Status{ok, unknown, unknown, skip, skip}, "status,version"},
		"cannot be run":    {"exec /nowhere/sh\n", nil, []diagnose.Status{ok, unknown, unknown, skip, skip}, ""},
		"machines stopped": {"", []string{"ORBCTL_STATE=stopped", "ORBCTL_MACHINES=web"}, []diagnose.Status{ok, info, ok, ok, diagnose.Info}, "list -f json,status,version"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, log := mac(t, c.script, c.mood...)
			start := time.Now()
			d := m.Doctor(environ.Request{Command: []string{"pyinfra", "@orbstack/web", "deploy.py"}})
			assert.Less(t, time.Since(start), 6*time.Second)
			var got []diagnose.Status
			for _, id := range orbChecks {
				got = append(got, diagnosetest.Status(t, d, id))
			}
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.calls, calls(log))
		})
	}
}

// calls are what the stand-in was asked, sorted.
func calls(log string) string {
	data, _ := os.ReadFile(log)
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), ",")
}

func TestDoctorOrbStackMissing(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	for _, id := range orbChecks {
		r := m.Diagnose().Result(id)
		assert.Equal(t, diagnose.Skip, r.Status, id)
		assert.Equal(t, "OrbStack needs macOS", r.Found)
	}
	m.GOOS = "darwin"
	m.Files = without{m.Files}
	r := m.Diagnose().Result("orbstack")
	assert.Equal(t, diagnose.Fail, r.Status, "the connector is installed, and needs it")
	assert.Contains(t, r.Fixes[0].Commands[0].String(), "brew install --cask orbstack")

	m.Write("home/.orbstack/bin/orbctl", "#!/bin/sh\necho Stopped\n")
	r = m.Diagnose().Result("orbstack")
	assert.Equal(t, diagnose.Warn, r.Status)
	assert.Equal(t, m.Home+"/.orbstack/bin/orbctl", r.Found)
	assert.Contains(t, r.Detail[0], "not on PATH")
}

// without is a disk without the real orbctl, if there is one.
type without struct{ host.Files }

func (w without) Stat(name string) (os.FileInfo, error) {
	if strings.HasPrefix(name, "/Applications") || strings.HasPrefix(name, "/opt/homebrew") || strings.HasPrefix(name, "/usr/local/bin/orb") {
		return nil, os.ErrNotExist
	}
	return w.Files.Stat(name)
}

// Inside a machine of OrbStack's, orbctl is there and speaks to the Mac.
func TestDoctorInsideOrbStack(t *testing.T) {
	m, log := mac(t, "")
	m.GOOS = "linux"
	m.Files = diagnosetest.Files{Files: m.Files, Other: func(name string) (os.FileInfo, error) {
		if name == "/opt/orbstack-guest" {
			return os.Stat(m.Dir)
		}
		return nil, nil
	}}
	r := m.Diagnose().Result("orbstack")
	assert.Equal(t, diagnose.Info, r.Status)
	assert.Contains(t, r.Found, "inside an OrbStack machine")
	assert.Empty(t, calls(log))
}

// An inventory file names machines; those that do not exist are the silent
// failure of the connector.
func TestDoctorInventory(t *testing.T) {
	m, _ := mac(t, "")
	m.Write("work/inventory.py", "hosts = ['@orbstack/vm-00', \"@orbstack/vm-02\", '@orbstack/vm-07', '@local', '@orbstack']\n")
	r := m.Doctor(environ.Request{Inventory: "inventory.py"}).Result("orbstack-inventory")
	assert.Equal(t, diagnose.Fail, r.Status)
	assert.Equal(t, "no machine vm-07", r.Found)
	r = m.Doctor(environ.Request{Inventory: "nowhere.py"}).Result("orbstack-inventory")
	assert.Equal(t, diagnose.Unknown, r.Status)
	assert.Contains(t, r.Found, "nowhere.py cannot be read")
	r = m.Doctor(environ.Request{Command: []string{"pyinfra", "inventory.py", "deploy.py"}}).Result("orbstack-inventory")
	assert.Equal(t, diagnose.Fail, r.Status, "the inventory of the command")
}
