package inventory_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/diagnose/inventory"
)

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		"hosts = ['a', \"b\"]\n": "ssh/a ssh/b",
		"hosts = [\n  'a',  # 'no'\n  ('b', {'ssh_port': 22, 'x': f(1)}),\n  '@local',\n]\n": "ssh/a ssh/b{ssh_port=22} local/",
		"web = (['a', '@ssh/b'], {'ssh_user': 'root'})\n_hidden = ['no']\n":                  "ssh/a{ssh_user=root} ssh/b{ssh_user=root}",
		"a: list[str] = ['@docker/x', '@orbstack/vm',]\nname = 'no'\nn = 3\n":                "docker/x orbstack/vm",
		"hosts = ['a' 'b', '''c''']  # and\n":                                                "ssh/ab ssh/c",
		"hosts = [h for h in x]\n":                                                           "open",
		"hosts = get()\n":                                                                    "open",
		"hosts = ['a'] + more\n":                                                             "ssh/a open",
		"hosts = ['a', *more, f'b', name]\n":                                                 "ssh/a open",
		"hosts = ['a']\nhosts.append('b')\n":                                                 "ssh/a open",
		"hosts = ['a']\nhosts += ['b']\n":                                                    "ssh/a open",
		"hosts = []\nfor i in range(3):\n    hosts.append(str(i))\n":                         "open",
		"hosts == ['a']\n":                                                                   "",
		"import os\n\"\"\"hosts = \"\"\"\n":                                                  "",
		"hosts = ['a', ('b', dict(x=1)), ({}, 1)]\n":                                         "ssh/a ssh/b open",
		"hosts = (\n 'a',\n 'b',\n)\n":                                                       "ssh/a ssh/b",
		"hosts = ['a', 'b\n":                                                                 "open",
	} {
		inv := inventory.Read([]byte(text))
		var got []string
		for _, h := range inv.Hosts {
			one := h.Connector + "/" + h.Name
			for _, key := range []string{"ssh_port", "ssh_user", "x"} {
				if v := h.Data[key]; v != "" {
					one += "{" + key + "=" + v + "}"
				}
			}
			got = append(got, one)
			assert.Positive(t, h.Line)
		}
		if inv.Open {
			got = append(got, "open")
		}
		assert.Equal(t, want, strings.Join(got, " "), text)
	}
}

func TestList(t *testing.T) {
	inv := inventory.List("a.example.org, @local,@orbstack/web,@docker/ubuntu:24.04,@ssh/b")
	assert.Len(t, inv.Hosts, 5)
	assert.Len(t, inv.Only("ssh"), 2)
	assert.Len(t, inv.Only("orbstack", "docker"), 2)
	assert.Equal(t, "ubuntu:24.04", inv.Only("docker")[0].Name)
}

// Whatever a file holds, reading it ends.
func TestReadAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{"hosts = ", "[", "]", "(", ")", "{", "}", ",", "'a'", "\"", "'''", "\\", "#", "\n", ":", "x", "1", "+", " "})).Draw(t, "parts")
		inventory.Read([]byte(strings.Join(parts, "")))
		inventory.Read([]byte("hosts = " + strings.Repeat("[(", 10_000)))
	})
}

// TestCheck: what Python does not read is said; what it reads never is.
func TestCheck(t *testing.T) {
	for _, fine := range []string{"", "# it's [one\n", "hosts = [\"a\", 'b']\n", "'''it's [\n'''\nhosts = (\n 'a', # (\n)\n", "x = f\"{a[\"b\"]}{'\"'}\"\n", "a = \"x\\\n y\"\n", "r'\\''\n", "def f(x): return {x: [x]}\n"} {
		assert.NoError(t, inventory.Check([]byte(fine)), "%q", fine)
	}
	for _, bad := range []string{"hosts = [\n", "hosts = [\"a\n", "x = (1, [2)\n(", "'''\nhosts = []\n", "\x00", "hosts = ['\xff']\n", "PK\x03\x04\x00"} {
		assert.Error(t, inventory.Check([]byte(bad)), "%q", bad)
	}
}
