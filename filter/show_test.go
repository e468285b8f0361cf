package filter_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
)

// What a sink does not let be folded is shown in its place, and counts as shown.
func TestSinkRefusesToFold(t *testing.T) {
	data := []byte("a\n" + block + "b\n" + block + "c\n" + block[:len(block)-1])
	for allowed := range 4 {
		for _, size := range []int{1, 100, len(data)} {
			var shown []byte
			folds := 0
			f := filter.New(filtertest.Builtin(), filter.SinkFunc(func(e filter.Event) error {
				if e.Fold && folds >= allowed*len(block) {
					return fmt.Errorf("no room: %w", filter.ErrShow)
				}
				if e.Fold {
					folds += len(e.Raw)
				} else {
					shown = append(shown, e.Raw...)
				}
				return nil
			}), filter.Options{})
			for rest := data; len(rest) > 0; rest = rest[min(size, len(rest)):] {
				_, err := f.Write(rest[:min(size, len(rest))])
				require.NoError(t, err)
			}
			require.NoError(t, f.Close())
			s := f.Summary()
			assert.Equal(t, int64(len(data)), s.Input.Bytes)
			assert.Equal(t, int64(len(shown)), s.Output.Bytes)
			assert.Equal(t, s.Input.Bytes, s.Output.Bytes+s.Folded.Bytes)
			assert.Equal(t, s.Input.Lines, s.Output.Lines+s.Folded.Lines)
			assert.Equal(t, int64(3*8), s.Issues[0].Lines, "shown or not")
			assert.Equal(t, 3, s.Issues[0].Count, "it was there all the same")
			if allowed == 0 {
				assert.Equal(t, string(data), string(shown))
			}
		}
	}
}

// Whatever a stage has forgotten leaves at the end.
func TestNothingWaitsForEver(t *testing.T) {
	var out []byte
	f := filter.New(filtertest.Builtin(), filter.SinkFunc(func(e filter.Event) error { out = append(out, e.Raw...); return nil }), filter.Options{})
	f.Stick("stuck\n")
	_, _ = f.Write([]byte("a\nb"))
	assert.Empty(t, out)
	require.NoError(t, f.Close())
	assert.Equal(t, "stuck\na\nb", string(out))
}

// A keeper keeps what it is told until it is flushed.
type keeper struct{ kept, out []byte }

func (k *keeper) Event(e filter.Event) error { k.kept = append(k.kept, e.Raw...); return nil }

func (k *keeper) Flush() { k.out, k.kept = append(k.out, k.kept...), nil }

// A sink that keeps what it has is flushed behind each call, whoever has made the filter.
func TestSinkIsFlushed(t *testing.T) {
	k := &keeper{}
	f := filter.New(filtertest.Builtin(), k, filter.Options{})
	_, _ = f.Write([]byte("a\nprompt: "))
	assert.Equal(t, "a\n", string(k.out))
	require.NoError(t, f.Flush())
	assert.Equal(t, "a\nprompt: ", string(k.out))
	_, _ = f.Write([]byte("yes\n" + head))
	assert.Equal(t, "a\nprompt: yes\n", string(k.out))
	require.NoError(t, f.Tick(time.Time{}))
	require.NoError(t, f.Close())
	assert.Equal(t, "a\nprompt: yes\n"+head, string(k.out))
}
