//go:build ignore

// House prints the packages of the project with their files, lines and imports, without
// tests and without what is generated.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"text/tabwriter"
)

// What a package may have, as docs/explanation/architecture.md says. It is a mirror and no target.
const (
	maxFiles    = 25
	maxLines    = 3000
	maxFileSize = 400
)

type pkg struct {
	Dir, ImportPath  string
	GoFiles, Imports []string
	Module           struct{ Path string }
}

func main() {
	log.SetFlags(0)
	all, err := packages()
	if err != nil {
		log.Fatal(err)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PACKAGE\tFILES\tLINES\tLONGEST\tIMPORTS")
	var files, lines int
	for _, p := range all {
		f, n, longest, err := p.size()
		if err != nil {
			log.Fatal(err)
		}
		files, lines = files+f, lines+n
		over := ""
		if f > maxFiles || n > maxLines || longest > maxFileSize {
			over = "  more than it may have"
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d%s\n", p.name(), f, n, longest, p.ours(), over)
	}
	fmt.Fprintf(w, "%d packages\t%d\t%d\n", len(all), files, lines)
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}

func packages() (all []pkg, err error) {
	out, err := exec.Command("go", "list", "-json=Dir,ImportPath,GoFiles,Imports,Module", "./...").Output()
	if err != nil {
		return nil, err
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

func (p *pkg) name() string { return strings.TrimPrefix(p.ImportPath, p.Module.Path+"/") }

// ours is how many packages of the project it imports.
func (p *pkg) ours() (n int) {
	for _, i := range p.Imports {
		if strings.HasPrefix(i, p.Module.Path+"/") {
			n++
		}
	}
	return n
}

var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// size counts files and lines, and those of the longest file.
func (p *pkg) size() (files, lines, longest int, err error) {
	for _, name := range p.GoFiles {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return 0, 0, 0, err
		}
		if generated.Match(text) {
			continue
		}
		n := bytes.Count(text, []byte("\n"))
		files, lines, longest = files+1, lines+n, max(longest, n)
	}
	return files, lines, longest, nil
}
