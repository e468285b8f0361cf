package jsonlist_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/jsonlist"
)

type inner struct {
	Name string   `json:"name"`
	Ops  []string `json:"ops"`
}

type outer struct {
	Title string `json:"title"`
	Of    []int  `json:"of"`
	Run   inner  `json:"run"`
	Logs  []any  `json:"logs"`
}

// What is written is what package json writes of the whole.
func TestWrite(t *testing.T) {
	for _, n := range []int{0, 1, 2, 100} {
		whole := outer{Title: "\n  \"of\": [", Of: []int{}, Run: inner{Name: "<&>", Ops: []string{}}, Logs: []any{}}
		for i := range n {
			whole.Of, whole.Run.Ops, whole.Logs = append(whole.Of, i), append(whole.Run.Ops, "a\n\"b"), append(whole.Logs, inner{Name: "x", Ops: []string{}}, nil)
		}
		frame := outer{whole.Title, []int{}, inner{whole.Run.Name, []string{}}, []any{}}
		var got, all bytes.Buffer
		require.NoError(t, jsonlist.Write(&got, &frame,
			jsonlist.List{Name: "of", Depth: 1, Len: n, At: func(i int) any { return whole.Of[i] }},
			jsonlist.List{Name: "ops", Depth: 2, Len: n, At: func(i int) any { return whole.Run.Ops[i] }},
			jsonlist.List{Name: "logs", Depth: 1, Len: 2 * n, At: func(i int) any { return whole.Logs[i] }},
		))
		enc := json.NewEncoder(&all)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		require.NoError(t, enc.Encode(&whole))
		assert.Equal(t, all.String(), got.String())

		got.Reset()
		all.Reset()
		require.NoError(t, jsonlist.Write(&got, []int{}, jsonlist.List{Len: n, At: func(i int) any { return whole.Of[i] }}))
		require.NoError(t, enc.Encode(whole.Of))
		assert.Equal(t, all.String(), got.String())
	}
}

// What cannot be written, or be told, is an error.
func TestWriteFails(t *testing.T) {
	many := jsonlist.List{Len: 10_000, At: func(int) any { return strings.Repeat("x", 100) }}
	assert.Error(t, jsonlist.Write(broken{}, []int{}, many))
	assert.Error(t, jsonlist.Write(io.Discard, func() {}))
	assert.Error(t, jsonlist.Write(io.Discard, []int{}, jsonlist.List{Len: 1, At: func(int) any { return func() {} }}))
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no") }
