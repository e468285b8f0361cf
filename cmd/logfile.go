package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/internal/save"
)

// A logFile is a log that can be read more than once.
type logFile struct {
	name string // as it was typed
	path string
	temp bool // path is a copy, to be removed
}

// newLogFile looks whether a log can be read. What comes through a pipe is
// copied: "-" is standard input.
func newLogFile(in *os.File, name string) (*logFile, error) { return newFile(in, name, "log") }

// whatToName says what to type in place of a file that is not there.
var whatToName = map[string]string{
	"log":   "name a recorded log, or - for standard input",
	"audit": "name the file that --audit has written",
}

// newFile is newLogFile for a file that is called what it is.
func newFile(in *os.File, name, what string) (*logFile, error) {
	if name == "-" {
		return spool(in, "standard input")
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, usageError{fmt.Errorf("cannot read the %s %s: %w; %s", what, name, save.Because(err), cmp.Or(whatToName[what], "name one that is there"))}
	case err != nil:
		return nil, usageError{fmt.Errorf("cannot read the %s %s: %w", what, name, save.Because(err))}
	case info.IsDir() && what == "log":
		return nil, usageError{fmt.Errorf("%s is a folder; name the logs in it: %s", name, strings.TrimRight(name, "/")+"/*.log")}
	case info.IsDir():
		return nil, usageError{fmt.Errorf("%s is a folder; name the %s in it", name, what)}
	case info.Mode().IsRegular():
		return &logFile{name: name, path: name}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return spool(f, name)
}

func spool(from io.Reader, name string) (*logFile, error) {
	w, err := os.CreateTemp("", "orbfilter-log-*")
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(w, from)
	l := &logFile{name: name, path: w.Name(), temp: true}
	if err := errors.Join(err, w.Close()); err != nil {
		l.remove()
		return nil, fmt.Errorf("cannot keep %s: %w", name, err)
	}
	return l, nil
}

// remove removes the copy, if there is one.
func (l *logFile) remove() {
	if l.temp {
		_ = os.Remove(l.path)
	}
}

// copyTo writes the log to w, unpacked if it is packed with gzip or zstd.
func (l *logFile) copyTo(w io.Writer) error {
	f, err := os.Open(l.path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := logs.NewReader(f)
	if err == nil {
		defer r.Close()
		_, err = io.Copy(struct{ io.Writer }{w}, r)
	}
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", l.name, err)
	}
	return nil
}

// writtenTo returns when a file was written to last. Of a pipe that is not known: the
// zero time.
func writtenTo(file *os.File) (when time.Time) {
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		when = info.ModTime()
	}
	return when
}
