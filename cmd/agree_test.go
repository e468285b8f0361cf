package cmd_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// tallied is what a report says of an issue.
type tallied struct{ count, lines, first int }

// and adds what a report says of another place of the same issue.
func (s tallied) and(more tallied) tallied {
	if s.first == 0 {
		return more
	}
	return tallied{s.count + more.count, s.lines + more.lines, min(s.first, more.first)}
}

// TestReportsAgree: each kind of report, and what each CI system is told, says of a mixture of captures what the JSON
// says, of each issue: how often, in how many lines, where first. So it is where the environment that the log names is there, and
// where it is not.
func TestReportsAgree(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	files := filtertest.Captures(t, "*.log", "samples/*.txt", "samples/piped-0*.err", "more/ssh-*.log", "more/one-host*.log", "more/mixed*.log", "more/orbstack-*.log", "more/gevent-25.5.1*.pipe.log")
	rounds := 8
	if testing.Short() {
		rounds = 2
	}
	for round := range rounds {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			r := rand.New(rand.NewPCG(17, uint64(round)))
			dir := t.TempDir()
			var log strings.Builder
			for range 1 + r.IntN(5) {
				log.Write(filtertest.Read(t, files[r.IntN(len(files))]))
			}
			text := log.String()
			if round%2 == 1 {
				text = strings.ReplaceAll(text, "/home/ci/deploy/.venv", installed(t, dir))
			}
			file := filepath.Join(dir, "deploy.log")
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			agree(t, dir, file)
		})
	}
}

// installed makes an environment with a gevent that does not have the issue, which was there before the log.
func installed(t *testing.T, dir string) string {
	venv := filepath.Join(dir, "venv")
	info := filepath.Join(venv, "lib", "python3.12", "site-packages", "gevent-25.9.1.dist-info")
	require.NoError(t, os.MkdirAll(info, 0o700))
	metadata := filepath.Join(info, "METADATA")
	require.NoError(t, os.WriteFile(metadata, []byte("Metadata-Version: 2.4\nName: gevent\nVersion: 25.9.1\n"), 0o600))
	before := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, path := range []string{metadata, info} {
		require.NoError(t, os.Chtimes(path, before, before))
	}
	return venv
}

// agree holds all kinds of reports of a log against each other.
func agree(t *testing.T, dir, file string) {
	args := []string{"scan", "--summary", "never"}
	for _, kind := range []string{"json", "junit", "sarif", "md", "html", "codequality"} {
		args = append(args, "--report", kind+"="+filepath.Join(dir, kind))
	}
	out, err := exec.Command(program(t), append(args, file)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	read := func(kind string) string { return string(filtertest.Read(t, filepath.Join(dir, kind))) }
	want, worst := issuesIn(t, read("json"))
	for kind, got := range map[string]map[string]tallied{"junit": ofJUnit(read("junit")), "sarif": ofSARIF(t, read("sarif")), "md": ofMarkdown(read("md"))} {
		for id, w := range want {
			assert.Equal(t, w, got[id], "%s, %s", kind, id)
		}
		assert.Len(t, got, len(want), kind)
	}
	quality := ofCodeQuality(t, read("codequality"))
	for id, w := range want {
		assert.Equal(t, w.first, quality[id].first, "codequality, %s", id)
	}
	for _, format := range []string{"github", "gitlab", "azure", "teamcity", "buildkite"} {
		shown, err := exec.Command(program(t), "report", "show", "--format", format, filepath.Join(dir, "json")).CombinedOutput()
		require.NoError(t, err, "%s", shown)
		for id, w := range want {
			for _, got := range ofTitles(string(shown), id) {
				assert.Equal(t, tallied{w.count, 0, w.first}, got, "%s, %s", format, id)
			}
		}
		assert.Contains(t, string(shown), worst, format)
	}
	page := read("html")
	for id, w := range want {
		assert.Contains(t, page, id)
		_ = w
	}
}

// issuesIn are the issues of the JSON, which agrees with itself; worst is one of the most severe.
func issuesIn(t *testing.T, text string) (issues map[string]tallied, worst string) {
	var r struct {
		Input, Output, Folded struct{ Bytes, Lines int }
		Issues                []struct {
			ID, Severity           string
			Count, Lines, Unfolded int
			FirstLine              int `json:"first_line"`
			Hosts, Operations      map[string]int
			Places                 []struct{ Line int }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &r))
	assert.Equal(t, r.Input.Lines, r.Output.Lines+r.Folded.Lines)
	assert.Equal(t, r.Input.Bytes, r.Output.Bytes+r.Folded.Bytes)
	issues = map[string]tallied{}
	for _, i := range r.Issues {
		issues[i.ID] = tallied{i.Count, i.Lines, i.FirstLine}
		if len(i.Places) > 0 {
			assert.Equal(t, i.FirstLine, i.Places[0].Line, i.ID)
			assert.Equal(t, min(i.Count, 20), len(i.Places), i.ID)
		}
		if worst == "" && i.Severity == "error" {
			worst = i.ID
		}
	}
	return issues, worst
}

var (
	junitCase = regexp.MustCompile(`(?s)<testcase [^>]*name="([a-z0-9-]+): [^>]*>(.*?)</testcase>`)
	junitSeen = regexp.MustCompile(`Seen (once|[\d,]+ times), in ([\d,]+) lines?, first in line (\d+)`)
	tableRow  = regexp.MustCompile("(?m)^\\| [*a-z]+ \\| ([\\d,]+) \\| ([\\d,]+) \\| ([^|]+) \\| `([a-z0-9-]+)`")
)

func number(text string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(text, ",", ""))
	if err != nil {
		return -1
	}
	return n
}

func ofJUnit(text string) map[string]tallied {
	out := map[string]tallied{}
	for _, c := range junitCase.FindAllStringSubmatch(text, -1) {
		if m := junitSeen.FindStringSubmatch(c[2]); m != nil {
			count := 1
			if m[1] != "once" {
				count = number(strings.TrimSuffix(m[1], " times"))
			}
			out[c[1]] = tallied{count, number(m[2]), number(m[3])}
		}
	}
	return out
}

func ofSARIF(t *testing.T, text string) map[string]tallied {
	var file struct {
		Runs []struct {
			Results []struct {
				RuleID          string `json:"ruleId"`
				OccurrenceCount int
				Properties      struct {
					Count, Lines int
					Severity     string
				}
				Locations []struct {
					PhysicalLocation struct{ Region struct{ StartLine int } }
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &file))
	out := map[string]tallied{}
	for _, r := range file.Runs[0].Results {
		if r.Properties.Severity == "" {
			continue // the run, or a text that no rule knows
		}
		assert.Equal(t, r.Properties.Count, r.OccurrenceCount, r.RuleID)
		out[r.RuleID] = out[r.RuleID].and(tallied{r.Properties.Count, r.Properties.Lines, r.Locations[0].PhysicalLocation.Region.StartLine})
	}
	return out
}

func ofMarkdown(text string) map[string]tallied {
	out := map[string]tallied{}
	for _, m := range tableRow.FindAllStringSubmatch(text, -1) {
		out[m[4]] = tallied{number(m[1]), number(m[2]), number(strings.TrimSpace(m[3]))}
	}
	return out
}

func ofCodeQuality(t *testing.T, text string) map[string]tallied {
	var entries []struct {
		Name     string `json:"check_name"`
		Location struct{ Lines struct{ Begin int } }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &entries))
	out := map[string]tallied{}
	for _, e := range entries {
		out[e.Name] = out[e.Name].and(tallied{first: e.Location.Lines.Begin})
	}
	return out
}

// ofTitles are what titles of annotations say of an issue: "id (3 ×, line 5)", in whatever way a system has the signs written.
func ofTitles(text, id string) (out []tallied) {
	plain := strings.NewReplacer("%2C", ",", "|0x00D7", "×", "%3A", ":").Replace(text)
	for _, m := range regexp.MustCompile(regexp.QuoteMeta(id)+` \(([\d,]+) ×, (?:[^()]*?)line ([\d,]+)\)`).FindAllStringSubmatch(plain, -1) {
		out = append(out, tallied{number(m[1]), 0, number(m[2])})
	}
	return out
}
