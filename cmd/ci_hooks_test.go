//go:build unix

package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// ciTools returns the folder of pre-commit and check-jsonschema.
func ciTools(t *testing.T) string {
	t.Helper()
	testrun.Long(t)
	out, err := exec.Command("sh", filepath.Join("..", "testdata", "live", "ci_venv.sh")).CombinedOutput()
	if code := codeOf(err); (code == 3 || code == 4) && !required() {
		t.Skipf("there is no pre-commit and no check-jsonschema to run: %s", out)
	}
	require.NoError(t, err, "%s", out)
	bin, err := filepath.Abs(filepath.Join("..", ".venvs", "ci", "bin"))
	require.NoError(t, err)
	return bin
}

// schema checks a file with one of SchemaStore's schemas, https://www.schemastore.org.
func schema(t *testing.T, name, file string, more ...string) {
	t.Helper()
	args := append([]string{"--builtin-schema", "vendor." + name}, more...)
	out, err := exec.Command(filepath.Join(ciTools(t), "check-jsonschema"), append(args, file)...).CombinedOutput()
	assert.NoError(t, err, "%s", out)
}

func TestCIFilesFollowTheirSchemas(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	schema(t, "github-actions", filepath.Join("..", "action.yml"))
	for _, part := range strings.SplitN(page(t, "templates/orbfilter/template.yml"), "\n---\n", 2) {
		file := filepath.Join(t.TempDir(), "part.yml")
		require.NoError(t, os.WriteFile(file, []byte(part), 0o644))
		schema(t, "gitlab-ci", file, "--data-transform", "gitlab-ci")
	}
	out, err := exec.Command(filepath.Join(ciTools(t), "pre-commit"), "validate-manifest", filepath.Join("..", ".pre-commit-hooks.yaml")).CombinedOutput()
	assert.NoError(t, err, "%s", out)
}

// A repository is a folder with git and pre-commit in it.
type repository struct {
	dir string
	env []string
}

func (r *repository) run(t *testing.T, program string, args ...string) (string, int) {
	t.Helper()
	c := exec.Command(program, args...)
	c.Dir, c.Env = r.dir, r.env
	out, err := c.CombinedOutput()
	return string(out), codeOf(err)
}

func (r *repository) git(t *testing.T, args ...string) string {
	t.Helper()
	out, code := r.run(t, "git", args...)
	require.Zero(t, code, "git %v: %s", args, out)
	return strings.TrimSpace(out)
}

func (r *repository) put(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

// newRepository makes one with an environment in which nothing of the machine's
// own settings counts. What pre-commit builds comes out of the caches of Go.
func newRepository(t *testing.T, home string) *repository {
	t.Helper()
	r := &repository{dir: t.TempDir(), env: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "PRE_COMMIT_HOME=" + home, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org",
		"CGO_ENABLED=0", "GOFLAGS=-trimpath", "GOCACHE=" + goEnv(t, "GOCACHE"), "GOTOOLCHAIN=" + goEnv(t, "GOTOOLCHAIN"), "GOSUMDB=" + goEnv(t, "GOSUMDB"),
		"GOPROXY=file://" + filepath.ToSlash(filepath.Join(goEnv(t, "GOMODCACHE"), "cache", "download")) + "," + goEnv(t, "GOPROXY"),
	}}
	r.git(t, "init", "--quiet")
	return r
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// hooks returns a repository with the work tree as it is, committed, and that commit.
func hooks(t *testing.T, home string) (dir, commit string) {
	t.Helper()
	list, err := exec.Command("git", "-C", "..", "ls-files", "--cached", "--others", "--exclude-standard", "-z").Output()
	if err != nil && !required() {
		t.Skipf("pre-commit needs git, and a work tree of it: %v", err)
	}
	require.NoError(t, err)
	r := newRepository(t, home)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if !strings.HasPrefix(name, "testdata/") && err == nil { // what was removed and not yet committed is listed too
			r.put(t, name, string(data))
		}
	}
	r.git(t, "add", "--all", "--force")
	r.git(t, "commit", "--quiet", "--message", "as it is")
	return r.dir, r.git(t, "rev-parse", "HEAD")
}

const goodRule = `id: mine
title: It is mine
severity: noise
match: {line: '^this is (?:my|our) noise$'}
advice: It does no harm.
references: ['https://example.org/noise']
samples: [{text: this is my noise}]
counterexamples: [{text: this is my noise too}]
`

// TestPreCommitHooks runs the hooks with the real pre-commit.
func TestPreCommitHooks(t *testing.T) {
	testrun.WithoutRace(t)
	preCommit, home := filepath.Join(ciTools(t), "pre-commit"), t.TempDir()
	dir, commit := hooks(t, home)
	r := newRepository(t, home)
	config := "repos:\n- repo: " + dir + "\n  rev: " + commit + "\n  hooks:\n  - id: orbfilter-rules-lint\n  - id: orbfilter-rules-test\n"
	r.put(t, ".pre-commit-config.yaml", config)
	r.put(t, "README.md", "no rules\n")
	run := func(args ...string) (string, int) {
		r.git(t, "add", "--all")
		return r.run(t, preCommit, append([]string{"run", "--color=never"}, args...)...)
	}

	out, code := run("--all-files")
	require.Zero(t, code, out)
	assert.Equal(t, 2, strings.Count(out, "(no files to check)Skipped"), out)

	r.put(t, ".orbfilter/rules/mine.yaml", goodRule)
	out, code = run()
	assert.Zero(t, code, out)
	assert.Equal(t, 2, strings.Count(out, "Passed"), out)

	r.put(t, ".orbfilter/rules/mine.yaml", strings.Replace(goodRule, "{text: this is my noise}", "{text: this is no noise}", 1))
	out, code = run()
	assert.Equal(t, 1, code, out)
	assert.Equal(t, 2, strings.Count(out, "Failed"), out)
	assert.Contains(t, out, ".orbfilter/rules/mine.yaml:7:")

	// that two files have one id shows only when both are looked at
	r.put(t, ".orbfilter/rules/mine.yaml", goodRule)
	r.git(t, "add", "--all")
	r.git(t, "commit", "--quiet", "--no-verify", "--message", "mine")
	r.put(t, ".orbfilter/rules/more/yours.yml", goodRule)
	out, code = run()
	assert.Equal(t, 1, code, out)
	assert.Contains(t, out, "yours.yml")

	// rules elsewhere, as docs/how-to/pre-commit.md says
	r.put(t, ".orbfilter/rules/more/yours.yml", strings.Replace(goodRule, "id: mine", "id: : mine", 1))
	r.put(t, "deploy/.orbfilter/rules/mine.yaml", goodRule)
	r.put(t, ".pre-commit-config.yaml", strings.ReplaceAll(config, "-lint\n", "-lint\n    args: [--strict, deploy/.orbfilter/rules]\n"))
	out, code = run("orbfilter-rules-lint")
	assert.Zero(t, code, out)

	// and without a file of it
	require.NoError(t, os.RemoveAll(filepath.Join(r.dir, ".orbfilter", "rules", "more")))
	r.git(t, "add", "--all")
	for _, command := range blocks(t, "docs/how-to/pre-commit.md", "sh", "yaml") {
		words := strings.Fields(strings.Replace(command, "https://github.com/orbfilter/orbfilter", dir, 1))
		require.Equal(t, "pre-commit", words[0])
		out, code = r.run(t, preCommit, words[1:]...)
		assert.Zero(t, code, out)
		assert.Contains(t, out, "Passed")
	}
}
