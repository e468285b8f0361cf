//go:build unix

package wrap

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// keyboard copies what is typed to the program's pseudo-terminal, whose line discipline makes lines and signals of it.
// Only the suspend character is taken out: see job.suspend.
type keyboard struct {
	tty    *os.File // ours
	master *os.File // the program's
	slave  *os.File // to look at its settings
	pid    int      // of the program, which is its process group as well

	on        atomic.Bool
	suspended chan struct{} // gets a value when the suspend character was typed; the keyboard is off then

	wake, poke *os.File // a pipe: a byte says that on has changed, its end says stop
	stopped    sync.Once
	rest       []byte // typed after the suspend character
}

func newKeyboard(tty *os.File, o *outlet, pid int) (*keyboard, error) {
	k := &keyboard{tty: tty, master: o.near, slave: o.far, pid: pid, suspended: make(chan struct{}, 1)}
	var err error
	k.wake, k.poke, err = os.Pipe()
	return k, err
}

// The console calls these.

func (k *keyboard) active() bool { return k.on.Load() }
func (k *keyboard) resume()      { k.set(true) }
func (k *keyboard) pause()       { k.set(false) }
func (k *keyboard) stop() {
	k.stopped.Do(func() {
		k.on.Store(false)
		k.poke.Close()
	})
}

func (k *keyboard) set(on bool) {
	if k.on.Swap(on) != on {
		_, _ = k.poke.Write([]byte{0})
	}
}

// copy runs in its own goroutine until stop.
func (k *keyboard) copy() {
	defer k.wake.Close()
	buf := make([]byte, 4096)
	for {
		typed, woken, err := k.await()
		if err != nil || woken && !k.woken() {
			return
		}
		if k.on.Load() && len(k.rest) > 0 {
			rest := k.rest
			k.rest = nil
			k.pass(rest)
		}
		if typed && k.on.Load() && !k.read(buf) {
			k.hangup()
			return
		}
	}
}

func (k *keyboard) await() (typed, woken bool, err error) {
	failed := control(k.tty, func(tty int) error {
		return control(k.wake, func(wake int) error {
			if !k.on.Load() {
				tty = -1
			}
			typed, woken, err = await(tty, wake)
			return err
		})
	})
	return typed, woken, failed
}

// woken takes the bytes out of the pipe. It returns false at its end.
func (k *keyboard) woken() bool {
	n, err := k.wake.Read(make([]byte, 64))
	return n > 0 && err == nil
}

// read passes on what was typed. It returns false if the terminal is gone.
func (k *keyboard) read(buf []byte) bool {
	var n int
	err := control(k.tty, func(tty int) (err error) {
		n, err = unix.Read(tty, buf)
		return err
	})
	switch {
	case n > 0 && err == nil:
		k.pass(buf[:n])
		return true
	case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
		return true
	case errors.Is(err, unix.EIO) && !foreground(k.tty):
		k.on.Store(false) // we were put into the background meanwhile; the console will see us back
		return true
	}
	return false
}

// pass writes what was typed up to the suspend character, and asks to be suspended then.
func (k *keyboard) pass(typed []byte) {
	at := k.suspendAt(typed)
	if at < 0 {
		_, _ = k.master.Write(typed)
		return
	}
	_, _ = k.master.Write(typed[:at])
	k.rest = bytes.Clone(typed[at+1:])
	k.on.Store(false)
	k.suspended <- struct{}{}
}

// suspendAt is where the suspend character is that is meant for us. If the program has handed the terminal to another
// process group, it is a shell with job control, and will know what to do.
func (k *keyboard) suspendAt(typed []byte) int {
	settings, err := settingsOf(k.slave)
	if err != nil || settings.Lflag&unix.ISIG == 0 || settings.Cc[unix.VSUSP] == disabled {
		return -1
	}
	at := bytes.IndexByte(typed, settings.Cc[unix.VSUSP])
	if at < 0 {
		return -1
	}
	if pgrp, err := group(k.master); err != nil || pgrp != k.pid {
		return -1
	}
	return at
}

// hangup ends the program's input, for it would wait forever for a terminal that is gone.
func (k *keyboard) hangup() {
	settings, err := settingsOf(k.slave)
	if err == nil && settings.Lflag&unix.ICANON != 0 {
		_, _ = k.master.Write([]byte{settings.Cc[unix.VEOF]})
	}
}
