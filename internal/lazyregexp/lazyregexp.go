// Package lazyregexp has regular expressions that are compiled when they are first used, so that a package variable may
// hold one and nobody who does not use it waits for it. What a run needs of a hundred is a dozen, and to compile all of
// them takes longer than all else that is done before the first line.
package lazyregexp

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// A Regexp is a regular expression. It is safe for concurrent use, and its methods are those of regexp.Regexp. In a test,
// and in no other program, it is compiled at once: a wrong one must not wait for its first use to be found.
type Regexp struct {
	source string
	once   sync.Once
	re     *regexp.Regexp
}

// New returns a regular expression. One that is wrong panics when it is used.
func New(source string) *Regexp {
	r := &Regexp{source: source}
	if inTest {
		r.get()
	}
	return r
}

var inTest = len(os.Args) > 0 && strings.HasSuffix(strings.TrimSuffix(os.Args[0], ".exe"), ".test")

func (r *Regexp) get() *regexp.Regexp {
	r.once.Do(func() { r.re = regexp.MustCompile(r.source) })
	return r.re
}

// String returns the expression, and compiles nothing.
func (r *Regexp) String() string { return r.source }

// The others are those of regexp.Regexp.

// Match reports whether the expression matches somewhere in b.
func (r *Regexp) Match(b []byte) bool { return r.get().Match(b) }

// MatchString reports whether the expression matches somewhere in s.
func (r *Regexp) MatchString(s string) bool { return r.get().MatchString(s) }

// Find returns the first match in b; nil: there is none.
func (r *Regexp) Find(b []byte) []byte { return r.get().Find(b) }

// FindString returns the first match in s; "" may stand for none.
func (r *Regexp) FindString(s string) string { return r.get().FindString(s) }

// FindStringIndex returns where the first match in s is; nil: there is none.
func (r *Regexp) FindStringIndex(s string) []int { return r.get().FindStringIndex(s) }

// FindAll returns the first n matches in b; all, if n is negative.
func (r *Regexp) FindAll(b []byte, n int) [][]byte { return r.get().FindAll(b, n) }

// FindSubmatch returns the first match in b and its groups; nil: there is none.
func (r *Regexp) FindSubmatch(b []byte) [][]byte { return r.get().FindSubmatch(b) }

// FindStringSubmatch returns the first match in s and its groups; nil: there is none.
func (r *Regexp) FindStringSubmatch(s string) []string { return r.get().FindStringSubmatch(s) }

// FindStringSubmatchIndex returns where the first match in s and its groups are; nil: there is none.
func (r *Regexp) FindStringSubmatchIndex(s string) []int { return r.get().FindStringSubmatchIndex(s) }

// FindAllString returns the first n matches in s; all, if n is negative.
func (r *Regexp) FindAllString(s string, n int) []string { return r.get().FindAllString(s, n) }

// FindAllStringIndex returns where the first n matches in s are; all, if n is negative.
func (r *Regexp) FindAllStringIndex(s string, n int) [][]int { return r.get().FindAllStringIndex(s, n) }

// FindAllStringSubmatch returns the first n matches in s and their groups; all, if n is negative.
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.get().FindAllStringSubmatch(s, n)
}

// FindAllSubmatch returns the first n matches in b and their groups; all, if n is negative.
func (r *Regexp) FindAllSubmatch(b []byte, n int) [][][]byte { return r.get().FindAllSubmatch(b, n) }

// ExpandString appends a template to dst, with the groups that match has found in src in place of their names.
func (r *Regexp) ExpandString(dst []byte, template, src string, match []int) []byte {
	return r.get().ExpandString(dst, template, src, match)
}

// ReplaceAll returns b with a template in place of each match.
func (r *Regexp) ReplaceAll(b, template []byte) []byte { return r.get().ReplaceAll(b, template) }

// ReplaceAllString returns s with a template in place of each match.
func (r *Regexp) ReplaceAllString(s, template string) string {
	return r.get().ReplaceAllString(s, template)
}

// ReplaceAllStringFunc returns s with what with makes of each match in its place.
func (r *Regexp) ReplaceAllStringFunc(s string, with func(string) string) string {
	return r.get().ReplaceAllStringFunc(s, with)
}

// Split returns what is around the first n-1 matches in s; around all, if n is negative.
func (r *Regexp) Split(s string, n int) []string { return r.get().Split(s, n) }

// FindAllStringSubmatchIndex is that of regexp.Regexp.
func (r *Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return r.get().FindAllStringSubmatchIndex(s, n)
}

// SubexpNames is that of regexp.Regexp.
func (r *Regexp) SubexpNames() []string { return r.get().SubexpNames() }
