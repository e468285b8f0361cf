package recurring_test

import (
	"testing"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/rules/learn/recurring"
)

// BenchmarkRecurring is a clean log with and without what looks for recurring
// lines in it. "with" is to stay above 70 % of "without".
func BenchmarkRecurring(b *testing.B) {
	run, mixed := filtertest.Read(b, filtertest.Captures(b, "gevent-25.9.1.20-hosts.pipe.log")[0]), filtertest.CleanLog(b)
	var long []byte
	for range 100 {
		long = append(long, run...)
	}
	for name, log := range map[string][]byte{
		"run":            long,
		"other programs": mixed,
		"github":         []byte(filtertest.Prefixed("2026-11-24T03:59:21.1234567Z ")(string(mixed))),
		"compose":        []byte(filtertest.Prefixed("web-1  | ")(string(mixed))),
		"colours":        []byte(filtertest.Prefixed("\x1b[33m\x1b[0m")(string(mixed))),
	} {
		b.Run(name+"/without", func(b *testing.B) { benchmarkSink(b, log, filtertest.Nowhere) })
		b.Run(name+"/with", func(b *testing.B) { benchmarkSink(b, log, recurring.New(recurring.Options{})) })
	}
}

func benchmarkSink(b *testing.B, log []byte, sink filter.Sink) {
	f := filter.New(filtertest.Builtin(), sink, filter.Options{})
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		filtertest.Pump(f, log)
	}
}
