//go:build unix

package cmd_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestMakeInstall: make install puts the program with its man pages and completions below a prefix, where it does the job
// of make demo; make uninstall takes all of it away, and nothing of others.
func TestMakeInstall(t *testing.T) {
	testrun.WithoutRace(t)
	for _, program := range []string{"make", "bash"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not there")
		}
	}
	root := t.TempDir()
	foreign := []string{"opt/a b/bin/other", "opt/a b/share/man/man1/other.1", "opt/a b/share/zsh/site-functions/_other"}
	for _, name := range foreign {
		require.NoError(t, os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), nil, 0o644))
	}
	make := func(target string) {
		c := exec.Command("make", target, "DESTDIR="+root, "PREFIX=/opt/a b")
		c.Dir = ".."
		out, err := c.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}

	make("install")
	prefix := filepath.Join(root, "opt/a b")
	program := filepath.Join(prefix, "bin/orbfilter")
	c := exec.Command(program)
	log, err := os.Open(capture(t, "gevent-25.5.1.20-hosts.pipe.log"))
	require.NoError(t, err)
	defer log.Close()
	c.Stdin, c.Env = log, []string{"HOME=" + t.TempDir()}
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Contains(t, string(out), "gevent-fork-hooks-assertion")
	assert.Contains(t, string(out), "Grand total")
	assert.NotContains(t, string(out), "Exception ignored in")

	for _, name := range []string{"man/man1/orbfilter.1", "man/man1/orbfilter-rules-learn.1", "bash-completion/completions/orbfilter", "zsh/site-functions/_orbfilter", "fish/vendor_completions.d/orbfilter.fish", "doc/orbfilter/LICENSE"} {
		assert.FileExists(t, filepath.Join(prefix, "share", name))
	}
	assert.Contains(t, completedBy(t, filepath.Join(prefix, "share/bash-completion/completions/orbfilter"), filepath.Dir(program)), "report")

	make("uninstall")
	left := []string{}
	require.NoError(t, fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			left = append(left, name)
		}
		return err
	}))
	slices.Sort(foreign)
	assert.Equal(t, foreign, left)
}

// TestInstallSaysWhatIsMissing: who installs into a folder that is not on PATH is told, in a line that can be typed.
func TestInstallSaysWhatIsMissing(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	prefix := filepath.Join(t.TempDir(), "my prefix")
	install := func(path string) string {
		c := exec.Command("make", "install", "DESTDIR=", "PREFIX="+prefix)
		c.Dir, c.Env = "..", append(os.Environ(), "PATH="+path)
		out, err := c.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	_, typed, said := strings.Cut(install(os.Getenv("PATH")), "it is not found by its name yet; type: ")
	require.True(t, said)
	typed, _, _ = strings.Cut(typed, "\n") // what make says of itself is behind it, where make runs this
	out, err := exec.Command("bash", "--norc", "-c", typed+"\ncommand -v orbfilter").CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Equal(t, filepath.Join(prefix, "bin", "orbfilter")+"\n", string(out))
	assert.NotContains(t, install(filepath.Join(prefix, "bin")+":"+os.Getenv("PATH")), "not found by its name")
}

// completedBy returns what bash offers for "orbfilter rep".
func completedBy(t *testing.T, script, bin string) string {
	t.Helper()
	c := exec.Command("bash", "--norc", "-c", `_init_completion() { cur=rep prev=orbfilter words=(orbfilter rep) cword=1; }
		source "$1"
		COMP_WORDS=(orbfilter rep) COMP_CWORD=1 COMP_LINE="orbfilter rep" COMP_POINT=13 COMP_TYPE=9
		__start_orbfilter 2>/dev/null
		printf '%s\n' "${COMPREPLY[@]}"`, "bash", script)
	c.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.TrimSpace(string(out))
}

// TestPackagesHoldTheSame: what make install puts below a prefix is in each package as well, by kind.
func TestPackagesHoldTheSame(t *testing.T) {
	config, wheel := page(t, ".goreleaser.yaml"), page(t, "packaging/pypi/program.py")
	for _, part := range []string{"share/bash-completion/completions", "share/zsh/site-functions", "share/fish/vendor_completions.d", "share/man/man1"} {
		assert.Contains(t, config, "/usr/"+part)
		assert.Contains(t, wheel, part)
		assert.Contains(t, page(t, "Makefile"), "$(DESTDIR)$(PREFIX)/"+part)
	}
	for _, name := range []string{"orbfilter.bash", "_orbfilter", "orbfilter.fish"} {
		assert.Contains(t, config, "bin/share/completions/"+name)
		assert.Contains(t, wheel, `"`+name+`"`)
		assert.Contains(t, page(t, "packaging/share.sh"), "$dir/completions/"+name)
	}
}
