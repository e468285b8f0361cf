//go:build unix

package main

import "context"

func (l *lab) checkAdvice(context.Context) int { return 0 }
