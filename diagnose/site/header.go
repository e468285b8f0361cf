package site

import (
	"strings"
	"unicode"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// headerLine is how a line of a header begins, for Python's email.feedparser: whatever does not begin
// so ends the header.
var headerLine = lazyregexp.New(`^(?:From |[\x21-\x39\x3b-\x7e]*:|[\t ])`)

// mayBecome is the beginning of a line that may become one of a header.
var mayBecome = lazyregexp.New(`^[\x21-\x39\x3b-\x7e]*$`)

// Header reads the fields of metadata as Python does, by their names in lower case: the description,
// behind the first line that is none of the header, has none. Lines that go on belong to the one before.
func Header(data []byte) map[string][]string {
	fields, _ := header(data)
	return fields
}

// header is Header, and whether the header ends within data, so that what stands behind says no more.
func header(data []byte) (fields map[string][]string, ends bool) {
	fields, name := map[string][]string{}, ""
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data))
	for text != "" {
		line, rest, complete := strings.Cut(text, "\n")
		if !headerLine.MatchString(line) {
			return fields, complete || !mayBecome.MatchString(line)
		}
		text = rest
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
	return fields, false
}

// IsSpace is what Python takes for white space.
func IsSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }
