package site_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/match/site"
)

// What lines of tracebacks and warnings say of the files that they name.
func TestFiles(t *testing.T) {
	for line, want := range map[string]site.File{
		`  File "/app/.venv/lib/python3.12/site-packages/gevent/threading.py", line 1, in f`:                         {Folder: "/app/.venv/lib/python3.12/site-packages", Module: "gevent"},
		`  File "/usr/lib/python3/dist-packages/six.py", line 1, in f`:                                               {Folder: "/usr/lib/python3/dist-packages", Module: "six"},
		`/app/lib/python3.9/site-packages/paramiko/pkey.py:100: CryptographyDeprecationWarning`:                      {Folder: "/app/lib/python3.9/site-packages", Module: "paramiko", Caretless: true},
		`ImportError: cannot import name 'x' from 'paramiko' (/v/lib/python3.13/site-packages/paramiko/__init__.py)`: {Folder: "/v/lib/python3.13/site-packages", Module: "paramiko"},
		`  File "C:\py\Lib\site-packages\gevent\hub.py", line 1, in f`:                                               {Folder: `C:\py\Lib\site-packages`, Module: "gevent"},
		`  File "/usr/lib/python3.10/threading.py", line 1, in f`:                                                    {Caretless: true},
		`  File "/usr/lib/python3.11/threading.py", line 1, in f`:                                                    {},
		`  File "lib/site-packages/gevent/hub.py", line 1, in f`:                                                     {}, // it does not say where
		`  File "/a" /lib/site-packages`:                                                                             {},
		"":                                                                                                           {},
	} {
		files := site.NewFiles()
		for range 2 { // what is remembered is the same
			assert.Equal(t, want, files.Of([]byte(line)), line)
		}
		if want.Folder != "" {
			assert.True(t, site.Named([]byte(line)), line)
		}
	}
	assert.False(t, site.Named([]byte("/usr/lib/python3.11/threading.py")))
}

// No system has longer paths.
func TestLongLinesNameNoFile(t *testing.T) {
	files := site.NewFiles()
	path := func(n int) []byte { return []byte(strings.Repeat("/", n) + "/lib/site-packages/gevent/hub.py") }
	assert.NotEmpty(t, files.Of(path(4<<10)).Folder)
	assert.Empty(t, files.Of(path(5<<10)).Folder)
}

func TestLoaded(t *testing.T) {
	var l site.Loaded
	assert.True(t, l.Empty())
	l.Keep(site.File{Module: "os", Caretless: true}) // of no such folder
	assert.True(t, l.Empty())
	assert.Empty(t, l.String())

	l.Keep(site.File{Folder: "/a", Module: "gevent"})
	l.Keep(site.File{Folder: "/a", Module: "pyinfra_cli"})
	l.Keep(site.File{Folder: "/b", Module: "pkg_resources"})
	l.Keep(site.File{Folder: "/b", Module: "pyinfra_orbstack"})
	for name, want := range map[string]string{"gevent": "/a", "pyinfra": "/a", "setuptools": "/b", "pyinfra-orbstack": "/b", "pkg_resources": "/b", "paramiko": ""} {
		assert.Equal(t, want, l.Of(name), name)
	}
	bytes := l.Bytes()
	l.Keep(site.File{Folder: "/longer", Module: "gevent"})
	assert.Equal(t, "/longer", l.Of("gevent"), "the last one counts")
	assert.Equal(t, bytes+len("/longer")-len("/a"), l.Bytes())

	var other site.Loaded // the same, in another order
	other.Keep(site.File{Folder: "/b", Module: "pyinfra_orbstack"})
	other.Keep(site.File{Folder: "/b", Module: "pkg_resources"})
	other.Keep(site.File{Folder: "/a", Module: "pyinfra_cli"})
	assert.NotEqual(t, l.String(), other.String())
	other.Keep(site.File{Folder: "/longer", Module: "gevent"})
	assert.Equal(t, l.String(), other.String())
}

// A log may name as many modules as it likes.
func TestLoadedIsBounded(t *testing.T) {
	var l site.Loaded
	for i := range 10_000 {
		l.Keep(site.File{Folder: "/folder", Module: fmt.Sprint("module", i)})
	}
	assert.LessOrEqual(t, l.Bytes(), 8<<10)
	assert.Equal(t, "/folder", l.Of("module0"))
	assert.Empty(t, l.Of("module9999"))
	l.Keep(site.File{Folder: "/f", Module: "module0"})
	assert.Equal(t, "/f", l.Of("module0"), "what is known may change where it takes no more room")
}
