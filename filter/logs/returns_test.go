package logs_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestReturns: a log whose lines end with a carriage return is read in lines, up to the first line feed, and it is known how
// far; one that has line feeds at its beginning stays as it is.
func TestReturns(t *testing.T) {
	long := strings.Repeat(strings.Repeat("x", 99)+"\r", 1000)
	for name, c := range map[string]struct {
		data, want string
		turned     int
	}{
		"returns":             {"a\rb\rc", "a\nb\nc", 5},
		"one":                 {"a\r", "a\n", 2},
		"none":                {"a", "a", 0},
		"line feeds":          {"a\nb\rc\r", "a\nb\rc\r", 0},
		"CR LF":               {"a\r\nb\r\n", "a\r\nb\r\n", 0},
		"a bar, then lines":   {"1%\r2%\r3%\nb\r\nc\n", "1%\r2%\r3%\nb\r\nc\n", 0},
		"more than a block":   {long, strings.ReplaceAll(long, "\r", "\n"), len(long)},
		"then line feeds":     {long + "b\nc\r", strings.ReplaceAll(long, "\r", "\n") + "b\nc\r", len(long) + 1},
		"packed line feeds":   {gz(t, "a\nb\r"), "a\nb\r", 0},
		"packed returns":      {gz(t, "a\rb\r"), "a\nb\n", 4},
		"returns behind each": {"a\r\rb\r", "a\n\nb\n", 5},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := open(t, write(t, c.data, t.TempDir(), "log"))
			require.NoError(t, err)
			r, err := s.Logs[0].Open()
			require.NoError(t, err)
			defer r.Close()
			assert.True(t, strings.HasPrefix(c.want, string(r.Head())), "%q", r.Head())
			text, err := io.ReadAll(r)
			require.NoError(t, err)
			assert.Equal(t, c.want, string(text))
			assert.EqualValues(t, c.turned, r.Returns())
		})
	}
}

// TestReturnsComeBack: with what is known of it, the log comes back as it was, however it is read.
func TestReturnsComeBack(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		part := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b\r", "\r", "ccc"}), 0, 20).Draw(rt, "text"), "")
		data := strings.Repeat(part, rapid.SampledFrom([]int{1, 5000}).Draw(rt, "times")) + rapid.SampledFrom([]string{"", "\n", "x\r\ny\r"}).Draw(rt, "end")
		s, err := open(t, write(t, data, dir, "log"))
		require.NoError(rt, err)
		if data == "" {
			return
		}
		r, err := s.Logs[0].Open()
		require.NoError(rt, err)
		defer r.Close()
		var text strings.Builder
		_, err = io.CopyBuffer(struct{ io.Writer }{&text}, struct{ io.Reader }{r}, make([]byte, rapid.IntRange(1, 5000).Draw(rt, "size")))
		require.NoError(rt, err)
		n := int(r.Returns())
		back := strings.ReplaceAll(text.String()[:n], "\n", "\r") + text.String()[n:]
		require.Equal(rt, data, back)
	})
}
