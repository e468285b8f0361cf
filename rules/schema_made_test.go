package rules

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/orbfilter/orbfilter/rules/versions"
)

// MadeSchema is what schema.json has. It is made of the model, so that it knows every field.
func MadeSchema() ([]byte, error) {
	s := reflectRule()
	walkSchema(s, "", func(at place) {
		if at.schema.Description = strings.ReplaceAll(fieldText(at.path), "`", ""); at.entry {
			at.schema.Description = ""
		}
	})
	s.Title = "A rule of orbfilter"
	s.Comments = "To have a rule file checked while it is written, save this as a file and make the first line of the rule: # yaml-language-server: $schema=PATH-OF-THE-FILE"
	// Who takes a rule out names it and no more.
	s.Required, s.If = []string{"id"}, disabled()
	s.Else = &jsonschema.Schema{Required: needed}
	data, err := json.MarshalIndent(s, "", "  ")
	return append(data, '\n'), err
}

// needed is what a rule has that is not disabled.
var needed = []string{"id", "title", "severity", "match", "samples"}

func disabled() *jsonschema.Schema {
	s := &jsonschema.Schema{Properties: jsonschema.NewProperties(), Required: []string{"disabled"}}
	s.Properties.Set("disabled", &jsonschema.Schema{Const: true})
	return s
}

// reflectRule reads the model: names, types, what must be there, and what the
// types do not say.
func reflectRule() *jsonschema.Schema {
	r := jsonschema.Reflector{FieldNameTag: "yaml", Anonymous: true, DoNotReference: true, ExpandedStruct: true, Mapper: ownTypes}
	s := r.Reflect(&Rule{})
	walkSchema(s, "", func(at place) {
		for _, l := range limits {
			if slices.Contains(l.paths, at.path) {
				l.set(at.schema)
			}
		}
	})
	return s
}

// ownTypes are the schemas of types that are written in another way than they
// are declared. A type that it does not know is nil.
func ownTypes(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[Pattern]():
		return pattern()
	case reflect.TypeFor[BlockLine]():
		s := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), Required: []string{"line"}, AdditionalProperties: jsonschema.FalseSchema}
		s.Properties.Set("line", pattern())
		s.Properties.Set("optional", &jsonschema.Schema{Type: "boolean"})
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{pattern(), s}}
	}
	return nil
}

// pattern is what stands for a Pattern. Its syntax is not that of ECMAScript,
// which "format: regex" would mean.
func pattern() *jsonschema.Schema {
	s := &jsonschema.Schema{MinLength: new(uint64(1)), MaxLength: new(uint64(maxPattern))}
	orNumber(s)
	return s
}

// orNumber lets a text be a number: 404 without quotes is taken as it is written.
func orNumber(s *jsonschema.Schema) {
	s.Type, s.Extras = "", map[string]any{"type": []string{"string", "number"}}
}

// visibly has no control characters but the spaces that tidy takes out. There is
// more that nobody sees, which checkShown finds: validators do not agree on how
// it is written.
const visibly = `^[^\x00-\x08\x0e-\x1f\x7f-\x9f]*$`

const specifier = `^\s*(?:~=|===?|!=|<=|>=|<|>)\s*[A-Za-z0-9.+!_*-]+\s*(?:,\s*(?:~=|===?|!=|<=|>=|<|>)\s*[A-Za-z0-9.+!_*-]+\s*)*$`

// limits are what Go's types do not say of a field.
var limits = []struct {
	paths []string
	set   func(*jsonschema.Schema)
}{
	{[]string{"id", "cause[]"}, func(s *jsonschema.Schema) { s.Pattern = validID.String() }},
	{[]string{"title", "advice"}, func(s *jsonschema.Schema) { s.Pattern, s.MinLength = visibly, new(uint64(1)) }},
	{[]string{"references[]"}, func(s *jsonschema.Schema) { s.Pattern, s.MinLength = `^[^\x00-\x1f\x7f-\x9f]+$`, new(uint64(1)) }},
	{[]string{"status"}, func(s *jsonschema.Schema) { s.Enum = anys(Statuses) }},
	{[]string{"severity"}, func(s *jsonschema.Schema) { s.Enum = anys(Severities) }},
	{[]string{"os[]"}, func(s *jsonschema.Schema) { s.Enum = anys(Systems) }},
	{[]string{"match", "affected[].ranges[].events[]"}, func(s *jsonschema.Schema) {
		s.MinProperties, s.MaxProperties = new(uint64(1)), new(uint64(1))
	}},
	{[]string{"match.block", "match.python-unraisable.frames", "affected[].ranges[].events", "samples"}, func(s *jsonschema.Schema) { s.MinItems = new(uint64(1)) }},
	{[]string{"affected[].package.name"}, func(s *jsonschema.Schema) { s.Pattern = `^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$` }},
	{[]string{"fix.upgrade"}, func(s *jsonschema.Schema) { s.Pattern = versions.NamePattern }},
	{[]string{"affected[]"}, func(s *jsonschema.Schema) { s.Required = []string{"package"} }},
	{[]string{"affected[].package"}, func(s *jsonschema.Schema) { s.Required = []string{"name"} }},
	{[]string{"python", "fix.to"}, func(s *jsonschema.Schema) { s.Pattern = specifier }},
	{[]string{"samples[].text", "counterexamples[].text"}, func(s *jsonschema.Schema) { s.Pattern = `\S` }},
	{versionFields, func(s *jsonschema.Schema) {
		orNumber(s)
		s.Pattern = `^\s*[vV]?\d[0-9A-Za-z.!+_-]*\s*$`
	}},
}

var versionFields = []string{"affected[].ranges[].events[].introduced", "affected[].ranges[].events[].fixed", "affected[].ranges[].events[].last_affected"}

func anys[T any](list []T) (out []any) {
	for _, v := range list {
		out = append(out, v)
	}
	return out
}

// A place is a part of a schema.
type place struct {
	path     string
	schema   *jsonschema.Schema
	required bool
	entry    bool // of a list: it has no name of its own
}

// walkSchema visits all that is below a schema, in order.
func walkSchema(s *jsonschema.Schema, path string, visit func(place)) {
	if s.Properties != nil {
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			in := strings.TrimPrefix(path+"."+p.Key, ".")
			visit(place{path: in, schema: p.Value, required: slices.Contains(s.Required, p.Key)})
			walkSchema(p.Value, in, visit)
		}
	}
	if s.Items != nil {
		visit(place{path: path + "[]", schema: s.Items, entry: true})
		walkSchema(s.Items, path+"[]", visit)
	}
	for _, one := range s.AnyOf {
		walkSchema(one, path, visit)
	}
}

// values says in plain words what may stand in a field.
func values(s *jsonschema.Schema) string {
	switch {
	case len(s.Enum) > 0:
		words := make([]string, 0, len(s.Enum))
		for _, v := range s.Enum {
			words = append(words, fmt.Sprint(v))
		}
		return strings.Join(words, ", ")
	case s.Items != nil && len(s.Items.Enum) > 0:
		return "a list of " + values(s.Items)
	case s.Items != nil:
		return "a list: " + values(s.Items)
	case len(s.AnyOf) > 0:
		return "patterns, or fields"
	case s.MaxLength != nil:
		return "pattern"
	}
	return map[string]string{"boolean": "true or false", "object": "fields", "string": "text", "": "version"}[s.Type]
}
