package cmd_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// hasty: a process with the race detector in it waits for a second at its end,
// and here are hundreds.
const hasty = "atexit_sleep_ms=0"

var update = flag.Bool("update", false, "write the expected outputs anew")

// TestMain puts orbfilter on PATH: this test binary under another name. So
// what is tested is a process of its own, that need not be built first.
func TestMain(m *testing.M) {
	os.Setenv("GORACE", hasty)
	if filepath.Base(os.Args[0]) != "orbfilter" { // the runs of tests are not to be taken for the developer's own
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // under nohup it would be ignored in what is started here
		os.Setenv("XDG_STATE_HOME", filepath.Join(os.TempDir(), "orbfilter-test-state"))
		for _, v := range []string{"GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI", "TF_BUILD", "TEAMCITY_VERSION", "BUILDKITE", "COLUMNS", "LC_ALL", "LC_CTYPE", "LANG", "ORBFILTER", "ORBFILTER_CONFIG"} { // the tests may run in CI, and anywhere
			os.Unsetenv(v)
		}
	}
	if filepath.Base(os.Args[0]) == "python" { // of an environment that a test mends
		mendingPython(os.Args[1:])
		os.Exit(0)
	}
	testscript.Main(m, map[string]func(){
		"orbfilter": func() {
			end := cmd.Main(os.Args[1:], cmd.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv})
			end.Raise()
			os.Exit(end.Code)
		},
		"prompter": prompter,
	})
}

// TestScript runs testdata/script. Beside the commands of testscript there are
//
//	exits CODE PROGRAM [ARG...]   run a program that must exit with this code
//	report FILE [ID=COUNT...]     a JSON report must add up and have these issues and no others
func TestScript(t *testing.T) {
	testrun.WithoutRace(t)
	captures, err := filepath.Abs(filepath.Join("..", "testdata", "captures"))
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("..", "testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("CAPTURES", captures)
			e.Setenv("GORACE", hasty)
			return nil
		},
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "report": report},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		ContinueOnError:     true,
		UpdateScripts:       *update,
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	if _, ended := errors.AsType[*exec.ExitError](err); !ended {
		ts.Check(err)
	}
	if got := codeOf(err); got != want {
		ts.Fatalf("%s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// A sumUp is what of a report must add up.
type sumUp struct {
	Schema                string
	Input, Output, Folded struct{ Bytes, Lines int }
	Issues                []struct {
		ID    string
		Count int
	}
}

func report(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: report FILE [ID=COUNT...]")
	}
	var r sumUp
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &r))
	if r.Schema != "orbfilter.report/v1" {
		ts.Fatalf("schema %q", r.Schema)
	}
	if r.Input.Bytes != r.Output.Bytes+r.Folded.Bytes || r.Input.Lines != r.Output.Lines+r.Folded.Lines {
		ts.Fatalf("input is not output and folded: %+v", r)
	}
	got := make([]string, 0, len(r.Issues))
	for _, i := range r.Issues {
		got = append(got, fmt.Sprintf("%s=%d", i.ID, i.Count))
	}
	if want := args[1:]; strings.Join(got, " ") != strings.Join(want, " ") {
		ts.Fatalf("issues %v, want %v", got, want)
	}
}

// codeOf returns the exit code that is in err; -1: it is not an exit code.
func codeOf(err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() {
			return 128 + int(s.Signal()) // as a shell says it
		}
		return exit.ExitCode()
	}
	if err != nil {
		return -1
	}
	return 0
}
