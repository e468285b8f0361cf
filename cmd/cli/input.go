package cli

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

// A LogFile is a log that can be read more than once.
type LogFile struct {
	Name string // as it was typed
	Path string
	Temp bool // path is a copy, to be removed
}

// NewLogFile looks whether a log can be read. What comes through a pipe is
// copied: "-" is standard input.
func NewLogFile(in *os.File, name string) (*LogFile, error) { return NewFile(in, name, "log") }

// whatToName says what to type in place of a file that is not there.
var whatToName = map[string]string{
	"log":   "name a recorded log, or - for standard input",
	"audit": "name the file that --audit has written",
}

// NewFile is NewLogFile for a file that is called what it is.
func NewFile(in *os.File, name, what string) (*LogFile, error) {
	if name == "-" {
		return Spool(in, "standard input")
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, Usage(fmt.Errorf("cannot read the %s %s: %w; %s", what, name, save.Because(err), cmp.Or(whatToName[what], "name one that is there")))
	case err != nil:
		return nil, Usage(fmt.Errorf("cannot read the %s %s: %w", what, name, save.Because(err)))
	case info.IsDir() && what == "log":
		return nil, Usage(fmt.Errorf("%s is a folder; name the logs in it: %s", name, strings.TrimRight(name, "/")+"/*.log"))
	case info.IsDir():
		return nil, Usage(fmt.Errorf("%s is a folder; name the %s in it", name, what))
	case info.Mode().IsRegular():
		return &LogFile{Name: name, Path: name}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Spool(f, name)
}

// Spool keeps what comes from a reader in a copy, which can be read more than once.
func Spool(from io.Reader, name string) (*LogFile, error) {
	w, err := os.CreateTemp("", "orbfilter-log-*")
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(w, from)
	l := &LogFile{Name: name, Path: w.Name(), Temp: true}
	if err := errors.Join(err, w.Close()); err != nil {
		l.Remove()
		return nil, fmt.Errorf("cannot keep %s: %w", name, err)
	}
	return l, nil
}

// Remove removes the copy, if there is one.
func (l *LogFile) Remove() {
	if l.Temp {
		_ = os.Remove(l.Path)
	}
}

// CopyTo writes the log to w, unpacked if it is packed with gzip or zstd.
func (l *LogFile) CopyTo(w io.Writer) error {
	f, err := os.Open(l.Path)
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
		return fmt.Errorf("cannot read %s: %w", l.Name, err)
	}
	return nil
}

// WrittenTo returns when a file was written to last. Of a pipe that is not known: the
// zero time.
func WrittenTo(file *os.File) (when time.Time) {
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		when = info.ModTime()
	}
	return when
}
