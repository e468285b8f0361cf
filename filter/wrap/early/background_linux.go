package early

import (
	"os"
	"os/signal"
	"syscall"
)

// inBackground tells whether a script has started us in the background (&), for which shells ignore SIGINT and SIGQUIT. Go
// tells of the former alone, and catches the latter whatever it was. Who ignores SIGINT himself (trap ” INT) had
// that alone in mind.
func inBackground() bool {
	return signal.Ignored(syscall.SIGINT) && !ignores(os.Getppid(), syscall.SIGINT)
}

// ignores is true as well where that is not known. It reads without the packages that are there for it: they would be initialized before this one.
func ignores(pid int, s syscall.Signal) bool {
	const key, digits = "\nSigIgn:\t", 16 // of a hexadecimal number, a bit a signal
	text, _ := os.ReadFile("/proc/" + decimal(pid) + "/status")
	for i := range max(0, len(text)-len(key)-digits) {
		if string(text[i:i+len(key)]) == key {
			n := int(s) - 1
			return hexadecimal(text[i+len(key)+digits-1-n/4])&(1<<(n%4)) != 0
		}
	}
	return true
}

func decimal(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return decimal(n/10) + decimal(n%10)
}

func hexadecimal(digit byte) byte {
	if digit >= 'a' {
		return digit - 'a' + 10
	}
	return digit - '0'
}
