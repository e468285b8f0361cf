package wrap

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// setDefault gives a signal its default back, past the Go runtime, which has handlers of its own for most (SIGQUIT prints
// all goroutines), and lets this thread have it.
func setDefault(s syscall.Signal) error {
	if s == syscall.SIGKILL {
		return nil
	}
	var action [8]uint64 // a struct sigaction of zeros, of whatever processor: the default, no flags, an empty mask
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(&action)), 0, unsafe.Sizeof(uint64(0)), 0, 0)
	if errno != 0 {
		return errno
	}
	var set unix.Sigset_t
	bits, n := int(unsafe.Sizeof(set.Val[0])*8), int(s)-1
	set.Val[n/bits] = 1 << (n % bits)
	return unix.PthreadSigmask(unix.SIG_UNBLOCK, &set, nil)
}
