package mask_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/rules/mask"
)

// A headed line is the columns in front of a message, the message, and the level that the columns say.
type headed struct{ head, message, level string }

// checkHeads looks at lines, and at their beginnings, of which the head is no longer than they are.
func checkHeads(t *testing.T, lines []headed) {
	for _, l := range lines {
		line := l.head + l.message
		got := mask.HeadOf(line)
		assert.Equal(t, mask.Head{Len: len(l.head), Level: l.level}, got, line)
		for n := range line {
			assert.LessOrEqual(t, mask.HeadOf(line[:n]).Len, max(0, n-1), line[:n])
		}
	}
}

// Columns as programs write them in front of what they say.
func TestHeads(t *testing.T) {
	checkHeads(t, []headed{
		{"2026-11-24 03:59:21,123 WARNING worker: ", "queue is full", "WARNING"}, {"2026-11-24T03:59:21Z ERROR [main] o.a.Server - ", "it failed", "ERROR"}, {"2026-11-24T03:59:21.123Z [INFO] consul.agent: ", "started", "INFO"},
		{"[2026-11-24 03:59:21] ", "queue is full", ""}, {"[2026-11-24 03:59:21 +0000] [17] [INFO] ", "Booting worker", "INFO"}, {"2026/11/24 03:59:21 [error] ", "17#17: *4 open() failed", "ERROR"}, {"2026/11/24 03:59:21 http: ", "Server closed", ""},
		{"Nov 24 03:59:21 ci-01 sshd[17]: ", "Accepted key", ""}, {"Nov 24 03:59:21 ci-01 kernel: ", "usb 1-1: new device", ""}, {"Nov 24 03:59:21 db.example.com sshd[17]: ", "Accepted key", ""}, {"2026-11-24T03:59:21Z db-1.eu.example.com kernel: ", "usb 1-1: new device", ""},
		{"[10.30 16:49:06] 360AP.exe - ", "it closes", ""}, {"2026-11-24 03:59:21 com.acme.app.Main ", "worker: it failed", ""}, {"I1124 03:59:21.123456 17 main.go:42] ", "started", "I"}, {"E1124 03:59:21.123456       1 main.go:42] ", "it failed", "E"}, {"2026-11-24 03:59:21.123 UTC [17] LOG:  ", "ready", ""},
		{"ERROR: ", "it failed", "ERROR"}, {"ERROR ", "it failed", "ERROR"}, {"[WARN] ", "it is old", "WARN"}, {"INFO 2026-11-24 03:59:21 ", "queue is full", "INFO"},
		{"2026-11-24 03:59:21 | INFO | ", "worker | queue is full", "INFO"}, {"2026-11-24 03:59:21.123  INFO ", "17 --- [main] c.a.App : Started", "INFO"}, {"24/Nov/2026:03:59:21 +0000 ", "GET /", ""}, {"Tue Nov 24 03:59:21 2026 ", "x y", ""},
		{"03:59:21 ", "x y", ""}, {"03:59:21.123 DEBUG ", "x y", "DEBUG"}, {"1795492761.123 ", "17 queue is full", ""}, {"17 ci-01 app 1795492761 0 ", "queue is full", ""}, {"[03:59:21] ", "x y", ""}, {"2026-11-24 ", "x", ""},
		{"", "    [vm-01] 2026-11-24 03:59:21 x", ""}, {"", "port 80 is open", ""}, {"", "80 ports", ""}, {"", "\t2026-11-24 03:59:21 x", ""}, {"", "12:34 x", ""}, {"", "2026-11-24 03:59:21", ""}, {"", "2026-11-24 03:59:21 ", ""}, {"", "2026-11-24 03:59:21 INFO", ""}, {"", "", ""},
		{"1:02:03 ", "x", ""}, {"", "1:02:03 ", ""}, {"", "x: " + strings.Repeat("y", 70) + " 2026-11-24 03:59:21 x", ""},
	})
}

// Columns as widely used loggers write them, where the level does not stand directly behind the time: Python's logging as its own
// documents set it up, loguru, logback, Celery, Flask, Airflow, env_logger.
func TestLevelsOfLoggers(t *testing.T) {
	const at = "2026-11-24 03:59:21,123"
	checkHeads(t, []headed{
		{at + " - worker - WARNING - ", "queue is full", "WARNING"}, {at + " - a.b.c - ERROR - ", "queue - is full", "ERROR"}, {at + " - root - ERROR: ", "queue", "ERROR"},
		{at + " - worker - 17 - MainThread - WARNING - ", "queue is full", "WARNING"}, {at + " - WARNING - worker - ", "queue is full", "WARNING"}, {at + " - worker - INFO - ", "WARNING - x", "INFO"},
		{"2026-11-24 03:59:21|worker|WARNING|", "text", "WARNING"}, {"2026-11-24 03:59:21|INFO|ERROR|", "text", "INFO"},
		{"2026-11-24 03:59:21.123 | INFO     | ", "__main__:main:10 - message", "INFO"}, {"2026-11-24 03:59:21.123 [main] WARN  c.a.b.Foo - ", "queue is full", "WARN"},
		{"[" + at + ": WARNING/MainProcess] ", "queue is full", "WARNING"}, {"[" + at + "] WARNING ", "in app: queue is full", "WARNING"}, {"[" + at + "] {taskinstance.py:1150} INFO - ", "queue is full", "INFO"},
		{"[2026-11-24T03:59:21Z INFO  my_app::x] ", "starting", "INFO"}, {"[2026-11-24 03:59:21 ERROR] ", "text", "ERROR"},
		{at + " - a - ", "b is - ERROR - x", ""}, {at + " - ", "{x} - text", ""}, {at + " ", "{a: 1} text", ""}, {"[" + at + "] [WORKER] ", "x", ""}, {at + " - a test of - ", "WARNING - x", ""},
	})
}

// A prefix is taken off a line before this is asked, and the time with it: what is left is known by the level that is in it, or by
// a zone that was left behind.
func TestColumnsWithoutTheirTime(t *testing.T) {
	checkHeads(t, []headed{
		{"UTC [17] LOG:  ", "ready", ""}, {"UTC [17] app@shop FATAL:  ", "password is wrong", "FATAL"}, {"CEST [17] ERROR:  ", "x", "ERROR"}, {"[main] ERROR com.acme.Store - ", "it failed", "ERROR"}, {"[main] INFO  com.acme.Store - ", "all is well", "INFO"},
		{"17 ERROR ", "it failed", "ERROR"}, {"- worker - ERROR - ", "it failed", "ERROR"}, {"UTC ERROR ", "it failed", "ERROR"}, {"UTC - worker - 17 - WARNING - ", "it is slow", "WARNING"}, {"worker-1 WARN ", "it is slow", "WARN"}, {"[17] [main] [FATAL] ", "x", "FATAL"}, {"- [17] ERROR: ", "x", "ERROR"},
		{"", "the ERROR of it", ""}, {"", "GET /x ERROR", ""}, {"", "UTC is a zone", ""}, {"", "[main] it has no level", ""}, {"", "an XML ERROR was found", ""}, {"", "[main] ERROR", ""},
	})
}

// In front of the time stand names, and no words of a sentence.
func TestBeforeTheTime(t *testing.T) {
	checkHeads(t, []headed{
		{"worker-1 2026-11-24 03:59:21 ", "queue is full", ""}, {"WORKER 2026-11-24 03:59:21 ", "queue is full", ""}, {"a-b c_d 2026-11-24 03:59:21 ", "x", ""}, {"a-b c_d 17 e/f 2026-11-24 03:59:21 ", "x", ""}, {"a.b 1 2 3 4 5 2026-11-24 03:59:21 ", "x", ""},
		{"", "worker 2026-11-24 03:59:21 queue is full", ""}, {"", "a-b WORKER 2026-11-24 03:59:21 x", ""}, {"", "a.b 1 2 3 4 5 6 2026-11-24 03:59:21 x", ""}, {"", "! 2026-11-24 03:59:21 x", ""},
	})
}

// Behind the time stand a level, numbers, what is in brackets, a name; each is known by what is around it.
func TestBehindTheTime(t *testing.T) {
	const at = "2026-11-24 03:59:21 "
	checkHeads(t, []headed{
		{at, "error: it failed", ""}, {at + "Error: ", "it failed", "ERROR"}, {at, "Exception: it failed", ""}, {at + "E ", "it failed", "E"}, {at + "INFO ", "WARN x", "INFO"}, {at, "info x", ""}, {at + "Info ", "x", "INFO"}, {at, "17 Info x", ""}, {at + "17 [info] ", "x", "INFO"}, {at + "17 INFO ", "x", "INFO"}, {at + "<info> ", "x", "INFO"}, {at + "(info) ", "x", "INFO"},
		{at + "worker: ", "ERROR x", ""}, {at + "worker: ERROR: ", "x", "ERROR"}, {at + "worker: [ERROR] ", "x", "ERROR"}, {at + "worker: ", "E x", ""}, {at + "com.acme.app.Main ", "it failed", ""},
		{at + "[a [b] c] ", "x", ""}, {at + "[a]: ", "x", ""}, {at, "[a]x", ""}, {at, "[a", ""}, {at, "[a]", ""}, {at, "[a]:", ""}, {at, "[a [b] x", ""}, {at + "[" + strings.Repeat("a", 198) + "] ", "x", ""}, {at, "[" + strings.Repeat("a", 199) + "] x", ""},
		{at + "worker[17]: ", "[a] x", ""}, {at + "ERROR worker: [a] ", "x", "ERROR"}, {at, "0x7f12 <17> #4 (5) x", ""}, {at + "0x7f12 <17> #4 (5) [a] ", "x", ""}, {at, "1 2 3 4 5 6 7 8 [a] x", ""}, {at + "1 2 3 4 5 6 [a] ", "x", ""}, {at, "a b c d e f g h", ""},
		{at + "- - - - ", "x", ""}, {at + "- ", "x", ""}, {at + "-- ", "x", ""}, {at + ": ", "x", ""}, {at + "| ", "x", ""}, {at, "1 - x", ""}, {at, "--- x", ""},
		{at + "INFO  main    ", "it works", "INFO"}, {at + "INFO ", "main it works", "INFO"}, {at + "INFO worker_12    ", "busy", "INFO"}, {at + "INFO ", "worker-123456789    busy", "INFO"}, {at + "INFO worker-123456  ", "busy", "INFO"}, {at + "INFO ", "worker-1234567  busy", "INFO"}, {at + "INFO ", "ab  ", "INFO"}, {at + "INFO ab  ", "x", "INFO"}, {at, "main    it works", ""}, {at + "INFO ", "é", "INFO"},
	})
	checkHeads(t, []headed{
		{"2026-11-24 03:59:21|INFO|worker|", "queue is full", "INFO"}, {"2026-11-24 03:59:21|a|", "b c|x", ""}, {"2026-11-24 03:59:21|a||", "x", ""}, {"2026-11-24 03:59:21|", "a", ""},
		{"2026-11-24 03:59:21|" + strings.Repeat("a", 60) + "|", "x", ""}, {"2026-11-24 03:59:21|", strings.Repeat("a", 61) + "|x", ""},
	})
	assert.Positive(t, mask.HeadOf(strings.Repeat(at, 20)+"x").Len, "a head has no more columns than some")
	assert.Less(t, mask.HeadOf(strings.Repeat(at, 20)+"x").Len, 20*len(at))
}

// What a line says of how grave it is that has no columns: first, or in a field.
func TestLevelIn(t *testing.T) {
	for line, want := range map[string]string{
		"ERROR it failed": "ERROR", "[WARN] x": "WARN", `"FATAL": x`: "FATAL", " ** NOTICE: x": "NOTICE", "ERRORS": "", "Error: x": "", "E": "", "ER": "", "": "", " ": "", "EX x": "", "[": "",
		`{"level":"error","msg":"x"}`: "ERROR", "level=warn msg=x": "WARN", "lvl=info": "INFO", "LEVEL: debug": "DEBUG", "severity=high": "HIGH", "loglevel='x'": "X", "level error": "", "sublevel=1": "", "a=b": "", "it is even: 1": "", "ERRATIC level=info": "INFO",
	} {
		assert.Equal(t, want, mask.LevelIn(line), line)
	}
	for level, want := range map[string]bool{"ERROR": true, "F": true, "CRITICAL": true, "EMERGENCY": true, "WARNING": false, "INFO": false, "error": false, "": false} {
		assert.Equal(t, want, mask.IsBad(level), level)
	}
}
