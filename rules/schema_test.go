package rules_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
)

// schema is what `rules schema` prints, as a validator reads it.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data := rules.Schema()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("rule.json", doc))
	s, err := c.Compile("rule.json") // checks it against the metaschema of its draft
	require.NoError(t, err)
	assert.Contains(t, string(data), `"$schema": "https://json-schema.org/draft/2020-12/schema"`)
	return s
}

// validate returns what an editor would say of a file. A file that is no YAML
// is none of the schema's matters: then ok is false.
func validate(t *testing.T, s *jsonschema.Schema, text string) (err error, ok bool) {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		return nil, false
	}
	data, err := json.Marshal(value)
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	return s.Validate(doc), true
}

// TestSchema: what the program has is what the model says. With -update it is written.
func TestSchema(t *testing.T) {
	want, err := rules.MadeSchema()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("schema.json", want, 0o644))
		return
	}
	assert.Equal(t, string(want), string(rules.Schema()), "make reference writes it anew")
}

func TestSchemaKnowsTheBuiltinRules(t *testing.T) {
	s := schema(t)
	for r := range rules.Builtin().All() {
		text, err := os.ReadFile(r.File)
		require.NoError(t, err)
		err, ok := validate(t, s, string(text))
		assert.True(t, ok, r.ID)
		assert.NoError(t, err, r.ID)
	}
}

// An editor must not find fault with what is right.
func TestSchemaKnowsWhatIsRight(t *testing.T) {
	s := schema(t)
	for name, text := range map[string]string{
		"as it is":              right,
		"numbers":               with("match", "match: {line: 404}"),
		"pattern with comments": with("match", "match:\n  line: |\n    (?x) noise  # what nobody needs\n    \\d"),
		"title of two lines":    with("title", "title: |\n  A\n  line"),
		"versions as numbers":   affected("[{introduced: 0}, {fixed: 25.10}]"),
		"only a package":        with("affected", "affected: [{package: {name: zope.interface}}]"),
		"extras":                with("fix", "fix: {upgrade: 'httpx[http2]', to: '>=1,!=1.1'}"),
		"coloured sample":       with("samples", `samples: [{text: noise}, {text: "\e[31mnoise\e[0m"}]`),
		"block":                 with("match", "match: {block: ['x (?<n>\\d+)', {line: 'y (?<n>\\d+)', optional: true}]}"),
		"repeat":                with("match", "match: {repeat: ^noise}"),
		"disabled":              "id: mine\ndisabled: true\n",
		"not disabled":          right + "disabled: false\n",
		"all lists":             right + "os: [darwin, linux, windows]\ncause: [another]\nstatus: draft\nfold: true\nreferences: [https://example.com/é]\ncounterexamples: [{text: x}]\n",
	} {
		_, err := rules.Parse("mine.yaml", []byte(text))
		require.NoError(t, err, name)
		err, ok := validate(t, s, text)
		assert.True(t, ok, name)
		assert.NoError(t, err, name)
	}
}

// What an editor says of files that are wrong. Those that it cannot know are
// listed in the golden file as well, so that a change shows.
func TestSchemaFindsWhatIsWrong(t *testing.T) {
	s := schema(t)
	var found, missed, noYAML []string
	for _, w := range wrongs {
		switch err, ok := validate(t, s, w.text); {
		case !ok:
			noYAML = append(noYAML, w.name)
		case err != nil:
			found = append(found, w.name)
		default:
			missed = append(missed, w.name)
		}
	}
	golden(t, filepath.Join("testdata", "schema.txt"), fmt.Sprintf("== the schema finds\n%s\n\n== only loading finds\n%s\n\n== no YAML\n%s\n",
		strings.Join(found, "\n"), strings.Join(missed, "\n"), strings.Join(noYAML, "\n")))
}

// Every field of the model is explained, and nothing else.
func TestEveryFieldHasItsText(t *testing.T) {
	for _, f := range rules.Fields() {
		assert.NotEmpty(t, f.Text, f.Path)
		assert.NotEmpty(t, f.Values, f.Path)
	}
}

// fieldTable is what stands between these lines of docs/reference/rule-fields.md.
var fieldTable = regexp.MustCompile(`(?s)(<!-- fields: go test \./rules -update writes them -->\n).*?(<!-- end of fields -->\n)`)

func TestDocsHaveTheTableOfFields(t *testing.T) {
	file := filepath.Join("..", "docs", "reference", "rule-fields.md")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var table strings.Builder
	table.WriteString("\n| field | what stands there | |\n|---|---|---|\n")
	for _, f := range rules.Fields() {
		must := ""
		if f.Required {
			must = " **Needed.**"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s%s |\n", f.Path, f.Values, strings.ReplaceAll(f.Text, "|", `\|`), must)
	}
	table.WriteString("\n")
	require.Regexp(t, fieldTable, string(data))
	want := fieldTable.ReplaceAllString(string(data), "${1}"+strings.ReplaceAll(table.String(), "$", "$$")+"${2}")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, string(data), "go test ./rules -update writes it anew")
}
