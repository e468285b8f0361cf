package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// reader reads an audit that nobody trusts, one line at a time.
type reader struct {
	r      *bufio.Reader
	long   []byte // a line that the buffer of r does not hold
	line   int
	header headerLine
	// cut: it ends in the middle of a line, which is left out: its bytes were
	// shown, or the run was killed before they were missing.
	cut     bool
	streams map[string]*progress
}

// progress is how far the records of a stream have got.
type progress struct {
	next   int64 // where in the input the last one ends
	folded int64 // bytes, in all of them
	spans  int
	end    *endLine // nil: it is not there yet
}

func newReader(r io.Reader) (*reader, error) {
	r, err := unpack(r)
	if err != nil {
		return nil, err
	}
	a := &reader{r: bufio.NewReaderSize(r, buffer), streams: map[string]*progress{}}
	line, err := a.read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := a.begin(line); err != nil {
		return nil, err
	}
	return a, nil
}

// begin reads the header.
func (a *reader) begin(line []byte) error {
	var what struct { // of all versions
		Orbfilter string
		Version   int
	}
	err := json.Unmarshal(line, &what)
	switch {
	case len(line) == 0:
		return &Flaw{What: "it is empty; an audit is what --audit FILE has written"}
	case err != nil && !bytes.HasPrefix(line, []byte(`{"orbfilter":`)), err == nil && what.Orbfilter != format:
		return a.flaw("it is no audit; one is what --audit FILE has written")
	case err == nil && what.Version != version:
		return a.flaw("it is of version %d, and this orbfilter knows version %d", what.Version, version)
	}
	if a.cut {
		return a.flaw("the file ends in the middle of its header")
	}
	if err := parseLine(line, &a.header); err != nil {
		return a.flaw("%w", err)
	}
	return a.names(a.header.Streams)
}

// names takes in the names of the streams.
func (a *reader) names(names []string) error {
	if len(names) == 0 {
		a.streams[""] = &progress{}
		return nil
	}
	for _, name := range names {
		if a.streams[name] != nil || name == "" || len(a.streams) == maxStreams {
			return a.flaw("it must name at most %d streams, each once", maxStreams)
		}
		a.streams[name] = &progress{}
	}
	return nil
}

func (a *reader) flaw(format string, args ...any) error {
	return &Flaw{Line: a.line, What: fmt.Errorf(format, args...).Error()}
}

// read returns the next line with its line feed. At the end, or where the file
// was cut off, the error is io.EOF.
func (a *reader) read() ([]byte, error) {
	line, err := a.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = a.readLong(line)
	}
	if len(line) > 0 {
		a.line++
	}
	switch long := len(line) > maxLine; {
	case long && a.line == 1:
		return nil, a.flaw("it is no audit; one is what --audit FILE has written")
	case long:
		return nil, a.flaw("it is longer than %d bytes, as no line of an audit is", maxLine)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		a.cut = len(line) > 0 || errors.Is(err, io.ErrUnexpectedEOF)
		return line, io.EOF
	}
	return line, err
}

// readLong goes on reading a line, for as long as it may be one.
func (a *reader) readLong(part []byte) (line []byte, err error) {
	a.long = append(a.long[:0], part...)
	for err = bufio.ErrBufferFull; errors.Is(err, bufio.ErrBufferFull) && len(a.long) <= maxLine; {
		part, err = a.r.ReadSlice('\n')
		a.long = append(a.long, part...)
	}
	return a.long, err
}

// next returns the next record, with its bytes. At the end of the audit, also
// when it is incomplete, the error is io.EOF.
func (a *reader) next() (*recordLine, []byte, error) {
	for {
		line, err := a.read()
		if err != nil {
			return nil, nil, err
		}
		if bytes.HasPrefix(line, []byte(`{"end":`)) {
			if err := a.end(line); err != nil {
				return nil, nil, err
			}
			continue
		}
		return a.record(line)
	}
}

func (a *reader) record(line []byte) (*recordLine, []byte, error) {
	r := &recordLine{}
	if err := parseLine(line, r); err != nil {
		return nil, nil, a.flaw("%w", err)
	}
	span := r.Base64
	if r.Text != "" {
		span = []byte(r.Text)
	}
	p := a.streams[r.Stream]
	switch {
	case p == nil:
		return nil, nil, a.flaw("it is of the stream %q, and the header names none such", r.Stream)
	case p.end != nil:
		return nil, nil, a.flaw("it stands behind the end")
	case len(span) == 0, r.Text != "" && r.Base64 != nil, len(span) > maxSpan:
		return nil, nil, a.flaw("it must hold between 1 and %d bytes, as text or as base64", maxSpan)
	case r.In < p.next, r.In > math.MaxInt64-int64(len(span)):
		return nil, nil, a.flaw("it begins at byte %d of the input, and the one before ended at %d", r.In, p.next)
	case r.Out != r.In-p.folded:
		return nil, nil, a.flaw("it says byte %d of the output, and by the records before it must be %d", r.Out, r.In-p.folded)
	}
	p.next = r.In + int64(len(span))
	p.folded += int64(len(span))
	p.spans++
	return r, span, nil
}

func (a *reader) end(line []byte) error {
	e := &endLine{}
	if err := parseLine(line, e); err != nil {
		return a.flaw("%w", err)
	}
	p := a.streams[e.Stream]
	switch {
	case p == nil:
		return a.flaw("it is the end of the stream %q, and the header names none such", e.Stream)
	case p.end != nil:
		return a.flaw("it is a second end")
	case e.Input.Bytes < p.next, e.Output.Bytes != e.Input.Bytes-p.folded:
		return a.flaw("it says that of %d bytes %d were shown, and the records hold %d", e.Input.Bytes, e.Output.Bytes, p.folded)
	}
	p.end = e
	return nil
}

// stream finds the stream that is meant; "" is the only one there is.
func (a *reader) stream(name string) (*progress, error) {
	p := a.streams[name]
	switch {
	case p != nil:
		return p, nil
	case len(a.header.Streams) == 0:
		return nil, fmt.Errorf("%w: it has one, without a name", ErrStream)
	}
	names := make([]string, len(a.header.Streams))
	for i, n := range a.header.Streams {
		names[i] = strconv.Quote(n)
	}
	return nil, fmt.Errorf("%w: it has %s", ErrStream, strings.Join(names, ", "))
}
