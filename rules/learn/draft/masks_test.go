package draft_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/rules/learn/draft"
)

// masked are texts that masks know, each of another kind.
var masked = []string{
	"Jul  9 12:16:49", "Tue Nov 24 03:59:21 2026", "2026-11-24 03:59:21,123", "2026-11-24T03:59:21Z", "24/Nov/2026:03:59:21 +0000", "Nov 29, 2026 8:14:48 AM", "2026/11/24", "12:16:49.5",
	"123e4567-e89b-12d3-a456-426614174000", "0x7f021a09b230", "52:54:00:12:34:56", "fe80::1", "10.0.0.1:22", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "0c36d0f", "12.5 MB/s", "2.0s",
	"1.2.3-4ubuntu5.1", "1,234", "/home/me/a.py", `C:\Users\me\x.py`, "me@example.com", "VM web", "host web-1", "Xk3jR9pQ2mZ", "https://example.com/a", "example.com", "[web-1]", "-5", "Mon", "=====", "blk_-123",
}

// A mask is taken for nothing else, wherever it stands in a line, and as its head, where syslog might have
// written it: the words of a date were taken for a head that may be missing, and taken apart for ever.
func TestEachMaskAnywhere(t *testing.T) {
	for _, m := range masked {
		for _, line := range []string{
			"job finished at %s on this machine", "%s", "%s job finished on this machine", "%s: job finished on this machine", "celery worker[17]: job finished on this machine at %s",
			"%s celery worker[17]: job finished on this machine", "[%s] job finished on this machine", "%[17]: job finished on this machine", "job finished on this machine %s", "(%s)? job finished on this machine",
		} {
			text := strings.NewReplacer("%s", m, "%[", strings.Fields(m)[0]+"[").Replace(line)
			d, err := draft.New([]byte(text+"\n"), draft.Options{})
			if err != nil {
				assert.NotEmpty(t, err.Error(), text)
				continue
			}
			assert.NotEmpty(t, d.Rule.Title, text)
		}
	}
}
