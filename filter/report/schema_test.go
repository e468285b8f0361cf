package report_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/report"
)

var schemaFile = filepath.Join("..", "..", "docs", "reference", "report.schema.json")

// TestSchemaIsUpToDate: what the program has, and docs/reference/report.schema.json, are what the types say.
func TestSchemaIsUpToDate(t *testing.T) {
	want, err := report.MadeSchema()
	require.NoError(t, err)
	for _, file := range []string{"schema.json", schemaFile} {
		if *update {
			require.NoError(t, os.WriteFile(file, want, 0o644))
		}
		got, err := os.ReadFile(file)
		require.NoError(t, err, "make reference writes it")
		assert.Equal(t, string(want), string(got), "make reference writes it anew")
	}
}

// schema is the file, as a validator reads it; it is checked against the
// metaschema of its draft.
func schema(t require.TestingT) *jsonschema.Schema {
	f, err := os.Open(schemaFile)
	require.NoError(t, err)
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("report.json", doc))
	s, err := c.Compile("report.json")
	require.NoError(t, err)
	return s
}

func validate(t require.TestingT, s *jsonschema.Schema, data string) error {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(data))
	require.NoError(t, err)
	return s.Validate(doc)
}

// TestReportsValidate: that of every recorded run, of all together, of nothing,
// and of anything.
func TestReportsValidate(t *testing.T) {
	s, all := schema(t), realReports(t)
	for _, r := range all {
		require.NoError(t, validate(t, s, jsonOf(t, r)), r.Logs[0].Name)
	}
	assert.NoError(t, validate(t, s, jsonOf(t, report.Merge(all...))))
	assert.NoError(t, validate(t, s, jsonOf(t, report.Merge())))
	rapid.Check(t, func(t *rapid.T) {
		a := anyReport(t)
		assert.NoError(t, validate(t, s, jsonOf(t, a)))
		assert.NoError(t, validate(t, s, jsonOf(t, report.Merge(a, anyReport(t)))))
	})
}

// TestSchemaDescribesEveryField, and each is in what was written.
func TestSchemaDescribesEveryField(t *testing.T) {
	data := report.JSONSchema()
	var s map[string]any
	require.NoError(t, json.Unmarshal(data, &s))
	n := 0
	var visit func(path string, s map[string]any)
	visit = func(path string, s map[string]any) {
		properties, _ := s["properties"].(map[string]any)
		for name, p := range properties {
			field := p.(map[string]any)
			if path != "events" {
				n++
				assert.NotEmpty(t, field["description"], "%s.%s", path, name)
				more := strings.HasSuffix(name, "_more") || slices.Contains([]string{"unanswered", "undecided", "unknown_seen", "more", "unclear", "nested", "within", "ignored", "retries", "text", "seconds", "run", "command", "tail"}, name) && !slices.Contains([]string{"cause", "command", "places"}, path) // is only there where there is more to say
				assert.Equal(t, !more, slices.Contains(s["required"].([]any), any(name)), "%s.%s", path, name)
			}
			visit(name, field)
		}
		if items, ok := s["items"].(map[string]any); ok {
			visit(path, items)
		}
		if list, ok := s["anyOf"].([]any); ok {
			for _, one := range list {
				visit(path, one.(map[string]any))
			}
		}
		if s["type"] == "object" {
			assert.Contains(t, s, "additionalProperties", path)
		}
	}
	visit("", s)
	assert.Greater(t, n, 70)
}

// A change is made to a report that is right; path leads to it.
type change struct {
	path  []any
	value any // nil: the field is removed
}

// broken are changes that make a report of something else.
var broken = map[string]change{
	"no schema":             {[]any{"schema"}, nil},
	"another schema":        {[]any{"schema"}, "orbfilter.report/v2"},
	"a field too many":      {[]any{"more"}, 1},
	"no issues":             {[]any{"issues"}, nil},
	"issues are null":       {[]any{"issues"}, json.RawMessage("null")},
	"a count in words":      {[]any{"issues", 0, "count"}, "many"},
	"below zero":            {[]any{"issues", 0, "count"}, -1},
	"a fraction":            {[]any{"issues", 0, "count"}, 1.5},
	"too high":              {[]any{"input", "bytes"}, json.RawMessage("9007199254740992")},
	"line 0":                {[]any{"issues", 0, "first_line"}, 0},
	"a severity":            {[]any{"issues", 0, "severity"}, "fatal"},
	"an id":                 {[]any{"issues", 0, "id"}, "A B"},
	"a host below zero":     {[]any{"issues", 0, "hosts"}, map[string]int{"a": -1}},
	"a host in words":       {[]any{"issues", 0, "hosts"}, map[string]string{"a": "b"}},
	"a kind":                {[]any{"unknown", 0, "kind"}, "other"},
	"a fingerprint":         {[]any{"unknown", 0, "fingerprint"}, "U-xyz"},
	"a date":                {[]any{"logs", 0, "date"}, "yesterday"},
	"a field of a log":      {[]any{"logs", 0, "more"}, true},
	"no timeline":           {[]any{"logs", 0, "issues", 0, "timeline"}, nil},
	"a timeline below zero": {[]any{"logs", 0, "issues", 0, "timeline", "counts"}, []int{-1}},
	"an exit code":          {[]any{"exit_code"}, -1},
	"an event of two":       {[]any{"issues", 0, "affected", 0, "ranges", 0, "events", 0}, map[string]string{"introduced": "1", "fixed": "2"}},
	"an event of none":      {[]any{"issues", 0, "affected", 0, "ranges", 0, "events", 0}, map[string]string{"limit": "1"}},
}

// TestBrokenReportsDoNotValidate: the schema is strict.
func TestBrokenReportsDoNotValidate(t *testing.T) {
	s := schema(t)
	right := withUnknown(t)
	require.NoError(t, validate(t, s, right))
	for name, c := range broken {
		assert.Error(t, validate(t, s, changed(t, right, c)), name)
	}
}

// withUnknown is the report of a recorded run that has an issue and an unknown
// exception.
func withUnknown(t *testing.T) string {
	t.Helper()
	for _, r := range realReports(t) {
		if len(r.Unknown) > 0 && len(r.Issues) > 0 && len(r.Issues[0].Affected) > 0 {
			return jsonOf(t, r)
		}
	}
	require.Fail(t, "there is none")
	return ""
}

func changed(t *testing.T, data string, c change) string {
	t.Helper()
	var doc any
	dec := json.NewDecoder(strings.NewReader(data))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&doc))
	at := doc
	for _, step := range c.path[:len(c.path)-1] {
		at = child(t, at, step)
	}
	switch last := c.path[len(c.path)-1].(type) {
	case string:
		object := at.(map[string]any)
		if c.value == nil {
			require.Contains(t, maps.Collect(maps.All(object)), last)
			delete(object, last)
		} else {
			object[last] = c.value
		}
	case int:
		at.([]any)[last] = c.value
	}
	var b bytes.Buffer
	require.NoError(t, json.NewEncoder(&b).Encode(doc))
	return b.String()
}

func child(t *testing.T, at, step any) any {
	t.Helper()
	switch step := step.(type) {
	case string:
		require.Contains(t, at, step)
		return at.(map[string]any)[step]
	default:
		return at.([]any)[step.(int)]
	}
}
