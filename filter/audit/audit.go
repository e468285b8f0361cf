// Package audit keeps what a filter folds, so that the original can be given
// back byte for byte, and proved to be it.
//
// An audit is one file of JSON Lines (https://jsonlines.org), which a person
// can look into. The first line is its header:
//
//	{"orbfilter":"audit","version":1,"tool":"1.2.3","name":"deploy.log","crc":"5e0c7a11"}
//
// Then comes a line for each stretch of bytes that was folded: where it began
// in the input, and behind which byte of the output it is missing, both counted
// from 0; the line of the input, counted from 1; the rule. What is UTF-8 text
// is text, all else is base64.
//
//	{"in":2013,"out":1999,"line":12,"rule":"gevent-…","text":"Exception …\n","crc":"0c3a1e5f"}
//
// The last line has the sizes and the SHA-256 of all that came in and of all
// that was shown. An audit without it is incomplete: the run was killed.
//
//	{"end":true,"input":{"bytes":98,"sha256":"…"},"output":{"bytes":20,"sha256":"…"},"crc":"…"}
//
// Where a run has two streams, the header names them ("streams"), each record
// says which one it is of ("stream"), and each has its end. Every line carries a
// CRC-32C (RFC 3720, section 12.1) of its bytes up to the comma in front of it.
//
// A record is in the file before the bytes are missing anywhere, so that what
// is there of an audit and of the output can be put together at any moment.
package audit

import "fmt"

const (
	format  = "audit"
	version = 1
	// maxSpan is the most bytes that a record holds; more are cut into several.
	maxSpan = 128 << 10
	// maxLine is the most bytes that a line may have: JSON makes six of one, at worst.
	maxLine = 1 << 20
	// buffer is for what is read at once. Most records fit.
	buffer = 128 << 10
	// maxStreams is how many streams an audit may have; a run has two.
	maxStreams = 16
)

// A Header says of what a file is the audit.
type Header struct {
	// Name is the log's or the command's; it may be empty.
	Name string
	// Tool is the version of orbfilter that wrote it.
	Tool string
	// Streams are the names of the streams that are kept apart; none: there
	// is one, and its name is "".
	Streams []string
}

// A Sum is the size of a text, and its SHA-256 in hexadecimal digits.
type Sum struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// A Flaw is something that is wrong with an audit, or with what it is to be
// put together with. Whatever other error there is, is one of reading or writing.
type Flaw struct {
	Line  int  // of the audit; 0: it is about none
	Clean bool // it is not the audit, but what it is to be put together with
	What  string
}

func (f *Flaw) Error() string {
	if f.Line == 0 {
		return f.What
	}
	return fmt.Sprintf("line %d: %s", f.Line, f.What)
}

// The lines of the file, in the order of their fields.
type (
	headerLine struct {
		Orbfilter string   `json:"orbfilter"`
		Version   int      `json:"version"`
		Tool      string   `json:"tool,omitempty"`
		Name      string   `json:"name,omitempty"`
		Streams   []string `json:"streams,omitempty"`
	}
	recordLine struct {
		Stream string `json:"stream,omitempty"`
		In     int64  `json:"in"`
		Out    int64  `json:"out"`
		Line   int    `json:"line"`
		Rule   string `json:"rule"`
		Text   string `json:"text,omitempty"`
		Base64 []byte `json:"base64,omitempty"`
	}
	endLine struct {
		End    bool   `json:"end"`
		Stream string `json:"stream,omitempty"`
		Input  Sum    `json:"input"`
		Output Sum    `json:"output"`
	}
)
