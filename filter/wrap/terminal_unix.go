//go:build unix

package wrap

import (
	"os"

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
func readable(f *os.File) (yes bool) {
	_ = control(f, func(fd int) error {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		for {
			_, err := unix.Poll(fds, 0)
			if err != unix.EINTR {
				yes = err == nil && fds[0].Revents&unix.POLLIN != 0
				return err
			}
		}
	})
	return yes
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
		if !foreground(ours) {
			sane(settings)
		}
		_ = setSettings(slave, settings)
	}
	copySize(ours, master)
	return master, slave, nil
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

// sane makes the settings those that programs expect: in the background we may have read those of a shell that edits
// its command line.
func sane(t *unix.Termios) {
	t.Iflag |= unix.ICRNL
	t.Iflag &^= unix.INLCR | unix.IGNCR
	t.Oflag |= unix.OPOST | unix.ONLCR
	t.Lflag |= unix.ISIG | unix.ICANON | unix.ECHO | unix.ECHOE | unix.IEXTEN
}

// plain turns the processing of output off: "\n" comes as "\n", and the real terminal adds the "\r".
func plain(slave *os.File) {
	if settings, err := settingsOf(slave); err == nil {
		settings.Oflag &^= unix.OPOST
		_ = setSettings(slave, settings)
	}
}

func makeRaw(f *os.File) error {
	return control(f, func(fd int) error {
		_, err := term.MakeRaw(fd)
		return err
	})
}

// copySize gives the pseudo-terminal the size of ours; that signals the programs on it if it is another one.
func copySize(ours, master *os.File) {
	_ = control(ours, func(from int) error {
		return control(master, func(to int) error {
			size, err := unix.IoctlGetWinsize(from, unix.TIOCGWINSZ)
			if err != nil {
				return err
			}
			return unix.IoctlSetWinsize(to, unix.TIOCSWINSZ, size)
		})
	})
}

// group is the foreground process group of the terminal.
func group(f *os.File) (pgrp int, err error) {
	err = control(f, func(fd int) error {
		pgrp, err = unix.IoctlGetInt(fd, unix.TIOCGPGRP)
		return err
	})
	return pgrp, err
}

// foreground tells whether we may read the terminal and change its settings. One that is not our controlling terminal
// has no opinion on that.
func foreground(f *os.File) bool {
	pgrp, err := group(f)
	return err != nil || pgrp == unix.Getpgrp()
}
