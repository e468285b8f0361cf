package early

import (
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

// inBackground tells whether a script has started us in the background (&), for which shells ignore SIGINT and SIGQUIT. Go
// tells of the former alone, and catches the latter whatever it was. Who ignores SIGINT himself (trap ” INT) had
// that alone in mind.
func inBackground() bool {
	return signal.Ignored(syscall.SIGINT) && !ignores(os.Getppid(), syscall.SIGINT)
}

// ignores is true as well where that is not known.
func ignores(pid int, s syscall.Signal) bool {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	_, rest, _ := strings.Cut(string(text), "\nSigIgn:\t")
	mask, _, _ := strings.Cut(rest, "\n")
	set, err := strconv.ParseUint(mask, 16, 64)
	return err != nil || set&(1<<(s-1)) != 0
}
