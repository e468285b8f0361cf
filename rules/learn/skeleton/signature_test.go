package skeleton_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
)

// plainSignature is Signature, character by character.
func plainSignature(line string) string {
	address, figures := regexp.MustCompile(`^0x[0-9a-f]*`), regexp.MustCompile(`^[0-9]+`)
	hash := regexp.MustCompile(`^[0-9a-f]{6,}(?:[^0-9A-Za-z_]|$)`)
	word := func(i int) bool { return i >= 0 && regexp.MustCompile(`^[0-9A-Za-z_]`).MatchString(line[i:]) }
	var out strings.Builder
	for i := 0; i < len(line); {
		rest := line[i:]
		n := len(rest) - len(strings.TrimLeft(rest, "0123456789abcdef"))
		switch run := rest[:n]; {
		case address.MatchString(rest) && n == 1:
			out.WriteString("0x")
			i += len(address.FindString(rest))
		case hash.MatchString(rest) && !word(i-1) && strings.ContainsAny(run, "0123456789") && strings.ContainsAny(run, "abcdef"):
			out.WriteString("#")
			i += n
		case figures.MatchString(rest):
			f := figures.FindString(rest)
			out.WriteString("0000"[:min(len(f), 4)])
			i += len(f)
		default:
			out.WriteByte(line[i])
			i++
		}
	}
	return out.String()
}

// TestSignature: numbers and addresses are left out wherever they stand, and a line without figures is its own signature.
func TestSignature(t *testing.T) {
	parts := []string{"0", "7", "42", "2026", "0x", "0x1f", "a", "f", "de", "cafe", "deadbe", "0c36d0", "abcdef1", "x", "g", "_", "-", ".", " ", "A", "é", "web", "/"}
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 12).Draw(t, "line"), "")
		require.Equal(t, plainSignature(line), string(skeleton.Signature(nil, line)), "%q", line)
		require.Equal(t, strings.ContainsAny(line, "0123456789"), skeleton.HasFigures([]byte(line)), "%q", line)
		if !skeleton.HasFigures([]byte(line)) {
			require.Equal(t, line, string(skeleton.Signature(nil, line)))
		}
	})
}
