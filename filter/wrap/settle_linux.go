package wrap

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pending takes the signals out of those that the kernel has for us, and has not yet interrupted us with.
func pending(of []os.Signal) (came []os.Signal) {
	var set unix.Sigset_t
	bits := int(unsafe.Sizeof(set.Val[0]) * 8)
	for _, sig := range of {
		s := sig.(syscall.Signal)
		set.Val[(int(s)-1)/bits] |= 1 << ((int(s) - 1) % bits)
	}
	for range of {
		var now unix.Timespec // so that it does not wait
		s, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(&set)), 0, uintptr(unsafe.Pointer(&now)), unsafe.Sizeof(uint64(0)), 0, 0)
		if errno != 0 {
			break
		}
		came = append(came, syscall.Signal(s))
	}
	return came
}
