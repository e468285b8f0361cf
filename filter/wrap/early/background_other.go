//go:build !linux

package early

func inBackground() bool { return false }
