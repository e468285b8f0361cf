package rules

import _ "embed" // the schema

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of a rule file, for editors.
// What it allows may still be wrong: patterns, versions and samples are checked
// when a rule is loaded. TestSchema holds it against the model.
func Schema() []byte { return schema }
