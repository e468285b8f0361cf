//go:build unix

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/testdata/marked"
)

// copyOfTheProject copies what git knows, and what is new, into a temporary folder.
func copyOfTheProject() (string, error) {
	out, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return "", fmt.Errorf("git ls-files: %w", err)
	}
	dir, err := os.MkdirTemp("", "orbfilter-mutants-*")
	if err != nil {
		return "", err
	}
	dir, err = filepath.EvalSymlinks(dir) // go's overlay wants the path that go itself sees
	if err != nil {
		return "", err
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		if err := copyFile(name, filepath.Join(dir, name)); err != nil {
			os.RemoveAll(dir)
			return "", err
		}
	}
	return dir, nil
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if os.IsNotExist(err) { // deleted, and not yet committed
		return nil
	}
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode())
}

// harmless are the mutants that may live, by package, file, kind and the text of the line: line numbers change.
type harmless map[string]bool

func (h harmless) has(pkg string, m *mutant) bool {
	return h[strings.Join([]string{pkg + "/" + m.file, m.Type, m.text}, " ")]
}

// readHarmless reads a list: a reason is a line that begins with #, and is for all the lines behind it, up to an empty one.
func readHarmless(name string) (harmless, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	known, reason := harmless{}, ""
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		switch line := strings.TrimSpace(lines.Text()); {
		case line == "":
			reason = ""
		case strings.HasPrefix(line, "#"):
			reason = line
		case reason == "":
			return nil, fmt.Errorf("%s:%d: there is no reason above it; write one behind a #", name, n)
		default:
			known[line] = true
		}
	}
	return known, lines.Err()
}

const head = "| Package | Mutants | tried | noticed | lived | not run by a test | harmless | efficacy | coverage |\n|---|---|---|---|---|---|---|---|---|\n"

func (t *trial) row() string {
	return fmt.Sprintf("| `%s` | %d | %d | %d | %d | %d | %d | %.0f %% | %.0f %% |\n", t.pkg, t.reached+len(t.bare), t.noticed()+len(t.lived)+t.known, t.noticed(), len(t.lived), len(t.bare), t.known, t.efficacy(), t.coverage())
}

// putRow puts the row of a package into the table of a page, in place of what it was. An empty page: there is none.
func putRow(page string, t *trial) error {
	if page == "" {
		return nil
	}
	rows, err := rowsOf(page)
	if err != nil {
		return err
	}
	table := head
	for _, row := range rows {
		if !strings.HasPrefix(row, "| `"+t.pkg+"` |") {
			table += row + "\n"
		}
	}
	return marked.Put(page, "mutants", "mutants", table+t.row())
}

// rowsOf returns the rows that a page has.
func rowsOf(page string) (rows []string, err error) {
	data, err := os.ReadFile(page)
	if err != nil {
		return nil, err
	}
	_, table, _ := strings.Cut(string(data), "<!-- mutants: ")
	table, _, _ = strings.Cut(table, "<!-- end of mutants -->")
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "| `") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	return rows, nil
}
