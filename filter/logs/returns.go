package logs

import (
	"bytes"
	"sync/atomic"
)

// There are logs whose lines end with a bare carriage return: of old Macs, of what was only ever shown on a screen, of progress bars. A log is
// one of them if there is no line feed in its first block. It is read as if line feeds stood there, up to the first real one, so that
// each line has a number and is matched as anywhere else; a copy of it turns them back.

// returns turns the ends of such lines.
type returns struct {
	on     bool         // no line feed came so far
	turned atomic.Int64 // so many bytes were looked at
}

func (r *returns) turn(p []byte) {
	if !r.on {
		return
	}
	if i := bytes.IndexByte(p, '\n'); i >= 0 {
		r.on, p = false, p[:i]
	}
	r.turned.Add(int64(len(p)))
	for i := bytes.IndexByte(p, '\r'); i >= 0; i = bytes.IndexByte(p, '\r') {
		p[i] = '\n'
		p = p[i+1:]
	}
}

// Returns is how many bytes, of those that were read, come from lines that end with a carriage return: each line feed among them is one
// in the log. 0: the log has line feeds. It may be asked while another goroutine reads.
func (r *Reader) Returns() int64 { return r.ends.turned.Load() }
