package rules

import (
	"flag"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/gotable"
)

// TestTable holds the table of rules against their files. With -update it writes it.
func TestTable(t *testing.T) {
	table := gotable.New("rules", "fromfiles", "go generate ./rules", "github.com/orbfilter/orbfilter/rules/versions")
	// What is made of the other fields, on first use.
	table.Made = map[reflect.Type]bool{reflect.TypeFor[lazily](): true}
	table.Bools()
	var all []Rule
	for r := range readBuiltin().All() {
		r.File, r.source, r.id, r.builtin = filepath.ToSlash(r.File), nil, FileError{}, false
		all = append(all, *r)
	}
	table.Var("table", all)
	var guards []Guard
	for _, g := range readGuards() {
		guards = append(guards, *g)
	}
	table.Var("guardTable", guards)
	require.NoError(t, table.Compare("table.go", flag.Lookup("update").Value.String() == "true"))
}

// The rules of the table know what is not in it: the file, and where in it the id stands.
func TestBuiltinKnowsItsFile(t *testing.T) {
	read, set := readBuiltin(), Builtin()
	require.Equal(t, read.Len(), set.Len())
	for want := range read.All() {
		r := set.Get(want.ID)
		require.NotNil(t, r, want.ID)
		assert.True(t, r.Builtin())
		assert.Equal(t, string(want.Source()), string(r.Source()))
		assert.Equal(t, want.place(), r.place())
	}
}

// Who changes a rule that comes with the program changes a copy.
func TestBuiltinIsCopied(t *testing.T) {
	set := Builtin()
	for r := range set.All() {
		r.Severity, r.Layer = Error, 7
	}
	for r := range Builtin().All() {
		assert.Zero(t, r.Layer)
		assert.Equal(t, readBuiltin().Get(r.ID).Severity, r.Severity)
		return
	}
}
