//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// patience is how long anything may take on a busy machine.
const patience = 40 * time.Second

// A bench runs schedules.
type bench struct{ orbfilter string }

// An outcome is what became of a run.
type outcome struct {
	status   syscall.WaitStatus // of orbfilter, or of what stands in its place
	upstream syscall.WaitStatus // of the program in front of a pipe
	out      []byte
	said     string
	progress int           // lines that the program has written
	terminal *unix.Termios // the settings of the terminal at the end; nil: there is none
	hung     bool
	left     []int // processes that are still there
	files    map[string]string
}

// A run is one that goes on.
type running struct {
	s        *schedule
	dir      string
	mark     string // in the environment of all its processes
	main     *exec.Cmd
	upstream *exec.Cmd
	out      io.Reader // nil: standard output is a file
	said     io.Reader
	slave    *os.File
	shut     []io.Closer
	reading  sync.WaitGroup
}

// execute runs a schedule, with orbfilter or without.
func (b *bench) execute(s *schedule, filtered bool) (o *outcome, err error) {
	dir, err := os.MkdirTemp("", "orbfilter-fault-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	g := &running{s: s, dir: dir, mark: "ORBFILTER_FAULT=" + filepath.Base(dir)}
	defer func() { closeAll(g.shut) }()
	if err := g.prepare(b.orbfilter, filtered); err != nil {
		return nil, err
	}
	o = &outcome{}
	if err := g.start(); err != nil {
		return nil, err
	}
	g.read(o)
	go g.fault()
	o.hung = !g.wait(o)
	g.leftovers(o)
	g.collect(o)
	return o, nil
}

// prepare makes the commands.
func (g *running) prepare(orbfilter string, filtered bool) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	about, err := json.Marshal(g.s.does)
	if err != nil {
		return err
	}
	program := []string{self, emitCommand, string(about)}
	orb := []string{orbfilter}
	if !slices.Contains(g.s.args, "state") && g.s.kind.name != "the disk is full under the history" {
		orb = append(orb, "--no-history")
	}
	switch g.s.mode {
	case scanned:
		if err := os.WriteFile(filepath.Join(g.dir, "log"), g.s.does.all(), 0o666); err != nil {
			return err
		}
		g.main = g.command(append(append([]string{orbfilter, "scan"}, g.s.args...), "log"))
	case piped:
		g.upstream = g.command(program)
		if g.main = g.command([]string{"cat"}); filtered {
			g.main = g.limited(append(orb, g.s.args...))
		}
	default:
		if g.main = g.command(program); filtered {
			g.main = g.limited(slices.Concat(orb[:1], []string{"run"}, orb[1:], g.s.args, []string{"--"}, program))
		}
	}
	if g.s.mode == scanned {
		g.main = g.limited(g.main.Args)
	}
	return g.connect()
}

func (g *running) command(args []string) *exec.Cmd {
	c := exec.Command(args[0], args[1:]...)
	c.Dir = g.dir
	c.Env = append(os.Environ(), g.mark, "HOME="+g.dir, "XDG_STATE_HOME="+g.dir+"/state", "XDG_CONFIG_HOME="+g.dir+"/config", "CI=", "GITHUB_ACTIONS=")
	return c
}

// limited is a command that can write no large files, if the schedule says so.
func (g *running) limited(args []string) *exec.Cmd {
	if g.s.limit >= 0 {
		args = append([]string{"sh", "-c", fmt.Sprintf(`ulimit -f %d; exec "$@"`, g.s.limit), "sh"}, args...)
	}
	return g.command(args)
}

// connect gives the commands their streams.
func (g *running) connect() error {
	saidR, saidW, err := os.Pipe()
	if err != nil {
		return err
	}
	g.said, g.main.Stderr, g.shut = saidR, saidW, append(g.shut, saidW)
	g.main.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	switch {
	case g.s.mode == terminal:
		master, slave, err := pty.Open()
		if err != nil {
			return err
		}
		g.main.Stdin, g.main.Stdout, g.main.Stderr = slave, slave, slave
		g.main.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
		g.out, g.slave, g.shut = master, slave, append(g.shut, slave)
	case g.s.devFull:
		return g.outTo("/dev/full", os.O_WRONLY)
	case g.s.toFile:
		return g.outTo(filepath.Join(g.dir, "out"), os.O_WRONLY|os.O_CREATE)
	default:
		r, w, err := os.Pipe()
		if err != nil {
			return err
		}
		g.out, g.main.Stdout, g.shut = r, w, append(g.shut, w)
	}
	return nil
}

func (g *running) outTo(file string, how int) error {
	f, err := os.OpenFile(file, how, 0o666)
	g.main.Stdout, g.shut = f, append(g.shut, f)
	return err
}

// start starts them. What they have is closed here, so that the ends of pipes are seen, but for a terminal.
func (g *running) start() error {
	if g.upstream == nil {
		return g.closing(g.main.Start())
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	g.main.Stdin, g.upstream.Stdout = r, w
	g.shut = append(g.shut, r, w)
	if err := g.main.Start(); err != nil {
		return err
	}
	g.upstream.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: g.main.Process.Pid}
	err = g.upstream.Start()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ESRCH) { // the group has ended already
		g.upstream.SysProcAttr = nil
	}
	return g.closing(err)
}

func (g *running) closing(err error) error {
	closeAll(g.shut)
	g.shut = nil
	return err
}

// closeAll closes all but terminals, which keep their settings while they are open.
func closeAll(all []io.Closer) {
	for _, c := range all {
		if f, ok := c.(*os.File); !ok || !isTerminal(f) {
			c.Close()
		}
	}
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// read reads what they write, as the schedule says.
func (g *running) read(o *outcome) {
	g.reading.Go(func() {
		all, _ := io.ReadAll(g.said)
		o.said = string(all)
	})
	if g.out == nil {
		return
	}
	g.reading.Go(func() {
		time.Sleep(g.s.blocks)
		var b bytes.Buffer
		if g.s.closes >= 0 {
			_, _ = io.CopyN(&b, g.out, int64(g.s.closes))
			g.out.(*os.File).Close()
		} else {
			_, _ = io.Copy(&b, g.out) // a terminal ends with an error
		}
		o.out = b.Bytes()
	})
}

// fault sends the signal of the schedule, and opens the gate.
func (g *running) fault() {
	if g.s.signal != 0 {
		if slices.Contains(slow, os.Signal(g.s.signal)) && (g.s.to != us || g.s.mode != piped) {
			g.began()
		}
		time.Sleep(g.s.at)
		g.send(g.s.signal)
		if g.s.resume > 0 {
			time.Sleep(g.s.resume)
			g.send(syscall.SIGCONT)
		}
	}
	if !g.s.held {
		g.open()
	}
}

// began waits until the program takes signals as others do.
func (g *running) began() {
	for range 20000 {
		if _, err := os.Stat(filepath.Join(g.dir, "began")); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (g *running) open() { _ = os.WriteFile(filepath.Join(g.dir, "gate"), nil, 0o666) }

func (g *running) send(sig syscall.Signal) {
	pid := g.main.Process.Pid
	switch g.s.to {
	case group:
		pid = -pid
	case child:
		pid = g.program()
	}
	if pid != 0 {
		_ = syscall.Kill(pid, sig)
	}
}

// program is the process that writes, as soon as it is there.
func (g *running) program() int {
	if g.upstream != nil {
		return g.upstream.Process.Pid
	}
	for range 2000 {
		for _, pid := range g.processes() {
			if args := readProc(pid, "cmdline"); bytes.Contains(args, []byte("\x00"+emitCommand+"\x00")) && !bytes.Contains(args, []byte("\x00run\x00")) {
				return pid
			}
		}
		time.Sleep(time.Millisecond)
	}
	return 0
}

// wait waits for their ends. It reports whether they came in time.
func (g *running) wait(o *outcome) bool {
	limit := time.AfterFunc(patience, func() {
		for _, pid := range g.processes() {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	_ = g.main.Wait()
	g.open()
	o.status = g.main.ProcessState.Sys().(syscall.WaitStatus)
	if g.upstream != nil {
		_ = g.upstream.Wait()
		o.upstream = g.upstream.ProcessState.Sys().(syscall.WaitStatus)
	}
	return limit.Stop()
}

// leftovers waits for what may still be there for a while, and ends what still is then.
func (g *running) leftovers(o *outcome) {
	for range 1000 {
		if o.left = g.processes(); len(o.left) == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, pid := range o.left {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// collect takes in what there is at the end.
func (g *running) collect(o *outcome) {
	if g.slave != nil {
		o.terminal, _ = unix.IoctlGetTermios(int(g.slave.Fd()), unix.TCGETS)
		g.slave.Close()
	}
	g.reading.Wait()
	if g.out == nil && g.s.toFile {
		o.out, _ = os.ReadFile(filepath.Join(g.dir, "out"))
	}
	if p, err := os.ReadFile(filepath.Join(g.dir, "progress")); err == nil && len(p) == 8 {
		o.progress = int(binary.LittleEndian.Uint64(p))
	}
	o.files = map[string]string{}
	for _, name := range []string{"log", "clean/log", "base", "a.orb"} {
		if data, err := os.ReadFile(filepath.Join(g.dir, name)); err == nil {
			o.files[name] = string(data)
		}
	}
}

// processes are those that belong to this run.
func (g *running) processes() (pids []int) {
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, name := range names {
		var pid int
		if _, err := fmt.Sscanf(filepath.Base(name), "%d", &pid); err == nil && bytes.Contains(readProc(pid, "environ"), []byte(g.mark+"\x00")) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func readProc(pid int, name string) []byte {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	return data
}
