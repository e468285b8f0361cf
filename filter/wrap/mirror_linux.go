package wrap

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	watching  = 50 * time.Millisecond  // between two looks at the settings of a pseudo-terminal
	searching = 500 * time.Millisecond // between two looks at who reads from it
)

// A mirror lets a pseudo-terminal act for the terminal behind it: what a program sets there is set here, and the keys that it wants to
// read there come from here. Deploys do neither. Pagers that they start do, and what draws through its stdout.
//
// Only changes are passed on. So what a program leaves behind is as it has left it, and nothing has to be restored.
type mirror struct {
	ours, master *os.File
	done         chan struct{}
	once         sync.Once

	mu       sync.Mutex
	last     unix.Termios // of the pseudo-terminal
	newline  uint32       // ONLCR of ours, as it was
	searched time.Time
	keys     *atomic.Bool // set to end the copying of keys; nil: none are copied
}

// newMirror returns nil where there is nothing to act for.
func newMirror(ours, master *os.File) *mirror {
	m := &mirror{ours: ours, master: master, done: make(chan struct{})}
	last, err := settingsOf(master)
	is, err2 := settingsOf(ours)
	if err != nil || err2 != nil {
		return nil
	}
	m.last, m.newline = *last, is.Oflag&unix.ONLCR
	go m.watch()
	return m
}

func (m *mirror) watch() {
	t := time.NewTicker(watching)
	defer t.Stop()
	for {
		select {
		case <-m.done:
			return
		case <-t.C:
			m.look()
		}
	}
}

// end looks for the last time.
func (m *mirror) end() {
	if m == nil {
		return
	}
	m.once.Do(func() { close(m.done) })
	m.look()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopKeys()
}

// look passes on what has changed. It is called before output is shown, too: who asks for a password has turned the echo off.
func (m *mirror) look() {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now, err := settingsOf(m.master)
	if err != nil || !inForeground(m.ours) {
		return
	}
	if *now != m.last && m.apply(now) {
		m.last = *now
		if now.Oflag&unix.OPOST != 0 { // LF stays LF, and our terminal makes CR LF of it, once
			m.last.Oflag &^= unix.OPOST
			_ = setSettings(m.master, &m.last)
		}
	}
	m.copyKeys(now.Lflag&unix.ICANON == 0)
}

// apply sets what the program has changed, and leaves alone what it has not.
func (m *mirror) apply(now *unix.Termios) bool {
	is, err := settingsOf(m.ours)
	if err != nil {
		return false
	}
	is.Iflag = merged(is.Iflag, m.last.Iflag, now.Iflag)
	is.Lflag = merged(is.Lflag, m.last.Lflag, now.Lflag)
	for i, c := range now.Cc {
		if c != m.last.Cc[i] {
			is.Cc[i] = c
		}
	}
	// The pseudo-terminal never made CR LF of LF, so that nobody can take that away from it. Who draws does, with these.
	is.Oflag = is.Oflag&^unix.ONLCR | m.newline
	if now.Lflag&(unix.ICANON|unix.ECHO) == 0 && now.Iflag&unix.ICRNL == 0 {
		is.Oflag &^= unix.ONLCR
	}
	return setSettings(m.ours, is) == nil
}

// merged is what there is, with the bits of now that differ from last.
func merged(is, last, now uint32) uint32 {
	changed := last ^ now
	return is&^changed | now&changed
}

// copyKeys begins to copy, or ends it. Who has its stdin from the terminal reads that itself. But a pager opens the terminal whose name
// is that of its stderr; and what we gave it as such can only be written to, so that there is no other reader.
func (m *mirror) copyKeys(raw bool) {
	switch {
	case !raw:
		m.stopKeys()
	case m.keys == nil && time.Since(m.searched) >= searching/10, time.Since(m.searched) >= searching:
		m.searched = time.Now()
		if !hasReader(m.master) {
			m.stopKeys()
		} else if m.keys == nil {
			m.keys = new(atomic.Bool)
			go passKeys(m.master, m.keys)
		}
	}
}

func (m *mirror) stopKeys() {
	if m.keys != nil {
		m.keys.Store(true)
		m.keys = nil
	}
}

// passKeys copies what is typed, as long as we are in the foreground.
func passKeys(master *os.File, stop *atomic.Bool) {
	fd, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer func() { _ = unix.Close(fd) }()
	buf := make([]byte, 4096)
	for !stop.Load() {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, int(watching.Milliseconds()))
		if err != nil && err != unix.EINTR || n > 0 && fds[0].Revents&unix.POLLIN == 0 {
			return
		}
		if pgrp, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); n <= 0 || stop.Load() || err != nil || pgrp != unix.Getpgrp() {
			continue
		}
		if n, err = unix.Read(fd, buf); n > 0 {
			_, _ = master.Write(buf[:n])
		} else if err != unix.EAGAIN && err != unix.EINTR {
			return
		}
	}
}

func inForeground(tty *os.File) bool {
	pgrp, err := group(tty)
	return err == nil && pgrp == unix.Getpgrp()
}

// hasReader looks for a process of our session that has the other side of a pseudo-terminal open for reading.
func hasReader(master *os.File) bool {
	number := -1
	_ = control(master, func(fd int) (err error) { number, err = unix.IoctlGetInt(fd, unix.TIOCGPTN); return err })
	session, err := unix.Getsid(0)
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range processes {
		pid, _ := strconv.Atoi(filepath.Base(p))
		if sid, failed := unix.Getsid(pid); failed == nil && err == nil && sid == session && reads(p, number) {
			return true
		}
	}
	return false
}

func reads(process string, terminal int) bool {
	files, _ := os.ReadDir(process + "/fd")
	for _, f := range files {
		if isSlave(process+"/fd/"+f.Name(), terminal) && readsFrom(process+"/fdinfo/"+f.Name()) {
			return true
		}
	}
	return false
}

// slaves are the major numbers of Unix98 pseudo-terminals.
const slaves, lastSlaves = 136, 143

func isSlave(path string, number int) bool {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	major, minor := int(unix.Major(st.Rdev)), int(unix.Minor(st.Rdev))
	return major >= slaves && major <= lastSlaves && (major-slaves)<<20+minor == number
}

// readsFrom tells it of the flags in /proc/PID/fdinfo/FD.
func readsFrom(path string) bool {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if octal, ok := strings.CutPrefix(line, "flags:"); ok {
			flags, err := strconv.ParseInt(strings.TrimSpace(octal), 8, 64)
			return err == nil && flags&unix.O_ACCMODE != unix.O_WRONLY
		}
	}
	return false
}
