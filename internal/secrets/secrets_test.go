package secrets

import (
	"fmt"
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
	"private key":            {"-----BEGIN OPENSSH PRIVATE" + " KEY-----\nb3BlbnNzaC1rZXktdjEA\nAAAA\n-----END OPENSSH PRIVATE" + " KEY-----"},
	"JSON web token":         {"ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0In0.c2lnbmF0dXJl"},
	"password in an address": {"postgres://app:hunter2@db/x"},
	"GitHub token":           {"ghp_" + word40, "github_pat_" + word40},
	"GitLab token":           {"glpat-" + word40[:20]},
	"AWS key":                {"AKIA" + "ABCDEFGHIJKLMNOP"},
	"Google key":             {"AIza" + word40[:35], "ya29." + word40},
	"Slack token":            {"xoxb-" + "123456789012-" + word40[:24]},
	"Discord address":        {"discord.com/api/webhooks/123456789012345678/" + word40},
	"Stripe key":             {"sk_live_" + word40[:24]},
	"npm token":              {"npm_" + word40[:36]},
	"PyPI token":             {"pypi-AgE" + word40},
	"Vault token":            {"hvs." + word40},
	"DigitalOcean token":     {"dop_v1_" + hex64},
	"SendGrid key":           {"SG." + word40[:22] + "." + word40},
	"Twilio key":             {"SK" + hex32},
	"Telegram token":         {"123456789:" + word40[:35]},
	"Hugging Face token":     {"hf_" + word40[:34]},
	"AI service key":         {"sk-" + word40, "sk-ant-api03-" + word40},
	"Docker token":           {"dckr_pat_" + word40[:27]},
	"Doppler token":          {"dp.pt." + word40},
	"Tailscale key":          {"tskey-auth-" + word40[:20]},
	"Terraform token":        {word40[:14] + ".atlasv1." + word40 + word40},
	"Grafana token":          {"glsa_" + word40},
	"Shopify token":          {"shpat_" + hex32},
	"Databricks token":       {"dapi" + hex32},
	"Pulumi token":           {"pul-" + hex32 + hex32[:8]},
	"Linear key":             {"lin_api_" + word40},
	"New Relic key":          {"NRAK-" + word40[:27]},
	"Atlassian token":        {"ATATT3" + word40 + word40},
	"Supabase key":           {"sbp_" + hex32 + hex32[:8]},
	"age key":                {"AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE"},
	"hash of a password":     {"$6$rounds=5000$saltsalt$" + word40, "$2b$12$" + word40},
	"authorization":          {"Authorization: Bearer " + word40[:12], "Proxy-Authorization: Basic dXNlcjpwYXNz"},
	"password of a command":  {"sshpass -p hunter2 ssh web", "curl -u admin:hunter2 https://example.com"},
	"password of an option":  {"--ssh-password hunter2", "--token=hunter2"},
	"value of a secret":      {`DB_PASSWORD=hunter2`, `"api_key": "hunter2 x"`, "secret: hunter2", "password='hunter2'", "X-Api-Key: hunter2"},
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
		"the_name_of_a_function_that_is_long_2(argument_of_the_function)",
	} {
		masked, found := Mask(text)
		assert.Equal(t, text, masked)
		assert.Empty(t, found)
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
