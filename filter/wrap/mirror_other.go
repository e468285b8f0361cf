//go:build !linux

package wrap

import "os"

// mirror is of Linux; there is no /proc elsewhere to see who reads.
type mirror struct{}

func newMirror(_, _ *os.File) *mirror { return nil }
func (*mirror) look()                 {}
func (*mirror) end()                  {}
