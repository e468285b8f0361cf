// Package project is a project's folder of rules: where it is, what is known in it, how a file
// gets there.
package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/rules"
)

// SaveFolder is where the project has its rules, or would have them.
func SaveFolder() string {
	if folder := cli.ProjectFolder(); folder != "" {
		return folder
	}
	return filepath.FromSlash(rules.ProjectFolder)
}

// WriteRule writes a rule file that is not there yet, and its folder.
func WriteRule(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	w, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return cli.Usage(fmt.Errorf("%s is there already; remove it, or write another name with --output or --id", file))
	}
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return errors.Join(err, w.Close())
}

// WithFolder adds the rules of a folder to those that are known: they need no
// trust to be known. What is wrong in there is for lint to say.
func WithFolder(set *rules.Set, folder string) *rules.Set {
	out := rules.NewSet()
	for r := range set.All() {
		out.Put(r)
	}
	more, _ := rules.ParseAll(readFiles(folder))
	for r := range more.All() {
		if !r.Disabled {
			out.Put(r)
		}
	}
	return out
}

// readFiles reads the rule files of a folder, which need not be there.
func readFiles(folder string) []rules.File {
	if _, err := os.Stat(folder); err != nil {
		return nil
	}
	return rules.Read(folder)
}

// OneLine is text of several lines as one.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
