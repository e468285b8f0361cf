package view_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/view"
)

// How long an escape sequence is. One that is cut off reaches to the end; of a string without an end, only its beginning is one.
func TestEscapeLen(t *testing.T) {
	for _, c := range []struct {
		seq, rest string
		endless   bool
	}{
		{seq: "\x1b"}, {seq: "\x1b["}, {seq: "\x1b[31"}, {seq: "\x1b[31m"}, {seq: "\x1b[31m", rest: "x"}, {seq: "\x1b[2@", rest: "x"}, {seq: "\x1b[3~", rest: "x"}, {seq: "\x1b[0 q", rest: "x"},
		{seq: "\x1b[3", rest: "\x1b[0m"}, {seq: "\x1b[31", rest: "\n"}, {seq: "\x1b[3", rest: "\x7f"}, {seq: "\x1b[3", rest: "é"}, {seq: "\x1b[", rest: "\x1fx"},
		{seq: "\x1b7", rest: "x"}, {seq: "\x1bM"}, {seq: "\x1b("}, {seq: "\x1b(B", rest: "x"}, {seq: "\x1b F", rest: "x"}, {seq: "\x1b/A", rest: "x"}, {seq: "\x1b0", rest: "x"}, {seq: "\x1b\x1f", rest: "x"},
		{seq: "\x1b]0;title\x07", rest: "x"}, {seq: "\x1b]0;title\x1b\\", rest: "x"}, {seq: "\x1b]\x07", rest: "x"}, {seq: "\x1b]a\x1b[0m\x07", rest: "x"}, {seq: "\x1b]\\a\x07"},
		{seq: "\x1bPq\x1b\\", rest: "x"}, {seq: "\x1b_a\x07", rest: "x"}, {seq: "\x1b^a\x07", rest: "x"}, {seq: "\x1bXa\x07", rest: "x"},
		{seq: "\x1b]", rest: "0;title", endless: true}, {seq: "\x1b]", rest: "0;title\x1b", endless: true}, {seq: "\x1bP", endless: true}, {seq: "\x1b]", rest: "a\\", endless: true},
	} {
		n, endless := view.EscapeLen([]byte(c.seq + c.rest))
		assert.Equal(t, len(c.seq), n, "%q", c.seq+c.rest)
		assert.Equal(t, c.endless, endless, "%q", c.seq+c.rest)
	}
}

// hiding are lines with what hides text, and their text.
var hiding = map[string]string{
	"\x1b[31mred\x1b[0m\n": "red", "\x1b[0m\n": "", "\x1b[K": "", "a\x1b]0;title\x07b\n": "ab", "\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\\n": "link",
	"a\x1b]b\x1b]c\n": "abc", "a\x1b]b\x1b": "ab", "a\x1b]b\x1b]c\x07d\n": "ad", "\x1b[8mha:AAAA\x1b[0mx\n": "x", "\x1b[8mha:AAAA": "ha:AAAA", "\x1b[8mha:AAAA\x1b[1mx\n": "ha:AAAAx",
	"\x1b_bk;t=1\x07x\n": "x", "\x1b_bk;t=1": "bk;t=1", "\ufeffx\n": "x", "\ufeff\x1b[1mx\n": "x", "a\u00a0\u00a0b\n": "a  b", "\x1b[1m\u00a0x\u00a0\n": " x ",
	"\x1b[1mx\x1b[22m\r\n": "x", "x\r\x1b[K": "x", "\x1b[1mx\x1b[0m\r\x1b[2K": "x",
}

// What is seen of a line with escape sequences, and where it stands: each byte of the text is that of its place, or a space.
func TestHiddenSequences(t *testing.T) {
	for line, want := range hiding {
		var v view.Line
		v.Look([]byte(line))
		assert.Equal(t, want, string(v.Text), "%q", line)
		for i, c := range v.Text {
			at := v.At(i)
			assert.True(t, line[at] == c || c == ' ' && strings.HasPrefix(line[at:], "\u00a0"), "%q: %d is at %d", line, i, at)
			assert.LessOrEqual(t, v.After(i), v.At(i+1), "%q", line)
		}
		assert.Equal(t, v.End, v.At(len(v.Text)))
	}
}

// Bare is the text with its line end, also of lines with sequences in figures and of objects; what is in front of it stays.
func TestBare(t *testing.T) {
	var v view.Line
	for line, want := range hiding {
		if !strings.HasPrefix(line, "\ufeff") && !strings.Contains(line, "ha:AAAA") && !strings.Contains(line, "\r") {
			assert.Equal(t, want, strings.TrimSuffix(string(v.Bare([]byte(line))), "\n"), "%q", line)
		}
	}
	for line, want := range map[string]string{
		"": "", "a\n": "a\n", "2026-11-24T03:59:21Z \x1b[31mx\x1b[0m\n": "2026-11-24T03:59:21Z x\n", "a #033[32mb#033[0m c#015": "a b c", "#033x": "#033x",
		`{"log":"\u001b[32ma\u001b[0m\nb","stream":"stdout"}` + "\n": "a\nb", `{"n":1}`: `{"n":1}`,
	} {
		assert.Equal(t, want, string(v.Bare([]byte(line))), "%q", line)
	}
}

// Where a line ends: in front of its line feed with the carriage returns, or in front of that of a frame with what erases the line.
func TestLineEnds(t *testing.T) {
	for _, end := range []string{"", "\n", "\r\n", "\r\r\n", "\r", "\r\x1b[K", "\r\x1b[0K", "\r\x1b[1K", "\r\x1b[2K"} {
		for _, text := range []string{"", "x", "x\ry", "\x1b[K", "x\x1b[K", "\rx"} {
			if text == "" && end == "" || strings.HasSuffix(text, "K") && strings.HasPrefix(end, "\r\x1b") {
				continue
			}
			var v view.Line
			v.Look([]byte(text + end))
			assert.Equal(t, len(text), v.End, "%q", text+end)
			assert.Equal(t, strings.HasSuffix(end, "\n"), v.IsLine())
			v.EndHere()
			assert.True(t, v.IsLine() && v.EndsHere())
		}
	}
}

// A sequence at the end of a piece may go on in the next one.
func TestTornSequence(t *testing.T) {
	for line, want := range map[string]int{
		"": 0, "x": 1, "x\x1b": 1, "x\x1b[": 1, "x\x1b[3": 1, "x\x1b(": 1, "\x1b": 0, "\x1b[1mx\x1b[": 5, "x\x1b[3\x1b": 4,
		"x\x1b[31m": 6, "x\x1b[31mx": 7, "x\x1b[3\n": 5, "x\x1b[3\x07": 5, "x\x1b7": 3, "x\x1b]0;t\x07": 7, "x\x1b]0;t": 6,
	} {
		var v view.Line
		v.Look([]byte(line))
		assert.Equal(t, want, v.TornSequence(), "%q", line)
	}
}

// staying are the sequences of a range of a line that stay when it goes.
func staying(line string, from, to int) (all []string) {
	var v view.Line
	v.Look([]byte(line))
	for s := range v.Staying(view.Span{From: from, To: to}) {
		all = append(all, line[s.From:s.To])
	}
	return all
}

// What stays of a line that goes: what is meant for the screen, and colours that it leaves on. What the prefix has, goes.
func TestStaying(t *testing.T) {
	const syslog = "Nov 24 03:59:21 ci pyinfra[1]: "
	for line, want := range map[string][]string{
		"\x1b[?25lx\x1b[?25h\n": {"\x1b[?25l", "\x1b[?25h"}, "\x1b[31mx\x1b[0m\x1b[K\n": {"\x1b[K"}, "\x1b[31mx\n": {"\x1b[31m"}, "\x1b[31mx\x1b[1m\x1b[0m\n": nil,
		"\ufeffx\n": {"\ufeff"}, "\x1b_bk;t=1\x07x\n": nil, "\x1b[8mha:AAAA\x1b[0mx\n": nil, "x\x1bM\n": {"\x1bM"}, "x\x1b(": {"\x1b("},
		"\x1b[>4;1mx\n": {"\x1b[>4;1m"}, "\x1b[<4mx\n": {"\x1b[<4m"}, "\x1b[?4mx\n": {"\x1b[?4m"}, "\x1b[=1mx\n": {"\x1b[=1m"},
		syslog + "a#033[32mb\n": {"#033[32m"}, syslog + "a#033[32mb#033[0m\n": nil, syslog + "a#033[32m": {"#033[32m"}, syslog + "#033[2Ka\n": {"#033[2K"},
		syslog + "#033[32ma\x1b[0m\n": nil, syslog + "\x1b[32ma#033[0m\n": nil, "a#033[32mb\n": nil,
	} {
		assert.Equal(t, want, staying(line, 0, len(line)), "%q", line)
	}
	const line = "\x1b[?25lx\x1b[?25h" // of a range: those that are in it whole
	assert.Equal(t, []string{"\x1b[?25l", "\x1b[?25h"}, staying(line, 0, len(line)))
	assert.Equal(t, []string{"\x1b[?25h"}, staying(line, 7, len(line)))
	assert.Equal(t, []string{"\x1b[?25h"}, staying(line, 1, len(line)))
	assert.Equal(t, []string{"\x1b[?25l"}, staying(line, 0, 6))
	assert.Empty(t, slices.Concat(staying(line, 0, 5), staying(line, 1, len(line)-1)))
}
