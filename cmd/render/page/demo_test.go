package page_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/spool"
	"github.com/orbfilter/orbfilter/rules"
)

// top is the top folder of the project.
var top = filepath.Join("..", "..", "..")

// builtin is one set, since an issue of two runs is one if its rule is.
var builtin = sync.OnceValue(rules.Builtin)

func capture(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(top, "testdata", "captures", filepath.FromSlash(name)))
	require.NoError(t, err)
	return data
}

// summaryOf filters a log. versions are what is installed in every folder.
func summaryOf(t *testing.T, log []byte, versions map[string]string, texts *spool.Streams) *filter.Summary {
	t.Helper()
	sink := filter.SinkFunc(func(filter.Event) error { return nil })
	f := filter.New(builtin(), texts.Keep(sink), filter.Options{Record: true, Installed: func(_, pkg string) (string, time.Time) { return versions[pkg], time.Time{} }})
	_, err := f.Write(log)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	texts.Of(f)
	return f.Summary()
}

var (
	update       = flag.Bool("update", false, "write the expected outputs anew")
	hash         = regexp.MustCompile(`sha256-(?:[^&]|&#43;)+`)
	machineNames = strings.NewReplacer(runtime.GOOS+"/"+runtime.GOARCH, "OS/ARCH")
)

// demoRuns is how many deploys the demo has: two on each weekday, and a few more.
const demoRuns = 40

// demoHosts are what the machines vm-00, vm-01… of the captures are called.
var demoHosts = []string{
	"web-1", "web-2", "web-3", "web-4", "api-1", "api-2", "api-3", "db-1", "db-2", "cache-1", "cache-2",
	"queue-1", "worker-1", "worker-2", "worker-3", "worker-4", "build-1", "build-2", "edge-1", "edge-2",
}

// A demoPart is a capture that some of the runs consist of: those from run
// first to run last, each step-th.
type demoPart struct {
	capture           string
	first, last, step int
}

// In the middle of the three weeks gevent is upgraded, and paramiko some days later.
var demoParts = []demoPart{
	{"gevent-25.5.1.20-hosts.pipe.log", 0, 19, 1},
	{"gevent-25.5.1.3-hosts.pipe.log", 3, 19, 5},
	{"more/gevent-25.5.1.py3.12.40-hosts.hogs.pipe.log", 7, 19, 6},
	{"gevent-25.9.1.20-hosts.pipe.log", 20, 39, 1},
	{"more/paramiko-3.4.0.cryptography-43.0.3.pyinfra.log", 0, 27, 1},
	{"more/network-retry.log", 4, 39, 7},
	{"more/one-host-fails.log", 9, 39, 9},
	{"more/deploy-raises.log", 11, 39, 13},
	{"more/ssh-refused-port.log", 16, 18, 1},
	{"more/ssh-new-host-key.log", 22, 39, 5},
	{"more/pyinfra-2.setuptools-80.log", 0, 12, 3},
	{"more/gevent-loop-exit.log", 25, 39, 11},
	{"more/orbstack-start-failed.log", 31, 34, 3},
	{"more/mixed.log", 13, 39, 8},
	{"more/pyinfra-fact-skipped.log", 2, 39, 4},
	{"more/pyinfra-alpha.log", 0, 39, 6},
	{"more/gevent-fork-multithreaded.log", 5, 39, 3},
}

// demoVersions are those that are installed on the day of a run.
func demoVersions(n int) map[string]string {
	v := map[string]string{"gevent": "25.5.1", "paramiko": "3.4.0", "pyinfra": "3.10.0", "python": "3.12"}
	if n >= 20 {
		v["gevent"] = "25.9.1"
	}
	if n >= 28 {
		v["paramiko"] = "4.0.0"
	}
	return v
}

// machine is what a host is called in a capture.
var machine = regexp.MustCompile(`\bvm-\d+|\[(?:h\d|web|db|ap)\]`)

// demoLog is the n-th run.
func demoLog(t *testing.T, n int) []byte {
	var parts [][]byte
	for k, p := range demoParts {
		if n < p.first || n > p.last || (n-p.first)%p.step != 0 {
			continue
		}
		parts = append(parts, capture(t, p.capture))
		if (n+k)%3 == 0 { // else all that goes wrong were at the end
			parts[0], parts[len(parts)-1] = parts[len(parts)-1], parts[0]
		}
	}
	return machine.ReplaceAllFunc(bytes.Join(parts, nil), func(name []byte) []byte {
		sum := n
		for _, c := range bytes.Trim(name, "[]") {
			sum += int(c)
		}
		host := demoHosts[sum%len(demoHosts)]
		if name[0] == '[' {
			host = "[" + host + "]"
		}
		return []byte(host)
	})
}

// demo is the report of 40 deploys in three weeks, made by the engine.
func demo(t *testing.T) *report.Report {
	t.Helper()
	return demoOf(t, 0, demoRuns-1)
}

// demoOf is the report of some of them.
func demoOf(t *testing.T, first, last int) *report.Report {
	t.Helper()
	begin := time.Date(2026, time.November, 2, 8, 40, 0, 0, time.UTC)
	var all []*report.Report
	for n := first; n <= last; n++ {
		at := begin.AddDate(0, 0, n/2+n/10*2-n/30).Add(time.Duration(n%2*6)*time.Hour + time.Duration(n*7%45)*time.Minute)
		texts := spool.NewStreams(true)
		sum := summaryOf(t, demoLog(t, n), demoVersions(n), texts)
		run := report.Run{
			Version: "1.2.3", Name: "deploys/" + strings.ReplaceAll(at.Format("2006-01-02T15.04"), "T", "_") + ".log",
			Date: at.Format(time.RFC3339), Fix: fix.Command,
		}
		if n == 14 {
			run.Error = "gzip: unexpected EOF behind byte 18,432"
		}
		one := report.New(sum, run)
		texts.AddTo(one)
		texts.Close() // as a scan does
		all = append(all, one)
	}
	return report.Merge(all...)
}
