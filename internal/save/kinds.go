package save

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A Kind is a kind of file that orbfilter writes about logs.
type Kind struct {
	name string // as in --report NAME=FILE, if it is a report
	// own are the beginnings of those that orbfilter has written. (SARIF and Code Quality
	// do not name who has written them before their results; no log begins in that way.)
	own []*lazyregexp.Regexp
	// like reports whether a file is of the format, whoever has written it; nil: only
	// what is our own.
	Like func(head []byte) bool
}

// baselineBegin is how a baseline begins.
const baselineBegin = "# orbfilter baseline, fingerprints v"

var kindsOfFile = []Kind{
	{"json", patterns(`^\s*\{\s*"schema":\s*"orbfilter\.report/`), isJSON},
	{"audit", patterns(`^\{"orbfilter":"audit",`), nil},
	{"baseline", patterns(`^` + baselineBegin), nil},
	{"junit", patterns(`^<\?xml [^>]*>\s*<testsuites name="orbfilter"`), lazyregexp.New(`^(?:\xef\xbb\xbf)?\s*<(?:\?xml|testsuites?)[\s>/]`).Match},
	{"sarif", patterns(`^\s*\{\s*"\$schema":\s*"[^"]*/sarif-schema-`), isJSON},
	{"md", patterns(`^### orbfilter: (?:(?:\d+ logs, )?\d+ lines? in, \d+ shown, \d+ folded \(|the run (?:failed|did not fail)|whether the run failed is not known|\d+ of \d+ runs failed\n)`), isMarkdown},
	{"html", patterns(`(?is)^<!doctype html>.*<title>orbfilter: `), lazyregexp.New(`(?i)^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)[\s>]`).Match},
	{"codequality", patterns(`(?s)^\[\s*\{\s*"description": ".*",\s*"check_name": ".*",\s*"fingerprint": "`, `^\[\]\s*$`), isJSON}, // the second has nothing in it
	{"bundle", patterns(`^<!-- orbfilter bundle -->\n`), nil},
	{TextFormat, patterns(`^(?:\x1b\[[0-9;]*m)*(?:orbfilter: (?:(?:\d+ logs, )?\d+ lines? in, |the run failed[ :]|the run did not fail\n|whether the run failed is not known: )|the run failed in \d+ of \d+ logs?:)`), nil},
}

func patterns(all ...string) (out []*lazyregexp.Regexp) {
	for _, p := range all {
		out = append(out, lazyregexp.New(p))
	}
	return out
}

// IsOurs reports whether a text that begins in this way is one that orbfilter has
// written about logs. In a folder it is no log, whichever run has left it there. What is
// in the words of a summary may be the log of a job that shows one.
func IsOurs(head []byte) bool {
	for i := range kindsOfFile {
		if k := &kindsOfFile[i]; k.name != TextFormat && k.Wrote(head) {
			return true
		}
	}
	return false
}

// Wrote reports whether orbfilter has written a file of this kind that begins so.
func (k *Kind) Wrote(head []byte) bool {
	for _, own := range k.own {
		if own.Match(head) {
			return true
		}
	}
	return false
}

// FileOf returns the kind of file of a name.
func FileOf(name string) *Kind {
	for i := range kindsOfFile {
		if kindsOfFile[i].name == name {
			return &kindsOfFile[i]
		}
	}
	return nil
}

// isJSON reports whether a text is one value of JSON, as far as it goes, and an object or
// an array. Several, one behind the other, are a log.
func isJSON(head []byte) bool {
	d := json.NewDecoder(bytes.NewReader(head))
	for depth, n := 0, 0; ; n++ {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return n > 0
		case err != nil, depth == 0 && n > 0:
			return false
		}
		switch delim, _ := token.(json.Delim); delim {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case 0:
			if depth == 0 {
				return false
			}
		}
	}
}

var heading = lazyregexp.New(`^(?:\xef\xbb\xbf)?\s*(?:#{1,6} |<!--)`)

// isMarkdown reports whether a text begins with a heading, or with a comment. A baseline
// begins so as well.
func isMarkdown(head []byte) bool {
	return heading.Match(head) && !bytes.HasPrefix(head, []byte(baselineBegin))
}

// maxLook is how much of a file is looked at to tell what it is.
const maxLook = 1 << 20

// look returns the beginning of what a file holds; none if it is not there, or holds
// nothing but space.
func look(file string) ([]byte, error) {
	if _, err := os.Stat(file); err != nil { // what else is wrong is said by who writes it
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, Because(err)
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, maxLook))
	if len(bytes.TrimSpace(head)) == 0 {
		return nil, err
	}
	return head, err
}

// TextFormat is the format for people; the others are the kinds of --report.
const TextFormat = "text"
