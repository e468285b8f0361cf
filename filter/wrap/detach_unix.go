//go:build unix

package wrap

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
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

// closeFrom closes the descriptors from this one on that came from the caller of the caller, and may be locks, and not the
// Go runtime's. Where it cannot be told which those are, it closes none.
func closeFrom(first int) {
	const dir = "/proc/self/fd"
	names, _ := os.ReadDir(dir)
	for _, name := range names {
		fd, err := strconv.Atoi(name.Name())
		link, _ := os.Readlink(filepath.Join(dir, name.Name()))
		if err == nil && fd >= first && link != "" && !strings.HasPrefix(link, "anon_inode:") {
			_ = unix.Close(fd)
		}
	}
}
