// Package host is the seam to the machine: its files, its variables, what may be run on it.
package host

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// A Host is the machine that is looked at: the seam at which a test puts
// another in its place.
type Host struct {
	GOOS   string
	Dir    string // the working folder, absolute
	Home   string // the user's folder; may be empty
	Getenv func(name string) string
	Files  Files
	// Run starts a program without a shell and without input, and returns what
	// it printed on stdout, at most maxOutput of it.
	Run func(ctx context.Context, argv ...string) (Output, error)
}

// Files are the files of a host. What they hold is not to be trusted.
type Files interface {
	Stat(name string) (fs.FileInfo, error)
	Open(name string) (File, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	EvalSymlinks(name string) (string, error)
	Readlink(name string) (string, error)
}

// A File can be read anywhere, as a zip file must be. That it cannot be closed
// is of no interest to who has only read it.
type File interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// Output is what a program left.
type Output struct {
	Stdout []byte
	Code   int
}

// This returns the machine that the program runs on.
func This(getenv func(string) string) *Host {
	dir, err := os.Getwd()
	if err != nil {
		dir = string(filepath.Separator)
	}
	home := getenv("HOME")
	if home == "" {
		home = getenv("USERPROFILE") // Windows
	}
	h := &Host{GOOS: runtime.GOOS, Dir: dir, Home: home, Getenv: getenv, Files: disk{}, Run: execute}
	if home == "" {
		h.Home = h.userHome()
	}
	return h
}

type disk struct{}

func (disk) Stat(name string) (fs.FileInfo, error)    { return os.Stat(name) }
func (disk) Open(name string) (File, error)           { return OpenRegular(name) }
func (disk) EvalSymlinks(name string) (string, error) { return filepath.EvalSymlinks(name) }
func (disk) Readlink(name string) (string, error)     { return os.Readlink(name) }
func (disk) ReadDir(name string) ([]fs.DirEntry, error) {
	var all []fs.DirEntry // in the order in which Python sees them, and not sorted
	err := EachEntry(name, func(e fs.DirEntry) bool {
		all = append(all, e)
		return false
	})
	return all, err
}

// Limits on what is read.
const (
	MaxSmall  = 64 << 10 // metadata, scripts, settings
	MaxText   = 8 << 20  // lock files
	maxOutput = 1 << 20  // of a program
)

var errNotRegular = errors.New("not a regular file")

// Read reads the beginning of a file. A pipe, which may never end, is not
// opened.
func (h *Host) Read(name string, limit int64) ([]byte, error) {
	info, err := h.Files.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errNotRegular}
	}
	file, err := h.Files.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, limit))
}

// Small reads the beginning of a file; nil: it cannot be read.
func (h *Host) Small(elem ...string) []byte {
	data, _ := h.Read(filepath.Join(elem...), MaxSmall)
	return data
}

// Exists reports whether there is a file of any kind.
func (h *Host) Exists(elem ...string) bool {
	_, err := h.Files.Stat(filepath.Join(elem...))
	return err == nil
}

// Denied reports whether it may not be known if there is a file: a folder on the way may not be entered.
func (h *Host) Denied(elem ...string) bool {
	_, err := h.Files.Stat(filepath.Join(elem...))
	return errors.Is(err, fs.ErrPermission)
}

// IsDir reports whether there is a folder, or a link to one.
func (h *Host) IsDir(name string) bool {
	info, err := h.Files.Stat(name)
	return err == nil && info.IsDir()
}

// Real returns a path without symbolic links, or as it is.
func (h *Host) Real(name string) string {
	if r, err := h.Files.EvalSymlinks(name); err == nil {
		return r
	}
	return name
}

// maxLinks is how many links the kernel follows.
const maxLinks = 40

// Program returns the file behind the links that a program is, with the folders as they are
// named: that is how Python finds its own (Modules/getpath.py), and how it writes its paths.
func (h *Host) Program(name string) string {
	for range maxLinks {
		to, err := h.Files.Readlink(name)
		if err != nil {
			return name
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(name), to)
		}
		name = to
	}
	return name
}

// Abs returns a path from the working folder; ~ stands for the home folder,
// since a shell leaves it alone behind a "=".
func (h *Host) Abs(name string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok && h.Home != "" {
		return filepath.Join(h.Home, rest)
	}
	if filepath.IsAbs(name) || shell.Windows(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(h.Dir, name)
}

// Path returns the folders of PATH. A shell takes an empty one for the
// working folder.
func (h *Host) Path() (dirs []string) {
	for _, dir := range filepath.SplitList(h.Getenv("PATH")) {
		dirs = append(dirs, h.Abs(dir))
	}
	return dirs
}

// LookAll returns the programs of this name in these folders, in order.
func (h *Host) LookAll(name string, dirs []string) (found []string) {
	seen := map[string]bool{}
	for _, dir := range dirs {
		for _, file := range h.names(name) {
			program := filepath.Join(dir, file)
			if !seen[program] && h.Executable(program) {
				found = append(found, program)
			}
			seen[program] = true
		}
	}
	return found
}

// Look returns the first, or "".
func (h *Host) Look(name string, dirs []string) string {
	if all := h.LookAll(name, dirs); len(all) > 0 {
		return all[0]
	}
	return ""
}

// names are the files that a command's name stands for.
func (h *Host) names(name string) []string {
	if h.GOOS == "windows" && filepath.Ext(name) == "" {
		return []string{name + ".exe", name + ".cmd", name + ".bat"}
	}
	return []string{name}
}

// Executable reports whether there is a program.
func (h *Host) Executable(name string) bool {
	info, err := h.Files.Stat(name)
	return err == nil && info.Mode().IsRegular() && (h.GOOS == "windows" || info.Mode()&0o111 != 0)
}

// Bin is the folder of an environment that programs are in.
func (h *Host) Bin(prefix string) string {
	if h.GOOS == "windows" {
		return filepath.Join(prefix, "Scripts")
	}
	return filepath.Join(prefix, "bin")
}

// Cause returns the last part of an error, without the path that is named already.
func Cause(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[i+2:]
	}
	return text
}
