package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// learnt groups lines as `rules learn` does.
func learnt(lines []string) []string {
	f := skeleton.NewForest()
	var of []*skeleton.Template
	for _, text := range skeletons(lines) {
		of = append(of, f.Find([]byte(text)))
	}
	var out []string
	for _, t := range of {
		out = append(out, strconv.Itoa(int(t.Root().ID)))
	}
	return out
}

// texts are lines without prefix and host.
func texts(lines []string) (out []string) {
	var v view.Line
	for _, l := range lines {
		v.Look([]byte(l))
		_, rest := mask.Host(string(v.Text))
		out = append(out, rest)
	}
	return out
}

// skeletons group lines as `scan` does: what has one skeleton is one text.
func skeletons(lines []string) (out []string) {
	for _, text := range texts(lines) {
		out = append(out, string(skeleton.Of(nil, text)))
	}
	return out
}

// drained groups lines as drain3 does, in a Python that has it.
func drained(python string, lines []string) ([]string, error) {
	dir, err := os.MkdirTemp("", "loghub")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "log")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return nil, err
	}
	c := exec.Command(python, "testdata/loghub/drain.py", file)
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(file + ".groups")
	return strings.Fields(string(data)), err
}
