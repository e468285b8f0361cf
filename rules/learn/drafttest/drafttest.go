// Package drafttest is what tests of drafts share.
package drafttest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/lint"
)

// LintClean asserts that lint finds nothing but that a person has still to read the draft.
func LintClean(t *testing.T, d *draft.Draft) {
	t.Helper()
	linted := lint.Lint([]rules.File{{Name: d.Rule.ID + ".yaml", Data: d.File}})
	for _, f := range linted[0].Findings {
		if f.Check.ID != lint.CheckDraft && f.Check.ID != lint.CheckNoLink {
			assert.Fail(t, "lint: "+f.Check.Title, "%s\n%s", f.Error(), d.File)
		}
	}
}
