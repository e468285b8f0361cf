package site

import (
	"io/fs"
	"syscall"
	"time"
)

// arrived returns when a file was put where it is, or changed there since; the zero
// time: the file system does not say.
func arrived(file fs.FileInfo) time.Time {
	if s, ok := file.Sys().(*syscall.Stat_t); ok {
		return time.Unix(s.Ctim.Unix())
	}
	return time.Time{}
}
