package logs

import (
	"errors"
	"io"
	"os"
)

// A Corpus is the logs of some files and folders.
type Corpus struct{ files []*File }

// A Recorded log is one of them.
type Recorded struct {
	Name string
	Data []byte
}

// OpenCorpus finds the files; those that are hidden are left out. The error is a *Failure.
func OpenCorpus(paths []string) (*Corpus, error) {
	c := &Corpus{}
	for _, p := range paths {
		files, failures := (&Search{In: os.Stdin}).Find([]string{p})
		switch {
		case len(failures) > 0:
			return nil, failures[0]
		case len(files) == 0:
			return nil, &Failure{Name: p, Err: errors.New("there is no file in this folder")}
		}
		c.files = append(c.files, files...)
	}
	return c, nil
}

// Each reads one log after the other, unpacked. The error is that of look, or a *Failure.
func (c *Corpus) Each(look func(*Recorded) error) error {
	for _, f := range c.files {
		if err := eachIn(f, look); err != nil {
			return err
		}
	}
	return nil
}

// eachIn reads the logs of a file: an archive has several.
func eachIn(f *File, look func(*Recorded) error) error {
	source, err := f.Open(nil)
	if err != nil {
		return &Failure{Name: f.Name, Err: err}
	}
	defer source.Close()
	for _, l := range source.Logs {
		data, err := whole(l)
		if err != nil {
			return &Failure{Name: l.Name, Err: err}
		}
		if err := look(&Recorded{l.Name, data}); err != nil {
			return err
		}
	}
	return nil
}

func whole(l *Log) ([]byte, error) {
	r, err := l.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
