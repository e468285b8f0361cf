package cmd

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// A vocabulary is what advice may name: testdata/verify/programs.yaml, and what this
// program has. make verify holds the former against the programs themselves.
type vocabulary struct {
	Programs map[string]struct {
		Options, Commands, Help []string
		From                    string
	}
	Variables map[string]struct{ Check, From string }
	Files     []string
	Sites     []string

	root *cobra.Command
}

func readVocabulary(t *testing.T) *vocabulary {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "verify", "programs.yaml"))
	require.NoError(t, err)
	v := &vocabulary{root: newRoot(cli.IO{Getenv: func(string) string { return "" }})}
	require.NoError(t, yaml.UnmarshalWithOptions(data, v, yaml.Strict()))
	return v
}

var (
	optionWord   = regexp.MustCompile(`^--?[A-Za-z][\w-]*$`)
	variableWord = regexp.MustCompile(`\b(?:[A-Z]{2,}[A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]|PYTHON[A-Z]+)\b`)
	fileWord     = regexp.MustCompile(`(?:^|[\s("'])(~/[\w./-]*\w|/(?:tmp|etc|usr|var|opt)[\w./-]*|[\w-]+\.(?:log|py|yaml|toml|conf|txt|app))\b`)
	issueLink    = regexp.MustCompile(`^https://github\.com/[\w.-]+/[\w.-]+/(?:issues|pull)/\d+$|^https://github\.com/[\w.-]+/[\w.-]+/(?:blob|tree|releases)/[\w./#-]+$|^https://github\.com/[\w.-]+/[\w.-]+$`)
	link         = regexp.MustCompile(`https://[^\s"'<>)]+`)
	pipSpec      = regexp.MustCompile(`pip install (?:-U )?'([^']+)'`)
)

// faults says what a text names that does not exist.
func (v *vocabulary) faults(text string) (out []string) {
	for _, u := range link.FindAllString(text, -1) {
		out = append(out, v.link(strings.TrimRight(u, ".,;:"))...)
	}
	text = link.ReplaceAllString(text, "")
	out = append(out, v.words(strings.Fields(text))...)
	for _, name := range variableWord.FindAllString(text, -1) {
		if _, ok := v.Variables[name]; !ok && !strings.HasPrefix(name, "ORBFILTER_") {
			out = append(out, "the variable "+name)
		}
	}
	for _, m := range fileWord.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(v.Files, strings.TrimRight(m[1], ".")) {
			out = append(out, "the file "+m[1])
		}
	}
	for _, m := range pipSpec.FindAllStringSubmatch(text, -1) {
		if name := regexp.MustCompile(`^[\w.-]+`).FindString(m[1]); name == "" {
			out = append(out, "the requirement "+m[1])
		}
	}
	return out
}

func (v *vocabulary) link(u string) []string {
	host, _, _ := strings.Cut(strings.TrimPrefix(u, "https://"), "/")
	if !slices.Contains(v.Sites, host) || host == "github.com" && !issueLink.MatchString(u) {
		return []string{"the link " + u}
	}
	return nil
}

// words looks at commands and options. A word behind the name of a program, within
// quotes, is a command of it; an option belongs to the program in front of it, and
// where there is none, to any.
func (v *vocabulary) words(words []string) (out []string) {
	program, quoted := "", false
	command := v.root
	for i, w := range words {
		bare := strings.Trim(w, "\"'`(),.;:?!…→")
		begins := strings.TrimLeft(w, "(") != strings.TrimLeft(w, "(\"'`") || i > 0 && strings.HasSuffix(words[i-1], ":")
		if strings.HasPrefix(w, "(") {
			program = ""
		}
		switch {
		case (bare == "orbfilter" || v.Programs[bare].From != "") && (program == "" || words[i-1] == "-m" || words[i-1] == "--" || !quoted && !slices.Contains(v.Programs[program].Commands, words[i-1])):
			program, quoted, command = bare, begins, v.root
		case optionWord.MatchString(bare):
			if !v.has(program, command, bare) {
				out = append(out, strings.TrimSpace(program+" "+bare))
			}
		case program == "orbfilter" && sub(command, bare) != nil:
			command = sub(command, bare)
		case quoted && i > 0 && v.behind(program, command, words[i-1]) && !v.command(program, bare):
			out = append(out, program+" "+bare)
		}
		if strings.ContainsAny(w[len(w)-1:], ".;)\"`") || strings.HasSuffix(w, "\",") {
			program = ""
		}
	}
	return out
}

// behind reports whether a word is what the name of a command follows: a program, or a
// command of this one that has commands.
func (v *vocabulary) behind(program string, command *cobra.Command, word string) bool {
	word = strings.Trim(word, "\"'`(")
	return word == program || program == "orbfilter" && command.HasSubCommands() && word == command.Name()
}

func sub(c *cobra.Command, name string) *cobra.Command {
	for _, s := range c.Commands() {
		if s.Name() == name {
			return s
		}
	}
	return nil
}

// command reports whether a program has a command, or takes any word there.
func (v *vocabulary) command(program, name string) bool {
	if program == "orbfilter" {
		return false // else it would be one
	}
	commands := v.Programs[program].Commands
	return len(commands) == 0 || program == "pyinfra" || slices.Contains(commands, name) || !regexp.MustCompile(`^[a-z-]+$`).MatchString(name)
}

// has reports whether a program has an option; without a program, whether one has.
func (v *vocabulary) has(program string, command *cobra.Command, option string) bool {
	switch program {
	case "orbfilter":
		return hasFlag(command, option)
	case "":
		return hasAnyFlag(v.root, option) || slices.ContainsFunc(slices.Collect(maps.Keys(v.Programs)), func(p string) bool { return v.has(p, nil, option) })
	}
	options := v.Programs[program].Options
	repeated := regexp.MustCompile(`^-(\w)\w*$`).FindStringSubmatch(option) // -vvv
	return slices.Contains(options, option) || repeated != nil && strings.Trim(option[1:], repeated[1]) == "" && slices.Contains(options, "-"+repeated[1])
}

func hasFlag(c *cobra.Command, option string) bool {
	name := strings.TrimLeft(option, "-")
	if option == "--help" {
		return true
	}
	find := func(f *pflag.FlagSet) bool {
		return strings.HasPrefix(option, "--") && f.Lookup(name) != nil || !strings.HasPrefix(option, "--") && len(name) == 1 && f.ShorthandLookup(name) != nil
	}
	return find(c.Flags()) || find(c.InheritedFlags()) || find(c.PersistentFlags())
}

func hasAnyFlag(c *cobra.Command, option string) bool {
	return hasFlag(c, option) || slices.ContainsFunc(c.Commands(), func(s *cobra.Command) bool { return hasAnyFlag(s, option) })
}

// TestAdvice: no advice names an option, a command, a variable, a file or a link that
// does not exist: that of the built-in rules, and all that doctor says.
func TestAdvice(t *testing.T) {
	testrun.WithoutRace(t)
	v := readVocabulary(t)
	for r := range rules.Builtin().All() {
		texts := append([]string{r.Title, r.Advice}, r.References...)
		if r.Fix != nil {
			texts = append(texts, "pip install '"+r.Fix.Requirement()+"'")
		}
		for _, text := range texts {
			assert.Empty(t, v.faults(text), "%s: %s", r.ID, text)
		}
	}
	n := 0
	var wrong []string
	for _, pattern := range []string{"../diagnose/*.go", "../diagnose/*/*.go", "render/diagnosis/*.go", "doctor/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, f := range files {
			if !strings.HasSuffix(f, "_test.go") {
				texts, faults := v.source(t, f)
				n, wrong = n+texts, append(wrong, faults...)
			}
		}
	}
	assert.Empty(t, wrong)
	assert.Greater(t, n, 100, "sentences of the doctor")
}

// prose is what is said to a person, and no pattern, path or name.
var prose = regexp.MustCompile(`^[^\\]*[A-Za-z@'"]{2,} [^\\]*$`)

// source looks at every sentence of a file of Go, and at every command that is written
// as a list of words.
func (v *vocabulary) source(t *testing.T, name string) (n int, wrong []string) {
	t.Helper()
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, name, nil, 0)
	require.NoError(t, err)
	add := func(node ast.Node, faults []string) {
		for _, f := range faults {
			wrong = append(wrong, fmt.Sprintf("%s: %s", files.Position(node.Pos()), f))
		}
	}
	ast.Inspect(tree, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(node.Value); err == nil && node.Kind == token.STRING && prose.MatchString(text) {
				n++
				add(node, v.faults(text))
			}
		case *ast.CompositeLit:
			if _, list := node.Type.(*ast.ArrayType); !list { // of strings that may be anything
				add(node, v.argv(node.Elts))
			}
		case *ast.CallExpr:
			if f, ok := node.Fun.(*ast.Ident); ok && f.Name == "add" {
				add(node, v.argv(node.Args))
			}
		}
		return true
	})
	return n, wrong
}

// argv looks at the words of a command that begins with a program that is known.
func (v *vocabulary) argv(list []ast.Expr) []string {
	var words []string
	for _, e := range list {
		if lit, ok := e.(*ast.BasicLit); ok {
			text, _ := strconv.Unquote(lit.Value)
			words = append(words, text)
		} else if len(words) > 0 {
			words = append(words, "NAME")
		}
	}
	if len(words) < 2 || v.Programs[words[0]].From == "" || slices.Contains(words, "") {
		return nil
	}
	words[0] = `"` + words[0]
	return v.words(words)
}

// What the check is for: each of these was, or could have been, written.
func TestAdviceFindsWhatIsWrong(t *testing.T) {
	testrun.WithoutRace(t)
	v := readVocabulary(t)
	for text, want := range map[string]string{
		"Add --use-sudo-password to the command, or --sudo-password":     "--sudo-password",
		`Try "orbctl status", then "orbctl wake NAME".`:                  "orbctl wake",
		`Type "orbctl create ubuntu NAME".`:                              "",
		`Type "pip install 'gevent>=25' --no-such".`:                     "pip --no-such",
		`"orbfilter run --fail-on error -- pyinfra" fails the job.`:      "",
		`"orbfilter run --venv x" fails the job.`:                        "orbfilter --venv",
		`"orbfilter rules tset" helps.`:                                  "orbfilter tset",
		"Set PYINFRA_YES=1, or PYINFRA_SURE=1.":                          "the variable PYINFRA_SURE",
		"Put it into ~/.ssh/configs.":                                    "the file ~/.ssh/configs",
		"Put it into ~/.ssh/config.":                                     "",
		"https://github.com/gevent/gevent/issue/2111":                    "the link https://github.com/gevent/gevent/issue/2111",
		"https://github.com/gevent/gevent/issues/2111":                   "",
		"https://gevent.example/issues/2111":                             "the link https://gevent.example/issues/2111",
		"Run it with -vvv to see more.":                                  "",
		"orbfilter folds it, and pyinfra says so; orbctl is not on PATH": "",
	} {
		got := v.faults(text)
		if want == "" {
			assert.Empty(t, got, text)
		} else {
			assert.Equal(t, []string{want}, got, fmt.Sprint(text))
		}
	}
}
