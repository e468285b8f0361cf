// Package skeleton tells which lines of logs are of one text: it takes out of them what varies, and finds
// what they have in common otherwise.
package skeleton

import (
	"strings"

	"github.com/orbfilter/orbfilter/rules/mask"
)

// bad stands in front of the skeleton of a line that says of itself that something went wrong.
const bad = "! "

// Of appends the skeleton of a line that has no prefix and no host any more: whether it says that something
// went wrong, and its message without what varies. The columns in front of the message are not in it. It is the same on each machine and in each week, and
// fingerprints are made of it: see filter.FingerprintVersion.
func Of(to []byte, line string) []byte {
	h := mask.HeadOf(line)
	if mask.IsBad(h.Level) || h.Level == "" && mask.IsBad(mask.LevelIn(line[h.Len:])) {
		to = append(to, bad...)
	}
	return mask.Skeleton(to, strings.TrimRight(line[h.Len:], " \t\r"))
}

// IsBad reports whether a skeleton is that of a line that says of itself that something went wrong.
func IsBad(text string) bool { return strings.HasPrefix(text, bad) }

// Words are those of a skeleton.
func Words(of string) []string { return strings.Split(of, " ") }
