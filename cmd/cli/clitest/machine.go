package clitest

import (
	"testing"
	"time"

	"github.com/orbfilter/orbfilter/diagnose/beside"
)

// DeadMachine is one on which no folder of packages answers.
func DeadMachine(t *testing.T, limit time.Duration) *beside.Beside {
	t.Helper()
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	b := beside.NewBeside(limit)
	b.Installed = func(string, string) (string, time.Time) { <-over; return "", time.Time{} }
	return b
}
