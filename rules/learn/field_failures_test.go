package learn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
)

// No draft takes out what fails: by its level, by a number or by its words.

func TestErrorsOfJSONAreIssues(t *testing.T) {
	message := map[string]string{"seen through": "message", "not seen through": "text_of_it"}
	for _, level := range []struct{ bad, good string }{
		{`"severity":"ERROR"`, `"severity":"INFO"`}, {`"log":{"level":"error"}`, `"log":{"level":"info"}`}, {`"log.level": "critical"`, `"log.level": "debug"`}, {`"level":50,"pid":7`, `"level":30,"pid":7`}, {`"level":60`, `"level":20`},
		{`"PRIORITY":"3"`, `"PRIORITY":"6"`}, {`"level":3`, `"level":6`}, {`"severityNumber":17`, `"severityNumber":9`}, {`"SeverityNumber": 21`, `"SeverityNumber": 5`}, {`"@l":"Error"`, `"@l":"Information"`}, {`"levelno":40`, `"levelno":20`}, {`"levelname":"ERROR"`, `"levelname":"INFO"`},
		{`"lvl":"fatal"`, `"lvl":"info"`}, {`"@level":"error"`, `"@level":"info"`}, {`"severity_text":"FATAL"`, `"severity_text":"WARN"`},
	} {
		for name, key := range message {
			line := func(level string, i int) string {
				return fmt.Sprintf(`{"time":"2026-11-24T03:59:%02d.001Z",%s,"%s":"the disk of the store is looked at"}`, i, level, key)
			}
			var bad, good strings.Builder
			for i := range 20 {
				bad.WriteString(line(level.bad, i) + "\n")
				good.WriteString(line(level.good, i) + "\n")
			}
			m := mine(t, nil, bad.String())
			require.Len(t, m.Clusters(), 1, "%s %s", name, level.bad)
			c := m.Clusters()[0]
			require.NotNil(t, c.Draft, "%s %s: %s", name, level.bad, c.Refused)
			assert.Equal(t, rules.Error, c.Draft.Rule.Severity, "%s %s", name, level.bad)
			for _, log := range []string{good.String(), good.String() + bad.String(), bad.String() + good.String()} {
				assert.False(t, folds(t, drafts(t, mine(t, nil, log)), line(level.bad, 7)), "%s %s", name, level.bad)
			}
		}
	}
}

func TestLongLinesFoldNoFailure(t *testing.T) {
	line := func(i int, end string) string {
		var b strings.Builder
		b.WriteString("the pages of the shop were turned")
		for k := range 140 {
			fmt.Fprintf(&b, " %d:%d0.%dkB", i+k, k, i)
		}
		return b.String() + end
	}
	var log strings.Builder
	for i := range 20 {
		log.WriteString(line(i, " and that is all") + "\n")
	}
	set := drafts(t, mine(t, nil, log.String()))
	assert.True(t, folds(t, set, line(33, " and that is all")))
	for _, end := range []string{" and that failed", " and then: ERROR", " and the door was refused", " (killed)"} {
		assert.False(t, folds(t, set, line(33, end)), end)
	}
}

func TestErrorsAreProposedAsIssuesThatStay(t *testing.T) {
	for _, level := range []string{"ERROR", "FATAL", "CRITICAL"} {
		for _, line := range []string{
			"2026-11-24 03:59:21,123 " + level + " [main] com.example.Store: the disk of the store is used up", "[" + level + "] the disk of the store is used up",
			`{"level":"` + strings.ToLower(level) + `","msg":"the disk of the store is used up"}`, "[Sun Dec 04 04:47:44 2005] [" + strings.ToLower(level) + "] the disk of the store is used up",
			"level=" + strings.ToLower(level) + ` msg="the disk of the store is used up"`,
		} {
			m := mine(t, nil, strings.Repeat(line+"\n", 9))
			require.Len(t, m.Clusters(), 1, line)
			c := m.Clusters()[0]
			require.NotNil(t, c.Draft, "%s: %s", line, c.Refused)
			assert.Equal(t, rules.Error, c.Draft.Rule.Severity, line)
			assert.False(t, folds(t, drafts(t, m), line), line)
		}
	}
}

func TestErrorsAreSeenBehindAnyTime(t *testing.T) {
	stamps := []string{"2026-11-24 03:59:21", "2026-11-24 03:59:21,123", "2026-11-24 03:59:21.123 UTC", "2026-11-24T03:59:21.123Z", "2026-11-24T03:59:21+01:00", "2026/11/24 03:59:21", "Nov 24 03:59:21", "[2026-11-24 03:59:21]", "[24/Nov/2026:03:59:21 +0000]", "03:59:21.123", "1795492761.123", "11-24 03:59:21.123"}
	layouts := []string{"%s ERROR %s", "%s [ERROR] %s", "%s [main] ERROR com.acme.Store - %s", "%s ERROR [main] com.acme.Store: %s", "%s [17] ERROR:  %s", "%s [17] app@shop FATAL:  %s", "%s - worker - ERROR - %s", "%s 17 ERROR store-1 [req-7] %s", "%s CRITICAL %s"}
	for _, stamp := range stamps {
		for _, layout := range layouts {
			line := fmt.Sprintf(layout, stamp, "the disk of the store is used up")
			m := mine(t, nil, strings.Repeat(line+"\n", 6))
			require.Len(t, m.Clusters(), 1, line)
			if c := m.Clusters()[0]; assert.NotNil(t, c.Draft, "%s: %s", line, c.Refused) {
				assert.Equal(t, rules.Error, c.Draft.Rule.Severity, line)
			}
		}
	}
	for _, line := range []string{"E1124 03:59:21.123456       1 store.go:42] the disk of the store is used up", "F1124 03:59:21.123456      17 main.go:7] the disk of the store is used up"} {
		m := mine(t, nil, strings.Repeat(line+"\n", 6))
		require.Len(t, m.Clusters(), 1, line)
		require.NotNil(t, m.Clusters()[0].Draft, m.Clusters()[0].Refused)
		assert.Equal(t, rules.Error, m.Clusters()[0].Draft.Rule.Severity, line)
	}
}

func TestFailuresOfLinesWithoutALevelStay(t *testing.T) {
	for well, wrong := range map[string]string{
		"web-07                     : ok=2    changed=1    unreachable=0    failed=0    skipped=1":                    "web-07                     : ok=2    changed=1    unreachable=0    failed=1    skipped=1",
		"web-07 : ok=2 changed=1 unreachable=0 failed=0":                                                              "web-07 : ok=2 changed=1 unreachable=3 failed=0",
		"10.0.0.7 - - [24/Nov/2026:04:00:46 +0000] \"GET /cart HTTP/1.1\" 200 13162 \"-\" \"curl/8.5.0 of the shop\"": "10.0.0.7 - - [24/Nov/2026:04:00:46 +0000] \"GET /cart HTTP/1.1\" 502 13162 \"-\" \"curl/8.5.0 of the shop\"",
		"the backup of the shop ended with exit code 0":                                                               "the backup of the shop ended with exit code 2",
		"the backup of the shop: 12 files, 0 errors":                                                                  "the backup of the shop: 12 files, 3 errors",
		`time=2026-11-24T03:59:35Z level=info msg="request of the shop served" status=200 dur=92ms`:                   `time=2026-11-24T03:59:35Z level=info msg="request of the shop served" status=503 dur=92ms`,
		"backup of the shop done, rc=0":                                                                               "backup of the shop done, rc=17",
		"shop.service: Main process exited, code=exited, status=0/SUCCESS":                                            "shop.service: Main process exited, code=exited, status=1/FAILURE",
		"webpack 5.90.1 compiled successfully in 3421 ms":                                                             "webpack 5.90.1 compiled with 1 error in 812 ms",
		"the tests of the shop: 120 passed, 0 failed":                                                                 "the tests of the shop: 119 passed, 1 failed",
	} {
		for _, log := range []string{strings.Repeat(well+"\n", 9), strings.Repeat(well+"\n"+wrong+"\nall else is well\n", 9), strings.Repeat(wrong+"\n"+well+"\nall else is well\n", 9)} {
			set := drafts(t, mine(t, nil, log))
			assert.False(t, folds(t, set, wrong), wrong)
		}
		assert.True(t, folds(t, drafts(t, mine(t, nil, strings.Repeat(well+"\n", 9))), well), well)
	}
	for _, line := range []string{
		"fatal: [web-01]: FAILED! => {\"changed\": false, \"msg\": \"No package matching 'foo' found available\"}", "fatal: [web-01]: UNREACHABLE! => {\"changed\": false}", "Failed password for root from 203.0.113.27 port 46875 ssh2",
		"kernel: Out of memory: Killed process 10505 (java) total-vm:10505kB", "shop.service: Failed with result 'exit-code'.", "connect to 10.0.0.3 port 80: Connection refused", "npm ERR! code ELIFECYCLE of the shop", "the check of the shop timed out",
	} {
		m := mine(t, nil, strings.Repeat(line+"\n", 9))
		require.Len(t, m.Clusters(), 1, line)
		require.NotNil(t, m.Clusters()[0].Draft, "%s: %s", line, m.Clusters()[0].Refused)
		assert.NotEqual(t, rules.Noise, m.Clusters()[0].Draft.Rule.Severity, line)
		assert.False(t, folds(t, drafts(t, m), line), line)
	}
}
