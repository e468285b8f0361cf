package cli

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// some is a value for each shared flag that is not what it is without it.
var some = map[string]string{
	"rules": "x.yaml", "no-builtin": "true", "disable": "an-id", "report": "json=x.json", "audit": "x.orb", "fail-on": "error", "baseline": "x.json", "summary": "never",
	"markers": "never", "color": "never", "format": "github", "folded": "group", "hold": "3s", "on-closed": "exit", "no-history": "true", "verbose": "true", "quiet": "true",
}

// Each shared flag is of one part, the one that has its value: who was not given that part cannot see what was typed.
func TestEachFlagIsOfOnePart(t *testing.T) {
	seen := map[string]bool{}
	for n, p := range partsOf(reflect.ValueOf(&Flags{})) {
		for name := range strings.FieldsSeq(p.shared()) {
			assert.False(t, seen[name], "--%s is of two parts", name)
			seen[name] = true
			var o Flags
			flags := pflag.NewFlagSet("all", pflag.ContinueOnError)
			o.Register(flags)
			before := valuesOf(&o)
			require.NoError(t, flags.Set(name, some[name]), name)
			for i, after := range valuesOf(&o) {
				assert.Equal(t, i != n, reflect.DeepEqual(before[i], after), "--%s and part %T", name, partsOf(reflect.ValueOf(&o))[i])
			}
		}
	}
	flags := pflag.NewFlagSet("all", pflag.ContinueOnError)
	new(Flags).Register(flags)
	flags.VisitAll(func(f *pflag.Flag) { assert.True(t, seen[f.Name], "--%s is of no part", f.Name) })
	assert.Len(t, seen, len(some))
}

// valuesOf are the parts as they are.
func valuesOf(o *Flags) (out []any) {
	for _, p := range partsOf(reflect.ValueOf(o)) {
		out = append(out, reflect.ValueOf(p).Elem().Interface())
	}
	return out
}

// What is a part of a part has some of its flags, and their values.
func TestPartsOfParts(t *testing.T) {
	var l Loading
	for _, part := range []Part{&l.Sources, &l.Builtin} {
		assert.Subset(t, strings.Fields(l.shared()), strings.Fields(part.shared()))
	}
	assert.Equal(t, []string{"no-builtin"}, strings.Fields(l.Builtin.shared()))
}

// A command takes the parts that its struct embeds, at any depth, and no others.
func TestTake(t *testing.T) {
	var o Flags
	type inner struct {
		*Colour
		*Volume
	}
	for _, c := range []struct {
		options any
		want    string
	}{
		{&o.Colour, "color"},
		{struct{ *Colour }{&o.Colour}, "color"},
		{inner{&o.Colour, &o.Volume}, "color quiet"},
		{struct {
			inner
			*Verbosity
			*Origin
			Other *Loading
		}{inner{&o.Colour, &o.Volume}, &o.Verbosity, &o.Origin, &o.Loading}, "color quiet verbose"},
		{struct {
			*Sources
			*Colour
		}{&o.Sources, &o.Colour}, "rules no-builtin color"},
	} {
		command := &cobra.Command{}
		assert.Empty(t, Takes(command))
		Take(command, c.options)
		assert.Equal(t, strings.Fields(c.want), Takes(command))
	}
	command := &cobra.Command{}
	Take(command, &o)
	assert.Len(t, Takes(command), len(some))
}

// A value that is none is found by who takes the flag, and by nobody else.
func TestCheckLooksAtWhatIsTaken(t *testing.T) {
	for name, wrong := range map[string]string{
		"color": "blue", "summary": "x", "markers": "x", "format": "x", "folded": "x", "on-closed": "x", "hold": "-1s", "fail-on": "x", "baseline": "x.json", "report": "x",
	} {
		var o Flags
		c := &cobra.Command{}
		o.Register(c.Flags())
		require.NoError(t, c.Flags().Set(name, wrong))
		assert.ErrorContains(t, Check(c, &o), "--"+name)
		for _, p := range partsOf(reflect.ValueOf(&o)) {
			takes := slices.Contains(strings.Fields(p.shared()), name)
			assert.Equal(t, takes, Check(c, p) != nil, "%T --%s", p, name)
		}
	}
}
