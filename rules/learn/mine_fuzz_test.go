package learn_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules/learn"
)

// Whatever the log: each cluster has a draft or a reason why there is none, and no line is
// counted twice.
func FuzzMine(f *testing.F) {
	for _, seed := range []string{
		"job finished at Jul  9 12:16:49 on this machine", "Jul  9 12:16:49 celery worker[17]: job is done", "2026-11-24 03:59:21,123 ERROR [main] a.b.C: it broke",
		"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    x\nValueError: no", "java.lang.IllegalStateException: no\n\tat a.b.C.d(C.java:1)\n\t... 3 more",
		`{"level":"info","msg":"all is well"}`, "[10.30 16:49:06] chrome.exe - proxy.example.com:5070 close, 0 bytes sent",
	} {
		f.Add(seed, seed)
		f.Add(seed, "and something else stands here")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 1000 {
			return
		}
		log := strings.Repeat(a+"\n"+b+"\n", 6)
		m := learn.NewMiner(learn.MineOptions{})
		for m.Next() {
			m.Log("log")
			_, _ = m.Write([]byte(log))
		}
		counted := 0
		for _, c := range m.Clusters() {
			require.True(t, c.Draft != nil || c.Refused != "", "%q", c.Excerpt)
			counted += c.Count
		}
		require.LessOrEqual(t, counted, strings.Count(log, "\n")+1)
	})
}
