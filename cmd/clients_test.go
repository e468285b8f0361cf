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
)

// readers print what a program that others have written reads of a report: a line for each thing that has failed.
var readers = map[string]string{
	"junit": `
import sys
from junitparser import JUnitXml, Failure, Error
for suite in JUnitXml.fromfile(sys.argv[1]):
    for case in suite:
        for result in case.result:
            if isinstance(result, (Failure, Error)):
                print("failed", case.name, "|", result.message, "|", case.time is not None)
`,
	"sarif": `
import sys
from sarif import loader
file = loader.load_sarif_file(sys.argv[1])
for record in file.get_records():
    if record["Severity"] == "error":
        print("failed", record["Code"], "|", record["Description"], "|", record["Location"], record["Line"])
for run in file.runs:
    print("successful", run.run_data["invocations"][0]["executionSuccessful"])
`,
}

// TestReportClients: what others have written to read reports says of a run that failed that it did, where and why; with an
// issue that is known, without one, and where the command itself says 0. Of a good run it says nothing.
func TestReportClients(t *testing.T) {
	bin := ciTools(t)
	deploy := filepath.Join("..", "testdata", "verdict", "op-fails-one.log")
	for name, c := range map[string]struct {
		script string
		failed bool
		says   []string
	}{
		"a host failed":                {"cat " + deploy + "; exit 1", true, []string{"vm-01", "Restart nginx", "nginx: configuration file /etc/nginx/nginx.conf test failed", "25"}},
		"a host failed, and it says 0": {"cat " + deploy, true, []string{"vm-01", "Restart nginx", "25"}},
		"nothing is known":             {"echo deploying; echo cannot reach the registry >&2; exit 3", true, []string{"exit code 3"}},
		"killed":                       {"kill -TERM $$", true, []string{"signal"}},
		"good":                         {"cat " + filepath.Join("..", "testdata", "verdict", "ok.log"), false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			run := exec.Command(program(t), "run", "--no-history", "--summary", "never", "--report", "junit="+filepath.Join(dir, "junit"), "--report", "sarif="+filepath.Join(dir, "sarif"), "--", "sh", "-c", c.script)
			_, _ = run.Output()
			for kind, reader := range readers {
				out, err := exec.Command(filepath.Join(bin, "python"), "-c", reader, filepath.Join(dir, kind)).CombinedOutput()
				require.NoError(t, err, "%s: %s", kind, out)
				assert.Equal(t, c.failed, strings.Contains(string(out), "failed "), "%s: %s", kind, out)
				for _, text := range c.says {
					assert.Contains(t, string(out), text, kind)
				}
				if kind == "sarif" {
					assert.Equal(t, !c.failed, strings.Contains(string(out), "successful True"), "%s", out)
				}
			}
			page := filepath.Join(dir, "page.html")
			out, err := exec.Command(filepath.Join(bin, "junit2html"), filepath.Join(dir, "junit"), page).CombinedOutput()
			require.NoError(t, err, "%s", out)
			html, err := os.ReadFile(page)
			require.NoError(t, err)
			assert.NotContains(t, string(html), "NaN")
			for _, text := range c.says {
				assert.Contains(t, string(html), text)
			}
		})
	}
}
