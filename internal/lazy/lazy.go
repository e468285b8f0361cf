// Package lazy has values that are made when they are first asked for, so that who does not need them does not wait. It is for
// the engine, which itself knows no lock: what all filters of a program share may be asked for by several at once.
package lazy

import "sync"

// Value returns a function that returns what make returns, and calls it once. It is safe for concurrent use.
func Value[T any](make func() T) func() T { return sync.OnceValue(make) }
