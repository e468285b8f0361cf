package gate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/gate"
)

// What is looked for of a literal is the part that other lines have least: no spaces, no pairs of letters that words have, rather figures than letters. The
// first of them, if they are alike. Of a short literal it is its rarest byte.
func TestChosen(t *testing.T) {
	for literal, want := range map[string]string{
		"            0123456789ab": "0123456789ab", "0123456789ab            ": "0123456789ab", // spaces that align
		"1 2 3 4 5 6 1234567890:;": "1234567890:;", "1234567890:; 1 2 3 4 5 6": "1234567890:;", "1  1  1  1  1 1 1 1 1 1 1 1": " 1 1 1 1 1 1", // words
		"thenthentheninqxqxqxqxqxqx": "nqxqxqxqxqxq", "qxqxqxqxqxqxthenthenthen": "qxqxqxqxqxqx", "haqhaqhaqhaqxaqxaqxaqxaq": "aqxaqxaqxaqx", "ananananananXaXaXaXaXaXaXa": "nXaXaXaXaXaX", // common pairs
		"qxqxqxqxqxqx1q1x1q1x1q1x": "x1q1x1q1x1q1", "1q1x1q1x1q1xqxqxqxqxqxqx": "1q1x1q1x1q1x", "QXQXQXQXQXQX1Q1X1Q1X1Q1X": "X1Q1X1Q1X1Q1", // letters
		"azazazazazaz[a[a[a[a[a[a": "z[a[a[a[a[a[", "AZAZAZAZAZAZ@A@A@A@A@A@A": "Z@A@A@A@A@A@", "{a{a{a{a{a{azazazazazaza": "{a{a{a{a{a{a",
		"1112345678901": "111234567890", "123456789012": "123456789012", "Exception ignored in: <bound": "d in: <bound",
		"_ForkHooks": "rkHooks", "11111111ab": "1111111", "ananananan1": "ananan1",
		"gevent": "v", "ab cd": "b", "ee": "e", "etaQ": "Q", "(3)": "3", "e ": "e", "Q#": "Q",
	} {
		assert.Equal(t, want, gate.Chosen(literal), literal)
	}
}
