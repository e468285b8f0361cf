package report

import "github.com/orbfilter/orbfilter/internal/secrets"

// MaskArgv returns the arguments of a command with what looks like a secret masked: reports are kept, and shown to others.
func MaskArgv(argv []string) []string { return secrets.MaskArgv(argv) }
