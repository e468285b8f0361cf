//go:build unix

package catalog_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// otelRecords reads what the file exporter has written: the lines that are left, and those of them that have an issue.
func otelRecords(t *testing.T, text string) (seen, tagged map[string]bool) {
	seen, tagged = map[string]bool{}, map[string]bool{}
	for d := json.NewDecoder(strings.NewReader(text)); ; {
		var batch struct {
			ResourceLogs []struct {
				ScopeLogs []struct {
					LogRecords []struct {
						Body       struct{ StringValue string }
						Attributes []struct{ Key string }
					}
				}
			}
		}
		err := d.Decode(&batch)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return seen, tagged
		}
		require.NoError(t, err)
		for _, r := range batch.ResourceLogs {
			for _, s := range r.ScopeLogs {
				for _, l := range s.LogRecords {
					seen[l.Body.StringValue] = true
					for _, a := range l.Attributes {
						tagged[l.Body.StringValue] = tagged[l.Body.StringValue] || a.Key == "orbfilter.issue"
					}
				}
			}
		}
	}
}
