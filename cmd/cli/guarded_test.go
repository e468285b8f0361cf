package cli

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/words"
)

// TestAllIsGuarded: nothing is printed past the voices, where what it quotes could
// give orders to a CI system, and where nobody would know that it was not written.
func TestAllIsGuarded(t *testing.T) {
	past := regexp.MustCompile(`(?:Fprint\w*|\.(?:Text|JSON|SARIF|GitHub|Markdown|List))\((?:\w+\.)?(?:io|std|says)\.(?:Out|Err)\b|(?:io|std|says)\.(?:Out|Err)\.Write`)
	for _, file := range commandFiles(t) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, "fmt.Fprintln(s.io.Err)") { // an empty line, see newLine
				continue
			}
			assert.False(t, past.MatchString(line), "%s: %s; write to Stdout(), StdoutData() or Stderr()", file, strings.TrimSpace(line))
		}
	}
}

// commandFiles are the files of all commands, without their tests.
func commandFiles(t *testing.T) (files []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err == nil && d.IsDir() && d.Name() == "render":
			return fs.SkipDir
		case err == nil && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			files = append(files, name)
		}
		return err
	}))
	require.NotEmpty(t, files)
	return files
}

// TestWriterBreaksWhatIsCut: a command that is written in two pieces is one, and each
// syntax stays what it is.
func TestWriterBreaksWhatIsCut(t *testing.T) {
	for syntax, want := range map[string]string{
		words.PlainText: "a ##\x1b[0mvso[x] b\n",
		words.JSONText:  `a ##\u0076so[x] b` + "\n",
		words.XMLText:   "a ##&#x76;so[x] b\n",
		words.AsItIs:    "a ##vso[x] b\n",
	} {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		says := IO{In: os.Stdin, Out: w, Err: w, Getenv: func(name string) string { return map[string]string{"TF_BUILD": "True"}[name] }}.Guarded(false)
		for _, piece := range []string{"a #", "#", "vso[x] b\n"} {
			_, err := io.WriteString(says.StdoutData(syntax), piece)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		assert.Equal(t, want, string(got), syntax)
	}
}
