package wrap

import (
	"os"
	"os/signal"
)

// run starts the program with pipes. There is no pseudo-terminal: the console is shared, and its Ctrl-C reaches the
// program without us.
func (c *Command) run(path string) (int, error) {
	outlets, err := c.outlets()
	if err != nil {
		return ExitFailure, err
	}
	defer closeAll(outlets)
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)

	process, err := c.start(path, outlets)
	if err != nil {
		return status(err), err
	}
	pumps := startPumps(outlets)
	end, failed := process.Wait()
	close(pumps.ended)
	err = pumps.err()
	if failed != nil {
		return ExitFailure, failed
	}
	return end.ExitCode(), err
}

func (c *Command) start(path string, outlets []*outlet) (*os.Process, error) {
	stdin, err := c.stdin()
	if err != nil {
		return nil, err
	}
	if stdin != c.Stdin {
		defer stdin.Close()
	}
	files := []*os.File{stdin, outlets[0].far, outlets[len(outlets)-1].far}
	process, err := os.StartProcess(path, c.Args, &os.ProcAttr{Files: files})
	if err != nil {
		return nil, cannotStart(c.Args[0], err)
	}
	for _, o := range outlets {
		o.closeFar()
	}
	return process, nil
}
