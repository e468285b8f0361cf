package secrets

import "github.com/orbfilter/orbfilter/internal/lazyregexp"

// A token is a kind of secret.
type token struct {
	kind    string
	pattern *lazyregexp.Regexp // its first group is the secret; without one, all of it is
	// form: it is known by its form, and not by what stands in front of it.
	form bool
}

func form(kind, pattern string) token { return token{kind, lazyregexp.New(pattern), true} }

func named(kind, pattern string) token { return token{kind, lazyregexp.New(pattern), false} }

// endName is how the name of what is a secret ends.
const endName = `(?:passwords?|passwd|passphrase|pwd|secrets?|tokens?|credentials?|(?:api|access|secret|private|account|signing|encryption)[-_ ]?keys?|authorization|x-auth|cookie)`

// tokens are the kinds that are known, those of the longest text first.
var tokens = []token{
	form("private key", `-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\z)`),
	form("JSON web token", `\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`),
	named("password in an address", `\b[A-Za-z][A-Za-z0-9+.-]*://[^/@\s:]*:([^/@\s]+)@`),
	form("GitHub token", `\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})`),
	form("GitLab token", `\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|oas|ffct)-[A-Za-z0-9_.-]{16,}`),
	form("AWS key", `\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z2-7]{16}\b`),
	form("Google key", `\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,}`),
	form("Slack token", `\bxox[a-z]-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{10,}|\bhooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{20,}`),
	form("Discord address", `\bdiscord(?:app)?\.com/api/webhooks/[A-Za-z0-9_/-]{20,}`),
	form("Stripe key", `\b(?:[rs]k_(?:live|test)|whsec)_[A-Za-z0-9]{10,}`),
	form("npm token", `\bnpm_[A-Za-z0-9]{30,}`),
	form("PyPI token", `\bpypi-AgE[A-Za-z0-9_-]{20,}`),
	form("Vault token", `\bhv[sbr]\.[A-Za-z0-9_-]{20,}`),
	form("DigitalOcean token", `\bdo[oprt]_v1_[a-f0-9]{32,}`),
	form("SendGrid key", `\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`),
	form("Twilio key", `\bSK[0-9a-f]{32}\b`),
	form("Telegram token", `\b\d{8,10}:[A-Za-z0-9_-]{35}\b`),
	form("Hugging Face token", `\bhf_[A-Za-z0-9]{30,}`),
	form("AI service key", `\bsk-(?:proj-|svcacct-|admin-|ant-[a-z0-9]+-|or-)?[A-Za-z0-9_-]{20,}`),
	form("Docker token", `\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}`),
	form("Doppler token", `\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.]{20,}`),
	form("Tailscale key", `\btskey-[a-z]+-[A-Za-z0-9-]{10,}`),
	form("Terraform token", `\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}`),
	form("Grafana token", `\bgl(?:c|sa)_[A-Za-z0-9+/=_]{20,}`),
	form("Shopify token", `\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}`),
	form("Databricks token", `\bdapi[a-f0-9]{32}`),
	form("Pulumi token", `\bpul-[a-f0-9]{40}`),
	form("Linear key", `\blin_(?:api|oauth)_[A-Za-z0-9]{30,}`),
	form("New Relic key", `\bNR(?:AK|JS|II)-[A-Za-z0-9]{20,}`),
	form("Atlassian token", `\bATATT3[A-Za-z0-9_=-]{40,}`),
	form("Supabase key", `\bsb[p]_[a-f0-9]{40}`),
	form("age key", `\bAGE-SECRET-KEY-1[A-Z0-9]{50,}`),
	form("hash of a password", `\$(?:1|2[abxy]?|5|6|7|y|gy|argon2(?:id|i|d))\$[^\s'":]{8,}`),
	named("authorization", `(?i)\b(?:authorization["']?\s*[:=]\s*["']?\s*)?(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{8,})`),
	named("password of a command", `\bsshpass\s+-p\s*(\S+)`),
	named("password of a command", `\s-u\s*['"]?[^\s:'"]+:([^\s'"@]+)`),
	named("password of an option", `(?i)--?[\w-]*(?:password|passwd|passphrase|secret|token|api-?key|private-?key)(?:[ =]+)("[^"]*"|'[^']*'|[^\s'"-][^\s'"]*)`),
	named("value of a secret", `(?i)`+endName+`["']?\s*(?:=>|[:=])\s*(?:(?:bearer|basic|token)\s+)?("[^"\n]*"|'[^'\n]*'|[^\s'",;)}\]]+)`),
}
