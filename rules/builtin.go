package rules

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path/filepath"
	"slices"
)

// The rules that come with the program are read when it is built, and are a table of
// Go: to read them from YAML, to check them and to compile their patterns took longer
// than all else that is done before the first line. table.go has the table, which
// TestTable writes and holds against the files. With the tag fromfiles it is left out,
// for when the model has changed and the old table does not fit.

//go:generate go test -tags fromfiles . -run ^TestTable$ -count=1 -update

//go:embed builtin/*.yaml
var builtin embed.FS

// Builtin returns the rules that come with the program. They are copies, but their
// patterns are shared.
func Builtin() *Set {
	if len(table) == 0 {
		return readBuiltin()
	}
	copies := slices.Clone(table)
	set := &Set{rules: make([]*Rule, len(copies))}
	for i := range copies {
		r := &copies[i]
		r.File, r.builtin = filepath.FromSlash(r.File), true
		set.rules[i] = r
	}
	return set
}

// readBuiltin reads them from their files. It panics when one is wrong, which the
// tests rule out.
func readBuiltin() *Set {
	set, err := ParseAll(BuiltinFiles())
	if err != nil {
		panic(err)
	}
	for _, r := range set.rules {
		r.builtin = true
	}
	return set
}

// BuiltinFiles are the files of the rules that come with the program.
func BuiltinFiles() []File {
	sub, err := fs.Sub(builtin, "builtin")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return readFS(sub, "builtin")
}

// BuiltinSum is the SHA-256, in hex, of the rules that come with the program: of the name and the content of each
// file, in order, each with a NUL behind it. Programs that have the same one know the same issues.
func BuiltinSum() string {
	h := sha256.New()
	for _, f := range BuiltinFiles() {
		_, _ = h.Write(append(append([]byte(filepath.ToSlash(f.Name)), 0), append(f.Data, 0)...)) // a hash takes all
	}
	return hex.EncodeToString(h.Sum(nil))
}

// BuiltinFile is the file of a rule that comes with the program; nil: there is none of
// this id, of which the file has the name.
func BuiltinFile(id string) []byte {
	data, err := builtin.ReadFile("builtin/" + id + ".yaml")
	if err != nil {
		return nil
	}
	return data
}

// Source returns the file that the rule was read from, as it was; nil: it was
// read from none.
func (r *Rule) Source() []byte {
	if r.source == nil && r.builtin {
		return BuiltinFile(r.ID)
	}
	return r.source
}

// place is where in its file the id stands, for messages.
func (r *Rule) place() FileError {
	at := r.id
	if at.Line == 0 && r.builtin {
		if again, err := Parse(r.File, r.Source()); err == nil {
			at = again.id
		}
	}
	at.File = r.File
	return at
}
