package secrets

import "github.com/orbfilter/orbfilter/internal/lazyregexp"

// A token is a kind of secret.
type token struct {
	kind    string
	pattern *lazyregexp.Regexp // its first group is the secret; without one, all of it is
	// form: it is known by its form, and not by what stands in front of it.
	form bool
	// is tells whether it is one, of what stands in front of it and of itself; nil: all are.
	is func(before, text string) bool
}

func form(kind, pattern string) token {
	return token{kind: kind, pattern: lazyregexp.New(pattern), form: true}
}

func named(kind, pattern string) token { return token{kind: kind, pattern: lazyregexp.New(pattern)} }

// endName is how the name of what is a secret ends.
const endName = `(?:passwords?|passwd|passphrase|pwd|secrets?|tokens?|credentials?|(?:api|access|secret|private|account|signing|encryption)[-_ ]?keys?|authorization|x-auth|cookie)`

// tokens are the kinds that are known, those of the longest text first.
var tokens = []token{
	form("private key", `-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\z)`),
	form("JSON web token", `\bey[A-Za-z0-9_-]{10,}\.ey[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,3}`),
	named("password in an address", `\b[A-Za-z][A-Za-z0-9+.-]*://[^/@\s:]*:([^/@\s]+)@`),
	form("GitHub token", `\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})`),
	form("GitLab token", `\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|oas|ffct)-[A-Za-z0-9_.-]{16,}|\bGR1348941[A-Za-z0-9_-]{20,}`),
	form("AWS key", `\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z2-7]{16}\b`),
	form("Google key", `\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,}`),
	form("Slack token", `(?i)\bxox[a-z](?:\.xox[a-z])?-[a-z0-9-]{8,}|\bxapp-[a-z0-9-]{10,}|\bhooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{20,}`),
	form("Discord address", `\bdiscord(?:app)?\.com/api/webhooks/[A-Za-z0-9_/-]{20,}`),
	form("Stripe key", `\b(?:[rs]k_(?:live|test|prod)|whsec)_[A-Za-z0-9]{10,}`),
	form("npm token", `\bnpm_[A-Za-z0-9]{30,}`),
	form("PyPI token", `\bpypi-AgE[A-Za-z0-9_-]{20,}`),
	form("Vault token", `\b(?:hv[sbr]|s)\.[A-Za-z0-9_-]{24,}`),
	form("DigitalOcean token", `\bdo[oprt]_v1_[a-f0-9]{32,}`),
	form("SendGrid key", `\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`),
	form("Twilio key", `\b(?:SK|AC)[0-9a-fA-F]{32}\b`),
	form("Telegram token", `\b\d{8,10}:[A-Za-z0-9_-]{35}\b`),
	form("Hugging Face token", `\b(?:hf|api_org)_[A-Za-z0-9]{30,}`),
	form("AI service key", `\bsk-(?:proj-|svcacct-|admin-|ant-[a-z0-9]+-|or-)?[A-Za-z0-9_-]{20,}`),
	form("Docker token", `\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}`),
	form("Doppler token", `\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.]{20,}`),
	form("Tailscale key", `\btskey-[a-z]+-[A-Za-z0-9-]{10,}`),
	form("Terraform token", `\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}`),
	form("Grafana token", `\bgl(?:c|sa)_[A-Za-z0-9+/=_]{20,}`),
	form("Shopify token", `\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}`),
	form("Databricks token", `\bdapi[a-f0-9]{32}(?:-\d)?`),
	form("Pulumi token", `\bpul-[a-f0-9]{40}`),
	form("Linear key", `\blin_(?:api|oauth)_[A-Za-z0-9]{30,}`),
	form("New Relic key", `\bNR(?:AK|JS|II)-[A-Za-z0-9]{20,}`),
	form("Atlassian token", `\bATATT3[A-Za-z0-9_=-]{40,}`),
	form("Supabase key", `\bsb[p]_[a-f0-9]{40}`),
	form("age key", `\bAGE-SECRET-KEY-1[A-Z0-9]{50,}`),
	form("1Password key", `\bA3-[A-Z0-9]{6}(?:-[A-Z0-9]{5,11}){4,6}\b|\bops_eyJ[A-Za-z0-9+/=]{50,}`),
	form("Airtable token", `\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b`),
	form("Alibaba key", `\bLTAI[A-Za-z0-9]{16,}`),
	form("Authress key", `\b(?:sc|ext|scauth|authress)_[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-][A-Za-z0-9-]{10,32}\.[A-Za-z0-9+/_=-]{20,}`),
	form("Azure secret", `[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}`),
	form("Cloudflare key", `\bv1\.0-[a-f0-9]{24}-[a-f0-9]{100,}`),
	form("Facebook or Square token", `\bEAA[A-Za-z0-9][A-Za-z0-9_-]{20,}|\bsq0[a-z]{3}-[A-Za-z0-9_-]{22,}|\b\d{15,16}(?:\||%7C|%)[A-Za-z0-9_-]{27,40}`),
	form("Flutterwave key", `\bFLW(?:PUB|SEC)K(?:_TEST)?-[A-Za-z0-9]{12,}`),
	form("Harness key", `\b[ps]at\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}`),
	form("Dynatrace token", `\bdt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}`),
	form("PlanetScale token", `\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}`),
	form("Frame.io token", `\bfio-u-[A-Za-z0-9_=-]{64}`),
	form("Heroku key", `\bHRKU-[A-Za-z0-9_-]{36,}`),
	form("token of a service", `\b(?:rdme|rubygems|sntry[us]|shippo_(?:live|test)|pnu|sm_[aps]at|sq[pua]|sgp|xkeysib|PMAK)[_-][A-Za-z0-9_=-]{16,}|\bEZ[AT]K[A-Za-z0-9]{54}`),
	form("Octopus key", `\bAPI-[A-Z0-9]{26}\b`),
	form("address of Teams", `\b[\w-]+\.webhook\.office\.com/[^\s"'<>]+`),
	form("hash of a password", `\$(?:1|2[abxy]?|5|6|7|y|gy|argon2(?:id|i|d))\$[^\s'":]{8,}`),
	named("authorization", `(?i)\b(?:authorization["']?\s*[:=]\s*["']?\s*)?(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{8,})`),
	named("password of a command", `\bsshpass\s+-p\s*(\S+)`),
	named("password of a command", `\s(?:-u|--user)[\s=]*['"]?[^\s:'"]+['"]?:["']?([^\s'"@]+)`),
	named("password of an option", `(?i)--?[\w-]*(?:password|passwd|passphrase|secret|token|api-?key|private-?key)(?:[ =]+)("[^"]*"|'[^']*'|[^\s'"-][^\s'"]*)`),
	named("signature of an address", `(?i)[?&;](?:sig|signature|x-(?:amz|goog)-[a-z-]+|code|key|state)=([^&\s"'<>]+)`),
	named("value of a secret", `(?i)\bkey="[^"\n]*(?:password|secret|token|key)[^"\n]*"\s*value="([^"\n]+)"`),
	named("data of a secret", `(?i)\bkind:\s*["']?secret["']?\s[\s\S]{0,400}?\b(?:string)?data:((?:[ \t]*\n?[ \t]+["']?[\w.-]+["']?:[ \t]*[^\n]+)+)`),
	named("value of a secret", `(?i)`+endName+`["']?\s*(?:[:=?]{0,3}[=:>]|\|\|)\s*(?:(?:bearer|basic|token)\s+)?("[^"\n]*"|'[^'\n]*'|[^\s'",;)}\]]+)`),
}
