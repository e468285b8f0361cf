package cmd

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/words"
)

// TestAllIsSaidByAVoice: nothing is printed past the voices, where what it quotes could
// give orders to a CI system, and where nobody would know that it was not written.
func TestAllIsSaidByAVoice(t *testing.T) {
	past := regexp.MustCompile(`(?:Fprint\w*|\.(?:Text|JSON|SARIF|GitHub|Markdown|List))\((?:\w+\.)?(?:io|std|says)\.(?:Out|Err)\b|(?:io|std|says)\.(?:Out|Err)\.Write`)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, "fmt.Fprintln(s.io.Err)") { // an empty line, see newLine
				continue
			}
			assert.False(t, past.MatchString(line), "%s: %s; write to stdout(), stdoutData() or stderr()", file, strings.TrimSpace(line))
		}
	}
}

// TestVoiceBreaksWhatIsCut: a command that is written in two pieces is one, and each
// syntax stays what it is.
func TestVoiceBreaksWhatIsCut(t *testing.T) {
	for syntax, want := range map[string]string{
		words.PlainText: "a ##\x1b[0mvso[x] b\n",
		words.JSONText:  `a ##\u0076so[x] b` + "\n",
		words.XMLText:   "a ##&#x76;so[x] b\n",
		words.AsItIs:    "a ##vso[x] b\n",
	} {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		says := IO{In: os.Stdin, Out: w, Err: w, Getenv: func(name string) string { return map[string]string{"TF_BUILD": "True"}[name] }}.speaking(false)
		for _, piece := range []string{"a #", "#", "vso[x] b\n"} {
			_, err := io.WriteString(says.stdoutData(syntax), piece)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		assert.Equal(t, want, string(got), syntax)
	}
}
