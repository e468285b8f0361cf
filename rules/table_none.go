//go:build fromfiles

package rules

// The tables are left out: see builtin.go.
var (
	table      []Rule
	guardTable []Guard
)
