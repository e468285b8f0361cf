package save

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestIsJSON: one value is a document, and lines of values are a log.
func TestIsJSON(t *testing.T) {
	for text, want := range map[string]bool{
		"{}": true, "[]\n": true, `{"a": [1, {"b": null}]}`: true, `{"cut": "of`: true, "[1, 2": true,
		"": false, "1": false, `"text"`: false, "[2026-01-02 10:00] a log": false, "{\"log\": 1}\n{\"log\": 2}\n": false,
		"[info] a log": false, "{oh no}": false, "[] and more": false, "[]]": false, "--> Connecting": false,
	} {
		assert.Equal(t, want, isJSON([]byte(text)), "%q", text)
	}
}
