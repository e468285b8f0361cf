//go:build unix

package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A logKind is a kind of log: what pyinfra writes to stderr in many runs, one after the other.
type logKind struct {
	name   string
	noise  float64 // the share of a host's operations in front of which the gevent block stands
	torn   bool    // several processes write the pieces of blocks, and pyinfra its lines in between
	errors float64 // the share of a host's operations that end in an error, which is known and stays
	wear   func(*maker, string) string
	long   int    // one line in so many is long; 0: none
	brief  string // what README calls it; empty: it is not there
}

var logs = []logKind{
	{name: "clean", brief: "a clean run, nothing to fold"},
	{name: "noise in front of 2 % of the operations", noise: 0.02},
	{name: "noise in front of 30 % of the operations", noise: 0.3, brief: "noise in front of 30 % of the operations"},
	{name: "noise in front of 90 % of the operations", noise: 0.9, brief: "… of 90 %"},
	{name: "noise in front of 30 %, torn and interleaved", noise: 0.3, torn: true, brief: "… of 30 %, torn and interleaved"},
	{name: "one line in twenty an error that stays", errors: 0.2, brief: "one line in twenty an error that is known, and stays"},
	{name: "a terminal: colours, CR LF, a spinner, 30 % noise", noise: 0.3, wear: onTerminal},
	{name: "GitHub's times, 30 % noise", noise: 0.3, wear: onGitHub},
	{name: "Compose: names and times, 30 % noise", noise: 0.3, wear: onCompose},
	{name: "long lines of 2 to 100 KB, 2 % noise", noise: 0.02, long: 200},
}

// prefixed reports whether lines have something in front.
func (l *logKind) prefixed() bool { return l.wear != nil }

// A maker makes a log.
type maker struct {
	kind   *logKind
	random *rand.Rand
	out    *bufio.Writer
	bytes  int
	stays  *seer // takes in what should be left
	now    time.Time
	object string // the repr in the blocks of one run
}

// make writes a log of -mb MB, or a bit more, since it ends with a run: of so many bytes. stays is what should be left of it.
func (b *bench) make(l *logKind) (file string, bytes int, stays digest, err error) {
	file = filepath.Join(b.dir, "log")
	f, err := os.Create(file)
	if err != nil {
		return "", 0, stays, err
	}
	defer f.Close()
	m := &maker{kind: l, random: rand.New(rand.NewPCG(*seed, uint64(slices.IndexFunc(logs, func(k logKind) bool { return k.name == l.name })))),
		out: bufio.NewWriterSize(f, 1<<16), stays: newSeer(), now: time.Date(2026, 11, 24, 3, 59, 21, 0, time.UTC)}
	for m.bytes < *mb*1_000_000 {
		m.run()
	}
	return file, m.bytes, m.stays.digest(), m.out.Flush()
}

// write writes a line, or a piece of one. own: it should be left.
func (m *maker) write(text string, own bool) {
	if m.kind.wear != nil {
		text = m.kind.wear(m, text)
	}
	m.bytes += len(text)
	_, _ = m.out.WriteString(text)
	if own {
		_, _ = m.stays.Write([]byte(text))
	}
}

// run writes a run of ten operations on all hosts.
func (m *maker) run() {
	m.object = fmt.Sprintf("0x7f%010x", m.random.Uint64N(1<<40))
	m.own("--> Connecting to hosts...\n")
	for range 10 {
		m.own(fmt.Sprintf("--> Starting operation: %s %d \n", m.pick(operations), m.random.IntN(1000)))
		m.operation()
		m.own("\n")
	}
	m.own("--> Disconnecting from hosts...\n")
}

func (m *maker) own(line string) { m.write(line, true) }

func (m *maker) pick(of []string) string { return of[m.random.IntN(len(of))] }

// operation writes what the hosts print, and the noise of the processes that do it.
func (m *maker) operation() {
	var blocks int
	for _, h := range hosts {
		if m.random.Float64() < m.kind.noise {
			blocks++
			if !m.kind.torn {
				m.block()
			}
		}
		lines := m.host(h)
		if m.kind.torn && blocks >= 3 {
			m.mix(blocks, lines)
			blocks, lines = 0, nil
		}
		for _, l := range lines {
			m.own(l)
		}
	}
	if m.kind.torn {
		m.mix(blocks, nil)
	}
}

// host is what one prints in an operation.
func (m *maker) host(name string) (lines []string) {
	for range m.random.IntN(6) {
		lines = append(lines, "    ["+name+"] "+m.phrase()+"\n")
	}
	end := m.pick([]string{"Success", "No changes", "Success"})
	if m.random.Float64() < m.kind.errors {
		end = fmt.Sprintf("Error: executed %d commands", m.random.IntN(9))
	}
	return append(lines, "    ["+name+"] "+end+"\n")
}

// phrase is what a command prints, which is another each time.
func (m *maker) phrase() string {
	n := 3 + m.random.IntN(11)
	if m.kind.long > 0 && m.random.IntN(m.kind.long) == 0 {
		n = 300 + m.random.IntN(15_000)
	}
	var b strings.Builder
	for range n {
		b.WriteString(m.pick(words))
		b.WriteByte(' ')
	}
	fmt.Fprintf(&b, "%d", m.random.IntN(1_000_000))
	return b.String()
}

func (m *maker) block() {
	for l := range strings.Lines(strings.Join(pieces(m.object), "")) {
		m.write(l, false)
	}
}

// mix lets so many processes write a block each, in pieces, and pyinfra lines in between, in any order.
func (m *maker) mix(blocks int, own []string) {
	writers := [][]string{own}
	for range blocks {
		writers = append(writers, pieces(m.object))
	}
	for {
		writers = slices.DeleteFunc(writers, func(w []string) bool { return len(w) == 0 })
		if len(writers) == 0 {
			return
		}
		w := m.random.IntN(len(writers))
		for range min(len(writers[w]), []int{1, 2, 5, 30}[m.random.IntN(4)]) {
			m.write(writers[w][0], strings.HasPrefix(writers[w][0], "    ["))
			writers[w] = writers[w][1:]
		}
	}
}

// pieces are the writes of CPython 3.12 for one block; testdata/captures/more/README.md has how they were seen.
func pieces(object string) []string {
	head := []string{
		"Exception ignored in: ", "<bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at " + object + ">>", "\n",
		"Traceback (most recent call last):\n",
		`  File "/home/ci/deploy/.venv/lib/python3.12/site-packages/gevent/threading.py", line 398, in after_fork_in_child` + "\n",
		"    ", "assert not thread.is_alive()", "\n", "               ", "^^^^^^^^^^^^^^^^^", "\n",
		`  File "/usr/local/lib/python3.12/threading.py", line 1475, in is_alive` + "\n",
		"    ", "assert not self._is_stopped and self._started.is_set()", "\n",
	}
	return append(head, "AssertionError", ": ", "\n")
}

// onTerminal is a line as it is drawn there.
func onTerminal(m *maker, line string) string {
	line = strings.TrimSuffix(line, "\n") + "\r\n"
	if rest, ok := strings.CutPrefix(line, "    ["); ok {
		name, text, _ := strings.Cut(rest, "] ")
		line = "    \x1b[0m[\x1b[1m" + name + "\x1b[0m] \x1b[32m" + strings.TrimSuffix(text, "\r\n") + "\x1b[0m\r\n"
		if m.random.IntN(4) == 0 {
			line = fmt.Sprintf("    %c %d%% (%d/32)\r\x1b[K", `\|/-`[m.random.IntN(4)], m.random.IntN(100), m.random.IntN(32)) + line
		}
	}
	return line
}

// onGitHub is a line in the log of a job.
func onGitHub(m *maker, line string) string {
	return m.time().Format("2006-01-02T15:04:05.0000000Z ") + line
}

// onCompose is a line in that of `docker compose logs --timestamps`, which pads names.
func onCompose(m *maker, line string) string {
	return "deploy-1  | " + m.time().Format("2006-01-02T15:04:05.000000000Z ") + line
}

// time is that of the next line.
func (m *maker) time() time.Time {
	m.now = m.now.Add(time.Duration(m.random.IntN(3_000_000)) * 100)
	return m.now
}

var hosts = func() (all []string) {
	for i := range 24 {
		all = append(all, fmt.Sprintf("web-%02d", i))
	}
	for i := range 8 {
		all = append(all, fmt.Sprintf("db-%02d", i))
	}
	return all
}()

var operations = []string{
	"Install nginx", "Create user deploy", "Upload site.conf", "Restart worker", "Write /etc/motd", "Migrate the database", "Copy assets", "Open port 443/tcp",
}

var words = strings.Fields(`unpacking selecting previously unselected archive index mirror suite stable security amd64 arm64 release fetched kilobytes elapsed
	setting configured trigger libraries linked symlink created enabled disabled unit socket timer mounted volume snapshot checksum verified signature keyring
	writing copied unchanged rendered template compiled bundle asset gzip cache hit miss layer pulled pushed digest latest branch commit merged rebased
	user group home shell owner mode directory file bytes blocks inode total used available percent row column table index query migrated schema applied`)
