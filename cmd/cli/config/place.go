package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// place returns the file that is named in a config file of a folder, as seen from the working
// folder. why it may not be: the file of a checkout names only what is in its own folder, whatever
// links lead to; "": it may.
func (w Where) place(folder, file string, own bool) (_, why string) {
	if strings.HasPrefix(file, "~") {
		return file, "begins with ~, which only a shell knows; write the whole path"
	}
	path := filepath.FromSlash(file)
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	if !own {
		if why := outside(folder, path); why != "" {
			return file, why
		}
	}
	shown := w.shown(path)
	if strings.HasSuffix(file, "/") { // a folder, which may have to be made
		shown += string(filepath.Separator)
	}
	return shown, ""
}

// outside says why a path is not one in a folder; "": it is.
func outside(folder, path string) string {
	const leads = "leads out of the folder of this file, and what comes with a checkout may not do that; name a file in it, or type the flag"
	rel, err := filepath.Rel(folder, path)
	if err != nil || !filepath.IsLocal(rel) {
		return leads
	}
	if slices.ContainsFunc(strings.Split(filepath.ToSlash(rel), "/"), func(name string) bool { return strings.EqualFold(name, ".git") }) {
		return "is git's own, and what comes with a checkout may not write there"
	}
	target, err := realPath(path)
	home, err2 := filepath.EvalSymlinks(folder)
	if err != nil || err2 != nil {
		return "cannot be followed to where it leads; name another file"
	}
	if rel, err := filepath.Rel(home, target); err != nil || !filepath.IsLocal(rel) {
		return leads
	}
	return ""
}

// realPath follows the links in a path of which the last parts need not be there.
func realPath(path string) (string, error) {
	target, err := filepath.EvalSymlinks(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return target, err
	}
	if _, err := os.Lstat(path); err == nil {
		return "", fs.ErrInvalid // a link to what is not there yet
	}
	up := filepath.Dir(path)
	if up == path {
		return path, nil
	}
	target, err = realPath(up)
	return filepath.Join(target, filepath.Base(path)), err
}
