//go:build unix

package wrap

import (
	"os"

	"golang.org/x/sys/unix"
)

// console is our terminal while the program has a pseudo-terminal of its own: in raw mode, with the keyboard copied to
// the program, as long as we are in the foreground. Its methods are called from one goroutine.
type console struct {
	tty    *os.File
	opened bool // by us

	saved *unix.Termios // the settings to restore; nil: the terminal is as we found it
	keys  *keyboard
}

// openConsole finds the terminal with the keyboard, which is stdin or else our controlling terminal, and connects it to
// the pseudo-terminal of the program. Nil if there is none.
func openConsole(stdin *os.File, to *outlet, pid int) *console {
	c := &console{tty: stdin}
	var err error
	if stdin == nil || !isTerminal(stdin) {
		if c.tty, err = os.OpenFile("/dev/tty", os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
			return nil
		}
		c.opened = true
	}
	if c.keys, err = newKeyboard(c.tty, to, pid); err != nil {
		c.free()
		return nil
	}
	go c.keys.copy()
	return c
}

// attach takes the terminal if we are in the foreground, and else leaves it alone. It may be called again at any time:
// while we were stopped or in the background, the shell has put settings of its own in place of ours.
func (c *console) attach() {
	if !foreground(c.tty) {
		c.saved = nil // what is there now is the shell's
		c.keys.pause()
		return
	}
	if c.saved == nil {
		settings, err := settingsOf(c.tty)
		if err != nil {
			return
		}
		c.saved = settings
	}
	_ = makeRaw(c.tty)
	c.keys.resume()
}

func (c *console) attached() bool { return c.saved != nil && c.keys.active() }

// detach gives the terminal back as it was.
func (c *console) detach() {
	c.keys.pause()
	c.restore(c.saved)
	c.saved = nil
}

// leave gives the keyboard back, so that Ctrl-C ends us, but goes on passing output through unchanged.
func (c *console) leave() {
	c.keys.stop()
	if c.saved != nil {
		settings := *c.saved
		settings.Oflag &^= unix.OPOST
		c.restore(&settings)
	}
}

func (c *console) restore(settings *unix.Termios) {
	if settings != nil && foreground(c.tty) {
		_ = setSettings(c.tty, settings)
	}
}

// close gives everything back.
func (c *console) close() {
	c.keys.stop()
	c.restore(c.saved)
	c.saved = nil
	c.free()
}

// free closes the terminal, unless it is the caller's. If the keyboard is still waiting for it, it is woken first.
func (c *console) free() {
	if c.opened {
		c.tty.Close()
	}
}
