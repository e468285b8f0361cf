package view

import "bytes"

// scanStd is for the name of a stream.
func scanStd(b []byte) int {
	if bytes.HasPrefix(b, []byte("stdout")) || bytes.HasPrefix(b, []byte("stderr")) {
		return len("stdout")
	}
	return -1
}

// figuresLen is how many figures a text begins with.
func figuresLen(b []byte) (n int) {
	for n < len(b) && n < longestField && isDigit(b[n]) {
		n++
	}
	return n
}

// scanElapsed is for seconds with a fraction: "12.34".
func scanElapsed(b []byte) int {
	n := figuresLen(b)
	if n == 0 || n >= len(b) || b[n] != '.' {
		return -1
	}
	more := figuresLen(b[n+1:])
	if more == 0 {
		return -1
	}
	return n + 1 + more
}

// scanEpoch is for the seconds since 1970, of the years 2001 to 2033, with or without a
// fraction. A shorter number is any number.
func scanEpoch(b []byte) int {
	const shape = "1000000000"
	n := scanShape(b, shape)
	if n < 0 || n < len(b) && isDigit(b[n]) {
		return -1
	}
	if more := scanElapsed(b); more > 0 {
		return more
	}
	return n
}

// scanSlashes is for the date and the time of day as Go's package log writes them.
func scanSlashes(b []byte) int {
	const shape = "0000/00/00 00:00:00"
	n := scanShape(b, shape)
	if n < 0 || n >= len(b) || b[n] != '.' {
		return n
	}
	return n + 1 + figuresLen(b[n+1:])
}

// scanDyno is for who writes at Heroku: "app[web.1]".
func scanDyno(b []byte) int {
	open := bytes.IndexByte(b[:min(len(b), longestField)], '[')
	if open <= 0 || scanWord(letters+digits+"-")(b[:open+1]) != open {
		return -1
	}
	end := bytes.IndexByte(b[open:min(len(b), longestField)], ']')
	dot := bytes.LastIndexByte(b[open:open+max(end, 0)], '.')
	if end < 0 || dot < 2 || figuresLen(b[open+dot+1:]) != end-dot-1 || end-dot == 1 {
		return -1
	}
	if scanWord(letters+digits+"_-")(b[open+1:open+dot+1]) != dot-1 {
		return -1
	}
	return open + end + 1
}

// scanLogStream is for the name of a log stream that ends with the number of who writes, in
// hexadecimal figures, behind a slash: "deploy/pyinfra/0f1e2d3c4b5a69788796a5b4c3d2e1f0".
func scanLogStream(b []byte) int {
	const fewest = 16 // figures
	n := bytes.IndexByte(b[:min(len(b), longestField)], ' ')
	if n < 0 || bytes.IndexByte(b[:n], '/') <= 0 {
		return -1
	}
	from := n
	for isFigure(b[from-1]) { // the slash is none
		from--
	}
	if n-from < fewest || b[from-1] != '/' && b[from-1] != ']' {
		return -1
	}
	return n
}

// isFigure reports whether a byte is a hexadecimal figure, as numbers of writers have them.
func isFigure(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' }

// scanWorkflow is for the name of a workflow. pyinfra's hosts that have a slash in their names begin
// with a connector's: "@docker/debian".
func scanWorkflow(b []byte) int {
	n := scanTo('/')(b)
	if n > 0 && (b[0] == '@' || bytes.IndexByte(b[:n], ']') >= 0) {
		return -1
	}
	return n
}

// scanResource is for the address of a resource: "module.app[\"eu west\"].null_resource.deploy[0]".
func scanResource(b []byte) int {
	n, dotted := 0, false
	for n < len(b) && n < longestField {
		switch c := b[n]; {
		case c == '[':
			end := bytes.IndexByte(b[n:min(len(b), longestField)], ']')
			if end < 0 {
				return -1
			}
			n += end + 1
			continue
		case c == '.':
			dotted = true
		case c != '_' && c != '-' && !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'z'):
			if !dotted {
				return -1
			}
			return n
		}
		n++
	}
	return -1
}

// scanTask is for a task of a service: its name, its slot, and its number in 25 letters and figures.
func scanTask(b []byte) int {
	const idLen = 25
	n := bytes.IndexByte(b[:min(len(b), longestField)], '@')
	if n < 0 {
		return -1
	}
	parts := bytes.Split(b[:n], []byte("."))
	if len(parts) < 3 || len(parts[len(parts)-1]) != idLen || scanWord(letters+digits+"._-")(b[:n+1]) != n {
		return -1
	}
	slot := parts[len(parts)-2]
	if len(slot) == 0 || figuresLen(slot) != len(slot) && len(slot) != idLen { // of a global service: the number of the node
		return -1
	}
	return n
}
