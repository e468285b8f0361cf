package outcome_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/view"
)

const executed = "    [db] Error: executed 0 commands\n"

// alone is a run with one host.
const alone = begin + "    [db] Connected\n\n--> Preparing operation files...\n    Loading: deploy.py\n\n--> Skipping change detection\n--> Beginning operation run...\n"

// What a host said last is kept of a failure: its own lines, the last ones, in order, without what pyinfra adds.
func TestWords(t *testing.T) {
	for name, c := range map[string]struct {
		said string
		want []string
	}{
		"nothing":                       {"", nil},
		"its lines":                     {"    [db] a\n    [db] b\n", []string{"a", "b"}},
		"the last five":                 {"    [db] 1\n    [db] 2\n    [db] 3\n    [db] 4\n    [db] 5\n    [db] 6\n", []string{"2", "3", "4", "5", "6"}},
		"not those of others":           {"    [db] a\n    [web] b\n    [db] c\n    [web] d\n", []string{"a", "c"}},
		"at the left edge":              {"[db] a\n[web] b\n", []string{"a"}},
		"nested":                        {"    [db] nested a\n", []string{"a"}},
		"not the commands":              {"[db] >>> sh -c 'a'\n[db] a\n", []string{"a"}},
		"not what pyinfra says":         {"    [db] a\n    [db] Loaded fact server.Command\n    [db] Retrying x (attempt 1/1) after 0s...\n    [db] noop: b\n", []string{"a"}},
		"not what it did before":        {"    [db] a\n    [db] Success\n" + hi + "    [db] b\n", []string{"b"}},
		"nor within it":                 {"    [db] nested a\n    [db] nested Success\n    [db] b\n", []string{"b"}},
		"what only looks so":            {"    [db] a\n    [db] Success\n    [db] b\n", []string{"a", "Success", "b"}},
		"a result of another is none":   {"    [db] a\n    [web] Success\n", []string{"a"}},
		"what it prints is no result":   {"    [db] a\n[db] Success\n", []string{"a", "Success"}},
		"lines that are empty":          {"    [db] a\n    [db] \n\n", []string{"a"}},
		"above an operation":            {"    [db] a\n" + hi, []string{"a"}}, // with --no-wait another host has begun it
		"above a phase":                 {"    [db] a\n--> Beginning operation run...\n" + hi, nil},
		"above the beginning of others": {"    [db] a\n--> Starting operation: Other\n    [db] b\n", []string{"b"}},
	} {
		o := follow(three+hi+c.said+executed, 0)
		require.NotEmpty(t, o.Failures, name)
		got := o.Failures[len(o.Failures)-1].Text
		assert.Equal(t, strings.Join(c.want, "|"), strings.Join(got, "|"), name)
	}
}

// Lines directly above a failure count, of whoever they are, if they name the host, or the run has no other.
func TestWordsOfNobody(t *testing.T) {
	for name, c := range map[string]struct {
		run, said string
		want      []string
	}{
		"it has no other host":         {alone, "who knows\n", []string{"who knows"}},
		"several lines":                {alone, "a\nb\n", []string{"a", "b"}},
		"it has other hosts":           {three, "who knows\n", nil},
		"they name it":                 {three, "Error uploading to db: a\n", []string{"Error uploading to db: a"}},
		"they name another":            {three, "Error uploading to web: a\n", nil},
		"up to one that does not":      {three, "db: a\nwho knows\ndb: b\n", []string{"db: b"}},
		"an empty line ends them":      {alone, "a\n\nb\n", []string{"b"}},
		"an empty line is behind them": {alone, "a\n\n", nil},
		"what is indented is none":     {alone, "    Loading: other.py\n", nil},
		"the connector's, once":        {three, "Unexpected error uploading file: a\nUnexpected error uploading file: b\n", []string{"Unexpected error uploading file: b"}},
		"above what it said itself":    {alone, "a\n    [db] b\n", []string{"b"}},
		"below what it said itself":    {alone, "    [db] a\nb\n", []string{"b"}},
	} {
		o := follow(c.run+hi+c.said+executed, 0)
		require.NotEmpty(t, o.Failures, name)
		assert.Equal(t, strings.Join(c.want, "|"), strings.Join(o.Failures[0].Text, "|"), name)
		r := recorded(c.run+hi+c.said+executed, 0)
		assert.Equal(t, strings.Join(c.want, "|"), strings.Join(r.Operations[0].Hosts["db"].Text, "|"), name)
	}
}

// An operation has one result on a host. What looks like another one above it is what the host printed, and is no reason itself.
func TestWordsThatLookLikeAResult(t *testing.T) {
	const none = "no reason was given (executed 0 commands)"
	for _, like := range []string{"Success", "No changes", "Skipped", "N/A", "Connected", "Connected (as root)", "Ready: x.py", "Error (ignored): executed 0 commands"} {
		for name, c := range map[string]struct{ before, said, want string }{
			"last":                {"", "    [db] migration: table users broken\n    [db] %\n", "migration: table users broken"},
			"above the last":      {"", "    [db] %\n    [db] broken\n", "broken"},
			"between":             {"", "    [db] fatal: no\n    [db] %\n    [db] bye\n", "fatal: no"},
			"alone":               {"", "    [db] %\n", none},
			"of what it did":      {"    [db] fatal: no\n    [db] %\n", "", none},
			"of another host":     {"", "    [db] broken\n    [web] %\n", "broken"},
			"with others between": {"", "    [db] broken\n    [web] Success\n    [db] %\n    [mail] Success\n", "broken"},
		} {
			log := three + hi + strings.ReplaceAll(c.before, "%", like) + "--> Starting operation: Other \n" + strings.ReplaceAll(c.said, "%", like) + executed
			assert.Equal(t, c.want, follow(log, 0).Verdict.Reason, "%s, %s", name, like)
		}
	}
	assert.Equal(t, "Error (17): disk", follow(three+hi+"    [db] a\n    [db] Error (17): disk\n"+executed, 0).Verdict.Reason)
	assert.Equal(t, none, follow("    [db] a\n    [db] Success\n"+executed, 0).Verdict.Reason, "where the operation begins is not there")
}

// A host that overwrites its line (a progress bar) has said all of it: what is shown in the end is its own, though its name
// stands in front of what was there first.
func TestWordsInAnOverwrittenLine(t *testing.T) {
	for name, c := range map[string]struct {
		said string
		want []string
	}{
		"a progress bar":                {"    [db]   0  100\r 50  100\rcurl: (22) x\n", []string{"curl: (22) x"}},
		"it erases":                     {"    [db] 0 %\r\x1b[Kwhy\n", []string{"why"}},
		"at the left edge":              {"[db] 0 %\rwhy\n", []string{"why"}},
		"nothing stands behind":         {"    [db] why\r\r\n", []string{"why"}},
		"of another":                    {"    [web] 0 %\rx\n", nil},
		"another one's name behind":     {"    [db] 0 %\r    [web] x\n", nil},
		"its name behind another one's": {"    [web] 0 %\r    [db] why\n", []string{"why"}},
		"behind pyinfra's spinner":      {"    - 33% (1/3) - {db}\r    [db] 0 %\rwhy\n", []string{"why"}},
		"the end of that is no result":  {"    [db] a\n    [db] 0 %\rSuccess\n", []string{"a", "Success"}},
		"a header behind it":            {"    [db] 0 %\r--> Starting operation: Other\n", nil},
		"a line of nobody is behind":    {"    [db] a\r    [db] b\nwho knows\n", []string{"b"}},
	} {
		for dressed, log := range map[string]string{"": c.said, "GitHub": "2026-11-24T03:59:21.1234567Z " + strings.ReplaceAll(strings.TrimSuffix(c.said, "\n"), "\n", "\n2026-11-24T03:59:22.1234567Z ") + "\n"} {
			run := three + hi + log + executed
			if dressed != "" {
				run = "2026-11-24T03:59:20.1234567Z " + strings.ReplaceAll(three+hi, "\n", "\n2026-11-24T03:59:20.1234567Z ") + log + "2026-11-24T03:59:23.1234567Z " + executed
				run = strings.Replace(run, "2026-11-24T03:59:20.1234567Z 2026", "2026", 1)
			}
			assert.Equal(t, c.want, follow(run, 0).Failures[0].Text, "%s, %s", name, dressed)
		}
	}
}

// It is the same within objects, in which lines are not apart.
func TestWordsInAnOverwrittenLineOfAnObject(t *testing.T) {
	object := func(text string) string {
		return fmt.Sprintf(`{"log":%q,"stream":"stdout","time":"2026-11-24T03:59:21.123456789Z"}`+"\n", text)
	}
	for said, want := range map[string]string{
		"    [db] 0 %\r 50 %\rwhy\n":   "why",
		"    [web] 0 %\r 50 %\rwhy\n":  "no reason was given (executed 0 commands)",
		"    [db] a\n    [web] b\rc\n": "a",
		"    [db] a\rb\nc\n":           "b",
	} {
		var log strings.Builder
		for line := range strings.Lines(three + hi) {
			log.WriteString(object(line))
		}
		apart, together := log.String(), log.String()
		for line := range strings.Lines(said) {
			apart += object(line)
		}
		assert.Equal(t, want, follow(apart+object(executed), 0).Verdict.Reason, said)
		assert.Equal(t, want, follow(together+object(said+executed), 0).Verdict.Reason, said)
	}
}

// What a host said is found behind whatever stands in front of all lines, in no table of prefixes as well: figures in it
// may count.
func TestWordsBehindLearntPrefixes(t *testing.T) {
	for name, prefix := range map[string]func(i int) string{
		"the same":                   func(int) string { return "job-x: " },
		"a tab":                      func(int) string { return "job\t" },
		"cat -n, nl":                 func(i int) string { return fmt.Sprintf("%6d\t", i) },
		"grep -n":                    func(i int) string { return fmt.Sprintf("%d:", i) },
		"grep -Hn":                   func(i int) string { return fmt.Sprintf("logs/a b.log:%d:", i) },
		"milliseconds":               func(i int) string { return fmt.Sprintf("%d ", 1709528767000+310*i) },
		"the kernel's":               func(i int) string { return fmt.Sprintf("[%8.3f] ", 3.1+float64(i)*0.31) },
		"seconds":                    func(i int) string { return fmt.Sprintf("%.3f ", 3.1+float64(i)*0.31) },
		"klog":                       func(i int) string { return fmt.Sprintf("I0304 05:06:%02d.%06d    1234 main.go:77] ", i, i*7919) },
		"a web server's":             func(i int) string { return fmt.Sprintf("[04/Mar/2026:05:06:%02d +0000] ", i) },
		"a clock with twelve hours":  func(i int) string { return fmt.Sprintf("03/04/2026 05:06:%02d PM ", i) },
		"a name, and what is in it":  func(i int) string { return fmt.Sprintf("step (%d of 40) > ", i) },
		"one that is in the table":   func(i int) string { return fmt.Sprintf("2026-03-04T05:06:%02d.0000000Z ", i) },
		"nothing":                    func(int) string { return "" },
		"a number that grows longer": func(i int) string { return fmt.Sprintf("#%d ", 9990+i) },
	} {
		var log strings.Builder
		i := 0
		for line := range strings.Lines(three + hi + "    [web]  fatal: other\n    [db]   why\n    [mail] Success\n" + executed) {
			i++
			log.WriteString(prefix(i) + line)
		}
		for _, size := range []int{0, 1, 30} {
			assert.Equal(t, `yes db "Say hi" (line 17): why`, said(follow(log.String(), size).Verdict), "%s, %d", name, size)
		}
		assert.Equal(t, []string{"why"}, recorded(log.String(), 0).Operations[0].Hosts["db"].Text, name)
	}
}

// The reason is the line that tells most among the last forty.
func TestReasonIsNear(t *testing.T) {
	for behind, want := range map[int]string{0: "fatal: no", 39: "fatal: no", 40: "step 39"} {
		log := three + hi + "    [db] fatal: no\n"
		for i := range behind {
			log += fmt.Sprintf("    [db] step %d\n", i)
		}
		assert.Equal(t, want, follow(log+executed, 0).Verdict.Reason, behind)
	}
}

// A host's words are sought in 500 lines, and in 16 KiB: however they came in.
func TestWordsAreNear(t *testing.T) {
	for name, c := range map[string]struct {
		between string
		found   bool
	}{
		"499 lines":    {strings.Repeat("[web] x\n", 499), true},
		"500 lines":    {strings.Repeat("[web] x\n", 500), false},
		"15 KiB":       {strings.Repeat("[web] "+strings.Repeat("x", 1000)+"\n", 15), true},
		"17 KiB":       {strings.Repeat("[web] "+strings.Repeat("x", 1000)+"\n", 17), false},
		"a long line":  {"[web] " + strings.Repeat("x", 100<<10) + "\n", true},
		"two of them":  {strings.Repeat("[web] "+strings.Repeat("x", 100<<10)+"\n", 2), false},
		"8 KiB, twice": {strings.Repeat("[web] "+strings.Repeat("x", 8000)+"\n", 2), true},
	} {
		for _, size := range []int{0, 100, 5000} {
			o := follow(three+hi+"[db] why\n"+c.between+executed, size)
			assert.Equal(t, c.found, o.Verdict.Reason == "why", "%s, %d: %s", name, size, o.Verdict.Reason)
		}
	}
}

// That a host gave no reason is said only if the search for it came to where the operation begins.
func TestNoReasonIsKnown(t *testing.T) {
	const none, open = "no reason was given (executed 0 commands)", "what was said there is not known (executed 0 commands)"
	for name, c := range map[string]struct{ log, want string }{
		"nothing":             {three + hi, none},
		"others":              {three + hi + strings.Repeat("    [web] x\n", 300), none},
		"more lines":          {three + hi + strings.Repeat("    [web] x\n", 600), open},
		"more bytes":          {three + hi + strings.Repeat("    [web] "+strings.Repeat("x", 1000)+"\n", 20), open},
		"the beginning":       {"", open},
		"lines of others":     {"    [web] x\n    [web] Success\n", open},
		"its result above":    {"    [db] Success\n", none},
		"as if it had one":    {three + hi + "    [db] Success\n", none},
		"that, and more":      {three + hi + strings.Repeat("    [web] x\n", 600) + "    [db] Success\n", open},
		"another one's lines": {three + hi + strings.Repeat("who knows\n", 600), open},
	} {
		for _, size := range []int{0, 100} {
			assert.Equal(t, c.want, follow(c.log+executed, size).Verdict.Reason, name)
		}
	}
	assert.Equal(t, "could not load fact: x", follow("    [db] Error: could not load fact: x\n", 0).Verdict.Reason)
}

// All searches together go back over a few times as many bytes as came in: where hosts fail one behind the other and what each has said is far above,
// only some of it is found, until more comes.
func TestSearchesAreBounded(t *testing.T) {
	const hosts = 60
	noise := strings.Repeat("[mail] "+strings.Repeat("x", 492)+"\n", 30) // 15,000 bytes
	batch := func(n int) string {
		var said, failed strings.Builder
		for i := range hosts {
			fmt.Fprintf(&said, "[h%d-%d] why\n", n, i)
			fmt.Fprintf(&failed, "    [h%d-%d] Error (ignored): executed 0 commands\n", n, i)
		}
		return said.String() + noise + failed.String()
	}
	f := outcome.NewPlan().Follow()
	f.Record()
	f.Write([]byte(three+hi+batch(1)+strings.Repeat(noise, 4)+batch(2)), 1, view.Nothing)
	found := map[string]int{}
	for host, d := range f.Outcome().Record.Operations[0].Hosts {
		found[host[:3]] += len(d.Text)
	}
	assert.InDelta(t, 11, found["h1-"], 2)
	assert.InDelta(t, 11, found["h2-"], 2)
}

// Where something stands in front of all lines that is in no table, what a host said is found for the record as it is for the verdict, and for
// the first host as for those behind it. Once the lines above were looked at by a view that had not learnt it yet.
func TestWordsBehindALearntPrefix(t *testing.T) {
	for _, prefix := range []string{"nx: deploy: ", "[deploy : run] ", "   +deploy | ", "12 of 40 INFO ", ""} {
		log := three + hi + "    [web]  Success\n    [db]   first\n    [db]   the real reason\n    [db]   Error: executed 0 commands\n    [mail] other reason\n    [mail] Error: executed 0 commands\n\n" + some
		f := outcome.NewPlan().Follow()
		f.Record()
		o := feed(f, filtertest.Prefixed(prefix)(log), 0)
		assert.Equal(t, "the real reason; 1 more host failed", o.Verdict.Reason, prefix)
		hosts := o.Record.Operations[0].Hosts
		assert.Equal(t, []string{"first", "the real reason"}, hosts["db"].Text, prefix)
		assert.Equal(t, []string{"other reason"}, hosts["mail"].Text, prefix)
	}
}
