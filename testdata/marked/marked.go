// Package marked puts what a program has measured into a page, in place of what it measured last.
package marked

import (
	"fmt"
	"os"
	"strings"
)

// Put puts a text between the markers of a file, "<!-- NAME: make TARGET writes it -->" and "<!-- end of NAME -->". An empty file name: there is
// none, and nothing is done.
func Put(file, name, target, text string) error {
	if file == "" {
		return nil
	}
	begin, end := "<!-- "+name+": make "+target+" WRITE=1 writes it -->", "<!-- end of "+name+" -->"
	return Change(file, begin, end, func(string) string { return "\n" + strings.TrimSpace(text) + "\n" })
}

// Change puts what becomes of the text between two markers of a file in its place.
func Change(file, begin, end string, becomes func(old string) string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(data), begin)
	old, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no %s … %s", file, begin, end)
	}
	return os.WriteFile(file, []byte(before+begin+becomes(old)+end+after), 0o644)
}
