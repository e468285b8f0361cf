//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// A command is a program that is to be run.
type command struct {
	args  []string
	stdin string // a file; empty: nothing comes in
	exits int    // another exit code than 0 that is fine
}

// took is what a run of a command took.
type took struct {
	wall, cpu float64 // seconds: cpu of it alone, user and system
	peak      float64 // MiB; never less than this program had at most, which Linux counts to its children
}

// start starts it, with the end of a pipe as its standard output.
func (c *command) start() (*exec.Cmd, *os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer w.Close()
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Stdout = w
	cmd.Env = append(os.Environ(), "CI=", "GITHUB_ACTIONS=")
	if c.stdin != "" {
		in, err := os.Open(c.stdin)
		if err != nil {
			return nil, nil, err
		}
		defer in.Close()
		cmd.Stdin = in
	}
	return cmd, r, cmd.Start()
}

// measure runs a command in front of cat. The time is until both have ended.
func measure(c *command) (t took, err error) {
	begin := time.Now()
	cmd, r, err := c.start()
	if err != nil {
		return t, err
	}
	reader := exec.Command("cat")
	reader.Stdin = r
	if err := reader.Start(); err != nil {
		return t, err
	}
	r.Close()
	if err := c.wait(cmd); err != nil {
		return t, err
	}
	if err := reader.Wait(); err != nil {
		return t, err
	}
	t.wall = time.Since(begin).Seconds()
	t.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	t.peak = peak(cmd.ProcessState)
	return t, nil
}

func (c *command) wait(cmd *exec.Cmd) error {
	if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() != c.exits {
		return fmt.Errorf("%s: %w", strings.Join(c.args, " "), err)
	}
	return nil
}

// peak is the most memory that a process held at once, in MiB.
func peak(s *os.ProcessState) float64 {
	rss := float64(s.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS == "darwin" { // which counts bytes, and others KiB
		rss /= 1024
	}
	return rss / 1024
}

// floor is what peak is at least: what this program had at most.
func floor() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	if runtime.GOOS == "darwin" {
		return 0
	}
	return float64(u.Maxrss) / 1024
}

// output runs a command, and returns what it writes.
func output(c *command) (d digest, err error) {
	cmd, r, err := c.start()
	if err != nil {
		return d, err
	}
	defer r.Close()
	s := newSeer()
	if _, err := io.Copy(struct{ io.Writer }{s}, r); err != nil {
		return d, err
	}
	return s.digest(), c.wait(cmd)
}
