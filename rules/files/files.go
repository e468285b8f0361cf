// Package files has the rule files that a person names, to be looked at: to be checked, tested or compared, trusted or not. It
// also puts them among the rules that they would be used with.
package files

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/lint"
)

// Files are files of rules: those of the project may stand for built-in ones, which is
// no mistake, while two others of one id are.
type Files struct{ Builtin, Own []rules.File }

// A Typed is the error of a name that was typed and leads to nothing.
type Typed struct{ err error }

// Error says what is wrong with the name.
func (t *Typed) Error() string { return t.err.Error() }

// Unwrap returns what it is an error of.
func (t *Typed) Unwrap() error { return t.err }

// Named reads the files of paths; without any, those of the built-in rules and of the folder of a project ("": there is
// none). No link leads out of a folder: it is looked at because it is not trusted yet. The error is a *Typed.
func Named(paths []string, project string) (f Files, err error) {
	if len(paths) == 0 {
		f.Builtin = rules.BuiltinFiles()
		if project != "" {
			f.Own = rules.ReadInside(project)
		}
	}
	for _, p := range paths {
		more, err := At(p)
		if err != nil {
			return Files{}, err
		}
		if len(more) == 0 {
			return Files{}, &Typed{fmt.Errorf("%s: there is no .yaml file in this folder", p)}
		}
		f.Own = append(f.Own, more...)
	}
	return f, nil
}

// At reads the files of a path that was typed. A shell types those of a
// project by itself, for .orbfilter/rules/*.yaml. The error is a *Typed; a file that cannot be read is one of ParseAll.
func At(path string) ([]rules.File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, &Typed{fmt.Errorf("%s: %w", path, errors.Unwrap(err))}
	case info.IsDir(), strings.Contains("/"+filepath.ToSlash(path), "/"+rules.ProjectFolder+"/"):
		return rules.ReadInside(path), nil
	}
	return rules.Read(path), nil
}

// Parse returns the rules, also those that are disabled, of each id that which
// counts. The error joins a FileError for each file that is wrong.
func (f Files) Parse() (*rules.Set, error) {
	own, err := rules.ParseAll(f.Own)
	all := rules.NewSet(slices.Collect(own.All())...)
	builtin, more := rules.ParseAll(f.Builtin)
	for r := range builtin.All() {
		if own.Get(r.ID) == nil {
			err = errors.Join(err, all.Add(r))
		}
	}
	return all, errors.Join(err, more)
}

// Lint looks at the files, each by itself and then among the rules that it would be used with: those of around, which is
// given the rules that are right. Built-in rules are left out that others stand for or turn off.
func (f Files) Lint(around func(own []*rules.Rule) *rules.Set) []*lint.Linted {
	own := lint.Lint(f.Own)
	builtin := slices.DeleteFunc(lint.Lint(f.Builtin), func(l *lint.Linted) bool {
		return slices.ContainsFunc(rulesOf(own), func(r *rules.Rule) bool { return l.Rule != nil && r.ID == l.Rule.ID })
	})
	all := slices.Concat(builtin, own)
	lint.WithEngine(all, around(rulesOf(all)))
	for _, l := range all {
		l.Sort()
	}
	return all
}

func rulesOf(all []*lint.Linted) (out []*rules.Rule) {
	for _, l := range all {
		if l.Rule != nil {
			out = append(out, l.Rule)
		}
	}
	return out
}

// Around returns the rules that others are used with: the built-in ones, if they are used, and those of paths, and then the
// others, in place of those of their ids. The errors are of rules of the paths that are wrong.
func Around(builtin bool, paths []string, own []*rules.Rule) (*rules.Set, []error) {
	set := rules.NewSet()
	if builtin {
		set = rules.Builtin()
	}
	more, errs := rules.FlagLayer(paths)
	for _, r := range slices.Concat(slices.Collect(more.Set.All()), own) {
		set.Put(r)
	}
	return set, errs
}

// Active returns the rules of a set that are not disabled, and so have something to test.
func Active(set *rules.Set) (out []*rules.Rule) {
	for r := range set.All() {
		if !r.Disabled {
			out = append(out, r)
		}
	}
	return out
}
