package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// Load reads the rules. What is wrong is said; bad tells whether something
// was. The set holds those that are right.
func (o *Loading) Load(io IO) (set *rules.Set, bad bool) {
	set, bad, badConfig := o.LoadApart(io)
	return set, bad || badConfig
}

// LoadApart is Load for who makes a difference between what is typed or a rule, and what is a mistake in a config file.
func (o *Loading) LoadApart(io IO) (set *rules.Set, bad, badConfig bool) {
	layers, bad := o.layers(io)
	set = layers.Set()
	kept, unknown := set.Without(o.Disable...)
	badConfig = o.origin.bad()
	for _, id := range unknown {
		s, err := o.origin.setting("disable"), o.origin.placed("disable", id, NoSuchRule("--disable "+id, set, id))
		if s != nil && io.told(err.Error(), s.File.Name) {
			continue
		}
		o.origin.Complain(io, err)
		bad, badConfig = bad || s == nil, badConfig || s != nil
	}
	return kept, bad, badConfig
}

// Complain says what is wrong with a rule file.
func Complain(io IO, err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(io.Stderr(), "orbfilter: %s\n", line)
	}
}

// NoSuchRule is the error of an id that is none, with those that may be meant.
func NoSuchRule(what string, set *rules.Set, id string) error {
	var ids []string
	for r := range set.All() {
		ids = append(ids, r.ID)
	}
	return fmt.Errorf("%s: there is no such rule%s", what, Meant(Near(id, ids)))
}

// maxMeant is how many ids are offered.
const maxMeant = 5

// Meant asks whether one of these was meant; "" if there is none.
func Meant(ids []string) string {
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

// Layers reads all places that rules come from, the weakest first. What is
// wrong is said, and so is what is not trusted; bad tells whether something was
// wrong.
func (o *Loading) Layers(io IO) (layers rules.Layers, bad bool) {
	layers, bad = o.layers(io)
	return layers, bad || o.origin.bad()
}

// layers is Layers without what is wrong with config files.
func (o *Loading) layers(io IO) (layers rules.Layers, bad bool) {
	add := func(l rules.Layer, errs ...error) {
		for _, err := range errs {
			if err != nil {
				bad = true
				o.origin.Complain(io, err)
			}
		}
		io.untrusted(l.Untrusted)
		layers = append(layers, l)
	}
	if !o.NoBuiltin {
		add(rules.BuiltinLayer())
	}
	if folder := UserFolder(io); folder != "" {
		l, err := rules.UserLayer(filepath.Join(folder, "rules"))
		add(l, err)
	}
	if folder := ProjectFolder(); folder != "" {
		trust, terr := rules.LoadTrust(TrustFile(io))
		var typed []rules.File
		for _, name := range o.Rules {
			typed = append(typed, rules.Read(name)...)
		}
		l, err := rules.ProjectLayer(folder, trust, typed...)
		add(l, terr, err)
	}
	l, errs := rules.FlagLayer(o.Rules)
	add(l, errs...)
	return layers, bad
}

// UserFolder is where a user's rules and settings are; "": nobody knows. On
// macOS, os.UserConfigDir leaves XDG_CONFIG_HOME out.
func UserFolder(io IO) string {
	dir := io.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) { // others are to be left alone, says the XDG specification
		var err error
		if dir, err = os.UserConfigDir(); err != nil {
			return ""
		}
	}
	return filepath.Join(dir, "orbfilter")
}

// TrustFile is where it stands what a user trusts; "": nobody knows.
func TrustFile(io IO) string {
	folder := UserFolder(io)
	if folder == "" {
		return ""
	}
	return filepath.Join(folder, "trusted.json")
}

// ProjectFolder is where the project of the working folder has its rules, as
// a person would write it; "": it has none.
func ProjectFolder() string {
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

// maxNamed is how many files a line names.
const maxNamed = 4

// untrusted says in one line which files of a project are not used.
func (io IO) untrusted(files []string) {
	names := make([]string, 0, len(files))
	for _, f := range files {
		names = append(names, printable.Line(f))
	}
	switch n := len(names); n {
	case 0:
	case 1:
		io.Notice(names[0]+" is not trusted, and not used; see what it folds and allow it: orbfilter rules trust", files...)
	default:
		if n > maxNamed {
			names = append(names[:maxNamed], fmt.Sprintf("%d more", n-maxNamed))
		}
		io.Notice(fmt.Sprintf("%s and %s are not trusted, and not used; see what they fold and allow them: orbfilter rules trust",
			strings.Join(names[:len(names)-1], ", "), names[len(names)-1]), files...)
	}
}
