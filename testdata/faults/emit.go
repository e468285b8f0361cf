//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// emitCommand makes this program the one that is filtered.
const emitCommand = "emit-numbered-lines"

// A program is what it does then.
type program struct {
	Seed   uint64
	Lines  int
	Deploy bool          // it begins as a deploy of pyinfra does
	Every  int           // lines, between two pauses
	Pause  time.Duration // of each
	Gate   int           // the line before which it waits until the file gate is there; -1: it does not
	DieAt  int           // the line before which it dies; -1: it does not
	DieBy  syscall.Signal
	Closes int           // the line before which it closes its output, and writes no more; -1: it does not
	Daemon int           // lines that a process writes which it leaves behind
	Linger time.Duration // the pause of that process behind each line
	Stty   []string      // what it does to its terminal
	Code   int           // its exit code
	From   int           // the first line; more than 1: it is the process that was left behind
}

// block is the founding noise: gevent 25.5.1, Python 3.12.
const block = `Exception ignored in: <bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7f14f24a7ec0>>
Traceback (most recent call last):
  File "/home/ci/deploy/.venv/lib/python3.12/site-packages/gevent/threading.py", line 398, in after_fork_in_child
    assert not thread.is_alive()
               ^^^^^^^^^^^^^^^^^
  File "/usr/local/lib/python3.12/threading.py", line 1475, in is_alive
    assert not self._is_stopped and self._started.is_set()
AssertionError: 
`

// slow are signals that end other programs, and Go's not: it prints what it is doing, or passes over them. So the program
// asks for them, and they are not sent to it before.
var slow = []os.Signal{syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2}

const header = "--> Connecting to hosts...\n"

// numbered is a line.
func numbered(n int) string { return fmt.Sprintf("line %06d of those that must not be lost\n", n) }

// noisy reports whether a block stands before a line.
func (p *program) noisy(n int) bool { return rand.New(rand.NewPCG(p.Seed, uint64(n))).IntN(12) == 0 }

// clean is what is to be shown of all that it writes.
func (p *program) clean() []byte {
	var b bytes.Buffer
	if p.Deploy {
		b.WriteString(header)
	}
	for n := 1; n <= p.Lines+p.Daemon; n++ {
		b.WriteString(numbered(n))
	}
	return b.Bytes()
}

// emit is the program. It keeps in the file progress how many lines it has written.
func emit(about string) int {
	var p program
	if err := json.Unmarshal([]byte(about), &p); err != nil {
		return 99
	}
	asGo := make(chan os.Signal, 1)
	signal.Notify(asGo, slow...)
	go func() { die((<-asGo).(syscall.Signal)) }()
	_ = os.WriteFile("began", nil, 0o666)
	if p.From <= 1 && p.Deploy {
		fmt.Print(header)
	}
	if len(p.Stty) > 0 {
		c := exec.Command("stty", p.Stty...)
		c.Stdin = os.Stdin
		_ = c.Run()
	}
	for n := max(1, p.From); n <= p.Lines; n++ {
		p.before(n)
		if p.noisy(n) {
			fmt.Print(block)
		}
		if _, err := fmt.Print(numbered(n)); err == nil {
			wrote(n)
		}
	}
	if p.Daemon > 0 {
		p.leave()
	}
	return p.Code
}

// before does what is to be done before a line.
func (p *program) before(n int) {
	switch n {
	case p.DieAt:
		die(p.DieBy)
	case p.Gate:
		for range 2000 {
			if _, err := os.Stat("gate"); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	case p.Closes:
		os.Stdout.Close()
		time.Sleep(20 * time.Millisecond)
		os.Exit(p.Code)
	}
	if p.Every > 0 && n%p.Every == 0 {
		time.Sleep(p.Pause)
	}
}

// die ends the process by a signal as a program in C would end: a shell in our place does it, for Go handles some. Until then the
// signal stays caught: it may come twice.
func die(sig syscall.Signal) {
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
	_ = syscall.Exec("/bin/sh", []string{"sh", "-c", fmt.Sprintf("kill -%d $$; sleep 60", int(sig))}, os.Environ())
}

func wrote(n int) {
	f, err := os.OpenFile("progress", os.O_WRONLY|os.O_CREATE, 0o666)
	if err == nil {
		_, _ = f.WriteAt(binary.LittleEndian.AppendUint64(nil, uint64(n)), 0)
		f.Close()
	}
}

// leave leaves a process behind that has the streams, and goes on to write.
func (p *program) leave() {
	d := program{Seed: p.Seed, From: p.Lines + 1, Lines: p.Lines + p.Daemon, Every: 1, Pause: p.Linger, Gate: -1, DieAt: -1, Closes: -1}
	about, err := json.Marshal(d)
	if err != nil {
		return
	}
	c := exec.Command(os.Args[0], emitCommand, string(about))
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	_ = c.Start()
}
