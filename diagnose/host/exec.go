package host

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"time"
)

// execute runs a program to its end, or kills it and what it started when the
// time is over: a stalled orbctl ignores SIGTERM, and a grandchild may hold
// the output open for longer than the program lives.
func execute(ctx context.Context, argv ...string) (Output, error) {
	stdout := &capped{limit: maxOutput}
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	c.Stdout = stdout                    // stdin and stderr are the null device: orbctl's banner goes to stderr
	c.WaitDelay = 500 * time.Millisecond // enough to read what is there on a busy machine
	ownGroup(c)
	err := c.Run()
	killGroup(c)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return Output{}, ctx.Err()
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return Output{stdout.Bytes(), exit.ExitCode()}, nil
	case errors.Is(err, exec.ErrWaitDelay): // it has ended well, and left somebody behind
		err = nil
	}
	return Output{Stdout: stdout.Bytes()}, err
}

// capped keeps the first bytes and takes the others.
type capped struct {
	bytes.Buffer
	limit int
}

func (c *capped) Write(p []byte) (int, error) {
	if room := c.limit - c.Len(); room > 0 {
		c.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
