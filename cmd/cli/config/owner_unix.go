//go:build unix

package config

import (
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

// openFlags do not wait for who writes to a pipe.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK

// foreign returns whose a file is that is neither ours nor root's: in a folder that all may write to,
// such as /tmp, anybody can leave a config for who works below it. "": it is not foreign. Who is root
// by sudo is the user that called it as well, as for git.
func foreign(info fs.FileInfo) string {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	me, uid := os.Geteuid(), int(stat.Uid)
	if uid == me || uid == 0 || me == 0 && os.Getenv("SUDO_UID") == strconv.Itoa(uid) {
		return ""
	}
	return fmt.Sprintf("user %d", uid)
}
