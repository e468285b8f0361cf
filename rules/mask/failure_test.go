package mask_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/rules/mask"
)

// Numbers that say that something went wrong, and those that say nothing of it.
func TestCountsFailure(t *testing.T) {
	for line, want := range map[string]bool{
		"failed=1": true, "failed=0": false, "failed=00": false, "unreachable=3 failed=0": true, "failed: 2": true, "2 failed": true, "0 failed": false, "12 passed, 3 tests failed": true, "errors: 0": false, "errors: 10": true, "with 1 error": true, "with 10 errors": true,
		"exit code 1": true, "exit code 0": false, "exit status 2": true, "exited with code 137": true, "exited with 1": true, "exit 1": true, "rc=1": true, "rc=0": false, "return code: 4": true, `"rc": 126`: true, "[Errno 111] x": false,
		"status=1/FAILURE": true, "status=203/EXEC": true, "status=0/SUCCESS": false, "status=404 for /x": false, "status: 200": false, "exit status: 200": true,
		`"GET / HTTP/1.1" 200 17`: false, `"GET / HTTP/1.1" 404 17`: false, `"GET / HTTP/1.1" 502 17`: true, "HTTP/2 500 x": true, "HTTP/2 5000 x": false, "status=503 dur=1": true, "status=200 dur=1": false, `"status": 502,`: true, `"status_code":404`: false, "http_status=500": true, "response code: 500": false, "status: 5030": false, "substatus=500": false,
		"error 5.2.1": false, "errors5": false, "xfailed=1": false, "error log 7": false, "failed at 2026-11-24": false, "17 files": false, "the error_1 of it": false, "": false, "err": false, "no failure in 7 days": false, "retry 3 of 5 failed": true,
	} {
		assert.Equal(t, want, mask.CountsFailure(line), line)
	}
}

// A number that says how something went stays on its side of 0.
func TestPatternsOfCounts(t *testing.T) {
	for line, want := range map[string]string{
		"ok=2 failed=0": `ok=\d+ failed=0+`, "ok=2 failed=3": `ok=\d+ failed=0*[1-9]\d*`, "12 files, 0 errors": `\d+ files, 0+ errors`, "exit code 1 after 7": `exit code 0*[1-9]\d* after \d+`, `x HTTP/1.1" 200 17`: `x HTTP/\d[\d.]*" [1-4]\d\d \d+`, `x HTTP/1.1" 503 17`: `x HTTP/\d[\d.]*" 5\d\d \d+`,
	} {
		assert.Equal(t, want, mask.Expression(mask.Message(line)), line)
	}
}

func TestSaysFailure(t *testing.T) {
	for _, text := range []string{"it failed", "FAILED! => x", "Failed password for root", "the failure of it", "fatal: x", "Connection refused", "Permission denied", "Out of memory: Killed process", "it timed out", "it could not be read", "cannot stat", "Back-off restarting", "npm ERR! code", "exit-code: error", "0 warnings, error in x", "no errors, but it failed"} {
		assert.True(t, mask.SaysFailure(text), text)
	}
	for _, text := range []string{"all is well", "no errors", "0 errors", "\x00n errors", "without any error", "errors: 0", "failed=\x00n unreachable=\x00n", "failed=0", "the errorless run", "failover is ready", "a terror", "default", "unkilled", "error=none", "debconf: unable to initialize frontend: Dialog", "the timeout is 30 s", ""} {
		assert.False(t, mask.SaysFailure(text), text)
	}
}
