package page

import (
	"bytes"
	"fmt"
	"strings"
)

// What stands in a page in place of what has a meaning there. That is what html/template writes, and tests compare with it; this
// is not html/template, since who executes templates has every method of every type in the program.

// escaped are the bytes that mean something in the text of an element or in a value in quotes.
var escaped = [256]string{0: "\uFFFD", '"': "&#34;", '&': "&amp;", '\'': "&#39;", '+': "&#43;", '<': "&lt;", '>': "&gt;"}

// escape writes a text as it stands in an element, or in a value in quotes.
func escape(b *bytes.Buffer, text string) {
	from := 0
	for i := range len(text) {
		if with := escaped[text[i]]; with != "" {
			b.WriteString(text[from:i])
			b.WriteString(with)
			from = i + 1
		}
	}
	b.WriteString(text[from:])
}

// unreserved are the marks that are not escaped in any part of an address, reserved those that have a meaning between its parts:
// https://www.rfc-editor.org/rfc/rfc3986#section-2. Quotes and brackets are escaped everywhere.
const (
	unreserved = "-._~"
	reserved   = "!#$&*+,/:;=?@[]"
)

// urlPart is a text as a part of an address.
func urlPart(text string) string { return percent(text, "", false) }

// address is a text as a whole address. One that does not lead to the web, to a mailbox or into this page is none.
func address(text string) string {
	if scheme, _, has := strings.Cut(text, ":"); has && !strings.Contains(scheme, "/") && !leads(scheme) {
		return "#ZgotmplZ"
	}
	return percent(text, reserved, true)
}

func leads(scheme string) bool {
	return strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "mailto")
}

// percent escapes all but letters, digits and what may stay. done: what is escaped already stays as it is.
func percent(text, stays string, done bool) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case isAlnum(c), strings.IndexByte(unreserved, c) >= 0, strings.IndexByte(stays, c) >= 0,
			done && c == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
