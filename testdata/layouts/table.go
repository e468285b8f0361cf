//go:build unix

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml"
)

// A layout is a way to install pyinfra: how it is made, how people call it then, and what is to come of the doctor's fix.
type layout struct {
	Name  string
	Cheap bool     // make test has it, too
	Needs []string // programs, or root; where one is missing the layout is passed over
	Make  string   // a script of bash, run in an empty folder
	Ways  []way
	Mend  mend
}

// A way is one in which people call pyinfra.
type way struct {
	In      string // the folder, below that of the layout; empty: its own
	Before  string // what the shell does first: activates, sets variables
	Type    string // the command; {} is where the arguments go, or they go to its end
	Asks    string // the command that the doctor is asked about; empty: Type, and none where that is pyinfra alone
	Unknown string // the doctor is to know that it does not know, and to say this (a pattern)
	Root    string // a folder that is the root for it
}

// A mend is what the doctor's fix is to do, asked for by the first way.
type mend struct {
	Commands string // a pattern that each line of commands fits; empty: there is to be none
	Words    string // a pattern that what is said fits
	Then     string // a script that does what the tool does next: lock, sync; what was mended stays mended
	Look     bool   // the commands are looked at and not run, since what they need cannot be had here
	Way      int    // of the ways, which one is asked; 0: the first
}

// readTable reads the layouts of all files beside.
func readTable(dir string) (all []*layout, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no tables in %s: run it in the top folder of the project", dir)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var some []*layout
		if err := yaml.UnmarshalWithOptions(data, &some, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, some...)
	}
	return all, checkTable(all)
}

var plainName = regexp.MustCompile(`^[a-z0-9-]+$`)

func checkTable(all []*layout) error {
	var names []string
	for _, l := range all {
		switch {
		case !plainName.MatchString(l.Name) || slices.Contains(names, l.Name):
			return fmt.Errorf("layout %q: its name is wrong, or is there twice", l.Name)
		case l.Make == "" || len(l.Ways) == 0 || l.Mend.Way >= len(l.Ways):
			return fmt.Errorf("layout %s: it has no make, no ways, or no such way", l.Name)
		case l.Mend.Commands == "" && l.Mend.Words == "":
			return fmt.Errorf("layout %s: mend says nothing", l.Name)
		}
		for _, text := range append([]string{l.Mend.Commands, l.Mend.Words}, unknowns(l)...) {
			if _, err := regexp.Compile(text); err != nil {
				return fmt.Errorf("layout %s: %w", l.Name, err)
			}
		}
		names = append(names, l.Name)
	}
	return nil
}

func unknowns(l *layout) (texts []string) {
	for _, w := range l.Ways {
		texts = append(texts, w.Unknown)
	}
	return texts
}

// stamp is what a layout that is there says of itself: it is made anew when its script has changed.
func (l *layout) stamp(b *lab) string {
	sum := sha256.Sum256([]byte(l.Make + b.python + b.dir(l) + pins + toolStamp))
	return hex.EncodeToString(sum[:])
}
