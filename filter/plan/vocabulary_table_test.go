package plan

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/gotable"
	"github.com/orbfilter/orbfilter/rules"
)

var update = flag.Bool("update", false, "write the table of vocabularies anew")

// TestVocabularyTable holds what the program knows of the samples of its rules against
// the samples. With -update it writes it.
func TestVocabularyTable(t *testing.T) {
	table := gotable.New("plan", "fromfiles", "go generate ./filter/plan")
	set, err := rules.ParseAll(rules.BuiltinFiles()) // their own table may be old
	require.NoError(t, err)
	var all []knownVocabulary
	for r := range set.All() {
		if r.Match.PythonUnraisable != nil || r.Match.PythonTraceback != nil {
			all = append(all, knownVocabulary{r.ID, *readVocabulary(r)})
		}
	}
	require.NotEmpty(t, all)
	slices.SortFunc(all, func(a, b knownVocabulary) int { return strings.Compare(a.id, b.id) })
	table.Var("vocabularies", all)
	require.NoError(t, table.Compare("vocabulary_table.go", *update))
}
