//go:build fromfiles

package filter

// The table is left out: see vocabulary.go.
var vocabularies []knownVocabulary
