package diagnose_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
)

// TestLockedPython: a rule counts where a Python that the file lets in has the issue.
func TestLockedPython(t *testing.T) {
	for python, want := range map[string]diagnose.Status{"": diagnose.Fail, ">=3.12": diagnose.Fail, ">=3.9,<3.13": diagnose.Fail, "==3.12.*": diagnose.Fail, ">=3.13": diagnose.OK, "nonsense": diagnose.Fail} {
		m := diagnosetest.NewMachine(t, map[string]string{"work/uv.lock": "requires-python = \"" + python + "\"\n[[package]]\nname = \"gevent\"\nversion = \"25.5.1\"\n"})
		d := (&diagnose.Doctor{Host: m.Host, Rules: diagnosetest.Builtin()}).Locked([]diagnose.LockFile{{Name: "uv.lock"}})
		r := d.Result("gevent-fork-hooks-assertion")
		require.NotNil(t, r)
		assert.Equal(t, want, r.Status, python)
		if want == diagnose.Fail {
			assert.Equal(t, []string{"uv.lock:4"}, r.Evidence)
			assert.Equal(t, 4, r.Fixes[0].Line)
		}
	}
}

// TestLockedAgrees: a lock file and the environment that is made of it are judged alike.
func TestLockedAgrees(t *testing.T) {
	for _, gevent := range []string{"23.9.1", "24.11.1", "25.5.1", "25.9.1"} {
		m := diagnosetest.NewMachine(t, map[string]string{"work/uv.lock": "requires-python = \"==3.12.7\"\n[[package]]\nname = \"gevent\"\nversion = \"" + gevent + "\"\n"})
		m.Venv("env", "3.12.7", map[string]string{"pyinfra": "3.10.0", "gevent": gevent})
		in := m.Diagnose()
		locked := (&diagnose.Doctor{Host: m.Host, Rules: diagnosetest.Builtin()}).Locked([]diagnose.LockFile{{Name: "uv.lock"}})
		for _, r := range locked.Results {
			if other := in.Result(r.Check.ID); other != nil {
				assert.Equal(t, other.Status, r.Status, "%s with gevent %s", r.Check.ID, gevent)
			}
		}
	}
}
