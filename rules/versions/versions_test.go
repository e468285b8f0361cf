package versions_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	pep440 "github.com/aquasecurity/go-pep440-version"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/rules/versions"
)

// rising are versions in rising order, as packaging 26.3 sorts them; those of
// a line are the same version.
var rising = [][]string{
	{"0.dev1", "0.0.DEV1"}, {"0a1"}, {"0", "0.0"}, {"1.0.dev0", "1.0-dev"}, {"1.0a1.dev1"}, {"1.0a1", "1.0.a.1", "1.0alpha1", "1.0-ALPHA-1"}, {"1.0a1.post1"}, {"1.0b2"},
	{"1.0rc1", "1.0c1", "1.0RC1", "1.0pre1", "1.0-preview_1"}, {"1.0", "1", "v1.0.0", " 1.0 ", "01.0"}, {"1.0.post1.dev3"}, {"1.0.post1", "1.0-1", "1.0.rev1", "1.0r1"},
	{"1.0.0.1"}, {"1.0.1"}, {"1.9"}, {"1.10"}, {"25.4.2"}, {"25.5.1"}, {"25.8.1.dev0"}, {"25.8.1rc1"}, {"25.8.1"}, {"20260101"}, {"1!0.5"}, {"2!0"},
}

func has(t *testing.T, version string, events ...versions.RangeEvent) bool {
	t.Helper()
	a := versions.Affected{Ranges: []versions.Range{{Events: events}}}
	in, err := a.Has(version)
	require.NoError(t, err)
	return in
}

func TestHasFollowsTheOrderOfVersions(t *testing.T) {
	for i, at := range rising {
		for j, same := range rising {
			for _, v := range same {
				what := fmt.Sprintf("%s with %s", v, at[0])
				since, all := versions.RangeEvent{Introduced: at[0]}, versions.RangeEvent{Introduced: "0"}
				assert.Equal(t, j >= i || at[0] == "0", has(t, v, since), "introduced, %s", what)
				assert.Equal(t, j < i, has(t, v, all, versions.RangeEvent{Fixed: at[0]}), "fixed, %s", what)
				assert.Equal(t, j <= i, has(t, v, all, versions.RangeEvent{LastAffected: at[0]}), "last_affected, %s", what)
			}
		}
	}
}

// OSV's "0" is before everything, "0.0" is a version.
func TestIntroducedZero(t *testing.T) {
	assert.True(t, has(t, "0.dev1", versions.RangeEvent{Introduced: "0"}))
	assert.False(t, has(t, "0.dev1", versions.RangeEvent{Introduced: "0.0"}))
}

// A local version is a build of the version: what is the last one affected is
// affected in all its builds.
func TestLocalVersions(t *testing.T) {
	all := versions.RangeEvent{Introduced: "0"}
	for _, v := range []string{"1.0+cu12", "1.0+ubuntu-1", "1.0+ubuntu_1"} {
		assert.True(t, has(t, v, all, versions.RangeEvent{LastAffected: "1.0"}), v)
		assert.True(t, has(t, v, versions.RangeEvent{Introduced: "1.0"}), v)
		assert.False(t, has(t, v, all, versions.RangeEvent{Fixed: "1.0"}), v)
		assert.True(t, has(t, v, all, versions.RangeEvent{Fixed: "1.0.1"}), v)
	}
	fixed := versions.RangeEvent{Fixed: "1.0+ubuntu.2"}
	assert.True(t, has(t, "1.0+ubuntu-1", all, fixed))
	assert.True(t, has(t, "1.0+Ubuntu.1", all, fixed))
	assert.False(t, has(t, "1.0+ubuntu_2", all, fixed))
	assert.False(t, has(t, "1.0+ubuntu.10", all, fixed))
	assert.True(t, has(t, "1.0", all, fixed))
	assert.False(t, has(t, "1.0+ubuntu-2", all, versions.RangeEvent{Fixed: "1.0+ubuntu.2"}))
}

// Which versions a package is affected in, of 1 to 9.
func affectedOf(t *testing.T, ranges ...versions.Range) (out string) {
	a := versions.Affected{Ranges: ranges}
	for v := range 10 {
		in, err := a.Has(strconv.Itoa(v))
		require.NoError(t, err)
		if in {
			out += strconv.Itoa(v)
		}
	}
	return out
}

func events(list ...string) (r versions.Range) {
	for _, e := range list {
		switch e[0] {
		case 'i':
			r.Events = append(r.Events, versions.RangeEvent{Introduced: e[1:]})
		case 'f':
			r.Events = append(r.Events, versions.RangeEvent{Fixed: e[1:]})
		default:
			r.Events = append(r.Events, versions.RangeEvent{LastAffected: e[1:]})
		}
	}
	return r
}

func TestRanges(t *testing.T) {
	for _, c := range []struct {
		ranges []versions.Range
		want   string
		fixed  string
	}{
		{nil, "0123456789", ""},
		{[]versions.Range{events("i0")}, "0123456789", ""},
		{[]versions.Range{events("i3")}, "3456789", ""},
		{[]versions.Range{events("i3", "f5")}, "34", "5"},
		{[]versions.Range{events("i3", "l5")}, "345", ""},
		{[]versions.Range{events("i0", "f2", "i5", "f7")}, "0156", "7"},
		{[]versions.Range{events("f7", "i5", "f2", "i0")}, "0156", "7"},
		{[]versions.Range{events("i0", "f2", "i5")}, "0156789", ""},
		{[]versions.Range{events("i0", "f2", "i2", "f4")}, "0123", "4"},
		{[]versions.Range{events("i2", "i0", "f4", "f2")}, "0123", "4"},
		{[]versions.Range{events("i4", "l4")}, "4", ""},
		{[]versions.Range{events("l4", "i4")}, "4", ""},
		{[]versions.Range{events("i5", "f6"), events("i0", "f2")}, "015", "6"},
		{[]versions.Range{events("i0", "f2"), events("i5")}, "0156789", ""},
		{[]versions.Range{events("i0", "f2"), events("i5", "l7")}, "01567", ""},
		{[]versions.Range{events("i5", "f10"), events("i0", "f9")}, "012345678" + "9", "10"},
	} {
		assert.Equal(t, c.want, affectedOf(t, c.ranges...), "%+v", c.ranges)
		assert.Equal(t, c.fixed, (&versions.Affected{Ranges: c.ranges}).Fixed(), "%+v", c.ranges)
	}
}

func TestVersionsThatAreNone(t *testing.T) {
	a := versions.Affected{Ranges: []versions.Range{events("i0", "f2")}}
	for _, v := range []string{"", "x", "1.0.x", "1..0", "1.0-", "1.0+", "1.0+a..b", "1,0", "1.0 1", "latest", "-1", "1.0.*", "==1.0", "1.0\x1b[31m", "1.99999999999999999999"} {
		_, err := a.Has(v)
		assert.Error(t, err, v)
	}
	for _, r := range []versions.Range{events("ix"), events("i0", "fx"), {Events: []versions.RangeEvent{{}}}, {Events: []versions.RangeEvent{{Introduced: "1", Fixed: "2"}}}} {
		_, err := (&versions.Affected{Ranges: []versions.Range{r}}).Has("1")
		assert.Error(t, err, "%+v", r)
		assert.Empty(t, (&versions.Affected{Ranges: []versions.Range{r}}).Fixed())
	}
}

// The minor versions of Python that a specifier is about.
func TestOnPython(t *testing.T) {
	minors := []string{"2.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"}
	for spec, want := range map[string][]string{
		"":                                   minors,
		"<3.13":                              minors[:6],
		">=3.13.5,<3.14":                     {"3.13"},
		">=3.11.8,<3.13,!=3.12.0,!=3.12.1":   {"3.11", "3.12"},
		"==3.12.*":                           {"3.12"},
		"!=3.12.*":                           {"2.7", "3.8", "3.9", "3.10", "3.11", "3.13", "3.14"},
		"==3.12.1":                           {"3.12"},
		"===3.12.1":                          {"3.12"},
		"~=3.9":                              minors[2:],
		"~=3.9.2":                            {"3.9"},
		"<=3.12":                             minors[:6], // 3.12.0
		">3.12,<3.13":                        {"3.12"},   // 3.12.1
		">=3.12,<3.12.1":                     {"3.12"},
		">= 3.9 , < 3.10":                    {"3.9"},
		">=4":                                nil,
		">=3.9 <3.10":                        minors, // not a specifier, so it is not known
		"garbage":                            minors,
		"<3.8,>=3.9":                         nil,
		"!=3.12.0,!=3.12.1,==3.12.*,<3.12.2": nil,
	} {
		on := slices.DeleteFunc(slices.Clone(minors), func(m string) bool { return !versions.OnPython(spec, m) })
		assert.ElementsMatch(t, want, on, "%q", spec)
		for _, unknown := range []string{"", "3", "3.x", "three", "3.12.1.1.1", "3.13t", "\x1b"} {
			assert.True(t, versions.OnPython(spec, unknown), "%q on %q", spec, unknown)
		}
	}
}

// To ask of some patch releases is to ask of each.
func TestOnPythonIsOfAnyPatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clause := rapid.Custom(func(t *rapid.T) string {
			op := rapid.SampledFrom([]string{"<", "<=", ">", ">=", "==", "!=", "~=", "==="}).Draw(t, "op")
			version := rapid.SampledFrom([]string{"3.12", "3.12.0", "3.12.7", "3.12.07", "3.12.58", "3.12.59", "3.12.60", "3.12.3rc1", "3.12.4.post1", "3.11.9", "3.13", "3", "3.12.100", "0!3.12.2", "3.12.5.dev2"}).Draw(t, "version")
			if (op == "==" || op == "!=") && rapid.Bool().Draw(t, "any") {
				version = rapid.SampledFrom([]string{"3.*", "3.12.*", "3.12.4.*", "3.11.*"}).Draw(t, "prefix")
			}
			return op + version
		})
		spec := strings.Join(rapid.SliceOfN(clause, 1, 5).Draw(t, "clauses"), ",")
		all, err := versions.Specifiers(spec)
		want := err != nil
		for i := range 60 {
			want = want || all.Check(pep440.MustParse(fmt.Sprintf("3.12.%d", i)))
		}
		require.Equal(t, want, versions.OnPython(spec, "3.12"), spec)
	})
}

// FuzzSpecifier: whatever a rule says of versions, it is a message or an answer.
func FuzzSpecifier(f *testing.F) {
	for _, s := range []string{"<3.13", ">=3.13.5,<3.14", "==3.12.*", "~=3.9.2", "===3.12", "!=1!3.0+a.b", "==3.12.1.*", ">=3.9,"} {
		f.Add(s, "25.8.1", "25.8.1.post1+a-b")
	}
	f.Fuzz(func(t *testing.T, spec, event, version string) {
		versions.OnPython(spec, "3.12")
		a := versions.Affected{Ranges: []versions.Range{events("i0"), events("i0", "l"+event)}}
		_, _ = a.Has(version)
		a.Fixed()
	})
}

func TestNormalName(t *testing.T) {
	for name, want := range map[string]string{
		"gevent": "gevent", "PyInfra_OrbStack": "pyinfra-orbstack", "zope.interface": "zope-interface", "a-._b": "a-b", "A": "a",
	} {
		assert.Equal(t, want, versions.NormalName(name))
	}
}
