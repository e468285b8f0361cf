package logs

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
)

// Temporaries are the files that are written before they get the name of what
// they replace. They begin with a dot, stand in the folder that they are for, and
// are removed when the writing fails or is ended. Only a process that is killed
// outright leaves some, and nobody takes them for logs.
type Temporaries struct {
	mu    sync.Mutex
	names map[string]bool
	ended bool
}

// errEnded is the error of whatever is written after End.
var errEnded = errors.New("interrupted")

// create makes a file that nobody else can read yet.
func (t *Temporaries) create(dir string) (*os.File, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return nil, errEnded
	}
	f, err := os.CreateTemp(dir, ".orbfilter-*.tmp")
	if err != nil {
		return nil, err
	}
	if t.names == nil {
		t.names = map[string]bool{}
	}
	t.names[f.Name()] = true
	return f, nil
}

// put gives a file its name.
func (t *Temporaries) put(temp, name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return errEnded
	}
	err := os.Rename(temp, name)
	if err == nil {
		delete(t.names, temp)
	}
	return err
}

// remove closes and removes a file, if it has not got its name.
func (t *Temporaries) remove(f *os.File) {
	f.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.names[f.Name()] {
		delete(t.names, f.Name())
		_ = os.Remove(f.Name())
	}
}

// End removes all that have no name yet. Nothing gets one after it.
func (t *Temporaries) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	for name := range t.names {
		_ = os.Remove(name)
	}
}

// likeIt gives a file the mode and the time of the one that it is a copy of,
// and its owner, as far as that is allowed.
func likeIt(f *os.File, info os.FileInfo) error {
	keepOwner(f, info)
	return errors.Join(f.Chmod(info.Mode().Perm()), f.Close(), os.Chtimes(f.Name(), info.ModTime(), info.ModTime()))
}

// folder makes the folder of a file.
func folder(name string) (string, error) {
	dir := filepath.Dir(name)
	return dir, os.MkdirAll(dir, 0o777)
}
