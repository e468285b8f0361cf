package rules

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/lint"
)

// fileGroups are files of rules: those of the project may stand for built-in ones, which is
// no mistake, while two others of one id are.
type fileGroups struct{ builtin, own []rules.File }

// ruleFiles reads the files of paths; without any, those of the built-in rules
// and of the project. No link leads out of a folder: it is looked at because it
// is not trusted yet.
func ruleFiles(paths []string) (f fileGroups, err error) {
	if len(paths) == 0 {
		f.builtin = rules.BuiltinFiles()
		if folder := cli.ProjectFolder(); folder != "" {
			f.own = rules.ReadInside(folder)
		}
	}
	for _, p := range paths {
		more, err := filesAt(p)
		if err != nil {
			return fileGroups{}, err
		}
		if len(more) == 0 {
			return fileGroups{}, cli.Usage(fmt.Errorf("%s: there is no .yaml file in this folder", p))
		}
		f.own = append(f.own, more...)
	}
	return f, nil
}

// filesAt reads the files of a path that was typed. A shell types those of a
// project by itself, for .orbfilter/rules/*.yaml.
func filesAt(path string) ([]rules.File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, cli.Usage(fmt.Errorf("%s: %w", path, errors.Unwrap(err)))
	case info.IsDir(), strings.Contains("/"+filepath.ToSlash(path), "/"+rules.ProjectFolder+"/"):
		return rules.ReadInside(path), nil
	}
	return rules.Read(path), nil
}

// parse returns the rules, also those that are disabled, of each id that which
// counts.
func (f fileGroups) parse() (*rules.Set, error) {
	own, err := rules.ParseAll(f.own)
	all := rules.NewSet(slices.Collect(own.All())...)
	builtin, more := rules.ParseAll(f.builtin)
	for r := range builtin.All() {
		if own.Get(r.ID) == nil {
			err = errors.Join(err, all.Add(r))
		}
	}
	return all, errors.Join(err, more)
}

func rulesOf(all []*lint.Linted) (out []*rules.Rule) {
	for _, l := range all {
		if l.Rule != nil {
			out = append(out, l.Rule)
		}
	}
	return out
}

// setAround returns the rules that others are used with: the built-in ones and
// those of --rules, and then the others, in place of those of their ids. bad:
// a rule of --rules is wrong, which was said.
func setAround(o *cli.Sources, io cli.IO, own []*rules.Rule) (set *rules.Set, bad bool) {
	set = rules.NewSet()
	if !o.NoBuiltin {
		set = rules.Builtin()
	}
	more, errs := rules.FlagLayer(o.Rules)
	for _, err := range errs {
		cli.Complain(io, err)
	}
	for _, r := range slices.Concat(slices.Collect(more.Set.All()), own) {
		set.Put(r)
	}
	return set, len(errs) > 0
}
