//go:build fromfiles

package plan

// The table is left out: see vocabulary.go.
var vocabularies []knownVocabulary
