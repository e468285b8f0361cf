package environ_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/command"
	"github.com/orbfilter/orbfilter/diagnose/environ"
)

// TestDoctorSudo looks for programs in the PATH that its settings name.
func TestDoctorSudo(t *testing.T) {
	m := twoPythons(t)
	sudoers := m.Write("sudoers", "Defaults\tenv_reset\n# secure_path=/x\nDefaults secure_path=\""+m.Top()+"/work/.venv/bin:/x\"\n")
	m.Files.(settled).of["/etc/sudoers"] = sudoers
	assert.Equal(t, "3.12.1", found(t, m, "sudo", "pyinfra"))
	assert.Equal(t, "3.12.1", found(t, m, "sudo", "-E", "-u", "deploy", "pyinfra"))
	assert.Equal(t, "3.10.13", found(t, m, "sudo", m.Top()+"/env/bin/pyinfra"))
	m.Write("sudoers", "Defaults secure_path=/x\n")
	assert.Equal(t, "unknown", found(t, m, "sudo", "pyinfra"))
	m.Files.(settled).of["/etc/sudoers"] = m.Dir // which cannot be read as a file
	assert.Equal(t, "unknown", found(t, m, "sudo", "pyinfra"))
	assert.Equal(t, "3.10.13", found(t, m, "sudo", m.Top()+"/env/bin/pyinfra"))
	assert.Equal(t, "3.10.13", found(t, m, "doas", m.Top()+"/env/bin/pyinfra"))
}

// TestDoctorSudoers: which variables are kept is what its settings say, or it is not known.
func TestDoctorSudoers(t *testing.T) {
	for name, c := range map[string]struct{ sudoers, command, gevent string }{
		"as it comes":        {"Defaults env_reset\n", "sudo pyinfra", "25.9.1"},
		"kept":               {"Defaults env_keep += \"LANG PYTHONPATH\"\n", "sudo pyinfra", "1.0"},
		"kept, one":          {"Defaults\tmail_badpass, env_keep+=PYTHONPATH, use_pty\n", "sudo pyinfra", "1.0"},
		"kept, on two lines": {"Defaults env_keep += \"LANG \\\n PYTHONPATH\"\n", "sudo pyinfra", "1.0"},
		"all are kept":       {"Defaults !env_reset\n", "sudo pyinfra", "25.9.1"},
		"others":             {"Defaults env_keep += \"EDITOR LC_*\", !requiretty\n", "sudo pyinfra", "25.9.1"},
		"in a file":          {"@include TOP/more\n", "sudo pyinfra", "1.0"},
		"in an old file":     {"#include more\n", "sudo pyinfra", "1.0"},
		"in a folder":        {"@includedir TOP/more.d\n", "sudo pyinfra", "1.0"},
		"a remark":           {"#Defaults env_keep += PYTHONPATH\n# include more\n", "sudo pyinfra", "25.9.1"},
		"a pattern":          {"Defaults env_keep += \"PYTHON*\"\n", "sudo pyinfra", "unknown"},
		"taken away":         {"Defaults env_keep -= \"PYTHONPATH\"\n", "sudo pyinfra", "unknown"},
		"for some":           {"Defaults:deploy env_keep += PYTHONPATH\n", "sudo pyinfra", "unknown"},
		"for a program":      {"Defaults!/bin/x secure_path=/x\n", "sudo pyinfra", "unknown"},
		"a file of them":     {"Defaults env_file=/etc/environment\n", "sudo pyinfra", "unknown"},
		"around in circles":  {"@include TOP/sudoers\n", "sudo pyinfra", "unknown"},
		"unsure, and named":  {"Defaults env_keep += \"PYTHON*\"\n", "sudo --preserve-env=PYTHONPATH TOP/env/bin/pyinfra", "1.0"},
		"unsure, and typed":  {"Defaults env_keep += \"PYTHON*\"\n", "env -u PYTHONPATH sudo PYTHONPATH=TOP/other TOP/env/bin/pyinfra", "1.0"},
		"unsure, not set":    {"Defaults env_keep += \"PYTHON*\"\n", "env -u PYTHONPATH sudo TOP/env/bin/pyinfra", "25.9.1"},
		"doas":               {"", "doas TOP/env/bin/pyinfra", "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			m := twoPythons(t)
			in := func(text string) string { return strings.ReplaceAll(text, "TOP", m.Top()) }
			m.Files.(settled).of["/etc/sudoers"] = m.Write("sudoers", in(c.sudoers))
			m.Files.(settled).of["/etc/more"] = m.Write("more", "Defaults env_keep += PYTHONPATH\n")
			m.Write("more.d/10-more", "Defaults env_keep += PYTHONPATH\n")
			m.Write("more.d/more.bak", "Defaults:x env_keep = PYTHONPATH\n")
			m.Env["PYTHONPATH"] = m.Top() + "/other"
			e, err := environ.Resolve(t.Context(), m.Host, environ.Request{Command: strings.Fields(in(c.command))})
			if _, unknown := errors.AsType[*chain.UnknownError](err); unknown {
				assert.Equal(t, c.gevent, "unknown", err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.gevent, e.Version("gevent"))
		})
	}
}

// TestDoctorSudoIsReal: what is read of sudo's settings is what sudo does here.
func TestDoctorSudoIsReal(t *testing.T) {
	if _, err := exec.LookPath("sudo"); err != nil || os.Getuid() != 0 {
		t.Skip("there is no sudo, or nobody who may use it without being asked")
	}
	m := twoPythons(t)
	m.Files = m.Files.(settled).Files
	m.Write("env/bin/python", "#!/bin/sh\necho \"${PYTHONPATH-}\"\n") // which says what it has
	for _, words := range []string{"sudo", "sudo -E", "sudo --preserve-env=PYTHONPATH", "sudo -E --preserve-env=PYTHONPATH", "sudo PYTHONPATH=/typed", "sudo -H", "sudo env PYTHONPATH=/typed", "sudo -n -u root"} {
		argv := append(strings.Fields(words), m.Top()+"/env/bin/python")
		c := exec.Command(argv[0], argv[1:]...)
		c.Env = append(os.Environ(), "PYTHONPATH=/other")
		out, err := c.Output()
		if err != nil {
			t.Skipf("sudo does not work here: %v", err)
		}
		m.Env["PYTHONPATH"] = "/other"
		way, err := command.Follow(m.Host, argv)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(string(out)), way.Host.Getenv("PYTHONPATH"), words)
	}
}
