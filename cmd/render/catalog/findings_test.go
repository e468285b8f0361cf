package catalog_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/lint"
)

// findings are those of two files, one of which is no rule.
func findings() *catalog.Findings {
	f := catalog.Findings{Files: 2, Version: "1.2.3"}
	for _, l := range lint.Lint([]rules.File{
		{Name: "rules/my rules/slow.yaml", Data: []byte("id: slow\ntitle: Takes for ever.\nseverity: noise\nmatch: {line: '^my (a+)+$'}\nreferences: ['http://example.org']\nsamples:\n  - text: my aaa\n")},
		{Name: "wrong\x1b[31m.yaml", Data: []byte("id: wrong\ntilte: \"\\e]0;x\\a\"\n")},
	}) {
		l.Sort()
		f.All = append(f.All, l.Findings...)
	}
	return &f
}

func TestFindingsGolden(t *testing.T) {
	var text, data bytes.Buffer
	findings().Text(&text)
	require.NoError(t, findings().JSON(&data))
	rendertest.Golden(t, "lint.txt", text.Bytes())
	rendertest.Golden(t, "lint.json", data.Bytes())
}

// What code hosts are given is what the standard's own schema allows; the
// library has it built in.
func TestFindingsSARIF(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, findings().SARIF(&b))
	report, err := sarif.FromBytes(b.Bytes(), sarif.WithStrictValidation())
	require.NoError(t, err)
	require.NoError(t, report.Validate())

	run := report.Runs[0]
	assert.Equal(t, "orbfilter", *run.Tool.Driver.Name)
	assert.Equal(t, "1.2.3", *run.Tool.Driver.Version)
	assert.Len(t, run.Tool.Driver.Rules, len(lint.Checks()))
	require.Len(t, run.Results, len(findings().All))
	for i, f := range findings().All {
		r := run.Results[i]
		assert.Equal(t, f.Check.ID, *r.RuleID)
		assert.Equal(t, f.Check.ID, *run.Tool.Driver.Rules[r.RuleIndex].ID, "the index leads to the same")
		assert.Equal(t, string(f.Check.Level), r.Level)
		where := r.Locations[0].PhysicalLocation
		assert.Equal(t, f.Line, *where.Region.StartLine)
		assert.Equal(t, f.Column, *where.Region.StartColumn)
	}
	assert.Equal(t, "rules/my%20rules/slow.yaml", *run.Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI)
}

// No file finds a way to give orders to a terminal.
func TestFindingsGiveNoOrders(t *testing.T) {
	var b bytes.Buffer
	findings().Text(&b)
	for _, r := range strings.ReplaceAll(b.String(), "\n", "") {
		require.False(t, r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0, "%q in %q", r, b.String())
	}
}

func TestNoFindings(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, (&catalog.Findings{Files: 1}).JSON(&b))
	var out struct{ Findings []any }
	require.NoError(t, json.Unmarshal(b.Bytes(), &out))
	assert.NotNil(t, out.Findings, "a list, and not null")
	b.Reset()
	require.NoError(t, (&catalog.Findings{Files: 1}).SARIF(&b))
	report, err := sarif.FromBytes(b.Bytes(), sarif.WithStrictValidation())
	require.NoError(t, err)
	require.NoError(t, report.Validate())
	assert.NotNil(t, report.Runs[0].Results)
}
