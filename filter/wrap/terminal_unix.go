//go:build unix

package wrap

import (
	"os"
	"runtime"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// control calls do with the descriptor of f, which File.Fd would make blocking.
func control(f *os.File, do func(fd int) error) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) { failed = do(int(fd)) })
	if err != nil {
		return err
	}
	return failed
}

func isTerminal(f *os.File) (yes bool) {
	_ = control(f, func(fd int) error { yes = term.IsTerminal(fd); return nil })
	return yes
}

// readable tells whether there is something to be read now, without waiting.
func readable(f *os.File) bool { return poll(f)&unix.POLLIN != 0 }

// hungUp tells whether nobody has the other side open.
func hungUp(f *os.File) bool { return poll(f)&(unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0 }

// poll is what there is now; 0 if that is not known.
func poll(f *os.File) (events int16) {
	_ = control(f, func(fd int) error {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		for {
			_, err := unix.Poll(fds, 0)
			if err != unix.EINTR {
				events = fds[0].Revents
				return err
			}
		}
	})
	return events
}

// openTerminal opens a pseudo-terminal with the settings and the size of ours.
func openTerminal(ours *os.File) (master, slave *os.File, err error) {
	master, slave, err = pty.Open()
	if err != nil {
		return nil, nil, err
	}
	if dup, err := pollable(master); err == nil {
		master = dup
	}
	if settings, err := settingsOf(ours); err == nil {
		settings.Oflag &^= unix.OPOST // "\n" stays "\n", and our terminal makes "\r\n" of it
		_ = setSettings(slave, settings)
	}
	copySize(ours, master)
	return master, writeOnly(slave), nil
}

// writeOnly opens the slave for writing only. So who reads keys from it has opened it for that, by its name (less does), and is
// found by that (see mirror); and who wants to read them from its stderr itself (more does) is told that there are none.
func writeOnly(slave *os.File) *os.File {
	silent, err := os.OpenFile(slave.Name(), os.O_WRONLY|unix.O_NOCTTY, 0)
	if err != nil {
		return slave
	}
	if runtime.GOOS != "linux" {
		_ = slave.Chmod(0o200) // nobody would type there, and waiting for it would be for ever
	}
	slave.Close()
	return silent
}

func settingsOf(f *os.File) (settings *unix.Termios, err error) {
	err = control(f, func(fd int) error {
		settings, err = unix.IoctlGetTermios(fd, getTermios)
		return err
	})
	return settings, err
}

func setSettings(f *os.File, settings *unix.Termios) error {
	return control(f, func(fd int) error { return unix.IoctlSetTermios(fd, setTermios, settings) })
}

// copySize gives the pseudo-terminal the size of ours. It tells whether that is another one.
func copySize(ours, master *os.File) (changed bool) {
	_ = control(ours, func(from int) error {
		return control(master, func(to int) error {
			size, err := unix.IoctlGetWinsize(from, unix.TIOCGWINSZ)
			if err != nil {
				return err
			}
			old, err := unix.IoctlGetWinsize(to, unix.TIOCGWINSZ)
			changed = err == nil && *old != *size
			return unix.IoctlSetWinsize(to, unix.TIOCSWINSZ, size)
		})
	})
	return changed
}

// sameTerminal tells whether both are our controlling terminal, of which there is one, but which has two names:
// /dev/tty and, say, /dev/pts/3.
func sameTerminal(a, b *os.File) bool {
	_, err1 := group(a)
	_, err2 := group(b)
	return err1 == nil && err2 == nil
}

// group is the foreground process group of the terminal, if it is our controlling one.
func group(f *os.File) (pgrp int, err error) {
	err = control(f, func(fd int) error {
		pgrp, err = unix.IoctlGetInt(fd, unix.TIOCGPGRP)
		return err
	})
	return pgrp, err
}
