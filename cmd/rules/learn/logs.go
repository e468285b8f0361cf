package learn

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/internal/save"
	"github.com/orbfilter/orbfilter/rules/learn"
)

// learnedFrom are the logs that rules are learned from: what scan reads of the same
// names. They can be read more than once.
type learnedFrom struct {
	says  cli.IO
	files []*learnedFile
	first bool // they are read for the first time
	read  int  // logs that could be
}

// A learnedFile holds one log or several.
type learnedFile struct {
	*logs.File
	copied *cli.LogFile // what came through a pipe; nil: nothing did
	found  bool         // in a folder: what is no log there is passed over
}

// learnFrom finds the logs.
func learnFrom(says cli.IO, names []string) (_ *learnedFrom, err error) {
	l := &learnedFrom{says: says}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	for _, name := range names {
		if info, err := os.Stat(name); name != logs.Stdin && err == nil && info.IsDir() {
			if err := l.folder(name); err != nil {
				return nil, err
			}
			continue
		}
		copied, err := cli.NewLogFile(says.In, name)
		if err != nil {
			return nil, err
		}
		l.files = append(l.files, &learnedFile{&logs.File{Name: filepath.ToSlash(copied.Name), Path: copied.Path}, copied, false})
	}
	for _, f := range l.files {
		if f.Info, err = os.Stat(f.Path); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *learnedFrom) folder(name string) error {
	files, failures := (&logs.Search{Own: save.IsOurs}).Find([]string{name})
	for _, f := range failures {
		l.passOver(f.Name, f.Err)
	}
	for _, f := range files {
		l.files = append(l.files, &learnedFile{f, nil, true})
	}
	if len(files) == 0 {
		return cli.Usage(fmt.Errorf("there is no log in %s; name a folder that has logs, or a log itself", name))
	}
	return nil
}

func (l *learnedFrom) passOver(name string, err error) {
	fmt.Fprintf(l.says.Stderr(), "orbfilter: %s: %s; passed over\n", printable.Line(name), printable.Line(err.Error()))
}

// close removes copies.
func (l *learnedFrom) close() {
	for _, f := range l.files {
		if f.copied != nil {
			f.copied.Remove()
		}
	}
}

// mine lets a miner read the logs as often as it wants to.
func (l *learnedFrom) mine(m *learn.Miner) error {
	for l.first = true; m.Next(); l.first = false {
		for _, f := range l.files {
			if err := l.file(m, f); err != nil {
				return err
			}
		}
		if l.read == 0 && len(l.files) > 0 {
			return cli.Usage(errors.New("none of these logs could be read; name others"))
		}
	}
	return nil
}

func (l *learnedFrom) file(m *learn.Miner, f *learnedFile) error {
	source, err := f.Open(nil)
	if err != nil {
		return l.broken(f, f.Name, err)
	}
	defer source.Close()
	for _, bad := range source.Bad() {
		if err := l.broken(f, bad.Name, bad.Err); err != nil {
			return err
		}
	}
	for _, log := range source.Logs {
		if log.Repeats {
			continue
		}
		if err := l.log(m, f, log); err != nil {
			if err := l.broken(f, log.Name, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *learnedFrom) log(m *learn.Miner, f *learnedFile, log *logs.Log) error {
	r, err := log.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	name := log.Name
	if !f.found {
		name = strings.TrimPrefix(name, strings.TrimSuffix(f.Name, filepath.Base(f.Name)))
	}
	m.Log(name)
	l.read++
	_, err = io.Copy(struct{ io.Writer }{m}, struct{ io.Reader }{r})
	return err
}

// broken says once what is no log in a folder; what was typed must be one.
func (l *learnedFrom) broken(f *learnedFile, name string, err error) error {
	if !f.found {
		return fmt.Errorf("cannot read %s: %w", name, err)
	}
	if l.first {
		l.passOver(name, err)
	}
	return nil
}
