// Package testrun lets a test say in which runs of the tests it does not take part. The Makefile says which runs there are.
package testrun

import "testing"

// Long leaves a test out where only quick ones are wanted: go test -short, which is make check.
func Long(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes long; go test without -short runs it")
	}
}

// WithoutRace leaves a test out under the race detector: it runs other programs, or measures, and shows no race that others do
// not show.
func WithoutRace(t testing.TB) {
	t.Helper()
	if race {
		t.Skip("not under the race detector")
	}
}
