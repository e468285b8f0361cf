package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render"
	"github.com/orbfilter/orbfilter/rules"
)

// load reads the rules. What is wrong is said; bad tells whether something
// was. The set holds those that are right.
func (o *options) load(io IO) (set *rules.Set, bad bool) {
	layers, bad := o.layers(io)
	set = layers.Set()
	kept, unknown := set.Without(o.disable...)
	for _, id := range unknown {
		complain(io, noSuchRule("--disable "+id, set, id))
	}
	return kept, bad || len(unknown) > 0
}

// complain says what is wrong with a rule file.
func complain(io IO, err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(io.Err, "orbfilter: %s\n", line)
	}
}

// noSuchRule is the error of an id that is none, with the one that may be meant.
func noSuchRule(what string, set *rules.Set, id string) error {
	near := ""
	if n := set.Nearest(id); n != "" {
		near = "; did you mean " + n + "?"
	}
	return fmt.Errorf("%s: there is no such rule%s", what, near)
}

// layers reads all places that rules come from, the weakest first. What is
// wrong is said, and so is what is not trusted; bad tells whether something was
// wrong.
func (o *options) layers(io IO) (layers rules.Layers, bad bool) {
	add := func(l rules.Layer, errs ...error) {
		for _, err := range errs {
			if err != nil {
				bad = true
				complain(io, err)
			}
		}
		render.Untrusted(io.Err, l.Untrusted)
		layers = append(layers, l)
	}
	if !o.noBuiltin {
		add(rules.BuiltinLayer())
	}
	if folder := userFolder(io); folder != "" {
		l, err := rules.UserLayer(filepath.Join(folder, "rules"))
		add(l, err)
	}
	if folder := projectFolder(); folder != "" {
		trust, terr := rules.LoadTrust(trustFile(io))
		var typed []rules.File
		for _, name := range o.rules {
			typed = append(typed, rules.Read(name)...)
		}
		l, err := rules.ProjectLayer(folder, trust, typed...)
		add(l, terr, err)
	}
	l, errs := rules.FlagLayer(o.rules)
	add(l, errs...)
	return layers, bad
}

// userFolder is where a user's rules and settings are; "": nobody knows. On
// macOS, os.UserConfigDir leaves XDG_CONFIG_HOME out.
func userFolder(io IO) string {
	dir := io.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) { // others are to be left alone, says the XDG specification
		var err error
		if dir, err = os.UserConfigDir(); err != nil {
			return ""
		}
	}
	return filepath.Join(dir, "orbfilter")
}

// trustFile is where it stands what a user trusts; "": nobody knows.
func trustFile(io IO) string {
	folder := userFolder(io)
	if folder == "" {
		return ""
	}
	return filepath.Join(folder, "trusted.json")
}

// projectFolder is where the project of the working folder has its rules, as
// a person would write it; "": it has none.
func projectFolder() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	folder := rules.FindProject(dir)
	if rel, err := filepath.Rel(dir, folder); err == nil && folder != "" {
		return rel
	}
	return folder
}
