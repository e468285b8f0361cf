package mask_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/rules/mask"
)

func TestNames(t *testing.T) {
	for text, want := range map[string]string{
		"    [web-1] Connected\n    [db]    No changes":                                      "    [host-1] Connected\n    [host-2]    No changes",
		"[web-1] web-1 and web-10, my-web-1":                                                 "[host-1] host-1 and web-10, my-web-1",
		"    [@local] ok":                                                                    "    [@local] ok",
		"cannot reach 10.1.2.3:22, 10.1.2.3, 10.1.2.4":                                       "cannot reach 192.0.2.1:22, 192.0.2.1, 192.0.2.2",
		"on 127.0.0.1, ::1, 0.0.0.0":                                                         "on 127.0.0.1, ::1, 0.0.0.0",
		"from fe80::1234:5678 at 12:34:56, std::add":                                         "from 2001:db8::1 at 12:34:56, std::add",
		"aa:bb:cc:dd:ee:ff":                                                                  "00:00:5e:00:53:01",
		"mail to jane.doe@acme.com, jane.doe":                                                "mail to user-1@name-1.example, user-1",
		"ssh alice@gateway as alice, malice":                                                 "ssh user-1@host-1 as user-1, malice",
		"root@gateway; git@github.com:a/b.git":                                               "root@host-1; git@github.com:a/b.git",
		"https://git.acme.io:8443/team/x and https://github.com/gevent/gevent/issues/1":      "https://name-1.example:8443/… and https://github.com/gevent/gevent/issues/1",
		"at db.acme.internal or docs.python.org":                                             "at name-1.example or docs.python.org",
		`  File "/home/alice/acme/.venv/lib/python3.12/site-packages/gevent/hub.py", line 1`: `  File "/folder-1/lib/python3.12/site-packages/gevent/hub.py", line 1`,
		`  File "/usr/lib/python3.12/threading.py", line 1`:                                  `  File "/usr/lib/python3.12/threading.py", line 1`,
		"/srv/acme/deploy.py and /srv/acme/inventory.py and /etc/ssh/ssh_config":             "/folder-1/deploy.py and /folder-1/inventory.py and /etc/ssh/ssh_config",
		`C:\Users\alice\deploy\x.py of alice`:                                                `/folder-1/x.py of user-1`,
		"gevent.threading is not gevent.hub":                                                 "gevent.threading is not gevent.hub",
		"":                                                                                   "",
	} {
		got := mask.NewNames("web-1", "x").Mask(text)
		assert.Equal(t, want, got, text)
	}
}

// TestKnownHosts: hosts that are known are masked wherever they stand as a word, the longest first; one of one letter, and a connector's, are none.
func TestKnownHosts(t *testing.T) {
	for text, want := range map[string]string{
		"on (web), web: web; webs, aweb, web_1, 1web, éweb": "on (host-3), host-3: host-3; webs, aweb, web_1, 1web, éweb", "web- -web - web-a a-web": "host-3- -host-3 - web-a a-web",
		"x @local": "x @local", "-web": "-host-3", "web-": "host-3-", "web": "host-3", "web web": "host-3 host-3", "    [host-3] is host-3, [web]": "    [host-3] is host-3, [host-3]", "host-3 host-9": "host-3 host-9",
		"bob@web-1.acme, bob": "user-1@host-1, user-1", "al@web, al": "user-1@host-3, al", "alf@web, alf": "user-1@host-3, user-1", "root@web": "root@host-3", "git@web": "user-1@host-3",
	} {
		n := mask.NewNames("web", "web-1", "web-1.acme", "x", "@local", "db")
		assert.Equal(t, "host-1, host-2, host-3, host-4", n.Mask("web-1.acme, web-1, web, db"))
		assert.Equal(t, want, n.Mask(text), text)
		assert.Equal(t, 4, n.Masked()["host"])
	}
}

// TestAddressesOfTheWeb: of an address that is not public there remain how it is asked for, and the port.
func TestAddressesOfTheWeb(t *testing.T) {
	for text, want := range map[string]string{
		"https://git.acme.io": "https://name-1.example", "https://git.acme.io/": "https://name-1.example", "https://git.acme.io/a": "https://name-1.example/…", "ssh://git@git.acme.io:22/a": "ssh://name-1.example:22/…",
		"git.acme.io, https://@git.acme.io/a": "name-1.example, https://name-1.example/…", "https://me:secret@git.acme.io/a": "https://name-1.example/…", "https://me@github.com/a": "https://me@github.com/a", "http://10.1.2.3:80/x": "http://192.0.2.1:80/…", "http://127.0.0.1/x": "http://127.0.0.1/…",
		"https://web/x": "https://host-1/…", "https://a.example/x": "https://a.example/…", "https://docs.Python.org/3": "https://docs.Python.org/3",
	} {
		assert.Equal(t, want, mask.NewNames("web").Mask(text), text)
	}
}

// TestNamesAreGone: whatever stands around it, a name of each kind is not in the text any more, and of one name there is one
// other, whichever kind it is of.
func TestNamesAreGone(t *testing.T) {
	names := []string{"10.20.30.40", "db-7.acme.internal", "jane@acme.com", "/home/jane/acme/x.py", "fe80::dead:beef", "aa:bb:cc:00:11:22", "bastion", "https://intern.acme.com/x/y"}
	around := []string{" ", ", ", "(", ")", "\"", "'", "=", "\n", "\n    [bastion] ", " é ", " error ", " File \"", "-> "}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 8).Draw(t, "parts") {
			b.WriteString(rapid.SampledFrom(around).Draw(t, "before") + rapid.SampledFrom(names).Draw(t, "name") + rapid.SampledFrom(around).Draw(t, "behind"))
		}
		text := b.String()
		got := mask.NewNames("bastion").Mask(text)
		for _, gone := range []string{"10.20.30.40", "acme", "jane", "dead:beef", "aa:bb:cc", "bastion", "intern"} {
			require.NotContains(t, got, gone, "%q", text)
		}
	})
}

// TestNamesFitRules: what stands for a name varies as the name does, so that a rule made of the one fits the other.
func TestNamesFitRules(t *testing.T) {
	for _, line := range []string{
		"    [web-1] cannot reach 10.1.2.3", "login of jane@acme.com failed", "no file /srv/acme/state.db here", "host db-7 is down, at fe80::1234:5678",
	} {
		masked := mask.NewNames("web-1").Mask(line)
		assert.NotEqual(t, line, masked)
		pattern := compiled(t, mask.Expression(mask.Mask(masked)))
		assert.True(t, pattern.MatchAll([]byte(line)), fmt.Sprintf("%s does not match %s", mask.Expression(mask.Mask(masked)), line))
	}
}
