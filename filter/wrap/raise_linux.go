package wrap

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// setDefault gives a signal its default back, past the Go runtime, which has handlers of its own for most (SIGQUIT prints
// all goroutines) and keeps them (SIGTSTP), and lets this thread have it.
func setDefault(s syscall.Signal) error {
	if s == syscall.SIGKILL {
		return nil
	}
	if _, err := swapAction(s, action{}); err != nil {
		return err
	}
	return unblock(s)
}

// action is a struct sigaction of whatever processor. Zeros are the default, no flags, an empty mask.
type action [8]uint64

func swapAction(s syscall.Signal, to action) (from action, err error) {
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(&to)), uintptr(unsafe.Pointer(&from)), unsafe.Sizeof(uint64(0)), 0, 0)
	if errno != 0 {
		return from, errno
	}
	return from, nil
}

func unblock(s syscall.Signal) error {
	var set unix.Sigset_t
	bits, n := int(unsafe.Sizeof(set.Val[0])*8), int(s)-1
	set.Val[n/bits] = 1 << (n % bits)
	return unix.PthreadSigmask(unix.SIG_UNBLOCK, &set, nil)
}
