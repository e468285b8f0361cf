package site

import (
	"strings"
	"unicode"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// headerLine is how a line of a header begins, for Python's email.feedparser: whatever does not begin
// so ends the header.
var headerLine = lazyregexp.New(`^(?:From |[\x21-\x39\x3b-\x7e]*:|[\t ])`)

// Header reads the fields of metadata as Python does, by their names in lower case: the description,
// behind the first line that is none of the header, has none. Lines that go on belong to the one before.
func Header(data []byte) map[string][]string {
	fields, name := map[string][]string{}, ""
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data))
	for line := range strings.SplitSeq(text, "\n") {
		if !headerLine.MatchString(line) {
			break
		}
		field, value, _ := strings.Cut(line, ":")
		switch values := fields[name]; {
		case line[0] == ' ' || line[0] == '\t':
			if name != "" {
				values[len(values)-1] = strings.TrimFunc(values[len(values)-1]+"\n"+strings.TrimFunc(line, IsSpace), IsSpace)
			}
		case strings.HasPrefix(line, "From ") || field == "":
		default:
			name = strings.ToLower(field)
			fields[name] = append(fields[name], strings.TrimFunc(value, IsSpace))
		}
	}
	return fields
}

// IsSpace is what Python takes for white space.
func IsSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }
