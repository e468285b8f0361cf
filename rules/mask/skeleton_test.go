package mask_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/rules/mask"
)

var aKind = regexp.MustCompile(`\x00(.)`)

// skeleton is that of a line, with the kinds of what varies in angle brackets.
func skeleton(line string) string {
	return aKind.ReplaceAllString(string(mask.Skeleton(nil, line)), "<$1>")
}

func checkSkeletons(t *testing.T, want map[string]string) {
	for line, want := range want {
		assert.Equal(t, want, skeleton(line), line)
	}
}

// An address of figures only is no time of the day, and a time no address.
func TestAddressesOfFigures(t *testing.T) {
	checkSkeletons(t, map[string]string{
		"mac 00:11:22:33:44:55 seen": `mac <x> seen`, "mac aa:bb:cc:33:44:55 seen": `mac <x> seen`, "at 10:20:30:40:50:60:70:80 now": `at <h> now`,
		"at 12:34:56 now": `at <t> now`, "at 12:34:56: now": `at <t>: now`, "at 1:34:56 now": `at <t> now`,
	})
}

// What a word in front of it makes a name: of a user, a host, a commit. A word of the sentence is none.
func TestNamesBehindWords(t *testing.T) {
	checkSkeletons(t, map[string]string{
		"user alice logged in": `user <w> logged in`, "user=alice logged in": `user=<w> logged in`, "user='alice' logged in": `user='<w>' logged in`, `user "alice" is away`: `user "<w>" is away`,
		"user 'alice.' is away": `user '<w>.' is away`, "user alice. It is": `user <w>. It is`, "user alice.smith-jones is": `user <w> is`, "user alice- x": `user <w>- x`, "a user alicé is": `a user <w> is`, "USER bob": `USER <w>`, "user x": `user <w>`,
		"user: alice logged in": `user: alice logged in`, "user -- is": `user -- is`, "user == x": `user == x`, "user= x": `user= x`, "user =alice": `user =<w>`, "user    alice x": `user alice x`, "user   alice x": `user   <w> x`, "user": `user`, "user ": `user `, "user.": `user.`,
		"user unknown, user not found, user is, user Unknown": `user unknown, user not found, user is, user Unknown`, "user 1000 is": `user <n> is`, "user=1000 is": `user=<n> is`, "user 1000x is": `user <w> is`,
		"login alice, account alice, owner alice": `login alice, account alice, owner alice`, `login=alice account=alice owner="alice"`: `login=<w> account=<w> owner="<w>"`,
		"username bob, ruser bob, luser bob, logname bob": `username <w>, ruser <w>, luser <w>, logname <w>`, "usern bob, users bob, superuser bob": `usern bob, users bob, superuser bob`,
		"instance web-1, instance web, instance 5, instance=web": `instance <h>, instance web, instance <n>, instance=<h>`, "container web-1": `container <h>`, "containers web-1": `containers web-<n>`, "hostname: web-1": `hostname: <h>`,
		"vm web is, vm: web is, vm Web is": `vm <h> is, vm: web is, vm Web is`, "VM Web is, VM: web, VM w is": `VM Web is, VM: <h>, VM w is`, "vm w is": `vm w is`, "vm ab is": `vm <h> is`, "host a is": `host a is`, "host a.b is": `host <h> is`, "host wéb-1 is": `host <h> is`,
		"vm: a1 is": `vm: <h> is`, "host web is": `host web is`, "host web1 is": `host <h> is`, "host=web is": `host=<h> is`,
		"commit 0c36d0fa is": `commit <x> is`, "commit abcdef is": `commit <x> is`, "commit abcde is": `commit abcde is`, "commit 123456 is": `commit <n> is`, "commit ABCDEF is": `commit ABCDEF is`, "commit message is": `commit message is`,
		"sha: abcdefa": `sha: <x>`, "digest=abcdefab": `digest=<x>`, "revision feedface1 x": `revision <x> x`,
	})
	assert.Equal(t, `user (?:[\w.-]|[^\x00-\x7f])+ is`, mask.Expression(mask.Mask("user alicé is")))
	assert.Equal(t, `user (?:[\w.-]|[^\x00-\x7f])+ is`, mask.Expression(mask.Mask("user éa is")))
	assert.Contains(t, mask.Expression(mask.Mask("user a\u0080b is")), `[^\x00-\x7f]`)
	assert.Equal(t, `user [\w.-]+ is`, mask.Expression(mask.Mask("user alice is")))
}

// Numbers have a sign where one may stand, and units; what is drawn is one piece.
func TestNumbersAndRuns(t *testing.T) {
	checkSkeletons(t, map[string]string{
		"at -5 or +5 and x-5, =-5 :-5 (+5 [-5 {-5 ,-5 <-5 \"-5 '-5 _-5 |-5\t-5 5-3 a+1": "at <n> or <n> and x-<n>, =<n> :<n> (<n> [<n> {<n> ,<n> <<n> \"<n> '<n> _<n> |<n>\t<n> <n>-<n> a+<n>",
		"-0 -9 -: -/ +0 - ": `<n> <n> -: -/ <n> - `, "-": "-", "+": "+", "+1": "<n>",
		"---- .... !!!! ~~~~ ____ ==== {{{{ éééé": `- . ! ~ ____ = { éééé`, "aaaa 1111": "aaaa <n>", "--- .. ## ~~~": `--- .. ## ~~~`, "a  b   c ": `a b c `, "a\t\t\t\tb": "a\t\t\t\tb", "\x7f\x7f\x7f\x7f": "\x7f\x7f\x7f\x7f", "\x01\x01\x01\x01": "\x01\x01\x01\x01",
		"-----": "-", "  x": " x", "x  ": "x ", "x-y a_b": `x-y a_b`, "é1 日本 1": "é<n> 日本 <n>", "a__1": "a__<n>",
		"5ms 1.5s 1h30m 5µs": "<n> <n> <n> <n>", "5 ms": "<n> ms", "10 secs <5 secs < 5": "<n> <n> < <n>", "5 kB 5 bytes 5K 5 K x": "<n> <n> <n> <n> x", "1e5 1.5e-3": "<n> <n>", "1,234 1,234,567 12,34 1234,567 123,456": "<n> <n> <n>,<n> <n>,<n> <n>",
		"À1.2.3": "À<n>.<n>", "v1.2.3 a1.2.3 z1.2.3 A1.2.3 Z1.2.3": "v<n>.<n> a<n>.<n> z<n>.<n> A<n>.<n> Z<n>.<n>", "1.25 kB 12.5 kB": "<n> <n>", "1.2.3-rc1": "<n>", "443/tcp": "<n>/tcp", "0x7f": "<x>", "ssh(1) utf-8 amd64": "ssh(1) utf-8 amd64", "0": "<n>", "9": "<n>", "a9b0": "a<n>b<n>",
	})
}

// Times, addresses and what else has a form of its own.
func TestForms(t *testing.T) {
	checkSkeletons(t, map[string]string{
		"12:34 12:34:56 12:34:56 PM": "<n> <t> <t>", "123:45": "<n>:<n>", "20261124 03:04:05": "<t>", "2026.11.24 11/24/26": "<t> <t>", "2026-11-24 x": "<t> x", "24.11.2026 03:04:05": "<t>", "2026/11/24 03:04:05": "<t>", "20261124 x": "<n> x", "2026-11-24T03:04:05Z": "<t>", "1.2.3.4 5": "<h> <n>", "123.45.67.89": "<h>",
		"Mon, Tues, November": "<t>, <t>, <t>", "Nov 24 03:59:21": "<t>", "Maybe Sunny": "Maybe Sunny", "24/Nov/2026:03:59:21 +0000": "<t>", "Ma": "Ma", "Sat": "<t>", "1234/11/24": "<t>", "1:02:03 x": "<t> x",
		"fe80::1 1:2:3:4:5:6:7:8 ": "<h> <h> ", "a:b:c std::add face:cafe::": "a:b:c std::add face:cafe::", "1:2:3": "<n>:<n>:<n>", "aa:bb:cc:dd:ee:ff": "<x>",
		"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU": "SHA256:<x>", "SHA256:47DEQ": "SHA256:<n>DEQ", "https://acme.com/x?y=1, mailto:x": "<u> mailto:x", "jane@acme.com x@y": "<w> <w>",
		`"/home/a b/x.py" "/x y`: `"<p>" "<p> y`, `C:\Users\me\x.py \\srv\share\x`: `<p> <p>`, "/tmp/tmpab3x9_k /etc/x ~/a": "<p> <p> <p>",
		"123e4567-e89b-12d3-a456-426614174000": "<x>",
	})
}

// A slash between two words makes no path of them, and a dot no domain of the name of a class.
func TestPathsAndDomains(t *testing.T) {
	checkSkeletons(t, map[string]string{
		"read/write and/or HTTP/1.1 1/2/3 0/a/b 9/a/b a/1.c ab/cd/ a/_x":    `read/write and/or HTTP/<n> <n>/<n>/<n> <n>/a/b <n>/a/b a/<n>.c ab/cd/ a/_x`,
		"a/b/c a/b.c a/b_c ./a ../a a/b/c/ x/y.z1 _a/b.c /a/b":              `<p> <p> <p> <p> <p> <p> <p> <p> <p>`,
		"acme.com db.acme.internal acme.com. acme.com$ acme.com, acme.com_": `<h> <h> <h>. <h>$ <h>, acme.com_`, "at acme.com.": "at <h>.", "at acme.com": "at <h>",
		"com.acme java.io.com.x acme.com.Main acme.com$x acme.com(a) self.name os.com acme.com_x": `com.acme java.io.com.x acme.com.Main acme.com$x acme.com(a) self.name os.com acme.com_x`,
	})
}

// What is random has letters and figures, or small letters and capitals, in turns as no word has.
func TestRandomTexts(t *testing.T) {
	checkSkeletons(t, map[string]string{
		"Xk3jR9pQ2mZ aBcDeFgHiJ qWeRtYuI a1b2c3d4 g1h2i3j4k5 ABCdEfGhI AbCdEfGhIj Z9Z9Z9Z9Z9 AaBbCcDd g1h2iiiiii z9z9z9z9z9 z0y9z0y9z0 aZaZaZaZ": `<x> <x> <x> <x> <x> <x> <x> <x> <x> <x> <x> <x> <x>`,
		"XMLHttpRequest camelCaseWordThatIsLong MacBook HelloWorldFooBar aB_cDeFgH aBcDeFg getURLForABCd":                                        `XMLHttpRequest camelCaseWordThatIsLong MacBook HelloWorldFooBar aB_cDeFgH aBcDeFg getURLForABCd`,
		"g1h2i3j4k z1y2 g1h2iiiii gg1hh2iiiiii": "g<n>h<n>i<n>j<n>k z<n>y<n> g<n>h<n>iiiii <x>", "gg1hhiiiiiii": "gg<n>hhiiiiiii", "word aBcDeFgg": "word <x>", "abCdEfghIjklMnop": "abCdEfghIjklMnop", "ffffff9f FFFFFF9F 99ffff": "<x> <x> <x>",
		"deadbeef a1b2c3 DEADBEEF 0123456a beefdead1": `<x> <x> <x> <x> <x>`, "abcdef decade a1b2c DeadBeef facade gfacade1 abcdefa": `abcdef decade a<n>b<n>c DeadBeef facade gfacade<n> abcdefa`,
	})
}

// Where nothing is looked for, since it is in plain words, there is nothing: the skeleton is what the pieces of the line are.
func TestSkeletonIsThatOfThePieces(t *testing.T) {
	words := rapid.SampledFrom([]string{"user", "Reading", "facade", "deadbeef", "aBcDeFgH", "Mon", "a", "1", "x-5", "10.0.0.1", "/etc/x", ",", ":", ".", "  ", "é", "----", "\t", "host", "web-1"})
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOfN(words, 0, 10).Draw(t, "words"), rapid.SampledFrom([]string{" ", " ", ""}).Draw(t, "between"))
		want := ""
		for _, p := range mask.Message(line) {
			switch {
			case !p.Variable:
				want += p.Text
			case p.Kind == mask.Space || p.Kind == mask.Drawn:
				want += p.Text[:1]
			default:
				want += "<" + string(rune(p.Kind)) + ">"
			}
		}
		require.Equal(t, want, skeleton(line), "%q", line)
	})
}
