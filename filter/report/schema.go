package report

import _ "embed" // the schema

//go:embed schema.json
var schema []byte

// JSONSchema returns the JSON Schema (draft 2020-12) of a report. It is strict:
// what JSON writes has all fields and no others. Read takes more, so that it can
// read what earlier and later versions write. TestSchemaIsUpToDate holds it
// against the types that are written.
func JSONSchema() []byte { return schema }
