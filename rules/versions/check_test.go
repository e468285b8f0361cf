package versions_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/rules/versions"
)

// What is wrong with what is said of a package, and where.
func TestCheck(t *testing.T) {
	gevent := versions.Package{Name: "gevent"}
	for _, c := range []struct {
		affected   versions.Affected
		field, why string
	}{
		{versions.Affected{Package: gevent}, "", ""},
		{versions.Affected{Package: gevent, Ranges: []versions.Range{events("i0", "f2", "i5")}}, "", ""},
		{versions.Affected{}, ".package", "affected needs package"},
		{versions.Affected{Package: versions.Package{Name: "../x"}}, ".package.name", `"../x" is not the name of a package`},
		{versions.Affected{Package: versions.Package{Name: "gevent[dnspython]"}}, ".package.name", "is not the name of a package"},
		{versions.Affected{Package: gevent, Ranges: []versions.Range{events("i0"), {}}}, ".ranges[1]", "a range needs events"},
		{versions.Affected{Package: gevent, Ranges: []versions.Range{events("i0", "fx")}}, ".ranges[0].events[1].fixed", `"x" is not a version`},
		{versions.Affected{Package: gevent, Ranges: []versions.Range{{Events: []versions.RangeEvent{{}}}}}, ".ranges[0].events[0]", "an event has one of"},
		{versions.Affected{Package: gevent, Ranges: []versions.Range{events("i0", "f2", "i3", "l4")}}, ".ranges[0].events[3]", "not with both"},
		{versions.Affected{Package: gevent, Ranges: []versions.Range{events("i1", "i2")}}, ".ranges[0].events[1]", "introduced 2 is in the range already: nothing ends it after introduced 1"},
		{versions.Affected{Package: gevent, Ranges: []versions.Range{events("i2", "f1")}}, ".ranges[0].events[1]", "fixed 1 is not after introduced 2"},
		{versions.Affected{Package: gevent, Ranges: []versions.Range{events("i1", "f2", "f3")}}, ".ranges[0].events[2]", "fixed 3 ends nothing"},
	} {
		f := c.affected.Check()
		assert.Equal(t, c.field, f.Field, "%+v", c.affected)
		assert.Contains(t, fmt.Sprintf(f.Format, f.Args...), c.why, "%+v", c.affected)
		assert.Equal(t, c.why == "", f.Format == "", "%+v", c.affected)
	}
}

func TestIsName(t *testing.T) {
	for name, want := range map[string]bool{"gevent": true, "a": true, "zope.interface": true, "gevent[dnspython,test]": true, "": false, "-x": false, "x-": false, "a b": false, "a[": false, "a\n": false} {
		assert.Equal(t, want, versions.IsName(name), "%q", name)
	}
}
