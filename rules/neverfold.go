package rules

import (
	"bytes"
	_ "embed" // the list
	"fmt"
	"sync"

	"github.com/goccy/go-yaml"
)

// A Guard is text that no rule folds, whoever wrote the rule: a person must see
// it. See Debian's logcheck, whose violations no ignore rule can cancel.
type Guard struct {
	// Line is searched in what a rule would fold.
	Line *Pattern `yaml:"line"`
	// Because says why, for people who ask why a line was not folded.
	Because string `yaml:"because"`
}

//go:embed never-fold.yaml
var neverFold []byte

// NeverFold returns the guards, which come with the program and cannot be
// turned off. It panics when one is wrong, which the tests rule out.
func NeverFold() []*Guard { return guards() }

var guards = sync.OnceValue(func() (all []*Guard) {
	if len(guardTable) == 0 {
		return readGuards()
	}
	for i := range guardTable {
		all = append(all, &guardTable[i])
	}
	return all
})

func readGuards() []*Guard {
	var guards []*Guard
	if err := yaml.NewDecoder(bytes.NewReader(neverFold), yaml.Strict()).Decode(&guards); err != nil {
		panic(err)
	}
	for _, g := range guards {
		if err := g.Line.compile(); err != nil {
			panic(fmt.Errorf("never-fold.yaml: %q: %w", g.Line, err))
		}
	}
	return guards
}

// GuardOf returns the guard that keeps a line in the stream, or nil.
func GuardOf(line string) *Guard {
	for _, g := range NeverFold() {
		if g.Line.Search([]byte(line)) {
			return g
		}
	}
	return nil
}
