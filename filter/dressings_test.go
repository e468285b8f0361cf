package filter_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
)

// A dressing is how a system keeps what a run writes.
type dressing struct {
	name string
	// prefix is written in front of a line; at counts seconds.
	prefix func(at time.Time) string
	// frames says what becomes of the frames of a line; nil: they are left in it.
	frames func(line string, prefix func() string) string
	crlf   bool      // lines end so
	around [2]string // lines of the system before and behind
	needs  string    // the run must begin with it, for the prefix to be known as one
	// wrap puts a line, with its end, into an object; nil: it has a prefix.
	wrap func(line string, at time.Time) string
}

// at is a prefix with a time in braces, as package time has it.
func at(prefix string) func(time.Time) string {
	before, rest, _ := strings.Cut(prefix, "{")
	layout, after, _ := strings.Cut(rest, "}")
	return func(t time.Time) string { return before + t.Format(layout) + after }
}

// The dressings of the formats in the table.
var dressings = []dressing{
	{name: "plain", prefix: at("")},
	{name: "GitHub", prefix: at("{2006-01-02T15:04:05.0000000}Z "), frames: readLine, around: [2]string{"\ufeff2026-11-24T03:59:20.0000000Z ##[group]Run pyinfra\n2026-11-24T03:59:20.0000000Z ##[endgroup]\n", "2026-11-24T03:59:59.0000000Z Post job cleanup.\n"}},
	{name: "gh run view --log", prefix: at("deploy\tRun pyinfra\t{2006-01-02T15:04:05.0000000}Z "), frames: readLine, around: [2]string{"deploy\tRun pyinfra\t\ufeff2026-11-24T03:59:20.0000000Z ##[group]Run pyinfra\n", ""}},
	{name: "GitLab sections", prefix: at(""), around: [2]string{"\x1b[0Ksection_start:1795492761:deploy[collapsed=true]\r\x1b[0KDeploy\n", "\x1b[0Ksection_end:1795492790:deploy\r\x1b[0K\x1b[32;1mJob succeeded\x1b[0;m\n"}},
	{name: "GitLab sections, no header", prefix: at(""), around: [2]string{"section_start:1795492761:deploy\r\x1b[0K", "section_end:1795492790:deploy\r\x1b[0K"}},
	{name: "GitLab timestamps", prefix: at("{2006-01-02T15:04:05.000000}Z 01E "), frames: gitlabFrames},
	{name: "Azure", prefix: at("{2006-01-02T15:04:05.0000000}Z "), frames: readLine, crlf: true, around: [2]string{"\ufeff2026-11-24T03:59:20.0000000Z ##[section]Starting: Run pyinfra\r\n", "2026-11-24T03:59:59.0000000Z ##[section]Finishing: Run pyinfra\r\n"}},
	{name: "Buildkite", prefix: func(t time.Time) string { return fmt.Sprintf("\x1b_bk;t=%d\x07", t.UnixMilli()) }, frames: buildkiteFrames},
	{name: "Buildkite, in brackets", prefix: at("[{2006-01-02T15:04:05}Z] ")},
	{name: "CircleCI", prefix: at(""), crlf: true},
	{name: "Jenkins, time of day", prefix: at("{15:04:05}  ")},
	{name: "Jenkins, pipeline", prefix: at("[{2006-01-02T15:04:05.000}Z] ")},
	{name: "Jenkins, notes", prefix: at("\x1b[8mha:////4H+H6gi+RzqRXgbuxDkiDNvJYq3pMCu17+YXxGOB+mHb=\x1b[0m")},
	{name: "Jenkins, branch", prefix: at("[Deploy (web)] "), needs: "--> Loading config...\n"},
	{name: "Travis", prefix: at(""), crlf: true, around: [2]string{"travis_fold:start:deploy\r\x1b[0Ktravis_time:start:0b1c\r\x1b[0K$ pyinfra\r\n", "travis_time:end:0b1c:start=1,finish=2,duration=1\r\x1b[0Ktravis_fold:end:deploy\r\x1b[0K\r\n"}},
	{name: "TeamCity", prefix: at("[{15:04:05}]W:\t [Step 1/3] "), around: [2]string{"[03:59:21] : Step 1/3: Command Line\n", "[03:59:22]i: Build finished\n"}},
	{name: "Compose", prefix: at("web-1     | ")},
	{name: "Compose 1", prefix: at("web_1  | ")},
	{name: "Compose, coloured", prefix: at("\x1b[36mweb-1  | \x1b[0m")},
	{name: "Compose 1, coloured", prefix: at("\x1b[36mweb_1  |\x1b[0m ")},
	{name: "Compose -t", prefix: at("web-1  | {2006-01-02T15:04:05.000000000}Z ")},
	{name: "kubectl", prefix: at("[pod/deploy-7d4b9c-x2x/pyinfra] ")},
	{name: "kubectl with time", prefix: at("[pod/deploy-7d4b9c-x2x/pyinfra] {2006-01-02T15:04:05.000000000}Z ")},
	{name: "kubectl, time alone", prefix: at("{2006-01-02T15:04:05.000000000}+01:00 ")},
	{name: "journal", prefix: at("{Jan _2 15:04:05} ci-01 pyinfra[123]: ")},
	{name: "journal, no number", prefix: at("{Jan _2 15:04:05} ci-01 pyinfra: ")},
	{name: "journal, iso", prefix: at("{2006-01-02T15:04:05}+0000 ci-01 pyinfra[123]: ")},
	{name: "journal, iso-precise", prefix: at("{2006-01-02T15:04:05.000000}+00:00 ci-01 pyinfra: ")},
	{name: "journal, precise", prefix: at("{Jan _2 15:04:05.000000} ci-01 pyinfra[123]: ")},
	{name: "journal, full", prefix: at("Tue {2006-01-02 15:04:05} UTC ci-01 pyinfra[123]: ")},
	{name: "journal, monotonic", prefix: func(t time.Time) string {
		return fmt.Sprintf("[%12.6f] ci-01 pyinfra[123]: ", float64(t.Unix()-1795490000))
	}},
	{name: "journal, unix", prefix: func(t time.Time) string { return fmt.Sprintf("%d.000000 ci-01 pyinfra[123]: ", t.Unix()) }},
	{name: "RFC 3164", prefix: at("<13>{Jan _2 15:04:05} ci-01 pyinfra[123]: ")},
	{name: "RFC 5424", prefix: at("<13>1 {2006-01-02T15:04:05.000000}Z ci-01 pyinfra 123 - - ")},
	{name: "RFC 5424 with data", prefix: at("<13>1 {2006-01-02T15:04:05.000000}Z ci-01 pyinfra 123 ID1 [a b=\"c\"] \ufeff")},
	{name: "rsyslog", prefix: at("{2006-01-02T15:04:05.000000}+00:00 ci-01 pyinfra[123]: "), frames: figures},
	// Learnt: nothing in the table knows them.
	{name: "parallel --tag", prefix: at("web\t"), needs: "--> Loading config...\n"},
	{name: "pdsh", prefix: at("web: "), needs: "--> Loading config...\n"},
	{name: "Packer", prefix: at("    orb: "), needs: "--> Loading config...\n"},
	{name: "turbo", prefix: at("@acme/infra:deploy: "), needs: "--> Loading config...\n"},
	{name: "pm2", prefix: at("0|deploy  | "), needs: "--> Loading config...\n"},
	{name: "git remote", prefix: at("remote: "), needs: "--> Loading config...\n"},
	{name: "podman-compose", prefix: at("[web] | "), needs: "--> Loading config...\n"},
	{name: "Earthly", prefix: at("              +deploy | "), needs: "--> Loading config...\n"},
	{name: "quoted", prefix: at("> "), needs: "--> Loading config...\n"},
	{name: "grep -H", prefix: at("deploy.log:"), needs: "--> Loading config...\n"},
	{name: "ansible log_path", prefix: at("{2006-01-02 15:04:05},001 p=1234 u=ci n=ansible | "), needs: "--> Loading config...\n--> Loading inventory...\n"},
	{name: "cat -n", prefix: func(t time.Time) string { return fmt.Sprintf("%6d\t", 1+int(t.Sub(started).Milliseconds())) }, needs: "--> Loading config...\n--> Loading inventory...\n"},
	{name: "CRI", prefix: at("{2006-01-02T15:04:05.000000000}Z stderr F ")},
	{name: "Taskcluster", prefix: at("[task {2006-01-02T15:04:05.000}Z] ")},
	{name: "Zuul", prefix: at("{2006-01-02 15:04:05.000000} | controller | ")},
	{name: "BuildKit", prefix: func(t time.Time) string { return fmt.Sprintf("#12 %.3f ", t.Sub(started).Seconds()) }},
	{name: "BuildKit in GitHub", prefix: func(t time.Time) string {
		return t.Format("2006-01-02T15:04:05.0000000Z ") + fmt.Sprintf("#12 %.2f ", t.Sub(started).Seconds())
	}, frames: readLine},
	{name: "Heroku", prefix: at("{2006-01-02T15:04:05.000000}+00:00 app[release.4242]: ")},
	{name: "aws logs tail", prefix: at("{2006-01-02T15:04:05.000000}+00:00 deploy/pyinfra/0f1e2d3c4b5a69788796a5b4c3d2e1f0 ")},
	{name: "act", prefix: at("[CI/deploy]   | ")},
	{name: "act, coloured", prefix: at("\x1b[36m[CI/deploy]   | \x1b[0m")},
	{name: "Google Cloud Build", prefix: at("Step #1 - \"deploy\": ")},
	{name: "Go's log", prefix: at("{2006/01/02 15:04:05} ")},
	{name: "Go's log, microseconds", prefix: at("{2006/01/02 15:04:05.000000} ")},
	{name: "Terraform", prefix: at("null_resource.deploy (local-exec): ")},
	{name: "Terraform, coloured", prefix: at("\x1b[0m\x1b[1mnull_resource.deploy (local-exec):\x1b[0m \x1b[0m")},
	{name: "docker service logs", prefix: at("deploy.1.xgvrk6brv7p1mkp7tdw6zk5xs@node-2    | ")},
	{name: "Woodpecker", prefix: func(t time.Time) string {
		n := int(t.Sub(started).Seconds())
		return fmt.Sprintf("[deploy:L%d:%ds] ", n, n/7)
	}},
	{name: "dmesg", prefix: func(t time.Time) string { return fmt.Sprintf("[%12.6f] ", t.Sub(started).Seconds()) }},
	{name: "ts, seconds", prefix: func(t time.Time) string { return fmt.Sprintf("%d ", t.Unix()) }},
	{name: "ts, fraction", prefix: func(t time.Time) string { return fmt.Sprintf("%d.%06d ", t.Unix(), t.Nanosecond()/1000) }},
	{name: "ts", prefix: at("{Jan _2 15:04:05} ")},
	{name: "ts, clock", prefix: at("{15:04:05} ")},
	{name: "ts, date", prefix: at("{2006-01-02 15:04:05} ")},
	{name: "copied, with a tab", prefix: at("\t"), needs: "--> Loading config...\n"},
	{name: "Drone", prefix: func(t time.Time) string { return fmt.Sprintf("[deploy:%d] ", int(t.Sub(started).Seconds())) }, needs: "--> Loading config...\n"},
	{name: "copied, with no-break spaces", prefix: at(""), frames: func(line string, _ func() string) string { return strings.ReplaceAll(line, " ", "\u00a0") }},
	{name: "copied, with no-break spaces for all but the last", prefix: at(""), frames: func(line string, _ func() string) string {
		return strings.ReplaceAll(line, "  ", "\u00a0 ")
	}},
	{name: "copied, with times and no-break spaces", prefix: at("{2006-01-02T15:04:05.0000000}Z "), frames: func(line string, prefix func() string) string {
		return strings.ReplaceAll(prefix()+line, " ", "\u00a0")
	}},
	{name: "CR for each line end", prefix: at(""), frames: func(line string, _ func() string) string { return strings.ReplaceAll(line, "\n", "\r") }},
	{name: "CR for each line end, with times", prefix: at("{2006-01-02T15:04:05.0000000}Z "), frames: func(line string, prefix func() string) string { return prefix() + strings.ReplaceAll(line, "\n", "\r") }},
	{name: "Docker json-file", prefix: at("json"), wrap: func(line string, at time.Time) string {
		return fmt.Sprintf(`{"log":%s,"stream":"stderr","time":"%s"}`+"\n", quoted(line), at.Format(time.RFC3339Nano))
	}},
	{name: "copied, with no-break spaces, in Docker's json-file", prefix: at("json"), wrap: func(line string, at time.Time) string {
		return fmt.Sprintf(`{"log":%s,"stream":"stderr","time":"%s"}`+"\n", quoted(strings.ReplaceAll(line, " ", "\u00a0")), at.Format(time.RFC3339Nano))
	}},
	{name: "Docker, everything escaped", prefix: at("json"), wrap: func(line string, at time.Time) string {
		return fmt.Sprintf(`{"log":%s,"stream":"stderr","time":"%s"}`+"\n", escaped(line), at.Format(time.RFC3339Nano))
	}},
	{name: "journal", prefix: at("json"), wrap: func(line string, at time.Time) string {
		return fmt.Sprintf(`{"__CURSOR":"s=%d","__REALTIME_TIMESTAMP":"%d","PRIORITY":"6","MESSAGE":%s,"_HOSTNAME":"ci"}`+"\n", at.UnixNano(), at.UnixMicro(), quoted(strings.TrimSuffix(line, "\n")))
	}},
	{name: "journal, bytes", prefix: at("json"), wrap: func(line string, at time.Time) string {
		return fmt.Sprintf(`{"_HOSTNAME" : "ci", "MESSAGE" : [ %s ],"__REALTIME_TIMESTAMP":"%d"}`+"\n", numbers(strings.TrimSuffix(line, "\n")), at.UnixMicro())
	}},
	{name: "Vector", prefix: at("json"), wrap: func(line string, at time.Time) string {
		return fmt.Sprintf(`{"file":"/var/log/deploy.log","host":"ci","message":%s,"source_type":"file","timestamp":"%s"}`+"\n", quoted(strings.TrimSuffix(line, "\n")), at.Format(time.RFC3339Nano))
	}},
	{name: "OpenTelemetry", prefix: at("json"), wrap: func(line string, at time.Time) string {
		return fmt.Sprintf(`{ "timeUnixNano" : "%d" ,	"severityText":"", "body": { "stringValue" : %s }, "attributes":[{"key":"log.file.name","value":{"stringValue":"deploy.log"}}] }`+"\n", at.UnixNano(), quoted(strings.TrimSuffix(line, "\n")))
	}},
}

// quoted is how Docker writes a text, and escaped one in which each character is written with its number.
func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

func numbers(text string) string {
	var out []string
	for _, c := range []byte(text) {
		out = append(out, fmt.Sprint(c))
	}
	return strings.Join(out, " ,")
}

func escaped(text string) string {
	var out strings.Builder
	for _, c := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&out, `\u%04x`, c)
	}
	return `"` + out.String() + `"`
}

// started is when the runs of these tests are.
var started = time.Date(2026, 11, 24, 3, 59, 21, 0, time.UTC)

// wear dresses a run. tick is the time from line to line.
func (d *dressing) wear(text string, tick time.Duration) string {
	var out strings.Builder
	prefix := d.prefixes(tick)
	for line := range strings.Lines(text) {
		out.WriteString(d.wearLine(line, prefix))
	}
	return d.finish(out.String())
}

// prefixes returns what returns the prefix of each line, which is the time of it where lines are wrapped.
func (d *dressing) prefixes(tick time.Duration) func() string {
	now := started
	return func() string {
		now = now.Add(tick)
		if d.wrap != nil {
			return now.Format(time.RFC3339Nano)
		}
		return d.prefix(now)
	}
}

func (d *dressing) wearLine(line string, prefix func() string) string {
	switch {
	case d.wrap != nil:
		now, _ := time.Parse(time.RFC3339Nano, prefix())
		return d.wrap(line, now)
	case d.frames != nil:
		return d.frames(line, prefix)
	}
	return prefix() + line
}

// finish adds what stands around the lines.
func (d *dressing) finish(text string) string {
	if d.crlf {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	}
	return d.around[0] + text + d.around[1]
}

// readLine is what .NET reads as lines (StreamReader.ReadLine): a CR ends one.
func readLine(line string, prefix func() string) string {
	var out strings.Builder
	line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	for frame := range strings.SplitSeq(line, "\r") {
		out.WriteString(prefix() + frame + "\n")
	}
	return out.String()
}

// gitlabFrames ends a line at each CR, if each frame is a write, and goes on behind
// a "+".
func gitlabFrames(line string, prefix func() string) string {
	var out strings.Builder
	text := strings.TrimRight(line, "\r\n")
	for i := strings.IndexByte(text, '\r'); i >= 0; i = strings.IndexByte(text, '\r') {
		out.WriteString(prefix() + line[:i+1] + "\n")
		text, line = text[i+1:], line[i+1:]
		prefix = continued(prefix)
	}
	return out.String() + prefix() + line
}

func continued(prefix func() string) func() string {
	return func() string { return strings.TrimRight(prefix(), " +") + "+" }
}

// buildkiteFrames has a time behind each "erase in line".
func buildkiteFrames(line string, prefix func() string) string {
	parts := strings.SplitAfter(line, "\x1b[K")
	for i, p := range parts {
		parts[i] = prefix() + p
	}
	return strings.Join(parts, "")
}

// figures is how rsyslog writes control characters.
func figures(line string, prefix func() string) string {
	return prefix() + strings.NewReplacer("\x1b", "#033", "\r", "#015").Replace(line)
}

// pipes are captures of runs in a pipe.
func pipes(t testing.TB) []string {
	return filtertest.Captures(t, "gevent-25.5.1.*.pipe.log", "gevent-25.9.1.3*.pipe.log", "gevent-24*", "samples/*.err", "samples/*.txt", "more/gevent-25.5.1*.pipe.log", "more/orbstack-push*", "more/pyinfra-chatty.log")
}

// keptOf is what is shown of each line of a log.
func keptOf(t require.TestingT, data []byte) (kept []string, s *filter.Summary) {
	kept = make([]string, len(lines(string(data))))
	line := 0
	f := filter.New(filtertest.Builtin(), filter.SinkFunc(func(e filter.Event) error {
		for part := range strings.Lines(string(e.Raw)) {
			if !e.Fold {
				kept[line] += part
			}
			line += strings.Count(part, "\n")
		}
		return nil
	}), filter.Options{})
	_, err := f.Write(data)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return kept, f.Summary()
}

// wearKept dresses what is kept of a run: of each line that shows something, with its own
// prefix and its own end.
func (d *dressing) wearKept(data string, kept []string, tick time.Duration) string {
	var out strings.Builder
	prefix := d.prefixes(tick)
	for i, line := range lines(data) {
		text := kept[i]
		if strings.TrimSpace(text) != "" && !strings.HasSuffix(text, "\n") {
			text += strings.Repeat("\r", len(line)-len(strings.TrimRight(line, "\r\n"))-1) + "\n"
		}
		if whole := d.wearLine(text, prefix); text != "" {
			out.WriteString(whole)
		}
	}
	return d.finish(out.String())
}
