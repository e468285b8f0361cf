package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"unicode/utf8"
)

// A line is a JSON object whose last field is the checksum of what is before it:
// {…,"crc":"00000000"} and a line feed.
const tailLen = len(`,"crc":"00000000"}` + "\n")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func tail(body []byte) string {
	return fmt.Sprintf(`,"crc":"%08x"}`+"\n", crc32.Checksum(body, castagnoli))
}

// appendLine writes a line.
func appendLine(to *bytes.Buffer, line any) error {
	from := to.Len()
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false) // logs are full of < and >
	if err := e.Encode(line); err != nil {
		return err
	}
	to.Truncate(to.Len() - len("}\n"))
	to.WriteString(tail(to.Bytes()[from:]))
	return nil
}

// parseLine checks a line and takes it apart into the fields that it may have.
func parseLine(line []byte, into any) error {
	if len(line) < tailLen || string(line[len(line)-tailLen:]) != tail(line[:len(line)-tailLen]) {
		return fmt.Errorf("its checksum is wrong: the audit was changed, or damaged")
	}
	body := slices.Concat(line[:len(line)-tailLen], []byte{'}'})
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("it cannot be read: %w", err)
	}
	if d.More() {
		return fmt.Errorf("it cannot be read: something follows the object")
	}
	return nil
}

// split returns a span as text or, if it is none that a person can look at, as bytes.
func split(span []byte) (text string, raw []byte) {
	if plain(span) {
		return string(span), nil
	}
	return "", span
}

// plain reports whether bytes are UTF-8, and hold no control character that
// JSON leaves as it is: DEL, and those of C1, which some terminals act on.
func plain(span []byte) bool {
	for len(span) > 0 {
		r, n := utf8.DecodeRune(span)
		if r == utf8.RuneError && n == 1 || r >= 0x7f && r < 0xa0 {
			return false
		}
		span = span[n:]
	}
	return true
}

// spanLen returns how many bytes the next record holds: not more than maxSpan,
// and whole characters, if they are any.
func spanLen(span []byte) int {
	if len(span) <= maxSpan {
		return len(span)
	}
	for n := maxSpan; n > maxSpan-utf8.UTFMax; n-- {
		if utf8.RuneStart(span[n]) {
			return n
		}
	}
	return maxSpan
}
