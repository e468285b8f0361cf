package wrap

import (
	"io"
	"os"
	"slices"
	"strconv"
	"sync"
)

// Left tells whether Run has left processes running that still have the program's output open. Someone has to read it on,
// or they die of SIGPIPE, or wait for ever: see HandOver.
func (c *Command) Left() bool { return len(c.left) > 0 }

// HandOver lets a detached process (see Copier) pass on what processes write that the program has left running. It ends with the
// last of them, or when nobody reads any more; then they get what they would get without us. pid is its process id.
//
// It is to be called after Run, once all that the Streams had is written; a Stream is not written to any more. If there is
// no other process to be had, the error says why, and the copying is done here, until its end.
func (c *Command) HandOver() (pid int, err error) {
	if pid, err = c.handOver(); err != nil {
		copyAll(c.ends())
	}
	closeAll(c.left)
	c.left = nil
	return pid, err
}

func (c *Command) handOver() (int, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	files := []*os.File{null, null, null}
	for _, e := range c.ends() {
		if e.to == nil {
			e.to = null
		}
		files = append(files, e.from, e.to)
	}
	process, err := detach(append(slices.Clone(c.Copier), strconv.Itoa(len(c.left))), files)
	if err != nil {
		return 0, err
	}
	defer func() { _ = process.Release() }()
	return process.Pid, nil
}

// ends is what is left to be copied.
func (c *Command) ends() (all []ends) {
	for _, o := range c.left {
		all = append(all, ends{from: o.near, to: o.ours})
	}
	return all
}

// ends are where a copier reads and writes; to may be nil.
type ends struct {
	from, to *os.File
	own      bool // nobody else writes to it
}

// CopyOn is all that a Copier does. args are what HandOver adds to its arguments. It returns the exit status.
func CopyOn(args []string) int {
	keepSIGPIPE()
	n := 0
	if len(args) == 1 {
		n, _ = strconv.Atoi(args[0])
	}
	if n < 1 || n > 2 {
		return ExitFailure
	}
	closeFrom(3 + 2*n)
	var all []ends
	for fd := 3; fd < 3+2*n; fd += 2 {
		all = append(all, ends{os.NewFile(uintptr(fd), "from"), os.NewFile(uintptr(fd+1), "to"), true})
	}
	copyAll(all)
	return 0
}

// copyAll gives up each end as soon as it has ended; the others may last for weeks.
func copyAll(all []ends) {
	var done sync.WaitGroup
	for _, e := range all {
		done.Go(func() {
			e.copy()
			e.from.Close()
			if e.own {
				e.to.Close()
			}
		})
	}
	done.Wait()
}

// copy ends at any error: of the reading, that is the end (EIO is that of a terminal), and of the writing it is to be the
// survivors' as well.
func (e ends) copy() {
	to := io.Discard
	if e.to != nil {
		to = Writer{e.to}
	}
	_, _ = io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{e.from}, make([]byte, 16<<10))
}
