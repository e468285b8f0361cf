package wrap

import (
	"io"
	"os"
	"sync"

	"github.com/orbfilter/orbfilter/filter/wrap/copyon"
)

// Left tells whether Run has left processes running that still have the program's output open. Someone has to read it on,
// or they die of SIGPIPE, or wait for ever: see HandOver.
func (c *Command) Left() bool { return len(c.left) > 0 }

// HandOver lets a detached process (see package copyon) pass on what processes write that the program has left running. It ends
// with the last of them, or when nobody reads any more; then they get what they would get without us. pid is its process id.
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
	process, err := detach(copyon.Args(len(c.left)), files)
	if err != nil {
		return 0, err
	}
	defer func() { _ = process.Release() }()
	return process.Pid, nil
}

// ends is what is left to be copied.
func (c *Command) ends() (all []ends) {
	for _, o := range c.left {
		all = append(all, ends{o.near, o.ours})
	}
	return all
}

// ends are where a copier reads and writes; to may be nil.
type ends struct{ from, to *os.File }

// Copied tells whether this process was one to hand over to, which has done its work: it has to end.
func Copied() bool { return copyon.Called() }

func copyAll(all []ends) {
	var done sync.WaitGroup
	for _, e := range all {
		done.Go(e.copy)
	}
	done.Wait()
}

func (e ends) copy() {
	defer e.from.Close()
	to := io.Discard
	if e.to != nil {
		to = Writer{e.to}
	}
	_, _ = io.Copy(to, struct{ io.Reader }{e.from})
}
