//go:build unix

package host

import "syscall"

// What makes opening not wait: for a pipe's other end, or for a device; and refuse what is no
// folder.
const (
	noWait     = syscall.O_NONBLOCK | syscall.O_NOCTTY
	folderOnly = syscall.O_DIRECTORY
)
