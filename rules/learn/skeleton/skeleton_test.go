package skeleton_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
)

func of(line string) string { return string(skeleton.Of(nil, line)) }

// What varies, and what of it is one thing: each line of a group is the same text as the others.
func TestOneText(t *testing.T) {
	for name, group := range map[string][]string{
		"sign":          {"the drift is 3 steps", "the drift is -3 steps", "the drift is +12 steps"},
		"fraction":      {"it took 3 s to answer", "it took 12.75 s to answer", "it took 1.2e-05 s to answer"},
		"unit":          {"12 MB are free", "12 kB are free", "1.5 GiB are free", "900 B are free", "12kB are free"},
		"speed":         {"at 12 MB/s now", "at 900 kB/s now"},
		"relative path": {"compiled build/output/a.o", "compiled src/lib/core/b.o", "compiled ./a.o", "compiled ../x/y.o"},
		"windows path":  {`loaded C:\Windows\x.dll now`, `loaded C:\Program Files\My App\y.dll now`, `loaded D:\a b\c d\e.dll now`, `loaded \\server\share\x.dll now`},
		"domain":        {"no answer from proxy.example.com in time", "no answer from ns.other.org in time", "no answer from a.b.c.example.net in time"},
		"host":          {"rhost=web is there", "rhost=10.0.0.7 is there", "rhost=a.example.org is there"},
		"user":          {"session opened for user root by hand", "session opened for user alice by hand", "session opened for user www-data by hand"},
		"user=":         {"ruser=alice uid=0", "ruser=bob uid=1000"},
		"hash":          {"image deadbeef is gone", "image 0c36d0f1 is gone", "image abcdefabcdef is gone"},
		"random":        {"token XkRjQpZmLwTv is old", "token AbQzLkWxMnYp is old"},
		"commit":        {"commit abcdef is new", "commit 0c36d0f is new"},
		"weekday":       {"it runs on Monday at night", "it runs on Sunday at night"},
		"month":         {"it runs in January each year", "it runs in October each year"},
		"java date":     {"begun Nov 29, 2026 8:14:48 AM here", "begun Jan 2, 2027 11:04:01 PM here"},
		"address":       {"see https://a.example.org/x for more", "see https://b.example.com/y/z?q=1 for more"},
	} {
		for _, line := range group[1:] {
			assert.Equal(t, strings.ReplaceAll(of(group[0]), "\x00", "§"), strings.ReplaceAll(of(line), "\x00", "§"), name)
		}
	}
}

// dates are one moment as programs write it.
func dates(at time.Time) []string {
	var out []string
	for _, layout := range []string{
		time.RFC3339, time.RFC3339Nano, time.RFC1123, time.RFC1123Z, time.ANSIC, time.UnixDate, time.StampMilli, "2006-01-02 15:04:05,000", "2006/01/02 15:04:05", "02/Jan/2006:15:04:05 -0700",
		"Jan 2, 2006 3:04:05 PM", "2 January 2006", "Monday, 2 January 2006", "January 2, 2006", "20060102-15:04:05:000", "06/01/02 15:04:05", "01-02 15:04:05.000", "2006-01-02-15.04.05.000000", "2006.01.02 15:04:05", "02.01.2006 15:04:05",
	} {
		out = append(out, at.Format(layout))
	}
	return out
}

// Whatever way a date is written, it is the same the next day.
func TestDatesOfAllKinds(t *testing.T) {
	a, b := dates(time.Date(2026, 11, 24, 3, 59, 21, 123e6, time.UTC)), dates(time.Date(2027, 2, 15, 17, 4, 8, 456e6, time.UTC))
	for i := range a {
		assert.Equal(t, of("the job has begun at "+a[i]+" here"), of("the job has begun at "+b[i]+" here"), a[i])
		assert.NotContains(t, of("the job has begun at "+a[i]+" here"), "Nov", a[i])
	}
}

// Each text is another than the others.
func TestOtherTexts(t *testing.T) {
	seen := map[string]string{}
	for _, line := range []string{
		"the agent is slow", "the agent is late", "user unknown", "user is gone", "server error", "server stopped", "read/write error", "and/or error", "the libc6 of amd64", "the libc6 of arm64", "see ssh_config(5)", "see sshd_config(5)",
		"2026-11-24 03:59:21,123 ERROR [main] com.example.Store: it is so", "2026-11-24 03:59:21,123 INFO [main] com.example.Store: it is so",
		`{"level":"fatal","msg":"x y"}`, `{"level":"info","msg":"x y"}`, "VM Started again", "VM Paused again",
	} {
		assert.Empty(t, seen[of(line)], line)
		seen[of(line)] = line
	}
}

// heads are columns as programs write them, with room for a number that varies.
var heads = []string{
	"03-17 16:13:%02d.811  1702  23%02[1]d D WindowManager: ", "- 11178385%02d 2005.06.03 R02-M1-N0-C:J12-U11 2005-06-03-15.42.50.675872 R02-M1-N0-C:J12-U11 RAS KERNEL INFO ",
	"081109 2036%02d 148 INFO dfs.DataNode$PacketResponder: ", "2015-10-18 18:01:%02d,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: ", "20171223-22:15:29:6%02d|Step_LSC|30002312|",
	"Jun 14 15:16:%02d combo sshd(pam_unix)[199%02[1]d]: ", "nova-api.log.1.2017-05-16_13:53:08 2017-05-16 00:00:%02d.008 25746 INFO nova.osapi_compute.wsgi.server [req-38101a0b-2096-447d-96ea-a692162415ae - - -] ",
	"[10.30 16:49:%02d] chrome.exe - ", "17/06/09 20:10:%02d INFO executor.CoarseGrainedExecutorBackend: ", "- 11315664%02d 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond(pam_unix)[2915]: ",
	"2016-09-28 04:30:%02d, Info                  CBS    ", "2015-07-29 17:41:%02d,747 - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] - ", "[Sun Dec 04 04:47:%02d 2005] [notice] ",
	"2026-11-24T03:59:%02d.123Z INFO ", "Nov 29, 2026 8:14:%02d AM com.example.deploy.Store: ",
}

// The columns in front of a message are not what it says.
func TestColumnsAreNoPartOfTheText(t *testing.T) {
	for _, head := range heads {
		for n, message := range []string{"the store is nearly full", "job 17 of the queue is late", "3 of 4 parts are there"} {
			want := of(message)
			assert.Equal(t, want, of(fmt.Sprintf(head, 11)+message), "%d %s", n, head)
			assert.Equal(t, want, of(fmt.Sprintf(head, 47)+message), head)
		}
	}
	for _, line := range []string{"job finished at Jul  9 12:16:49 on this machine", "3 of 4 parts are there", "the level of INFO is low", "12:16:49 o'clock is the time", "sshd: all is well"} {
		assert.Contains(t, of(line), strings.Fields(line)[len(strings.Fields(line))-1], line)
	}
}

// However many texts have one beginning and one length, each keeps its template, in whichever order they come.
func TestForestOfManySisters(t *testing.T) {
	f := skeleton.NewForest()
	first := map[string]*skeleton.Template{}
	for range 3 {
		for k := range 3000 {
			text := fmt.Sprintf("message %c%c%c of k%cx%cy now", 'a'+k%26, 'a'+k/26%26, 'a'+k/676, 'a'+k%17, 'a'+k%19)
			tpl := f.Find([]byte(text)).Root()
			if have := first[text]; have != nil {
				require.Same(t, have.Root(), tpl.Root(), text)
			}
			first[text] = tpl
		}
	}
	assert.Zero(t, f.Forgotten.Lines)
}

// Lines of one shape are one text, though words differ in several places and hardly two lines are the same.
func TestForestOfOneShape(t *testing.T) {
	f := skeleton.NewForest()
	word := func(n int) string { return fmt.Sprintf("%c%c%c%c", 'a'+n%26, 'e'+n/26%9, 'l'+n/234%9, 'o'+n%7) }
	for k := range 50_000 {
		f.Find([]byte(fmt.Sprintf("service %s: the %s of %s took \x00n ms", word(k), word(k*7+3), word(k*k+5)))).Count++
	}
	assert.Zero(t, f.Forgotten.Lines)
	assert.LessOrEqual(t, len(f.Templates()), 200)
}

// Words that carry the meaning are not merged, and words that say how something went never are.
func TestWordsThatCarryMeaning(t *testing.T) {
	find := func(lines ...string) (roots map[*skeleton.Template]bool) {
		f := skeleton.NewForest()
		var all []*skeleton.Template
		for _, l := range lines {
			all = append(all, f.Find([]byte(of(l))))
		}
		roots = map[*skeleton.Template]bool{}
		for _, t := range all {
			roots[t.Root()] = true
		}
		return roots
	}
	assert.Len(t, find("the row was written to disk", "the row was read to disk"), 2, "two are too few to be names")
	assert.Len(t, find("the job of alice is late again", "the job of bob is late again", "the job of carol is late again"), 1)
	assert.Len(t, find("the state of it is green now", "the state of it is yellow now", "the state of it is failed now", "the state of it is lost now"), 4, "of four words, two say how it went")
	assert.Len(t, find("task a-1x7 of the queue is late", "task b-2y8 of the queue is late"), 1, "values are no words")
}

// When all lines are there, those are one text that have come to say the same, in whichever order they came: an id of figures alone
// is one as well, and a text that differs in two places is no other for each of them.
func TestForestSettles(t *testing.T) {
	one := []string{"asset main.77460d90.js of 314 KiB was emitted (name: main)", "asset main.45822158.js of 47 KiB was emitted (name: main)", "asset vendor.6d03a03a.js of 5 KiB was emitted (name: main)", "asset vendor.11223344.js of 5 KiB was emitted (name: main)",
		"asset runtime.95f9f5b6.js of 472 KiB was emitted (name: main)", "asset runtime.58788943.js of 28 KiB was emitted (name: main)"}
	other := []string{"asset main.77460d90.js of 314 KiB was lost (name: main)", "asset main.77460d90.js of 314 KiB was not emitted (name: main)"}
	for seed := range uint64(40) {
		f := skeleton.NewForest()
		var of []*skeleton.Template
		r := rand.New(rand.NewPCG(seed, 1))
		lines := append(slices.Clone(one), other...)
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		for _, l := range lines {
			of = append(of, f.Find(skeleton.Of(nil, l)))
		}
		f.Settle()
		roots := map[string]*skeleton.Template{}
		for i, l := range lines {
			roots[l] = of[i].Root()
		}
		for _, l := range one[1:] {
			assert.Same(t, roots[one[0]], roots[l], "%d: %s", seed, l)
		}
		for _, l := range other {
			assert.NotSame(t, roots[one[0]], roots[l], "%d: %s", seed, l)
		}
	}
}
