package outcome_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/outcome"
)

// eachLine changes every line of a log.
func eachLine(log string, change func(string) string) string {
	lines := strings.Split(strings.TrimSuffix(log, "\n"), "\n")
	for i, l := range lines {
		lines[i] = change(l)
	}
	return strings.Join(lines, "\n") + "\n"
}

// A terminal fills lines up with blanks. What is said of the run stays the same, of each capture.
func TestFilledUp(t *testing.T) {
	filled := func(l string) string { return l + strings.Repeat(" ", max(1, 100-len(l))) }
	for _, file := range filtertest.EveryCapture(t) {
		log := string(filtertest.Read(t, file))
		if strings.ContainsRune(log, '\r') {
			continue
		}
		was, is := follow(log, 0), follow(eachLine(log, filled), 0)
		assert.Equal(t, said(was.Verdict), said(is.Verdict), file)
		assert.Equal(t, was.Hosts, is.Hosts, file)
	}
}

// A log may have lost the indent of all lines about hosts: they are pyinfra's all the same, unless some of the run have kept it.
func TestLostIndents(t *testing.T) {
	const starts, failed = "--> Starting operation: Update\n", "Error: executed 0/1 commands\n--> pyinfra error: No hosts remaining!\n"
	for name, c := range map[string]struct{ log, want string }{
		"a part of a log (pyinfra #1032)":      {starts + "[web] sudo: a password is required\n[web] " + failed, `yes web "Update" (line 3): sudo: a password is required`},
		"no header at all (pyinfra #1043)":     {"INFO: applying\n[@local] sudo: 3 incorrect password attempts\n[@local] Error: executed 0 commands\n", "yes @local (line 3): sudo: 3 incorrect password attempts"},
		"a fact":                               {"[web] psql: refused\n[web] Error: could not load fact: X\n", "yes web (line 2): could not load fact: X: psql: refused"},
		"not all is pyinfra's":                 {"[web] Error: executed\n[web] Error: executed 0\n[web] Error: executed a script\n", "unknown"},
		"hosts that connect, and one that not": {"--> Connecting to hosts...\n[db] Could not connect (x)\n[web] Connected\n" + starts, "yes db while connecting (line 2): Could not connect (x)"},
		"none connects":                        {"--> Connecting to hosts...\n[db] Could not connect (x)\n\n--> Disconnecting from hosts...\n--> pyinfra error: No hosts remaining!\n", "yes db while connecting (line 2): Could not connect (x)"},
		"what a host prints":                   {three + hi + "[db] Error: executed 0 commands\n    [db] Success\n" + good, "no"},
		"and while it connects":                {"--> Connecting to hosts...\n[db] Could not connect (x)\n    [db] Connected\n" + three[len(begin):] + hi + "    [db] Success\n" + good, "no"},
	} {
		assert.Equal(t, c.want, said(follow(c.log, 0).Verdict), name)
	}
	for _, file := range filtertest.EveryCapture(t) {
		log := string(filtertest.Read(t, file))
		was := follow(log, 0)
		if len(was.Failures) == 0 || was.Failures[0].Host == "" || was.Interrupted > 0 || strings.ContainsAny(log, "\r\x1b") {
			continue
		}
		is := follow(eachLine(log, func(l string) string { return strings.TrimLeft(l, " ") }), 0)
		assert.Equal(t, outcome.Yes, is.Verdict.Failed, file)
	}
}

// What stands around the output of a command is no part of what pyinfra said last, and neither is a traceback.
func TestPasted(t *testing.T) {
	const word, want = "--> pyinfra error: No deploy file: x.py\n", "yes (line 1): No deploy file: x.py"
	for _, line := range []string{
		"me@laptop:~/deploy$ pyinfra inventory.py deploy.py", "(venv) me@laptop deploy % pip --version", "[ci@build deploy]$ ls", "root@web:/# exit", "(venv) ~/deploy $ ls", "~/deploy $",
		`PS C:\deploy> pip list`, `(venv) PS C:\deploy> `, "$ echo $?", "❯ pyinfra", "➜ deploy", "```", "```text", "Traceback (most recent call last):",
	} {
		assert.Equal(t, want, said(follow(word+line+"\nerror: 1\n", 0).Verdict), line)
	}
	for _, line := range []string{"error: the file", "me@laptop is unknown", "$HOME is not set, failed", "~ cannot be read", "PS failed", "50 % cannot be"} {
		assert.Equal(t, want+": "+line, said(follow(word+line+"\n", 0).Verdict), line)
	}
}

// A terminal shows what is left of the spinner behind what pyinfra says when it is interrupted.
func TestInterruptedOnATerminal(t *testing.T) {
	const connects = "--> Loading config...\n--> Loading inventory...\n--> Connecting to hosts...\n"
	assert.Equal(t, "yes while connecting (line 4): it was interrupted (Ctrl-C)", said(follow(connects+"^CExiting upon user request!example.corp}\n", 0).Verdict))
	assert.NotEqual(t, outcome.Yes, follow(connects+"Exiting upon user request! is what it says\n", 0).Verdict.Failed)
}

// What pyinfra 2.0 to 2.5 say otherwise.
func TestOlder(t *testing.T) {
	const starts = "--> Beginning operation run...\n--> Starting operation: Upload\n"
	const trace = "\n  File \"deploy.py\", line 80, in pycharm\n    target = sorted(dirs)[-1]\nIndexError: list index out of range\n\n"
	for name, c := range map[string]struct{ log, want string }{
		"no more than Error (pyinfra #878)": {starts + "    [db] Success\n[web] chmod: cannot access 'x': No such file or directory\n    [web] Error\n", `yes web "Upload" (line 5): chmod: cannot access 'x': No such file or directory`},
		"ignored":                           {starts + "    [web] Error (ignored)\n--> Results:\n    Groups: a\n    [web]   Successful: 1   Errors: 1   Commands: 1/2\n", "no"},
		"only in the results":               {starts + "--> Results:\n    Groups: a\n    [web]   Successful: 1   Errors: 1   Commands: 1/2\n", "unknown: pyinfra's table counts errors (1) that the output does not show"},
		"of 2.4 and newer":                  {"--> Results:\n    Groups: a\n    [web]   Changed: 1 (1 partial)   No change: 0   Errors: 2 (1 ignored)\n", "unknown: pyinfra's table counts errors (2) that the output does not show"},
		"what a host of pyinfra 3 prints":   {"--> Skipping change detection\n" + starts + "    [web] Error\n    [web] Error (ignored): executed 0 commands\n" + good, "no"},
		"and of one that is tried again":    {starts + "    [web] Error\n    [web] Success\n" + good, "no"},
		"an exception of its own (#889)":    {"--> An unexpected internal exception occurred:\n" + trace, "yes (line 1): IndexError: list index out of range"},
		"one of the deploy (#519)":          {"--> An unexpected exception occurred in: deploy.py:\n" + trace, "yes (line 1): IndexError: list index out of range (in deploy.py)"},
		"one of pyinfra 1 (#363)":           {"--> An unexpected exception occurred:\n" + trace, "yes (line 1): IndexError: list index out of range"},
		"nothing behind the colon (#636)":   {starts + "[web] 'sh' is not recognized as a command,\n[web] or a batch file.\n    [web] Error\nNo hosts remaining!\n--> pyinfra error: \n", `yes web "Upload" (line 5): 'sh' is not recognized as a command,`},
		"nothing at all":                    {"--> pyinfra error: \n", "yes (line 1): pyinfra does not say why"},
		"an exception, of which one speaks": {"--> An exception occurred yesterday:\n", "unknown: the output ends before the end of pyinfra's run"},
	} {
		assert.Equal(t, c.want, said(follow(c.log, 0).Verdict), name)
	}
}

// A traceback through what pyinfra runs is not that of its start, also where the text begins with it (pyinfra #1154).
func TestTracebackOfADeploy(t *testing.T) {
	const site = "  File \"/home/ci/.local/lib/python3.10/site-packages/pyinfra"
	const log = "Traceback (most recent call last):\n" + site + "_cli/util.py\", line 65, in exec_file\n    exec(PYTHON_CODES[filename], data)\n  File \"deploy.py\", line 71, in <module>\n    print(x.stdout)\n" +
		site + "/api/operation.py\", line 88, in _raise_if_not_complete\n    raise RuntimeError(\"y\")\nRuntimeError: Cannot evaluate operation result before execution\n"
	assert.Equal(t, "yes (line 8): RuntimeError: Cannot evaluate operation result before execution", said(follow(log, 0).Verdict))
	assert.Equal(t, "yes (line 5): pyinfra did not begin: ImportError: y", said(follow("Traceback (most recent call last):\n"+site+"_cli/cli.py\", line 4, in <module>\n    import y\n  File \"y.py\", line 1, in <module>\nImportError: y\n", 0).Verdict))
}

// sudo says why, and then that it gives up.
func TestSudoGivesUp(t *testing.T) {
	const starts, failed = three + "--> Starting operation: Say hi\n", "    [db] Error: executed 0 commands\n"
	for name, c := range map[string]struct{ said, want string }{
		"a script that is gone (#1032)": {"sudo: unable to run /tmp/x: No such file or directory\n    [db] sudo: no password was provided\n    [db] sudo: a password is required", "sudo: unable to run /tmp/x: No such file or directory"},
		"no such user (#619)":           {"sudo: unknown user: postgres\n    [db] sudo: unable to initialize policy plugin", "sudo: unknown user: postgres"},
		"no more than that":             {"sudo: a password is required", "sudo: a password is required"},
		"behind something else":         {"E: it failed\n    [db] sudo: a password is required", "sudo: a password is required"},
		"twice":                         {"sudo: no password was provided\n    [db] sudo: a password is required", "sudo: a password is required"},
	} {
		assert.Equal(t, c.want, follow(starts+"    [db] "+c.said+"\n"+failed, 0).Verdict.Reason, name)
	}
}

// The facts that are asked for are gathered when the hosts are connected.
func TestGatheringFacts(t *testing.T) {
	const gathers = "--> Loading config...\n--> Loading inventory...\n--> Connecting to hosts...\n    [db] Connected\n\n--> Gathering facts...\n"
	assert.Equal(t, "yes db while gathering facts (line 8): could not load fact: server.X: no", said(follow(gathers+"    [db] no\n    [db] Error: could not load fact: server.X\n", 0).Verdict))
	assert.Equal(t, "no", said(follow(gathers+"--> Fact data for: server.X\n{}\n\n--> Disconnecting from hosts...\n", 0).Verdict))
}
