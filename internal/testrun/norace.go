//go:build !race

package testrun

// race: the race detector is on.
const race = false
