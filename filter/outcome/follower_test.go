package outcome_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/view"
)

// So many runs are followed side by side. One that is over makes room for another; if none is, those that go on are given up, and counted.
func TestMoreRunsThanAreFollowed(t *testing.T) {
	const running, ended = "w%[1]d-1  | --> Starting operation: x\n", "w%[1]d-1  | --> Starting operation: x\nw%[1]d-1  | --> Results:\nw%[1]d-1  | --> Disconnecting from hosts...\n"
	other := "y-1  | --> Starting operation: x\n"
	for name, c := range map[string]struct {
		log  string
		lost int
	}{
		"as many as are followed":  {many(256, running), 0},
		"one more":                 {many(256, running) + other, 256},
		"one of them is over":      {"z-1  | --> Starting operation: x\nz-1  | --> Results:\nz-1  | --> Disconnecting from hosts...\n" + many(255, running) + other, 0},
		"all are over":             {many(256, ended) + other, 0},
		"one of them has no run":   {"z-1  | Traceback (most recent call last):\n" + many(255, running) + other, 0},
		"two more, and one of two": {"z-1  | Traceback (most recent call last):\n" + many(255, running) + other + "u-1  | --> Starting operation: x\n", 256},
	} {
		assert.Equal(t, c.lost, follow(c.log, 0).Lost, name)
	}
}

// Which line a failure is in, and what was said above it, is the same if it came in in pieces, and behind lines that are longer than what is looked at.
func TestLinesInPieces(t *testing.T) {
	for _, long := range []int{8190, 8191, 8192, 8193, 20_000} {
		log := three + hi + "    [web] " + strings.Repeat("x", long-10) + "\n[db] why\n    [db] Error: executed 0 commands\n"
		for _, size := range []int{0, 1, 1000, 8191, 8192, 8193} {
			require.Equal(t, `yes db "Say hi" (line 16): why`, said(follow(log, size).Verdict), "%d, %d", long, size)
		}
	}
}

// A line that is too long is looked at up to 8 KiB. In an object of JSON, which a collector may put many lines into, all of it is.
func TestLinesTooLong(t *testing.T) {
	result := func(spaces int) string {
		return three + hi + "    [db]" + strings.Repeat(" ", spaces) + "Error: executed 0 commands\n"
	}
	fits := 8<<10 - len("    [db]") - len("Error: executed 0 commands")
	for _, size := range []int{0, 100, 8000} {
		assert.Equal(t, "no reason was given (executed 0 commands)", follow(result(fits), size).Verdict.Reason, size)
		assert.Equal(t, "executed 0 command", follow(result(fits+1), size).Verdict.Reason, size)
		assert.Empty(t, follow(result(fits+100), size).Failures, size)
	}
	object := func(n int) string {
		return `{"log":"` + strings.ReplaceAll(three+hi+strings.Repeat("    [db] text\n", n)+"    [db] why\n    [db] Error: executed 0 commands\n", "\n", `\n`) + `"}` + "\n"
	}
	for _, n := range []int{1, 1000} {
		for _, size := range []int{0, 100, 1000} {
			assert.Equal(t, `yes db "Say hi" (line 1): why`, said(follow(object(n), size).Verdict), "%d, %d", n, size)
		}
	}
}

// What a host said may be in the same object of JSON as the result, in the one above, or in lines around it.
func TestWordsInObjects(t *testing.T) {
	object := func(lines ...string) string {
		return `{"log":"` + strings.Join(lines, `\n`) + `\n"}` + "\n"
	}
	start := object("--> Loading config...", "--> Starting operation: Say hi")
	for name, c := range map[string]struct {
		log  string
		want []string
	}{
		"the same":      {start + object("[db] why", "    [db] Error: executed 0 commands"), []string{"why"}},
		"three lines":   {start + object("[db] a", "[web] b", "[db] c", "    [db] Error: executed 0 commands"), []string{"a", "c"}},
		"both":          {start + object("[db] a") + object("[db] b", "    [db] Error: executed 0 commands"), []string{"a", "b"}},
		"the last five": {start + object("[db] 1", "[db] 2", "[db] 3", "[db] 4", "[db] 5", "[db] 6", "[db] 7", "    [db] Error: executed 0 commands"), []string{"3", "4", "5", "6", "7"}},
		"a result":      {start + object("[db] a", "    [db] Success", "--> Starting operation: Other", "[db] b", "    [db] Error: executed 0 commands"), []string{"b"}},
		"looks like it": {start + object("[db] a", "    [db] Success", "[db] b", "    [db] Error: executed 0 commands"), []string{"a", "Success", "b"}},
	} {
		for _, size := range []int{0, 10} {
			o := follow(c.log, size)
			require.Len(t, o.Failures, 1, name)
			assert.Equal(t, c.want, o.Failures[0].Text, name)
		}
	}
	for behind, want := range map[int]string{39: "fatal: no", 40: "step"} {
		lines := append([]string{"[db] fatal: no"}, strings.Fields(strings.Repeat("[db]_step ", behind))...)
		text := strings.ReplaceAll(strings.Join(lines, "\n"), "_", " ")
		o := follow(start+object(append(strings.Split(text, "\n"), "    [db] Error: executed 0 commands")...), 0)
		assert.Equal(t, want, o.Verdict.Reason)
	}
}

// Branches of a pipeline stand in front of lines as hosts do: a header behind one begins a run of its own, unless one goes on in which it would be a host.
func TestBranches(t *testing.T) {
	const run = "--> Connecting to hosts...\n--> Starting operation: x\n    [db] why\n    [db] Error: executed 0 commands\n"
	branch := func(name, log string) string {
		return "[" + name + "] " + strings.ReplaceAll(strings.TrimSuffix(log, "\n"), "\n", "\n["+name+"] ") + "\n"
	}
	failed := `yes db "x" (line %d): why`
	assert.Equal(t, fmt.Sprintf(failed, 4), said(follow(branch("east", run), 0).Verdict))
	assert.Equal(t, "no", said(follow(three+hi+branch("web", run)+good, 0).Verdict), "a host prints what another run says")
	assert.Equal(t, fmt.Sprintf(failed, 24), said(follow(three+hi+"    [db] Success\n"+good+branch("east", run), 0).Verdict), "behind the end of another one")
	assert.Equal(t, "unknown", said(follow(branch("east", "x\n    [db] Error: executed 0 commands\n"), 0).Verdict), "no run has begun there")
}

// A text may decide only if one of pyinfra's is in it.
func TestMayDecide(t *testing.T) {
	plan := outcome.NewPlan()
	for _, text := range []string{"--> Results:", "    [db] Error: executed 0 commands", "Exiting upon user request!", "Traceback (most recent call last):"} {
		assert.True(t, plan.MayDecide([]byte(text)), text)
	}
	for _, text := range []string{"", "    [db] Success", "text"} {
		assert.False(t, plan.MayDecide([]byte(text)), text)
	}
}

// Of a run that sleeps, what is known to have none of Literals is only remembered; a result that is known to have none takes back what a host has printed.
func TestPromises(t *testing.T) {
	write := func(known view.Promise, pieces ...string) outcome.Outcome {
		f := outcome.NewPlan().Follow()
		line := 1
		for i, p := range pieces {
			promise := known
			if i == 0 {
				promise = view.Nothing
			}
			f.Write([]byte(p), line, promise)
			line += strings.Count(p, "\n")
		}
		return f.Outcome()
	}
	for _, known := range []view.Promise{view.Nothing, view.NoLiteral, view.Bare} {
		o := write(known, three+hi+"    [db] why\n    [db] Error: executed 0 commands\n", "    [db] text\n    [web] Success\n    [db] Success\n")
		assert.Empty(t, o.Failures, known)
		o = write(known, three+hi+"    [db] why\n    [db] Error: executed 0 commands\n", "    [db] text\n    [web] Success\n")
		assert.Len(t, o.Failures, 1, known)
		o = write(known, three+hi, "    [db] text\n    [web] Success\n    [db] no", "\n    [db] more\n")
		assert.Equal(t, "    [db] more", o.Tail()[len(o.Tail())-1])
	}
	for _, known := range []view.Promise{view.Nothing, view.NoLiteral} {
		o := write(known, three+hi+"    [db] why\n    [db] Error: executed 0 commands\n", "    [web] text\n    [db] \x1b[32mSuccess\x1b[0m\n")
		assert.Empty(t, o.Failures, "coloured")
	}
	o := write(view.Bare, three+hi, "[db] why\n", "    [db] text\n    [db] Success\n")
	assert.Equal(t, []string{"[db] why", "    [db] text", "    [db] Success"}, o.Tail()[len(o.Tail())-3:])
}

// What colours hide is found where a run sleeps, in front of what is plain and behind it.
func TestHiddenInASleepingRun(t *testing.T) {
	const stop = "\x1b[1mExiting\x1b[0m upon user request!\n"
	want := `yes in "Say hi" (line %d): it was interrupted (Ctrl-C)`
	for log, line := range map[string]int{stop: 14, "x\n\x1b[1mx\x1b[0m\n" + stop: 16, stop + "--> Disconnecting from hosts...\n": 14, "    [db] executed x\n" + stop: 15} {
		for _, size := range []int{0, 5} {
			assert.Equal(t, fmt.Sprintf(want, line), said(follow(three+hi+log, size).Verdict), "%q", log)
		}
	}
}

// While one run listens for a result, each line of another one that connects is looked at.
func TestOneListensAndOneConnects(t *testing.T) {
	log := "a-1  | --> Starting operation: x\na-1  |     [web] Error: executed 0 commands\nb-1  | --> Connecting to hosts...\nb-1  |     [db] Local command failed: docker run\nb-1  | docker: no daemon\nb-1  | \nb-1  | --> Disconnecting from hosts...\n"
	o := follow(log, 0)
	require.Len(t, o.Failures, 2)
	assert.Equal(t, "Local command failed: docker run: docker: no daemon", o.Failures[1].Reason)
}

// An object of JSON is one also where what stands in front of it came in alone.
func TestObjectBehindAPrefixThatCameAlone(t *testing.T) {
	text := strings.ReplaceAll(three+hi+strings.Repeat("    [db] text\n", 1000)+"    [db] why\n    [db] Error: executed 0 commands\n", "\n", `\n`)
	for _, first := range []string{"web-1  | ", "2026-11-24T03:59:21Z "} {
		f := outcome.NewPlan().Follow()
		f.Write([]byte(first), 1, view.Nothing)
		f.Write([]byte(`{"log":"`+text+`"}`+"\n"), 1, view.Nothing)
		assert.Equal(t, `yes db "Say hi" (line 1): why`, said(f.Outcome().Verdict), first)
	}
}

// A line that is as long as may be, or longer, is one line: no empty one is behind it.
func TestLongLineIsOne(t *testing.T) {
	for n := 8189; n < 8196; n++ {
		o := follow(begin+disconnected+"--> pyinfra error: it broke:\n"+strings.Repeat("a", n)+"\nfatal: b\n", 0)
		assert.Equal(t, "it broke: fatal: b", o.Verdict.Reason, n)
	}
}

// The failures of several writers are in the order in which these were met.
func TestFailuresOfWritersAreInOrder(t *testing.T) {
	log := many(9, "w%[1]d-1  | --> Starting operation: x\n") + many(9, "w%[1]d-1  |     [h%[1]d] Error: executed 0 commands\n")
	var hosts []string
	for _, f := range follow(log, 0).Failures {
		hosts = append(hosts, f.Host)
	}
	assert.Equal(t, strings.Fields(many(9, "h%d ")), hosts)
}

// A line behind a spinner is of the writer whose prefix stands in front of that.
func TestWordsBehindASpinner(t *testing.T) {
	const prefix, spinner = "web-1  | ", "    - 33% (1/3) - {db}\r\x1b[K"
	log := prefix + hi + prefix + spinner + "    [db] why\n" + prefix + spinner + "[db] again\n" + "[db] of nobody\n" + prefix + executed
	o := follow(log, 0)
	require.Len(t, o.Failures, 1)
	assert.Equal(t, []string{"why", "again"}, o.Failures[0].Text)
}

// Runs that have a prefix are followed also where lines are known to have nothing hidden.
func TestPromisesOfAPrefix(t *testing.T) {
	f := outcome.NewPlan().Follow()
	f.Write([]byte("web-1  | --> Connecting to hosts...\n"), 1, view.Nothing)
	f.Write([]byte("web-1  |     [db] no\n"), 2, view.Bare)
	f.Write([]byte("web-1  | --> Disconnecting from hosts...\n"), 3, view.Nothing)
	assert.Equal(t, "yes db while connecting (line 2): no", said(f.Outcome().Verdict))
}

// What goes on in the next piece is one line, also where that piece alone is known to decide nothing.
func TestPromiseOfHalfALine(t *testing.T) {
	f := outcome.NewPlan().Follow()
	f.Write([]byte(three+hi+"Exiting upon "), 1, view.Nothing)
	f.Write([]byte("user request!\nx\n"), 14, view.NoLiteral)
	assert.Equal(t, `yes in "Say hi" (line 14): it was interrupted (Ctrl-C)`, said(f.Outcome().Verdict))
}
