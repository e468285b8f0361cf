//go:build unix

package wrap

import (
	"os"
	"syscall"
)

// detach starts this program once more, so that the end of our terminal, session or process group is not the end of it.
func detach(args []string, files []*os.File) (*os.Process, error) {
	path, err := self()
	if err != nil {
		return nil, err
	}
	env := append(os.Environ(), "GOMAXPROCS=1")
	args = append([]string{os.Args[0]}, args...)
	return os.StartProcess(path, args, &os.ProcAttr{Dir: "/", Env: env, Files: files, Sys: &syscall.SysProcAttr{Setsid: true}})
}

// self is the file of this program, even if another one has got its name since we began.
func self() (string, error) {
	const running = "/proc/self/exe" // that of Linux
	path, failed := os.Executable()
	us, err := os.Stat(running)
	if err != nil {
		return path, failed
	}
	if now, err := os.Stat(path); failed == nil && err == nil && os.SameFile(us, now) {
		return path, nil
	}
	return running, nil
}
