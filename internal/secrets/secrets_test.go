package secrets

import (
	"fmt"
	"math/rand/v2"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const (
	word40 = "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T"
	hex32  = "0123456789abcdef0123456789abcdef"
	hex64  = hex32 + hex32
)

// likes are some of each kind: of such a form, and never in use. They are put together here, since who looks for secrets in
// this file would find them.
var likes = map[string][]string{
	"private key":              {"-----BEGIN OPENSSH PRIVATE" + " KEY-----\nb3BlbnNzaC1rZXktdjEA\nAAAA\n-----END OPENSSH PRIVATE" + " KEY-----"},
	"JSON web token":           {"ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0In0.c2lnbmF0dXJl"},
	"password in an address":   {"postgres://app:hunter2@db/x"},
	"GitHub token":             {"ghp_" + word40, "github_pat_" + word40},
	"GitLab token":             {"glpat-" + word40[:20]},
	"AWS key":                  {"AKIA" + "ABCDEFGHIJKLMNOP"},
	"Google key":               {"AIza" + word40[:35], "ya29." + word40},
	"Slack token":              {"xoxb-" + "123456789012-" + word40[:24]},
	"Discord address":          {"discord.com/api/webhooks/123456789012345678/" + word40},
	"Stripe key":               {"sk_live_" + word40[:24]},
	"npm token":                {"npm_" + word40[:36]},
	"PyPI token":               {"pypi-AgE" + word40},
	"Vault token":              {"hvs." + word40},
	"DigitalOcean token":       {"dop_v1_" + hex64},
	"SendGrid key":             {"SG." + word40[:22] + "." + word40},
	"Twilio key":               {"SK" + hex32},
	"Telegram token":           {"123456789:" + word40[:35]},
	"Hugging Face token":       {"hf_" + word40[:34]},
	"AI service key":           {"sk-" + word40, "sk-ant-api03-" + word40},
	"Docker token":             {"dckr_pat_" + word40[:27]},
	"Doppler token":            {"dp.pt." + word40},
	"Tailscale key":            {"tskey-auth-" + word40[:20]},
	"Terraform token":          {word40[:14] + ".atlasv1." + word40 + word40},
	"Grafana token":            {"glsa_" + word40},
	"Shopify token":            {"shpat_" + hex32},
	"Databricks token":         {"dapi" + hex32},
	"Pulumi token":             {"pul-" + hex32 + hex32[:8]},
	"Linear key":               {"lin_api_" + word40},
	"New Relic key":            {"NRAK-" + word40[:27]},
	"Atlassian token":          {"ATATT3" + word40 + word40},
	"Supabase key":             {"sbp_" + hex32 + hex32[:8]},
	"age key":                  {"AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE"},
	"1Password key":            {"A3-" + "AB12CD-EF34GH-IJ56K-LM78N-OP90Q-RS12T"},
	"Airtable token":           {"pat" + word40[:14] + "." + hex64},
	"Alibaba key":              {"LTAI" + word40[:20]},
	"Authress key":             {"sc_" + word40[:12] + ".ab12.acc_" + word40[:12] + "." + word40},
	"Azure secret":             {"aB3" + "4Q~" + word40[:34]},
	"Cloudflare key":           {"v1.0-" + hex32[:24] + "-" + hex64 + hex64},
	"Facebook or Square token": {"EAAC" + word40, "sq0idp-" + word40[:22], "1234567890123456|" + word40[:27]},
	"Flutterwave key":          {"FLWSECK_TEST-" + hex32},
	"Harness key":              {"pat." + word40[:22] + "." + word40[:24] + "." + word40[:20]},
	"Dynatrace token":          {"dt0c01." + strings.ToUpper(hex32[:24]+"."+hex64)},
	"PlanetScale token":        {"pscale_tkn_" + word40},
	"Frame.io token":           {"fio-u-" + hex64},
	"Heroku key":               {"HRKU-AA" + word40 + word40[:18]},
	"token of a service":       {"rubygems_" + hex32 + hex32[:16], "EZAK" + word40 + word40[:14]},
	"Octopus key":              {"API-" + strings.ToUpper(word40[:26])},
	"address of Teams":         {"example.webhook.office.com/webhookb2/" + word40},
	"signature of an address":  {"https://x.blob.example.com/a?sv=1&sig=abc%2Bdef", "https://s3.example.com/a?X-Amz-Signature=" + hex64},
	"data of a secret":         {"kind: Secret\nmetadata:\n  name: x\ndata:\n  a: aHVudGVyMg==\n"},
	"hash of a password":       {"$6$rounds=5000$saltsalt$" + word40, "$2b$12$" + word40},
	"authorization":            {"Authorization: Bearer " + word40[:12], "Proxy-Authorization: Basic dXNlcjpwYXNz"},
	"password of a command":    {"sshpass -p hunter2 ssh web", "curl -u admin:hunter2 https://example.com"},
	"password of an option":    {"--ssh-password hunter2", "--token=hunter2"},
	"value of a secret":        {`DB_PASSWORD=hunter2`, `"api_key": "hunter2 x"`, "secret: hunter2", "password='hunter2'", "X-Api-Key: hunter2", `<add key="ClearTextPassword" value="hunter2"/>`},
}

// TestEachKind: one of each kind is masked in each place in which it may stand, and named for what it is.
func TestEachKind(t *testing.T) {
	for i := range tokens {
		kind := &tokens[i]
		require.NotEmpty(t, likes[kind.kind], kind.kind)
		found := false
		for _, like := range likes[kind.kind] {
			secret := like
			m := kind.pattern.FindStringSubmatch(like)
			if m == nil { // it is of another row of this kind
				continue
			}
			if found = true; len(m) > 1 {
				secret = strings.Trim(m[1], `"'`)
			}
			for _, in := range []string{"%s", "    [web] %s", "x: %s, and more", "(%s)", "2026-11-29T10:00:00Z %s\nnext line", "curl -H '%s' https://example.com"} {
				masked, found := Mask(fmt.Sprintf(in, like))
				assert.NotContains(t, masked, secret, kind.kind)
				assert.NotEmpty(t, found, kind.kind)
				again, more := Mask(masked)
				assert.Equal(t, masked, again)
				assert.Empty(t, more)
			}
		}
		assert.True(t, found, "no text is of %s", kind.kind)
	}
}

// forms are how services write their tokens, as they say themselves or as gitleaks (gitleaks.io, its config of November 2026) looks for them: the
// kinds are theirs, the patterns are written for this test. Any member of a kind is masked, wherever it stands.
var forms = map[string]string{
	"1password": `A3-[A-Z0-9]{6}-[A-Z0-9]{11}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}`, "airtable": `pat[A-Za-z0-9]{14}\.[a-f0-9]{64}`, "aws": `AKIA[A-Z2-7]{16}`,
	"azure": `[a-zA-Z0-9]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}`, "cloudflare": `v1\.0-[a-f0-9]{24}-[a-f0-9]{146}`, "databricks": `dapi[a-f0-9]{32}(-2)?`,
	"digitalocean": `do[opr]_v1_[a-f0-9]{64}`, "discord": `discord\.com/api/webhooks/[0-9]{18}/[A-Za-z0-9_-]{68}`, "doppler": `dp\.pt\.[A-Za-z0-9]{43}`,
	"dynatrace": `dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}`, "easypost": `EZAK[A-Za-z0-9]{54}`, "flutterwave": `FLWSECK_TEST-[a-h0-9]{32}-X`, "frameio": `fio-u-[A-Za-z0-9_=-]{64}`,
	"github": `(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36}`, "github fine-grained": `github_pat_[A-Za-z0-9_]{82}`, "gitlab": `gl(pat|ptt|dt|rt|ft)-[A-Za-z0-9_-]{20}`,
	"gitlab runner": `GR1348941[A-Za-z0-9_-]{20}`, "google": `AIza[A-Za-z0-9_-]{35}`, "grafana": `gl(c|sa)_[A-Za-z0-9]{32}_[a-f0-9]{8}`, "harness": `(pat|sat)\.[A-Za-z0-9]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}`,
	"heroku": `HRKU-AA[A-Za-z0-9_-]{58}`, "hugging face": `hf_[A-Za-z]{34}`, "jwt": `eyJ[A-Za-z0-9]{20,40}\.eyJ[A-Za-z0-9_-]{20,80}\.[A-Za-z0-9_-]{20,60}`, "linear": `lin_api_[A-Za-z0-9]{40}`,
	"new relic": `NRAK-[A-Z0-9]{27}`, "npm": `npm_[A-Za-z0-9]{36}`, "octopus": `API-[A-Z0-9]{26}`, "openai": `sk-proj-[A-Za-z0-9_-]{60,100}`, "anthropic": `sk-ant-api03-[A-Za-z0-9_-]{93}AA`,
	"planetscale": `pscale_(tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}`, "postman": `PMAK-[a-f0-9]{24}-[a-f0-9]{34}`, "prefect": `pnu_[A-Za-z0-9]{36}`, "pulumi": `pul-[a-f0-9]{40}`,
	"pypi": `pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,100}`, "readme": `rdme_[a-z0-9]{70}`, "rubygems": `rubygems_[a-f0-9]{48}`, "sendgrid": `SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`,
	"sendinblue": `xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}`, "sentry": `sntryu_[a-f0-9]{64}`, "shippo": `shippo_live_[a-f0-9]{40}`, "shopify": `shpat_[a-fA-F0-9]{32}`, "slack": `xoxb-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}`,
	"slack webhook": `hooks\.slack\.com/services/T[A-Z0-9]{8}/B[A-Z0-9]{8}/[A-Za-z0-9]{24}`, "square": `EAAA[A-Za-z0-9_-]{60}`, "stripe": `(sk|rk)_(live|test)_[A-Za-z0-9]{24,99}`,
	"tailscale": `tskey-auth-[A-Za-z0-9]{12}-[A-Za-z0-9]{32}`, "teams": `x\.webhook\.office\.com/webhookb2/[a-f0-9]{8}@[a-f0-9]{8}/IncomingWebhook/[a-z0-9]{32}`, "telegram": `[0-9]{9}:[A-Za-z0-9_-]{35}`,
	"terraform": `[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}`, "twilio": `SK[0-9a-fA-F]{32}`, "vault": `hvs\.[A-Za-z0-9_-]{90,120}`, "vault, old": `s\.[A-Za-z0-9]{24}`,
}

// drawn is a text that matches a pattern, drawn by lot: each character is as likely as any other, as in what services issue. (Rapid's own
// StringMatching prefers some.)
func drawn(t *rapid.T, pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	require.NoError(t, err)
	var b strings.Builder
	draw(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "lot"), 0)), re, &b) //nolint:gosec // it keeps no secret
	return b.String()
}

func draw(lot *rand.Rand, re *syntax.Regexp, b *strings.Builder) {
	times := 1
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		var all []rune
		for i := 0; i < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				all = append(all, r)
			}
		}
		b.WriteRune(all[lot.IntN(len(all))])
	case syntax.OpAlternate:
		draw(lot, re.Sub[lot.IntN(len(re.Sub))], b)
		return
	case syntax.OpQuest:
		times = lot.IntN(2)
	case syntax.OpRepeat:
		times = re.Min + lot.IntN(re.Max-re.Min+1)
	}
	for range times {
		for _, sub := range re.Sub {
			draw(lot, sub, b)
		}
	}
}

func TestForms(t *testing.T) {
	for kind, pattern := range forms {
		t.Run(kind, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				secret := drawn(t, pattern)
				place := rapid.SampledFrom([]string{
					"%s", "    [web] %s", "'%s'", `{"x": "%s"}`, "x=%s", "x: %s, and more", "(%s)", "--x %s", "export X=%s\n", "https://example.com/?x=%s", "2026-11-29T10:00:00Z %s\nnext",
				}).Draw(t, "place")
				masked, _ := Mask(fmt.Sprintf(place, secret))
				assert.NotContains(t, masked, secret)
				assert.NotContains(t, masked, secret[len(secret)/2:], "half of it is left")
			})
		})
	}
}

// TestDrawnByLot: what is drawn by lot is masked where a name stands in front of it, whatever the name, but for checksums. A few in a
// thousand look like words of people.
func TestDrawnByLot(t *testing.T) {
	const all = 1000
	for _, letters := range []string{"[a-f0-9]{32}", "[a-f0-9]{40}", "[a-z0-9]{24}", "[A-Z0-9]{32}", "[A-Za-z0-9]{16}", "[A-Za-z0-9]{48}"} {
		re, err := syntax.Parse(letters, syntax.Perl)
		require.NoError(t, err)
		for _, in := range []string{"PLAID=%s", "plaid_x: %s", `"plaid": "%s"`, "plaid => '%s'", "-e MERAKI=%s", "plaid_live_%s"} {
			left, lot := 0, rand.New(rand.NewPCG(1, 2)) //nolint:gosec // it keeps no secret
			for range all {
				var secret strings.Builder
				draw(lot, re, &secret)
				if masked, _ := Mask(fmt.Sprintf(in, &secret)); strings.Contains(masked, secret.String()) {
					left++
				}
			}
			assert.Less(t, left, all/20, "%s in %s", letters, in)
		}
	}
	for _, kept := range []string{"sha256:" + hex64, "commit=" + hex32, "md5sum: " + hex32, "image_digest=" + hex64} {
		masked, _ := Mask(kept)
		assert.Equal(t, kept, masked)
	}
}

// TestWhatIsNone: what logs are full of stays, since an excerpt is to show something.
func TestWhatIsNone(t *testing.T) {
	for _, text := range []string{
		"paramiko.ssh_exception.AuthenticationException: Authentication failed.",
		"Exception ignored in: <bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7f14f24a7ec0>>",
		`  File "/home/ci/deploy/.venv/lib/python3.12/site-packages/gevent/threading.py", line 398, in after_fork_in_child`,
		"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"commit ba856c5f0123456789abcdef0123456789abcdef",
		"    [web-1] sudo: a password is required",
		"Host key verification failed.",
		"--> Starting operation: Copy the token file (src='a', dest='/etc/app/token')",
		"https://github.com/gevent/gevent/issues/2111",
		"author: Jane", "authors = [x]", "--ssh-key-file x",
		"Hub: <Hub '' at 0x7fa6798c4e50 epoll default pending=0 ref=0 fileno=3 thread_ident=0x7fa67a3ecb80>",
		"class=AuthenticationExceptionHandler, x=OrbStackConnectorError", "gevent-25.5.1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", "image: registry.example.com/app@sha256:" + hex64,
		"orbfilter v0.0.0-20261130093825-14601656bdf1", "began=20261130T093825Z0000", "kind: ConfigMap\ndata:\n  a: b\n",
		"the_name_of_a_function_that_is_long_2(argument_of_the_function)",
	} {
		masked, found := Mask(text)
		assert.Equal(t, text, masked)
		assert.Empty(t, found)
	}
}

// TestKeysOfSeveralLines: all lines of a key are masked, whatever stands in front of each and whether its end is there; the line end stays.
func TestKeysOfSeveralLines(t *testing.T) {
	for _, kind := range []string{"", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "DSA "} {
		for _, before := range []string{"", "    [web] ", "2026-11-29T10:00:00Z ", "web-1  | "} {
			key := before + "-----BEGIN " + kind + "PRIVATE" + " KEY-----\n" + before + "b3BlbnNzaC1rZXk\n" + before + "AAAAline\n"
			masked, _ := Mask("one\n" + key + before + "-----END " + kind + "PRIVATE" + " KEY-----\ntwo\n")
			assert.Equal(t, "one\n"+before+"***\ntwo\n", masked)
			masked, _ = Mask("one\n" + key)
			assert.Equal(t, "one\n"+before+"***\n", masked, "without its end")
		}
	}
}

func TestRandom(t *testing.T) {
	masked, found := Mask("key " + word40 + " end")
	assert.Equal(t, "key *** end", masked)
	assert.Equal(t, []Found{{"long random text", 1}}, found)
}

// TestAnyText: masking again changes nothing, and nothing outside of what is masked is changed.
func TestAnyText(t *testing.T) {
	words := []string{"password", "=", ":", " ", "hunter2", "\"", "'", "Bearer ", "***", "\n", "token", "--token ", "://a:", "@", "é", "\xff", word40, "-----BEGIN PRIVATE" + " KEY-----", "ghp_" + word40}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 12).Draw(t, "words"), "")
		masked, _ := Mask(text)
		assert.NotContains(t, masked, "ghp_"+word40)
		rest := text
		for part := range strings.SplitSeq(masked, Masked) {
			_, after, found := strings.Cut(rest, part)
			require.True(t, found, "%q became %q", text, masked)
			rest = after
		}
	})
}
