// Package config finds and reads config files: settings that stand in for flags which were not typed.
// What a file of a checkout may not do is refused here. The package knows no flag; it is told what
// the keys are.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/orbfilter/orbfilter/rules"
)

// Name is what a config file is called.
const Name = "orbfilter.yaml"

// A Key is something that can be set.
type Key struct {
	Name string
	Bool bool // its values are true and false
	List bool // it may have several values
	// File returns the file in a value, and what stands in front of it there; nil: its values name
	// none.
	File func(value string) (before, file string)
	// OwnOnly says why only a user's own file may have the key; "": all may.
	OwnOnly string
	// Check says what is wrong with values; nil: nothing is checked.
	Check func(values []string) error
}

// A File is a config file that is there.
type File struct {
	Name string // as a person in the working folder would write it
	Own  bool   // it is the user's own, and none that a checkout may have brought along
	// Unused says why the file is left alone though it is there, which is no mistake; "": it is used.
	Unused   string
	Settings []Setting // those that are right
	Errs     []error   // what is wrong, rules.FileErrors
}

// A Setting is a key with its values.
type Setting struct {
	Key    string
	Values []Value
	File   *File
	Line   int
}

// A Value is one of a setting. Files in it are named as seen from the working folder.
type Value struct {
	Text  string
	wrong func(text string) error
}

// Wrong is the error of a value that is no right one, with its place in the file.
func (v Value) Wrong(text string) error { return v.wrong(text) }

// Place is where a setting stands, for people: FILE:LINE.
func (s *Setting) Place() string { return fmt.Sprintf("%s:%d", s.File.Name, s.Line) }

// Texts are the values of a setting.
func (s *Setting) Texts() (texts []string) {
	for _, v := range s.Values {
		texts = append(texts, v.Text)
	}
	return texts
}

// Where says where to look.
type Where struct {
	Dir  string // the working folder, absolute; "": it is not known
	User string // the folder of the user's settings; "": it is not known
	// Instead is a file that a person has named in place of those of the working folder and above;
	// "": none. Off: there is none to be read at all.
	Instead string
	Off     bool
}

// Read reads the files that are there, the nearest first, the user's own last.
func Read(w Where, keys []Key) (files []*File) {
	if w.Off {
		return nil
	}
	own := ""
	if w.User != "" {
		own = filepath.Join(w.User, Name)
	}
	add := func(f *File) {
		if f != nil {
			files = append(files, f)
		}
	}
	for _, name := range w.around() {
		if own == "" || !sameFile(name, own) {
			add(w.read(name, false, keys))
		}
	}
	if own != "" {
		add(w.read(own, true, keys))
	}
	return files
}

// around returns the files of the working folder and of those above, or the one that is named in
// their place.
func (w Where) around() (names []string) {
	if w.Instead != "" {
		return []string{w.Instead}
	}
	for dir := w.Dir; dir != ""; {
		names = append(names, filepath.Join(dir, Name))
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return names
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// read reads a file; nil: it is not there.
func (w Where) read(name string, own bool, keys []Key) *File {
	f := &File{Name: w.shown(name), Own: own}
	data, unused, err := bytesOf(name, own || w.Instead != "")
	switch {
	case own && isOutOfReach(name): // a home folder that is another's, or none: that is no mistake of this run
		return nil
	case os.IsNotExist(err) && w.Instead == "" || os.IsNotExist(err) && own:
		return w.misnamed(filepath.Dir(name), own)
	case unused != "":
		f.Unused = unused
		return f
	case err != nil:
		f.Errs = []error{&rules.FileError{File: f.Name, Message: "the config file cannot be read: " + because(err)}}
		return f
	}
	settings, errs := rules.ReadSettings(f.Name, data)
	f.Errs = errs
	for _, s := range settings.All {
		setting, err := w.setting(f, filepath.Dir(name), settings, s, keys)
		if err != nil {
			f.Errs = append(f.Errs, err)
			continue
		}
		f.Settings = append(f.Settings, setting)
	}
	return f
}

// isOutOfReach reports whether nobody can tell whether a file is there.
func isOutOfReach(name string) bool {
	_, err := os.Lstat(name)
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOTDIR)
}

// misnamed returns a file that is meant for a config file, and called otherwise: whoever wrote it believes in what it says. nil:
// there is none.
func (w Where) misnamed(folder string, own bool) *File {
	for _, name := range []string{"orbfilter.yml", ".orbfilter.yaml", ".orbfilter.yml"} {
		if info, err := os.Lstat(filepath.Join(folder, name)); err == nil && !info.IsDir() {
			return &File{Name: w.shown(filepath.Join(folder, name)), Own: own, Unused: "it is not used, since config files are called " + Name + "; rename it"}
		}
	}
	return nil
}

// shown is a file as a person in the working folder would write it.
func (w Where) shown(name string) string {
	if rel, err := filepath.Rel(w.Dir, name); w.Dir != "" && err == nil && (!strings.HasPrefix(rel, "..") || w.above(name)) {
		return rel
	}
	return name
}

// above reports whether a file lies in a folder above the working folder.
func (w Where) above(name string) bool {
	rel, err := filepath.Rel(filepath.Dir(name), w.Dir)
	return err == nil && filepath.IsLocal(rel)
}

// setting returns what is set by a field of a file in a folder.
func (w Where) setting(f *File, folder string, in *rules.Settings, s rules.Setting, keys []Key) (Setting, error) {
	wrong := func(text string) error { return in.Wrong(s.Line, s.Column, text) }
	out := Setting{Key: s.Name, File: f, Line: s.Line}
	key := keyOf(keys, s.Name)
	switch {
	case key == nil:
		return out, wrong(fmt.Sprintf("unknown key %q; %s", s.Name, instead(s.Name, keys)))
	case key.OwnOnly != "" && !f.Own:
		return out, wrong(s.Name + " " + key.OwnOnly)
	case s.List && !key.List:
		return out, wrong(s.Name + " has one value, and no list")
	}
	for _, v := range s.Values {
		value, err := w.value(f, folder, key, v, func(text string) error { return in.Wrong(v.Line, v.Column, text) })
		if err != nil {
			return out, err
		}
		out.Values = append(out.Values, value)
	}
	if key.Check == nil {
		return out, nil
	}
	for i, v := range out.Values {
		if err := key.Check(out.Texts()[i : i+1]); err != nil {
			return out, v.wrong(err.Error())
		}
	}
	if err := key.Check(out.Texts()); err != nil { // what does not go together
		return out, wrong(err.Error())
	}
	return out, nil
}

func keyOf(keys []Key, name string) *Key {
	for i := range keys {
		if keys[i].Name == name {
			return &keys[i]
		}
	}
	return nil
}

// instead says which key is meant by one that is none.
func instead(name string, keys []Key) string {
	names := make([]string, 0, len(keys))
	for _, k := range keys {
		names = append(names, k.Name)
	}
	if near := rules.Nearest(strings.TrimLeft(name, "-"), names); near != "" {
		return "did you mean " + near + "?"
	}
	return "there are " + strings.Join(names, ", ")
}

// value checks a value, and makes a file in it one that is seen from the working folder.
func (w Where) value(f *File, folder string, key *Key, v rules.SettingValue, wrong func(string) error) (Value, error) {
	switch {
	case key.Bool && v.Text != "true" && v.Text != "false":
		return Value{}, wrong(key.Name + " needs true or false here")
	case v.Text == "":
		return Value{}, wrong(key.Name + " has no value: write one, or remove the line")
	}
	if key.File == nil {
		return Value{v.Text, wrong}, nil
	}
	before, file := key.File(v.Text)
	if file == "" || file == "-" { // that is wrong, and said by who checks it
		return Value{v.Text, wrong}, nil
	}
	file, why := w.place(folder, file, f.Own)
	if why != "" {
		return Value{}, wrong(fmt.Sprintf("%s: %s %s", key.Name, cmp.Or(file, v.Text), why))
	}
	return Value{before + file, wrong}, nil
}
