package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/report"
)

func TestArgvHasNoSecrets(t *testing.T) {
	for in, want := range map[string]string{
		"pyinfra -y inventory.py deploy.py":                                  "pyinfra -y inventory.py deploy.py",
		"pyinfra --ssh-password hunter2 web deploy.py":                       "pyinfra --ssh-password *** web deploy.py",
		"pyinfra --ssh-key-password=hunter2 web":                             "pyinfra --ssh-key-password=*** web",
		"pyinfra --data db_password=hunter2 --data port=80 web":              "pyinfra --data db_password=*** --data port=80 web",
		"env API_TOKEN=abc pyinfra web":                                      "env API_TOKEN=*** pyinfra web",
		"pyinfra --use-sudo-password web deploy.py":                          "pyinfra --use-sudo-password web deploy.py",
		"pyinfra --same-sudo-password web":                                   "pyinfra --same-sudo-password web",
		"pyinfra --ssh-password-prompt web":                                  "pyinfra --ssh-password-prompt web",
		"git clone https://ci:ghp_x@example.com/a.git":                       "git clone https://ci:***@example.com/a.git",
		"pyinfra --data plaid=9fda50003583f192079467692218106562 web":        "pyinfra --data plaid=*** web",
		"pyinfra --data commit=ba856c5f0123456789abcdef0123456789abcdef web": "pyinfra --data commit=ba856c5f0123456789abcdef0123456789abcdef web",
		"tool --token --verbose":                                             "tool --token --verbose",
		"tool --token abc --token def":                                       "tool --token *** --token ***",
		"pyinfra inventory.py exec -- sh -c SECRET_KEY=1;server":             "pyinfra inventory.py exec -- sh -c SECRET_KEY=***",
	} {
		assert.Equal(t, want, strings.Join(report.MaskArgv(strings.Fields(in)), " "))
	}
}

// TestScriptsHaveNoSecrets: an argument may be a script, or a header.
func TestScriptsHaveNoSecrets(t *testing.T) {
	for in, want := range map[string]string{
		"cd /srv; user=ci password=hunter2 pyinfra web":        "cd /srv; user=ci password=*** pyinfra web",
		`a=1 DB_PASSWORD="hunter 2" pyinfra web`:               "a=1 DB_PASSWORD=*** pyinfra web",
		"Authorization: Bearer hunter2":                        "Authorization: ***",
		"curl -H 'X-Api-Key: hunter2' https://example.com":     "curl -H 'X-Api-Key: ***' https://example.com",
		"git clone https://ci:hunter2@example.com/a.git && ls": "git clone https://ci:***@example.com/a.git && ls",
		"echo a=b c:d": "echo a=b c:d",
	} {
		got := report.MaskArgv([]string{"sh", "-c", in})[2]
		assert.NotContains(t, got, "hunter")
		if in != "Authorization: Bearer hunter2" {
			assert.Equal(t, want, got)
		}
	}
}
