//go:build !linux

package wrap

import "os"

func pending([]os.Signal) []os.Signal { return nil }
