//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// swaps are what gremlins makes of an operator: https://gremlins.dev/latest/usage/mutations/
var swaps = map[string]map[string]string{
	"ARITHMETIC_BASE":       {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*"},
	"CONDITIONALS_BOUNDARY": {"<": "<=", "<=": "<", ">": ">=", ">=": ">"},
	"CONDITIONALS_NEGATION": {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"},
	"INCREMENT_DECREMENT":   {"++": "--", "--": "++"},
	"INVERT_NEGATIVES":      {"-": "+"},
}

// patient is how long the tests of one mutant are waited for: one that makes them endless is found. It is some times of what they take without a
// mutant, when all is compiled that a mutant compiles anew as well.
func (t *trial) patient() time.Duration {
	if t.patience == 0 {
		begin := time.Now()
		c := exec.Command("go", "test", "-vet=off", "-count=1", "./"+t.pkg)
		c.Dir = t.dir
		_ = c.Run() // a mutant that is not noticed shows as much
		t.patience = max(20*time.Second, 5*time.Since(begin))
	}
	return t.patience
}

// outside says that a mutant is where Go's coverage knows no place: in the conditions of a case, or outside of functions.
func (t *trial) outside(m *mutant) bool {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, t.source(m.file), nil, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	at := set.File(file.Pos()).LineStart(m.Line) + token.Pos(m.Column-1)
	within, found := false, true // found: no function is around it, until one is
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || at < n.Pos() || n.End() <= at {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			found = false
		case *ast.CaseClause:
			within = at < n.Colon
		case *ast.BlockStmt:
			within = false
		}
		return true
	})
	return within || found
}

// try runs the tests with the mutant in place of the file, and returns the status in gremlins' words.
func (t *trial) try(m *mutant) string {
	overlay, err := t.overlay(m)
	if err != nil {
		return "SKIPPED"
	}
	limit, cancel := context.WithTimeout(context.Background(), t.patient()+time.Minute)
	defer cancel()
	test := exec.CommandContext(limit, "go", "test", "-vet=off", "-failfast", "-timeout", t.patient().String(), "-overlay", overlay, "./"+t.pkg)
	test.Dir = t.dir
	said, err := test.CombinedOutput()
	if bytes.Contains(said, []byte("[build failed]")) {
		return "NOT VIABLE"
	}
	if limit.Err() != nil || bytes.Contains(said, []byte("panic: test timed out after ")) { // the test ends itself: to kill go would leave it behind
		return "TIMED OUT"
	}
	if err != nil {
		return "KILLED"
	}
	return "LIVED"
}

// overlay writes the mutant beside the file, and what tells go of it.
func (t *trial) overlay(m *mutant) (string, error) {
	lines, err := t.lines(m.file)
	if err != nil {
		return "", err
	}
	line := lines[m.Line-1]
	from, to := operator(line[m.Column-1:], swaps[m.Type])
	if from == "" {
		return "", errors.New("this is no operator that is known here")
	}
	lines[m.Line-1] = line[:m.Column-1] + to + line[m.Column-1+len(from):]
	mutated, overlay := filepath.Join(t.dir, "mutant.go.txt"), filepath.Join(t.dir, "overlay.json")
	if err := os.WriteFile(mutated, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		return "", err
	}
	data, err := json.Marshal(map[string]map[string]string{"Replace": {t.source(m.file): mutated}})
	if err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, data, 0o600)
}

// operator returns the longest of the operators that a text begins with, and what becomes of it.
func operator(text string, swap map[string]string) (from, to string) {
	for a, b := range swap {
		if strings.HasPrefix(text, a) && len(a) > len(from) {
			from, to = a, b
		}
	}
	return from, to
}
