package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile is the largest rule file that is read. The largest that a person
// would write is some kilobytes; YAML parsers take a hundred times the size.
const maxFile = 1 << 20

// A FileError is a mistake in a rule file.
type FileError struct {
	File         string
	Line, Column int    // from 1; 0: the file as a whole
	Excerpt      string // the lines around, with a mark; may be empty
	Message      string
}

func (e *FileError) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	if e.Excerpt == "" {
		return where + ": " + e.Message
	}
	return where + ": " + e.Message + "\n" + strings.TrimRight(e.Excerpt, "\n")
}

// Load reads rules from a file, or from every .yaml and .yml file of a
// folder and what is below it. The set holds the rules that are right; the
// error joins a FileError for each that is not.
func Load(name string) (*Set, error) {
	info, err := os.Stat(name)
	if err != nil {
		return NewSet(), &FileError{File: name, Message: "cannot read rules: " + cause(err)}
	}
	if info.IsDir() {
		return loadFS(os.DirFS(name), name)
	}
	return loadFS(os.DirFS(filepath.Dir(name)), filepath.Dir(name), filepath.Base(name))
}

// cause returns the last part of a path error, without the path.
func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// loadFS reads the named files, or all rule files when none is named. Files
// are shown in messages below root.
func loadFS(fsys fs.FS, root string, names ...string) (*Set, error) {
	set := NewSet()
	var errs []error
	if len(names) == 0 {
		var err error
		if names, err = ruleFiles(fsys); err != nil {
			errs = append(errs, &FileError{File: root, Message: cause(err)})
		}
		if len(names) == 0 {
			errs = append(errs, &FileError{File: root, Message: "there is no .yaml file in this folder"})
		}
	}
	for _, name := range names {
		shown := filepath.Join(root, filepath.FromSlash(name))
		rule, err := loadFile(fsys, name, shown)
		if err == nil {
			err = set.Add(rule)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return set, errors.Join(errs...)
}

func ruleFiles(fsys fs.FS) (names []string, err error) {
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if ext := path.Ext(name); err == nil && !d.IsDir() && (ext == ".yaml" || ext == ".yml") {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

func loadFile(fsys fs.FS, name, shown string) (*Rule, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, &FileError{File: shown, Message: cause(err)}
	}
	if info.Size() > maxFile || !info.Mode().IsRegular() {
		return nil, &FileError{File: shown, Message: fmt.Sprintf("not a regular file of at most %d bytes", maxFile)}
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, &FileError{File: shown, Message: cause(err)}
	}
	return Parse(shown, data)
}

// Parse reads one rule. The file is named in messages. An error is a
// *FileError.
func Parse(file string, data []byte) (*Rule, error) {
	doc, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, yamlError(file, err)
	}
	if err := refuseAliases(file, doc); err != nil {
		return nil, err
	}
	rule := &Rule{File: file}
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(rule); err != nil {
		return nil, yamlError(file, err)
	}
	if field, err := rule.check(); err != nil {
		return nil, fieldError(file, data, doc, field, err)
	}
	rule.id = *fieldError(file, data, doc, "id", nil)
	return rule, nil
}

// aliasFinder remembers the first alias of a document.
type aliasFinder struct{ found *ast.AliasNode }

func (a *aliasFinder) Visit(n ast.Node) ast.Visitor {
	if alias, ok := n.(*ast.AliasNode); ok && a.found == nil {
		a.found = alias
	}
	return a
}

// refuseAliases keeps out documents that grow without end when they are read
// ("billion laughs"); no rule needs an alias.
func refuseAliases(file string, doc *ast.File) error {
	var find aliasFinder
	for _, d := range doc.Docs {
		if d.Body != nil {
			ast.Walk(&find, d.Body)
		}
	}
	if find.found == nil {
		return nil
	}
	pos := find.found.GetToken().Position
	return &FileError{File: file, Line: pos.Line, Column: pos.Column, Message: "YAML aliases (*name) are not read here: write the value out"}
}

// yamlError turns a parser's error into ours.
func yamlError(file string, err error) error {
	out := &FileError{File: file, Message: err.Error()}
	var y yaml.Error
	if !errors.As(err, &y) {
		return out
	}
	out.Message = hint(y.GetMessage())
	if tok := y.GetToken(); tok != nil && tok.Position != nil {
		out.Line, out.Column = tok.Position.Line, tok.Position.Column
	}
	if _, excerpt, ok := strings.Cut(y.FormatError(false, true), "\n"); ok {
		out.Excerpt = excerpt
	}
	return out
}

// hint adds to a parser's message what to write instead.
func hint(msg string) string {
	if name, ok := strings.CutPrefix(msg, "unknown field "); ok {
		if near := nearest(strings.Trim(name, `"`)); near != "" {
			return msg + "; did you mean " + near + "?"
		}
		return msg + "; a rule has " + strings.Join(fieldNames, ", ")
	}
	return msg
}

// fieldError says where in the file the field is that check complained of.
func fieldError(file string, data []byte, doc *ast.File, field string, err error) *FileError {
	out := &FileError{File: file, Line: 1, Column: 1}
	if err != nil {
		out.Message = err.Error()
	}
	for field != "" {
		p, perr := yaml.PathString("$." + field)
		if perr != nil {
			break
		}
		if node, ferr := p.FilterFile(doc); ferr == nil && node != nil {
			pos := node.GetToken().Position
			out.Line, out.Column = pos.Line, pos.Column
			break
		}
		field = field[:max(0, strings.LastIndexAny(field, ".["))]
	}
	out.Excerpt = excerpt(data, out.Line, out.Column)
	return out
}

// excerpt shows one line of a file with a mark below the column.
func excerpt(data []byte, line, column int) string {
	lines := strings.Split(string(data), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return fmt.Sprintf(">  %d | %s\n%s^", line, lines[line-1], strings.Repeat(" ", len(fmt.Sprintf(">  %d | ", line))+column-1))
}

// fieldNames are the fields of a rule and of what is in it, for hints.
var fieldNames = []string{"id", "title", "severity", "fold", "match", "affected", "python", "advice", "fix", "references", "samples", "counterexamples",
	"line", "block", "python-unraisable", "python-traceback", "python-warning", "object", "frames", "error", "category", "message",
	"path", "source", "package", "ranges", "events", "introduced", "fixed", "last_affected", "upgrade", "to", "text", "optional", "ecosystem", "name"}

// nearest returns the field whose name is at most two edits away, or "".
func nearest(name string) string {
	best, dist := "", 3
	for _, f := range fieldNames {
		if d := distance(name, f); d < dist && d < len(f) {
			best, dist = f, d
		}
	}
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diag := row[0]
		row[0] = i + 1
		for j := range b {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
