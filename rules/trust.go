package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Trust is the list of contents that a person has looked at and allowed. It
// speaks of contents and not of files: what is changed is not trusted any more,
// and what is moved still is.
type Trust struct {
	// Trusted are the contents, in the order in which they were allowed.
	Trusted []Trusted `json:"trusted"`

	file string
}

// Trusted is a content that was allowed.
type Trusted struct {
	SHA256 string `json:"sha256"` // of all bytes of the file, in hex
	File   string `json:"file"`   // where it was, absolute; for people
	ID     string `json:"id"`     // of the rule; for people
}

// LoadTrust reads a list. One that is not there is empty, and so is that of a
// user whose folder is not known (""). One that cannot be read is empty too, and
// an error: then nothing is trusted.
func LoadTrust(file string) (*Trust, error) {
	t := &Trust{file: file}
	data, err := os.ReadFile(file)
	if err != nil && !isThere(file) {
		return t, nil
	}
	if err == nil {
		err = json.Unmarshal(data, t)
	}
	if err != nil {
		return &Trust{file: file}, fmt.Errorf("%s: the list of trusted rules cannot be read (%w); remove it, and trust anew", file, err)
	}
	return t, nil
}

// sum is the hash that a content is known by.
func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// Allows reports whether a content is trusted. A nil list trusts nothing.
func (t *Trust) Allows(data []byte) bool {
	if t == nil {
		return false
	}
	hash := sum(data)
	return slices.ContainsFunc(t.Trusted, func(a Trusted) bool { return a.SHA256 == hash })
}

// Knows reports whether another content of this file was allowed before.
func (t *Trust) Knows(file string) bool {
	return slices.ContainsFunc(t.Trusted, func(a Trusted) bool { return a.File == file })
}

// Allow adds a content, and the absolute name of the file that has it.
func (t *Trust) Allow(file, id string, data []byte) {
	a := Trusted{SHA256: sum(data), File: file, ID: id}
	if !slices.Contains(t.Trusted, a) {
		t.Trusted = append(t.Trusted, a)
	}
}

// A Proposal is a rule file that a person is asked about.
type Proposal struct {
	Rules          []*Rule
	Trusted, Known bool  // its content is trusted already; another content of the file was
	Err            error // what is wrong with it: then nothing else is here
}

// Propose reads a rule file, or those of a folder, each once, and adds the content of those that are right to the list:
// what is allowed, once it is saved, is what was shown. None: there is no rule file.
func (t *Trust) Propose(path string) (all []Proposal, err error) {
	for _, f := range ReadInside(path) {
		set, wrong := ParseAll([]File{f})
		if wrong != nil {
			all = append(all, Proposal{Err: wrong})
			continue
		}
		name, err := filepath.Abs(f.Name)
		if err != nil {
			return nil, err
		}
		p := Proposal{Trusted: t.Allows(f.Data), Known: t.Knows(name)}
		for r := range set.All() {
			p.Rules = append(p.Rules, r)
			t.Allow(name, r.ID, f.Data)
		}
		all = append(all, p)
	}
	return all, nil
}

// Meant returns the rules that are meant by a path, to be trusted: the file or folder itself, or the folder of a project's
// rules in it.
func Meant(path string) string {
	if below := filepath.Join(path, filepath.FromSlash(ProjectFolder)); isFolder(below) {
		return below
	}
	return path
}

// Revoke takes out what was allowed of this file, also in older versions of it
// and elsewhere with the same content, or, if it is a folder, of all below
// it. It returns what it has taken out.
func (t *Trust) Revoke(name string) (gone []Trusted) {
	var hashes []string
	for _, f := range readInsideIfThere(name) {
		if f.err == nil {
			hashes = append(hashes, sum(f.Data))
		}
	}
	t.Trusted = slices.DeleteFunc(t.Trusted, func(a Trusted) bool {
		out := slices.Contains(hashes, a.SHA256) || a.File == name || below(name, a.File)
		if out {
			gone = append(gone, a)
		}
		return out
	})
	return gone
}

// readInsideIfThere is ReadInside; nothing is read of what is not there.
func readInsideIfThere(name string) []File {
	if _, err := os.Stat(name); err != nil {
		return nil
	}
	return ReadInside(name)
}

// below reports whether a file is in a folder, at any depth.
func below(folder, file string) bool {
	rel, err := filepath.Rel(folder, file)
	return err == nil && filepath.IsLocal(rel)
}

// Save writes the list, for nobody but the user. Who reads it at the same time
// gets the old one or the new one.
func (t *Trust) Save() (err error) {
	if err := os.MkdirAll(filepath.Dir(t.file), 0o700); err != nil {
		return err
	}
	w, err := os.CreateTemp(filepath.Dir(t.file), ".trusted-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(w.Name()) }() // when it was not renamed
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := errors.Join(enc.Encode(t), w.Close()); err != nil {
		return err
	}
	return os.Rename(w.Name(), t.file)
}
