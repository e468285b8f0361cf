package report

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/rules"
)

// MadeSchema is what schema.json has. It is made of the types that are written, so that it knows every field.
func MadeSchema() ([]byte, error) {
	r := jsonschema.Reflector{Anonymous: true, DoNotReference: true, ExpandedStruct: true}
	s := r.Reflect(&Report{})
	walk(s, "", func(path string, at *jsonschema.Schema) {
		at.Description = fieldText(path)
		limit(path, at)
	})
	s.Title, s.Description = "A report of orbfilter", fieldText("")
	data, err := json.MarshalIndent(s, "", "  ")
	return append(data, '\n'), err
}

// fieldText returns what a field is; "": it is not in the table, as an entry of a
// list or of a map is not.
func fieldText(path string) string {
	for _, s := range shared {
		if rest, ok := strings.CutPrefix(path, s.from); ok {
			path = s.to + rest
		}
	}
	for _, f := range fieldTexts {
		if f.path == path {
			return f.text
		}
	}
	return ""
}

// walk visits all that is below a schema. The path of what is in a list ends
// with [], that of what is in a map with {}.
func walk(s *jsonschema.Schema, path string, visit func(path string, at *jsonschema.Schema)) {
	if s.Properties != nil {
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			in := strings.TrimPrefix(path+"."+p.Key, ".")
			walk(p.Value, in, visit)
			visit(in, p.Value)
		}
	}
	if s.Items != nil {
		walk(s.Items, path+"[]", visit)
		visit(path+"[]", s.Items)
	}
	if a := s.AdditionalProperties; a != nil && a.Type != "" {
		walk(a, path+"{}", visit)
		visit(path+"{}", a)
	}
}

// limit says of a field what its type does not.
func limit(path string, s *jsonschema.Schema) {
	if s.Type == "integer" {
		s.Minimum, s.Maximum = "0", json.Number("9007199254740991") // MaxNumber
	}
	name := path[strings.LastIndex(path, ".")+1:]
	switch {
	case name == "failed":
		s.Enum = anys(outcome.Answers)
	case strings.HasSuffix(path, "verdict.line"): // 0: none
	case slices.Contains([]string{"first_line", "last_line", "line"}, name):
		s.Minimum = "1"
	case name == "id":
		s.Pattern = issueID.String()
	case name == "fingerprint", path == "logs[].unknown[]":
		s.Pattern = fingerprint.String()
	case name == "severity":
		s.Enum = anys(rules.Severities)
	case name == "kind":
		s.Enum = anys(kinds)
	case name == "events[]":
		s.Properties, s.AdditionalProperties = jsonschema.NewProperties(), jsonschema.FalseSchema
		for _, key := range []string{"introduced", "fixed", "last_affected"} {
			s.Properties.Set(key, &jsonschema.Schema{Type: "string", MinLength: new(uint64(1))})
		}
		s.MinProperties, s.MaxProperties = new(uint64(1)), new(uint64(1))
	case name == "counts":
		s.MaxItems = new(uint64(64)) // what filter.Timeline.Valid takes
	case path == "schema":
		s.Type, s.Const = "", Schema
	case path == "tool.name":
		s.Type, s.Const = "", "orbfilter"
	case path == "logs[].date":
		s.Type, s.AnyOf = "", []*jsonschema.Schema{{Const: ""}, {Type: "string", Format: "date-time"}}
	case name == "result":
		s.Enum = anys(outcome.Results)
	case name == "seconds":
		s.Minimum, s.Maximum = "0", json.Number("9007199254740991")
	case path == "issues[].cause":
		object := *s
		object.Description = ""
		*s = jsonschema.Schema{Description: s.Description, AnyOf: []*jsonschema.Schema{{Type: "null"}, &object}}
	}
}

func anys[T any](list []T) (out []any) {
	for _, v := range list {
		out = append(out, v)
	}
	return out
}
