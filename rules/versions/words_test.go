package versions_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/rules/versions"
)

func TestWordsOfVersions(t *testing.T) {
	for want, ranges := range map[string][]versions.Range{
		"gevent, all versions":                        nil,
		"gevent, all versions ":                       {events("i0")},
		"gevent 3 and newer":                          {events("i3")},
		"gevent 3 to before 5":                        {events("i3", "f5")},
		"gevent before 5":                             {events("i0", "f5")},
		"gevent up to 5":                              {events("i0", "l5")},
		"gevent 3 to 5":                               {events("l5", "i3")},
		"gevent 4":                                    {events("i4", "l4")},
		"gevent before 2, 5 to before 7, 8":           {events("i0", "f2", "i5", "f7"), events("i8", "l8")},
		"gevent, all versions  ":                      {events("i0"), events("i8", "l8")},
		"gevent before 1, 1 to before 2, 3 and newer": {events("i0", "f1", "i1", "f2", "i3")},
	} {
		a := versions.Affected{Package: versions.Package{Name: "gevent"}, Ranges: ranges}
		assert.Equal(t, strings.TrimRight(want, " "), a.Words())
	}
}
