package mask_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/mask"
)

func compiled(t require.TestingT, source string) *rules.Pattern {
	p, err := rules.NewPattern(source)
	require.NoError(t, err, "%q", source)
	return p
}

// What is taken for something that varies, and what for the text itself.
func TestMask(t *testing.T) {
	for line, want := range map[string]string{
		"Network error, retrying in 2.0s (attempt 1/4)":                          `Network error, retrying in \d[\d.hmnsuµ]* \(attempt \d+/\d+\)`,
		"    [web-1] apt is busy, pid 4711":                                      ` *\[[^\]\s]+\] +apt is busy, pid \d+`,
		"[WARNING] deprecated":                                                   `\[WARNING\] deprecated`,
		"[1234] started":                                                         `\[\d+\] started`,
		"<Greenlet at 0x7f021a09b230: f>":                                        `<Greenlet at 0x[0-9a-fA-F]+: f>`,
		"2026-11-24 03:59:21,123 WARNING x":                                      `\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z| ?[+-][\d:]+)? WARNING x`,
		"at 2026-11-24T03:59:21.5Z.":                                             `at \d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z| ?[+-][\d:]+)?\.`,
		"on 2026-11-24":                                                          `on \d{4}-\d\d-\d\d`,
		"on 2026/11/24":                                                          `on \d{4}/\d\d/\d\d`,
		"it is 03:59:21":                                                         `it is \d+:\d\d:\d\d(?:[.,]\d+)?`,
		"[24/Nov/2026:03:59:21 +0000] GET":                                       `\[\d+[/ -][A-Z][a-z]+[/ -]\d{4}(?:[: ][\d:]+)?(?: [+-]\d{4}| [A-Z]{3,4})?\] GET`,
		"Tue Nov 24 03:59:21 2026: x":                                            `(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d(?: [A-Z]{3,4})?(?: \d{4})?: x`,
		"id 123e4567-e89b-12d3-a456-426614174000":                                `id [0-9a-fA-F-]{36}`,
		"commit 0c36d0f, deadbeef, 1234567":                                      `commit [0-9a-fA-F]+, [0-9a-fA-F]+, \d+`,
		"from 10.0.0.1:22 and fe80::1 and std::add":                              `from \d+\.\d+\.\d+\.\d+:\d+ and [0-9a-fA-F:.]+ and std::add`,
		"key SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU done":            `key SHA256:[A-Za-z0-9+/=]+ done`,
		"gevent 25.5.1 and 1.2.3-4ubuntu5.1+deb12u2.":                            `gevent \d[\d.]* and \d[\w.+~-]*\.`,
		"Fetched 1,234 kB in 3s (12.5 MB/s)":                                     `Fetched \d[\d,]* kB in \d[\d.hmnsuµ]* \(\d[\d.]* ?[kKMGTP]?i?B/s\)`,
		`  File "/home/a b/lib/python3.12/site-packages/gevent/threading.py", x`: ` +File "[^"]*/site-packages/gevent/threading\.py", x`,
		"/usr/lib/python3.12/threading.py:12":                                    `\S*/python\d+\.\d+/threading\.py:\d+`,
		"read /etc/ssh/ssh_config.d/10-x.conf":                                   `read /etc/ssh/ssh_config\.d/\d+-x\.conf`,
		"read /home/me/deploy/a.py and /tmp/tmpab3x9_k":                          `read \S*/a\.py and \S*/[^\s/"]+`,
		`in C:\Users\me\x.py:`:                                                   `in \S*[\\/]x\.py:`,
		"see https://example.com/a/1?x=2 now":                                    `see https://example\.com/a/1\?x=2 now`,
		"see https://10.0.0.1:80/x, http://web-1.acme.com and https://[::1]/":    `see https://\d+\.\d+\.\d+\.\d+:\d+/x, http://[\w.-]+ and https://\[::\d+\]/`,
		"at 12:34:56 PM and 12:34:59":                                            `at \d+:\d\d:\d\d(?:[.,]\d+)?(?: ?[AaPp][Mm])? and \d+:\d\d:\d\d(?:[.,]\d+)?`,
		"~\x7f\x1f":                                                              `~\x{7F}\x{1F}`,
		"/x in /tmp/tmpab3x9_k, /a/b and /tmpab3x9_k":                            `/x in \S*/[^\s/"]+, \S*/b and \S*/\w+`,
		`in C:\x.py or \\srv\x`:                                                  `in \S*[\\/]x\.py or \S*[\\/]x`,
		"inflight@1.0.6: gone":                                                   `[\w.+-]+@[\w.-]+: gone`,
		"VM web: stopped; host web-1 down; host is down; server error":           `VM [\w.-]+: stopped; host [\w.-]+ down; host is down; server error`,
		"web01 of utf8":                                                          `web\d+ of utf8`,
		"===== x ----":                                                           `={4,} x -{4,}`,
		"a   b\tc":                                                               `a +b\tc`,
		"x a1b2c3d4e5 y":                                                         `x [0-9a-fA-F]+ y`,
		"/var/lib/acme-agent/ba73a1/state.db, 123456, decade, ab12":              `/var/lib/acme-agent/[0-9a-fA-F]+/state\.db, \d+, decade, ab\d+`,
		"x Xk3jR9pQ2mZ y":                                                        `x \w+ y`,
		"é\u00a0日\u2028":                                                         `é\x{A0}日\x{2028}`,
	} {
		assert.Equal(t, want, mask.Expression(mask.Mask(line)), line)
	}
	assert.Equal(t, `myweb1, web1, \w+ and web\d+`, mask.Expression(mask.Mask("myweb1, web1, a1b2c3d4e5f6g7 and web2", "web1", "")))
	assert.Equal(t, `port 80 of \d+`, mask.Expression(mask.Mask("port 80 of 90", "80")))
}

// words are of what logs consist of.
var logWords = []string{
	"error", "[web]", "    ", " ", "2.0s", "0x7f", "10.0.0.1", "/etc/x", "/home/me/a.py", "2026-11-24 03:59:21", "12:34", "a1b2c3d", "1.2.3-4a5", ",", ":", "(", ")", "[", "]",
	"=====", "\"", "host ", "x@y", "µs", "\t", "*", "\\", "{", "$", "^", "|", "+", "~", "日",
}

func logLine() *rapid.Generator[string] {
	words := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(logWords), rapid.StringMatching(`[ -~]{0,6}`)), 0, 12)
	return rapid.Map(words, func(w []string) string { return strings.Join(w, "") })
}

// The pieces are the line, and the expression matches it.
func TestMaskMatchesTheLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := logLine().Draw(t, "line")
		pieces := mask.Mask(line)
		var text strings.Builder
		for _, p := range pieces {
			text.WriteString(p.Text)
			require.True(t, compiled(t, p.Pattern).MatchAll([]byte(p.Text)), "%q does not match %q", p.Pattern, p.Text)
		}
		require.Equal(t, line, text.String())
		if line != "" {
			require.True(t, compiled(t, mask.Expression(pieces)).MatchAll([]byte(line)))
		}
	})
}

func FuzzMask(f *testing.F) {
	for _, w := range logWords {
		f.Add(w + " and " + w)
	}
	f.Add("\"/!\x10 [[/ \"/")                                                   // a quoted path whose last name has spaces
	for _, path := range []string{"A:\\", "~/", "//", "\\\\a", "x/", "A:\\b"} { // with one name only
		f.Add(path)
	}
	f.Add("\\ aο//4o\x01?\\\x14ο//4") // a folder that ends in two slashes
	f.Fuzz(func(t *testing.T, line string) {
		line = strings.ToValidUTF8(line, "?")
		pieces := mask.Mask(line)
		if line == "" || len(mask.Expression(pieces)) > 4000 {
			return
		}
		require.True(t, compiled(t, mask.Expression(pieces)).MatchAll([]byte(line)), "%q", mask.Expression(pieces))
	})
}
