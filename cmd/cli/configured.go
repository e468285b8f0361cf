package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/cli/config"
	"github.com/orbfilter/orbfilter/filter/report"
)

// ConfigVariable is the variable of the environment that names a config file in place of those of the
// working folder and above; off: there is none at all.
const ConfigVariable = "ORBFILTER_CONFIG"

// ConfigFiles reads the config files, the nearest first.
func ConfigFiles(io IO) []*config.File {
	dir, err := os.Getwd()
	if err != nil {
		dir = "" // it is gone: the user's own is all there is
	}
	w := config.Where{Dir: dir, User: UserFolder(io), Instead: io.Getenv(ConfigVariable)}
	if w.Instead == "off" {
		w.Instead, w.Off = "", true
	}
	return config.Read(w, configKeys())
}

// configKeys are the shared flags as keys.
func configKeys() (keys []config.Key) {
	all := pflag.NewFlagSet("config", pflag.ContinueOnError)
	new(Flags).Register(all)
	all.VisitAll(func(f *pflag.Flag) {
		key := config.Key{Name: f.Name, Bool: f.Value.Type() == "bool", List: f.Value.Type() == "stringArray", Check: func(values []string) error { return checkKey(f.Name, values) }}
		switch f.Name {
		case "rules":
			key.OwnOnly = "is nothing that comes with a checkout: rules hide lines; put them into .orbfilter/rules and look at them with orbfilter rules trust, or type --rules"
			fallthrough
		case "audit", "baseline":
			key.File = func(value string) (_, file string) { return "", value }
		case "report":
			key.File = fileOfReport
		}
		keys = append(keys, key)
	})
	return keys
}

func fileOfReport(value string) (before, file string) {
	kind, file, _ := strings.Cut(value, "=")
	return kind + "=", file
}

// Wanted says in words what the values of flags are, by their types.
var Wanted = map[string]string{
	"duration": "a number with a unit, such as 500ms or 2s",
	"int":      "a whole number",
	"bool":     "true or false, or nothing",
}

// checkKey says what is wrong with the values of a key, as if they were typed.
func checkKey(name string, values []string) error {
	o, flags := &Flags{}, pflag.NewFlagSet("config", pflag.ContinueOnError)
	o.Register(flags)
	for _, v := range values {
		err := flags.Set(name, v)
		if want := Wanted[flags.Lookup(name).Value.Type()]; err != nil && want != "" {
			return fmt.Errorf("%s %q: write %s", name, v, want)
		}
		if err != nil {
			return fmt.Errorf("%s %q is none; see orbfilter run --help", name, v)
		}
	}
	if name == "baseline" { // it may wait for one
		o.FailOn = report.NewUnknown
	}
	if err := check(flags, o); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "--"))
	}
	return nil
}

// Configure gives the flags of a command that were not typed the values that config files have for them. What is
// wrong with these is said, and kept for those who load the rules; bad tells whether something is.
func (o *Flags) Configure(io IO, c *cobra.Command) (bad bool) {
	o.from = map[string]*config.Setting{}
	for _, f := range ConfigFiles(io) {
		if f.Unused != "" {
			io.Notice(f.Name+": "+f.Unused, f.Name)
		}
		for _, err := range f.Errs {
			if io.told(err.Error(), f.Name) { // and the run above ends with 2
				continue
			}
			o.badConfig = true
			o.Complain(io, err)
		}
		for i := range f.Settings {
			o.apply(&f.Settings[i], c)
		}
	}
	if o.from["baseline"] != nil && !slices.Contains(strings.Split(o.FailOn, ","), report.NewUnknown) {
		o.Baseline = "" // there is nothing that it would be for in this run
	}
	return o.badConfig
}

// apply sets a flag that a command has, if it was not typed, nor set by a file that is nearer.
func (o *Flags) apply(s *config.Setting, c *cobra.Command) {
	f := c.Flags().Lookup(s.Key)
	if f == nil || f.Hidden || f.Changed || o.from[s.Key] != nil || !suits(c, s) {
		return
	}
	o.from[s.Key] = s
	for _, text := range s.Texts() {
		_ = f.Value.Set(text) // it was checked
	}
}

// suits reports whether a setting is meant for a command that has the flag: a scan has no use for the
// audit of a run, nor for its events.
func suits(c *cobra.Command, s *config.Setting) bool {
	if c.Name() != "scan" {
		return true
	}
	return s.Key != "audit" && (s.Key != "format" || s.Values[0].Text != "jsonl")
}
