package wrap

import (
	"io"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A stubborn reader has nothing for so many reads, as a file that somebody has made
// non-blocking; then it has a text.
type stubborn struct {
	times int
	text  string
}

func (r *stubborn) Read(p []byte) (int, error) {
	switch {
	case r.times > 0:
		r.times--
		return 0, syscall.EAGAIN
	case r.text == "":
		return 0, io.EOF
	}
	n := copy(p, r.text)
	r.text = r.text[n:]
	return n, nil
}

// A deploy may say nothing for hours: that is no reason to read no further.
func TestSourceOfASilentNonBlockingFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSource(&stubborn{1_000_000, "late"}, nil) // times 5 ms, of a clock that is not the machine's
		go s.read()
		assert.Equal(t, "late", string((<-s.full).bytes))
		_, more := <-s.full
		require.False(t, more)
		require.NoError(t, s.err)
	})
}
