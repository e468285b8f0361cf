//go:build unix

package logs

import (
	"os"
	"syscall"
)

// keepOwner gives a file to the owner of another one: only root can, and need.
func keepOwner(f *os.File, info os.FileInfo) {
	if was, ok := info.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 {
		_ = f.Chown(int(was.Uid), int(was.Gid))
	}
}
