package cmd

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/rules"
)

// A corpus is the logs of some files and folders.
type corpus struct{ files []*logs.File }

// A recorded log is one of them.
type recorded struct {
	name string
	data []byte
}

// openCorpus finds the files; those that are hidden are left out. The error is a *Failure.
func openCorpus(paths []string) (*corpus, error) {
	c := &corpus{}
	for _, p := range paths {
		files, failures := (&logs.Search{In: os.Stdin}).Find([]string{p})
		switch {
		case len(failures) > 0:
			return nil, failures[0]
		case len(files) == 0:
			return nil, &logs.Failure{Name: p, Err: errors.New("there is no file in this folder")}
		}
		c.files = append(c.files, files...)
	}
	return c, nil
}

// each reads one log after the other, unpacked. The error is that of look, or a *Failure.
func (c *corpus) each(look func(*recorded) error) error {
	for _, f := range c.files {
		if err := eachIn(f, look); err != nil {
			return err
		}
	}
	return nil
}

// eachIn reads the logs of a file: an archive has several.
func eachIn(f *logs.File, look func(*recorded) error) error {
	source, err := f.Open(nil)
	if err != nil {
		return &logs.Failure{Name: f.Name, Err: err}
	}
	defer source.Close()
	for _, l := range source.Logs {
		data, err := whole(l)
		if err != nil {
			return &logs.Failure{Name: l.Name, Err: err}
		}
		if err := look(&recorded{l.Name, data}); err != nil {
			return err
		}
	}
	return nil
}

func whole(l *logs.Log) ([]byte, error) {
	r, err := l.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// line returns a line, from 1, without its end.
func (r *recorded) line(n int) string {
	for l := range bytes.Lines(r.data) {
		if n--; n == 0 {
			return strings.TrimRight(string(l), "\r\n")
		}
	}
	return ""
}

// A lineFate is what becomes of a line of a log.
type lineFate struct {
	text         string
	folded, kept int    // bytes
	rule         string // id of the last that claimed something; empty: none did
}

// fates filters a log, and says what becomes of each line.
func fates(set *rules.Set, data []byte, options filter.Options) ([]lineFate, error) {
	var lines []lineFate
	for l := range bytes.Lines(data) {
		lines = append(lines, lineFate{text: strings.TrimRight(string(l), "\r\n")})
	}
	line := 0
	f := filter.New(set, filter.SinkFunc(func(e filter.Event) error {
		for part := range bytes.Lines(e.Raw) {
			n := len(bytes.TrimRight(part, "\r\n"))
			if lines[line].text == "" {
				n = len(part) // an empty line is its end
			}
			lines[line].add(e, n)
			line += bytes.Count(part, []byte("\n"))
		}
		return nil
	}), options)
	_, err := f.Write(data)
	return lines, errors.Join(err, f.Close())
}

func (l *lineFate) add(e filter.Event, n int) {
	if e.Fold {
		l.folded += n
	} else {
		l.kept += n
	}
	if e.Rule != nil {
		l.rule = e.Rule.ID
	}
}

// fate is that in a word or two.
func (l *lineFate) fate() string {
	switch {
	case l.folded > 0 && l.kept > 0:
		return "partly folded"
	case l.folded > 0:
		return "folded"
	}
	return "shown"
}
