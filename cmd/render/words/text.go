package words

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// WriteJSON writes a value for programs that a person may read as well.
func WriteJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// ShellWord is a word as it can be typed in a shell: in bash and zsh, if it has characters in it that cannot be seen.
func ShellWord(word string) string {
	if printable.Line(word) != word {
		return escaped(word)
	}
	if strings.ContainsAny(word, " '\"\\$`*?[]{}()&;|<>!#~^") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// escaped is a word whose bytes are escaped that are not ASCII, or cannot be seen: $'tab\x09.log'.
func escaped(word string) string {
	var b strings.Builder
	b.WriteString("$'")
	for i := range len(word) {
		if c := word[i]; c < ' ' || c > '~' || c == '\'' || c == '\\' {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String() + "'"
}

// maxShown is how many bytes of a text that a run has printed are shown.
const maxShown = 300

// CutText cuts a text that is too long to be read.
func CutText(text string) string {
	if len(text) <= maxShown {
		return text
	}
	return strings.ToValidUTF8(text[:maxShown], "") + "…"
}

// IsLink reports whether a reference is an address of the web.
func IsLink(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && address == printable.Line(address) && !strings.ContainsAny(address, " \"<>\\^`{|}")
}

// Clean takes out of a text of many lines what would give orders to a terminal.
func Clean(text []byte) []byte {
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		out.WriteString(rules.Visible(printable.Line(strings.ReplaceAll(line, "\t", "        "))))
		if strings.HasSuffix(line, "\n") {
			out.WriteByte('\n')
		}
	}
	return []byte(out.String())
}

// Top returns the first n of a list; 0: all.
func Top[T any](n int, all []T) []T {
	if n == 0 {
		return all
	}
	return all[:min(n, len(all))]
}

// Line is a text that is shown in a line, without what would give orders to a
// terminal.
func Line(text string) string { return printable.Line(text) }
