//go:build unix

package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// A table is what experiments.yaml has.
type table struct {
	Experiments []*experiment `yaml:"experiments"`
	NotRun      []notRun      `yaml:"not-run"`
}

// An experiment makes issues happen, where they can.
type experiment struct {
	Name    string   `yaml:"name"`
	Rules   []string `yaml:"rules"`
	Run     string   `yaml:"run"` // a shell script
	Env     []string `yaml:"env"`
	Tries   int      `yaml:"tries"` // how often, where it is a matter of luck; 0: once
	Pythons []string `yaml:"pythons"`
	Install []string `yaml:"install"` // of one environment each
	Like    string   `yaml:"like"`    // the name of the experiment whose Pythons and packages are taken
	Quick   string   `yaml:"quick"`   // the Python of the quick part; empty: not in it
}

// A notRun says of rules why there is no experiment.
type notRun struct {
	Rules   []string `yaml:"rules"`
	Because string   `yaml:"because"`
}

func readTable(name string) (*table, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var t table
	if err := yaml.UnmarshalWithOptions(data, &t, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, e := range t.Experiments {
		if err := t.complete(e); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return &t, nil
}

// complete fills in what an experiment takes from another one.
func (t *table) complete(e *experiment) error {
	if i := slices.IndexFunc(t.Experiments, func(o *experiment) bool { return o.Name == e.Like }); e.Like != "" && i >= 0 {
		e.Pythons, e.Install = t.Experiments[i].Pythons, t.Experiments[i].Install
	}
	if len(e.Rules) == 0 || e.Run == "" || len(e.Pythons) == 0 || len(e.Install) == 0 {
		return fmt.Errorf("the experiment of %v lacks rules, run, pythons or install", e.Rules)
	}
	return nil
}

// runs returns what is to be run: an experiment with each of its Pythons that is
// here, and with each of its environments.
func (t *table) runs(l *lab, wanted *regexp.Regexp, quick bool) (out []*run) {
	for _, e := range t.Experiments {
		if !slices.ContainsFunc(e.Rules, wanted.MatchString) || quick && e.Quick == "" {
			continue
		}
		pythons := e.Pythons
		if quick {
			pythons = []string{e.Quick}
		}
		for _, spec := range pythons {
			p := l.python(spec)
			if p == nil {
				out = append(out, &run{experiment: e, missing: "Python " + spec})
				continue
			}
			for _, what := range e.Install {
				out = append(out, &run{experiment: e, python: p, install: strings.TrimSpace(what)})
			}
		}
	}
	return out
}
