package wrap

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// TestMain makes the test binary the program under test ("run") and some of its children.
func TestMain(m *testing.M) {
	if os.Getenv("WRAP_HELPER") == "" || len(os.Args) < 2 {
		// Under nohup the programs would begin with SIGHUP ignored; what is caught here is the default in them.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
		os.Setenv("GORACE", "atexit_sleep_ms=0") // else every helper takes a second longer
		Release()
		CollectGarbage()
		os.Exit(m.Run())
	}
	if Copied() {
		os.Exit(0)
	}
	helper, known := helpers[os.Args[1]]
	if !known {
		fmt.Fprintln(os.Stderr, "no such helper:", os.Args[1])
		os.Exit(99)
	}
	os.Exit(helper(os.Args[2:]))
}

var helpers = map[string]func(args []string) int{
	"run": func(args []string) int { return orbfilter(&Command{Args: args}) },
	"released": func(args []string) int { // as a command that is no pipe, and then run
		Release()
		if len(args) > 0 {
			return orbfilter(&Command{Args: args})
		}
		fmt.Println("ready")
		time.Sleep(time.Minute)
		return 0
	},
	"pipe": func([]string) int {
		out := &held{to: Writer{os.Stdout}}
		p := NewPipe()
		code, err := p.Run(out, os.Stdin)
		if err != nil {
			fmt.Fprintln(os.Stderr, "pipe:", err)
		}
		if !errors.Is(err, ErrStuck) {
			out.Flush()
		}
		Raise(p.Signal())
		return code
	},
}

// orbfilter does what the command does: the streams hold back incomplete lines until they are flushed.
func orbfilter(c *Command) int {
	c.LetGo = true
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	out, err := &held{to: Writer{os.Stdout}}, &held{to: Writer{os.Stderr}}
	c.Out, c.Err = out, err
	if os.Getenv("WRAP_STREAM") == "panic" {
		c.Out = &broken{panics: true}
	}
	code, failed := c.Run()
	if errors.Is(failed, ErrStuck) {
		Raise(c.Signal())
		return code
	}
	out.Flush()
	err.Flush()
	if c.Left() {
		c.HandOver()
	}
	if failed != nil {
		fmt.Fprintln(os.Stderr, "wrap:", failed)
	}
	Raise(c.Signal())
	return code
}

// held is a Stream that shows lines when they are complete, or when it is flushed.
type held struct {
	to  io.Writer
	buf []byte
}

func (h *held) Write(b []byte) (int, error) {
	h.buf = append(h.buf, b...)
	end := bytes.LastIndexByte(h.buf, '\n') + 1
	_, err := h.to.Write(h.buf[:end])
	h.buf = append(h.buf[:0], h.buf[end:]...)
	return len(b), err
}

func (h *held) Flush() error {
	_, err := h.to.Write(h.buf)
	h.buf = h.buf[:0]
	return err
}

func (h *held) Tick(time.Time) error { return nil }
func (h *held) Pending() bool        { return len(h.buf) > 0 }

// broken is a Stream that cannot write.
type broken struct {
	panics bool
	writes int
}

var errBroken = errors.New("broken")

func (b *broken) Write([]byte) (int, error) {
	b.writes++
	if b.panics {
		panic(errBroken)
	}
	return 0, errBroken
}

func (b *broken) Tick(time.Time) error { return nil }
func (b *broken) Flush() error         { return nil }
func (b *broken) Pending() bool        { return false }

// sink is a Stream that keeps what it gets.
type sink struct {
	bytes.Buffer
	slow time.Duration // what each Write takes
}

func (s *sink) Write(b []byte) (int, error) {
	time.Sleep(s.slow)
	return s.Buffer.Write(b)
}

func (s *sink) Tick(time.Time) error { return nil }
func (s *sink) Flush() error         { return nil }
func (s *sink) Pending() bool        { return false }

func asPanic(err error, crash **PanicError) bool { return errors.As(err, crash) }
