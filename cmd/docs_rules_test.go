package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

var (
	docBlock  = regexp.MustCompile("(?ms)^```(?:yaml|console)\n.*?^```$")
	yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(id: ([a-z0-9-]+)\n.*?)^```$")
	catBlock  = regexp.MustCompile("(?ms)^```console\n\\$ cat (\\S+)\n(.*?)^```$")
	runBlock  = regexp.MustCompile("(?ms)^```console\n\\$ ((?:grep [^\n|]*\\| )?orbfilter [^\n]*)\n(.*?)^```$")
)

func rulesDoc(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "docs", "how-to", "rules.md"))
	require.NoError(t, err)
	return string(data)
}

// TestDocsRulesAreRight: every rule that docs/how-to/rules.md shows can be copied, and
// claims its samples and nothing of its counterexamples.
func TestDocsRulesAreRight(t *testing.T) {
	testrun.WithoutRace(t)
	found := yamlBlock.FindAllStringSubmatch(rulesDoc(t), -1)
	require.Greater(t, len(found), 6)
	kinds := map[string]bool{}
	for _, m := range found {
		r, err := rules.Parse(m[2]+".yaml", []byte(m[1]))
		require.NoError(t, err)
		if r.Disabled {
			continue
		}
		kinds[r.Match.Kind()] = true
		for _, s := range r.Samples {
			assert.Positive(t, claimedBy(t, r, s.Text), s.Text)
		}
		for _, c := range r.Counterexamples {
			assert.Zero(t, claimedBy(t, r, c.Text), c.Text)
		}
	}
	assert.Len(t, kinds, 6, "a rule for each kind of match")
}

// TestDocsRulesPassTheirTests: of each rule, when it is copied, rules lint finds
// nothing and rules test is content.
func TestDocsRulesPassTheirTests(t *testing.T) {
	testrun.WithoutRace(t)
	for _, m := range yamlBlock.FindAllStringSubmatch(rulesDoc(t), -1) {
		if strings.Contains(m[1], "\ndisabled: true\n") {
			continue
		}
		file := filepath.Join(t.TempDir(), m[2]+".yaml")
		require.NoError(t, os.WriteFile(file, []byte(m[1]), 0o644))
		for command, want := range map[string]string{"lint": ": 0 errors, 0 warnings, ", "test": ": all is well"} {
			out, err := exec.Command("orbfilter", "rules", command, file).CombinedOutput()
			assert.NoError(t, err, "%s", out)
			assert.Contains(t, string(out), want)
		}
	}
}

// claimedBy returns how often a rule finds its issue in a text.
func claimedBy(t *testing.T, r *rules.Rule, text string) int {
	t.Helper()
	f := filter.New(rules.NewSet(r), filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{})
	_, err := f.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	n := 0
	for _, i := range f.Summary().Issues {
		n += i.Count
	}
	return n
}

// TestDocsRulesShowWhatIsPrinted does what docs/how-to/rules.md says, from the log to
// the rule in use, one command after the other in one folder, and compares what
// is printed.
func TestDocsRulesShowWhatIsPrinted(t *testing.T) {
	testrun.WithoutRace(t)
	doc, dir := rulesDoc(t), t.TempDir()
	put := func(name, text string) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	done := docBlock.ReplaceAllStringFunc(doc, func(block string) string {
		if m := yamlBlock.FindStringSubmatch(block); m != nil {
			put(".orbfilter/rules/"+m[2]+".yaml", m[1])
			return block
		}
		if m := catBlock.FindStringSubmatch(block); m != nil {
			put(m[1], m[2])
			return block
		}
		m := runBlock.FindStringSubmatch(block)
		if m == nil {
			return block
		}
		c := exec.Command("sh", "-c", m[1])
		c.Dir = dir
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/home/you", "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"), "GORACE=" + hasty}
		out, err := c.CombinedOutput()
		assert.NoError(t, err, "%s: %s", m[1], out)
		return "```console\n$ " + m[1] + "\n" + string(out) + "```"
	})
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join("..", "docs", "how-to", "rules.md"), []byte(done), 0o644))
		return
	}
	assert.Equal(t, doc, done, "go test -update writes it anew")
}
