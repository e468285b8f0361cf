package view

import "bytes"

// A field is a part of a prefix that varies.
type field struct {
	// scan returns how much of the start of a text is the field; -1: none.
	scan func([]byte) int
	// first are the bytes that it can begin with; empty: any.
	first string
	// writer: it says whose line it is. A block comes from one writer.
	writer bool
	// until begins what differs from line to line of one writer; 0: nothing does.
	until byte
	// stamp: it says when the line was written, with the date.
	stamp bool
}

const (
	digits  = "0123456789"
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// flag stands for what says whether a line of GitLab's begins, or goes on.
const flag = '+'

// longestField bounds a name in a prefix.
const longestField = 200

// fields are those that layouts are made of.
var fields = map[string]field{
	"time":      {scan: scanTime, first: digits, stamp: true},
	"offset":    {scan: scanOffset, first: digits, stamp: true},
	"date":      {scan: scanDate, first: "JFMASOND"},
	"clock":     {scan: scanClock, first: digits},
	"day":       {scan: scanDay, first: "MTWFS"},
	"zone":      {scan: scanWord(letters + digits + "+-:"), first: letters + "+-"},
	"seconds":   {scan: scanSeconds, first: " " + digits},
	"unix":      {scan: scanSeconds, first: digits},
	"bom":       {scan: func(b []byte) int { return len(b) - len(bytes.TrimPrefix(b, []byte(Bom))) }},
	"pad":       {scan: scanWord(" ")},
	"tabs":      {scan: scanWord("\t"), first: "\t"},
	"status":    {scan: scanStatus},
	"priority":  {scan: scanWord(digits), first: digits},
	"word":      {scan: scanTo(' ')},
	"app":       {scan: scanTo(' '), writer: true},
	"data":      {scan: scanData},
	"stream":    {scan: scanStream, first: digits, writer: true, until: flag},
	"job":       {scan: scanTo('\t'), writer: true},
	"step":      {scan: scanTo('\t'), writer: true},
	"service":   {scan: scanService(scanWord(letters + digits + "._-")), first: letters + digits, writer: true},
	"pod":       {scan: scanTo('/'), writer: true},
	"container": {scan: scanTo(']'), writer: true},
	"flow":      {scan: scanTo(']'), writer: true},
	"host":      {scan: scanHost, first: letters + digits, writer: true},
	"tag":       {scan: scanTag, first: letters + digits + "(_", writer: true, until: '['},
	"std":       {scan: scanStd, first: "s", writer: true},
	"partial":   {scan: scanWord("FP"), first: "FP"},
	"who":       {scan: scanWord(letters + "-"), first: letters, writer: true},
	"node":      {scan: scanWord(letters + digits + "._-"), first: letters + digits, writer: true},
	"vertex":    {scan: scanWord(digits), first: digits, writer: true},
	"elapsed":   {scan: scanElapsed, first: digits},
	"dyno":      {scan: scanDyno, first: letters, writer: true},
	"logstream": {scan: scanLogStream, first: letters + digits, writer: true},
	"workflow":  {scan: scanWorkflow, writer: true},
	"actjob":    {scan: scanTo(']'), writer: true},
	"id":        {scan: scanTo('"'), writer: true},
	"slashes":   {scan: scanSlashes, first: digits, stamp: true},
	"pipeline":  {scan: scanTo(':'), writer: true},
	"line":      {scan: scanWord(digits), first: digits},
	"resource":  {scan: scanResource, first: letters, writer: true},
	"task":      {scan: scanTask, first: letters + digits, writer: true},
	"epoch":     {scan: scanEpoch, first: "1"},
	"process":   {scan: scanProcess, first: letters + digits + "(_", writer: true, until: '['},
}

// Bom is the byte order mark in UTF-8, which some systems begin a file with.
const Bom = "\ufeff"

// scanShape returns the length of a shape that a text begins with, or -1. In a
// shape, 0 is any digit.
func scanShape(b []byte, shape string) int {
	if len(b) < len(shape) {
		return -1
	}
	for i := range len(shape) {
		if c := shape[i]; b[i] != c && (c != '0' || !isDigit(b[i])) {
			return -1
		}
	}
	return len(shape)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// scanTime is for RFC 3339, with a T or a space, and with or without a fraction
// and a zone.
func scanTime(b []byte) int {
	n := dateTime(b)
	if n < 0 {
		return -1
	}
	if n < len(b) && b[n] == 'Z' {
		return n + 1
	}
	return n + max(0, zoneLen(b[n:]))
}

// scanOffset is for RFC 3339 with a zone in figures.
func scanOffset(b []byte) int {
	n := dateTime(b)
	if n < 0 || zoneLen(b[n:]) < 0 {
		return -1
	}
	return n + zoneLen(b[n:])
}

func dateTime(b []byte) int {
	if scanShape(b, "0000-00-00") < 0 || len(b) < 11 || b[10] != 'T' && b[10] != ' ' {
		return -1
	}
	n := scanClock(b[11:])
	if n < 0 {
		return -1
	}
	return 11 + n
}

// zoneLen is the length of "+01:00", or -1.
func zoneLen(b []byte) int {
	if len(b) == 0 || b[0] != '+' && b[0] != '-' {
		return -1
	}
	if n := scanShape(b[1:], "00:00"); n > 0 {
		return 1 + n
	}
	if n := scanShape(b[1:], "0000"); n > 0 {
		return 1 + n
	}
	return -1
}

// scanClock is for "03:59:21", with or without a fraction.
func scanClock(b []byte) int {
	n := scanShape(b, "00:00:00")
	if n < 0 || n+1 >= len(b) || b[n] != '.' && b[n] != ',' || !isDigit(b[n+1]) {
		return n
	}
	for n++; n < len(b) && isDigit(b[n]); n++ {
	}
	return n
}

// scanDate is for "Nov 24 03:59:21" and "Nov  4 03:59:21" (RFC 3164, 4.1.2).
func scanDate(b []byte) int {
	if len(b) < 7 || !isLower(b[1]) || !isLower(b[2]) || b[3] != ' ' || b[6] != ' ' {
		return -1
	}
	if b[4] != ' ' && !isDigit(b[4]) || !isDigit(b[5]) {
		return -1
	}
	n := scanClock(b[7:])
	if n < 0 {
		return -1
	}
	return 7 + n
}

func scanDay(b []byte) int {
	if len(b) < 3 || bytes.ContainsAny(b[:3], " \t0123456789:.") {
		return -1
	}
	return 3
}

// scanSeconds is for "  12.345678": seconds in microseconds.
func scanSeconds(b []byte) int {
	from := SkipSpaces(b)
	n := from
	for n < len(b) && isDigit(b[n]) {
		n++
	}
	if n == from || scanShape(b[n:], ".000000") < 0 {
		return -1
	}
	return n + len(".000000")
}

// scanWord is for one or more of these bytes.
func scanWord(of string) func([]byte) int {
	var in [256]bool
	for i := range len(of) {
		in[of[i]] = true
	}
	return func(b []byte) int {
		n := 0
		for n < len(b) && n < longestField && in[b[n]] {
			n++
		}
		if n == 0 || n == longestField {
			return -1
		}
		return n
	}
}

// scanService is for the name of a service, which is not a time: "1795492793     | 0%" is a spinner of pyinfra behind
// the seconds of ts.
func scanService(name func([]byte) int) func([]byte) int {
	const time = len("1795492793")
	return func(b []byte) int {
		n := name(b)
		if n >= time && len(bytes.Trim(b[:n], digits+".")) == 0 {
			return -1
		}
		return n
	}
}

// scanTo is for what stands in front of a byte.
func scanTo(end byte) func([]byte) int {
	return func(b []byte) int {
		if n := bytes.IndexByte(b[:min(len(b), longestField)], end); n > 0 {
			return n
		}
		return -1
	}
}

// scanStatus is for the letter of a status, or a space.
func scanStatus(b []byte) int {
	if len(b) == 0 || b[0] != ' ' && (b[0]|0x20 < 'a' || b[0]|0x20 > 'z') {
		return -1
	}
	return 1
}

// scanStream is for the number of a stream in two hexadecimal figures, O or E
// (stdout, stderr), and a space, or + if the line goes on.
func scanStream(b []byte) int {
	const figures = digits + "abcdef"
	if len(b) < 4 || bytes.IndexByte([]byte(figures), b[0]) < 0 || bytes.IndexByte([]byte(figures), b[1]) < 0 ||
		b[2] != 'O' && b[2] != 'E' || b[3] != ' ' && b[3] != '+' {
		return -1
	}
	return 4
}

// scanHostName is for what a host may be called.
var scanHostName = scanWord(letters + digits + "._-")

// scanHost is for the name of a host. The stream of GitLab's is none, and neither is
// a level, though the program's own text may begin as syslog's: "01E objc[123]: …",
// "INFO worker[17]: …".
func scanHost(b []byte) int {
	n := scanHostName(b)
	if scanStream(b) > 0 || n > 0 && isLevel(b[:n]) {
		return -1
	}
	return n
}

// scanTag is for the name of a program, with or without its process number in
// brackets. A name in parentheses is one only with a number: what Python prints
// of an error has some as well.
func scanTag(b []byte) int {
	n := nameLen(b)
	if n < 0 || b[n] == '[' {
		return scanProcess(b)
	}
	if b[0] == '(' {
		return -1
	}
	return n
}

// scanProcess is for the name of a program and its number: "pyinfra[123]".
func scanProcess(b []byte) int {
	n := nameLen(b)
	if n < 0 || b[n] != '[' {
		return -1
	}
	from := n + 1
	for n = from; n < len(b) && isDigit(b[n]); n++ {
	}
	if n == from || n >= len(b) || b[n] != ']' {
		return -1
	}
	return n + 1
}

// nameLen is the length of the name of a program, behind which something stands; or -1.
func nameLen(b []byte) int {
	if n := bytes.IndexAny(b[:min(len(b), longestField)], " \t:[\"'"); n > 0 {
		return n
	}
	return -1
}

// scanData is for the structured data of RFC 5424, 6.3.
func scanData(b []byte) int {
	if len(b) > 0 && b[0] == '-' {
		return 1
	}
	n, quoted := 0, false
	for n < len(b) && b[n] == '[' {
		for n++; n < len(b) && (quoted || b[n] != ']'); n++ {
			switch b[n] {
			case '\\':
				n++
			case '"':
				quoted = !quoted
			}
		}
		if n++; n > len(b) {
			return -1
		}
	}
	if n == 0 {
		return -1
	}
	return n
}
