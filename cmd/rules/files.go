package rules

import (
	"errors"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/files"
)

// named reads the rule files that are named, or those of the program and of the project.
func named(paths []string) (files.Files, error) {
	f, err := files.Named(paths, cli.ProjectFolder())
	if err != nil {
		return f, cli.Usage(err)
	}
	return f, nil
}

// wrongFiles is the error of rules that were named: a name that leads to nothing, or files that are wrong, which is said.
func wrongFiles(io cli.IO, err error) error {
	if _, ok := errors.AsType[*files.Typed](err); ok {
		return cli.Usage(err)
	}
	cli.Complain(io, err)
	return cli.ExitCode(cli.ExitUsage)
}

// setAround returns the rules that others are used with, and the others. bad: a rule of --rules is wrong, which was said.
func setAround(o *cli.Sources, io cli.IO, own []*rules.Rule) (set *rules.Set, bad bool) {
	set, errs := files.Around(!o.NoBuiltin, o.Rules, own)
	for _, err := range errs {
		cli.Complain(io, err)
	}
	return set, len(errs) > 0
}
