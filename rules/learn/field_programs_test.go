package learn_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
)

// A program's log is of lines in which numbers and names vary, and of lines that say that something went wrong.
type program struct{ well, wrong []string }

// programs write logs that nobody has seen: {n} is a number, {x} an id, {t} a time of the day, {h} a host, {w} one of a few words.
var programs = map[string]program{
	"klog": {
		[]string{`I1124 {t}.{n}       {n} controller.go:{n}] "Reconciling" controller="job" namespace="{w}" name="{w}-{x}"`, `I1124 {t}.{n}       7 event.go:294] "Event occurred" object="{w}/{w}-{x}" kind="Pod" type="Normal" reason="Pulled"`},
		[]string{`E1124 {t}.{n}       {n} leaderelection.go:332] resource lock {w}: Get "https://10.0.0.{n}:6443/apis": context deadline`, `I1124 {t}.{n}       7 event.go:294] "Event occurred" object="{w}/{w}-{x}" kind="Pod" type="Warning" message="Readiness probe failed"`, `F1124 {t}.{n}       {n} main.go:7] no more of {w}`},
	},
	"postgres": {
		[]string{`2026-11-24 {t}.123 UTC [{n}] LOG:  checkpoint complete: wrote {n} buffers ({n}.7%); {n} removed`, `2026-11-24 {t}.123 UTC [{n}] LOG:  connection received: host=10.0.0.{n} port={n}`},
		[]string{`2026-11-24 {t}.123 UTC [{n}] app@{w} ERROR:  duplicate key value breaks unique constraint "{w}_pkey"`, `2026-11-24 {t}.123 UTC [{n}] app@{w} FATAL:  role "{w}" is not there`},
	},
	"access log": {
		[]string{`10.0.0.{n} - - [24/Nov/2026:{t} +0000] "GET /{w}/{n} HTTP/1.1" 200 {n} "-" "Mozilla/5.0 (X11; Linux x86_64)"`, `10.0.0.{n} - - [24/Nov/2026:{t} +0000] "GET /{w}/{n} HTTP/1.1" 304 {n} "-" "Mozilla/5.0 (X11; Linux x86_64)"`},
		[]string{`10.0.0.{n} - - [24/Nov/2026:{t} +0000] "GET /{w}/{n} HTTP/1.1" 502 {n} "-" "Mozilla/5.0 (X11; Linux x86_64)"`, `2026/11/24 {t} [error] {n}#{n}: *{n} connect() to 10.0.0.{n}: upstream is away`},
	},
	"recap": {
		[]string{`{h}                     : ok={n}    changed={n}    unreachable=0    failed=0    skipped={n}`, `TASK [{w} : Install packages] *********************`},
		[]string{`{h}                     : ok={n}    changed={n}    unreachable=0    failed={n}    skipped={n}`, `fatal: [{h}]: UNREACHABLE! => {"changed": false, "msg": "{w}"}`},
	},
	"systemd": {
		[]string{`Nov 24 {t} {h} systemd[1]: Starting {w}.service - Daily work of {w}...`, `Nov 24 {t} {h} systemd[1]: {w}.service: Main process exited, code=exited, status=0/SUCCESS`},
		[]string{`Nov 24 {t} {h} systemd[1]: {w}.service: Main process exited, code=exited, status={n}/FAILURE`, `Nov 24 {t} {h} systemd[1]: {w}.service: Failed with result 'exit-code'.`, `Nov 24 {t} {h} kernel: [{n}.{n}] Out of memory: Killed process {n} ({w}) total-vm:{n}kB`},
	},
	"build": {
		[]string{`[INFO] Downloading from central: https://repo.example.com/maven2/org/{w}/{n}.{n}/y.pom`, `[INFO] Tests run: {n}, Failures: 0, Errors: 0, Skipped: {n}`, `asset {w}.{x}.js {n} KiB [emitted] [minimized] (name: main)`},
		[]string{`[ERROR] Tests run: {n}, Failures: {n}, Errors: 0, Skipped: {n}`, `[INFO] Tests run: {n}, Failures: {n}, Errors: 0, Skipped: {n}`, `webpack 5.90.1 compiled with {n} errors in {n} ms`, `[INFO] BUILD FAILURE of the {w}`},
	},
	"JSON": {
		[]string{`{"time":"2026-11-24T{t}Z","text":"the page of {w} is made","took":{n}}`, `{"time":"2026-11-24T{t}Z","text":"the mail of {w} is sent","took":{n}}`},
		[]string{`{"time":"2026-11-24T{t}Z","level":50,"text":"the page of {w} is made","took":{n}}`, `{"time":"2026-11-24T{t}Z","severity":"ERROR","text":"the mail of {w} is sent","took":{n}}`},
	},
	"logfmt": {
		[]string{`time=2026-11-24T{t}Z level=info msg="request served" path=/{w}/{n} status=200 dur={n}ms`, `time=2026-11-24T{t}Z level=info msg="job of {w} finished" code=0 dur={n}ms`},
		[]string{`time=2026-11-24T{t}Z level=info msg="request served" path=/{w}/{n} status=503 dur={n}ms`, `time=2026-11-24T{t}Z level=error msg="request served" path=/{w}/{n} status=200 dur={n}ms`, `time=2026-11-24T{t}Z level=info msg="job of {w} crashed" code=0 dur={n}ms`},
	},
}

// written fills a line.
func written(r *rand.Rand, line string) string {
	for old, put := range map[string]func() string{
		"{n}": func() string { return fmt.Sprint(1 + r.IntN(99)) }, "{x}": func() string { return fmt.Sprintf("%08x", r.Uint32()) }, "{t}": func() string { return fmt.Sprintf("%02d:%02d:%02d", r.IntN(24), r.IntN(60), r.IntN(60)) },
		"{h}": func() string { return fmt.Sprintf("web-%02d", r.IntN(20)) }, "{w}": func() string { return []string{"shop", "mail", "stats", "pages", "users"}[r.IntN(5)] },
	} {
		for strings.Contains(line, old) {
			line = strings.Replace(line, old, put(), 1)
		}
	}
	return line
}

// Of logs that nobody has seen, what is learnt takes out most of what is well, and nothing of what is wrong; of another day as well.
func TestLogsOfProgramsNobodyHasSeen(t *testing.T) {
	for name, p := range programs {
		for seed := range uint64(3) {
			r := rand.New(rand.NewPCG(seed, 3))
			day := func() (log string, wrong []string) {
				var b strings.Builder
				for range 300 {
					from := p.well
					if r.IntN(4) == 0 {
						from = p.wrong
					}
					line := written(r, from[r.IntN(len(from))])
					if b.WriteString(line + "\n"); &from[0] == &p.wrong[0] {
						wrong = append(wrong, line)
					}
				}
				return b.String(), wrong
			}
			log, _ := day()
			set := drafts(t, mine(t, nil, log))
			next, wrong := day()
			out, _ := filtertest.Run(t, set, []byte(next), 0, filter.Options{})
			shown := strings.Split(string(out), "\n")
			for _, line := range wrong {
				assert.True(t, slices.Contains(shown, line), "%s: taken out: %s", name, line)
			}
			if name == "JSON" { // the same messages came as errors, and a rule sees no more than these
				continue
			}
			well := 300 - len(wrong)
			assert.Less(t, len(shown)-1-len(wrong), well/4, "%s: of %d lines that are well, so many stay", name, well)
		}
	}
}
