package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/rules"
)

// load reads the rules. What is wrong is said; bad tells whether something
// was. The set holds those that are right.
func (o *options) load(io IO) (set *rules.Set, bad bool) {
	layers, bad := o.layers(io)
	set = layers.Set()
	kept, unknown := set.Without(o.disable...)
	for _, id := range unknown {
		o.complain(io, noSuchRule("--disable "+id, set, id))
	}
	return kept, bad || len(unknown) > 0
}

// complain says what is wrong with a rule file.
func complain(io IO, err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(io.stderr(), "orbfilter: %s\n", line)
	}
}

// complain does so, and keeps what it says for the end of the run, without the lines
// that are shown of a file.
func (o *options) complain(io IO, err error) {
	complain(io, err)
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if line != "" && line[0] != ' ' && line[0] != '>' {
			o.wrong = append(o.wrong, line)
		}
	}
}

// noSuchRule is the error of an id that is none, with those that may be meant.
func noSuchRule(what string, set *rules.Set, id string) error {
	near := like(set, id)
	if n := set.Nearest(id); n != "" {
		near = []string{n}
	}
	return fmt.Errorf("%s: there is no such rule%s", what, meant(near))
}

// like returns the ids that have all the words of an id that is none, or words that
// begin with them.
func like(set *rules.Set, id string) (ids []string) {
	words := strings.FieldsFunc(strings.ToLower(id), func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	if len(words) == 0 {
		return nil
	}
	for r := range set.All() {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains("-"+r.ID, "-"+w) }) {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// maxMeant is how many ids are offered.
const maxMeant = 5

// meant asks whether one of these was meant; "" if there is none.
func meant(ids []string) string {
	if more := len(ids) - maxMeant; more > 0 {
		ids = append(ids[:maxMeant:maxMeant], fmt.Sprintf("one of %d more", more))
	}
	if len(ids) == 0 {
		return ""
	}
	last := len(ids) - 1
	if last == 0 {
		return "; did you mean " + ids[0] + "?"
	}
	return "; did you mean " + strings.Join(ids[:last], ", ") + " or " + ids[last] + "?"
}

// layers reads all places that rules come from, the weakest first. What is
// wrong is said, and so is what is not trusted; bad tells whether something was
// wrong.
func (o *options) layers(io IO) (layers rules.Layers, bad bool) {
	add := func(l rules.Layer, errs ...error) {
		for _, err := range errs {
			if err != nil {
				bad = true
				o.complain(io, err)
			}
		}
		catalog.Untrusted(io.stderr(), l.Untrusted)
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
