package logs_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/logs"
)

// TestNewWriter: the name says what it is packed with, and it can be read again.
func TestNewWriter(t *testing.T) {
	for name, magic := range map[string]string{"a.log": line[:2], "a.gz.log": line[:2], "a.log.gz": "\x1f\x8b", "A.GZ": "\x1f\x8b", "x/a.zst": "\x28\xb5\x2f\xfd"} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			w, err := logs.NewWriter(&b, name)
			require.NoError(t, err)
			_, err = io.WriteString(w, line)
			require.NoError(t, err)
			require.NoError(t, w.Close())
			assert.Equal(t, magic, b.String()[:len(magic)])
			r, err := logs.NewReader(&b)
			require.NoError(t, err)
			defer r.Close()
			text, err := io.ReadAll(r)
			require.NoError(t, err)
			assert.Equal(t, line, string(text))
			assert.False(t, r.Zipped())
		})
	}
}

// TestZipped: a zip archive is read as it is, and said to be one.
func TestZipped(t *testing.T) {
	data := zipped(t, "a.txt", line)
	r, err := logs.NewReader(bytes.NewBufferString(data))
	require.NoError(t, err)
	defer r.Close()
	assert.True(t, r.Zipped())
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Equal(t, data, string(text))
}
