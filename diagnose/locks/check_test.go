package locks_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/locks"
)

// TestDamaged: of a lock file that is cut off, or in which something else was written, nothing is said; it is an error,
// with what to do about it.
func TestDamaged(t *testing.T) {
	for _, name := range []string{"uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "Pipfile", "pyproject.toml"} {
		text := files[name].text
		for what, damaged := range map[string]string{
			"cut off": text[:strings.Index(text, "25.5.1")+2], "merged": "<<<<<<< HEAD\n" + text + "=======\n", "no text": "\x00\xff" + text, "with a zero": text + "\x00", "no UTF-8": text + "\xff",
		} {
			m := diagnosetest.NewMachine(t, map[string]string{"work/" + name: damaged})
			f, err := locks.Read(m.Host, name)
			require.Error(t, err, "%s, %s: %v", name, what, f)
			assert.NotErrorIs(t, err, locks.ErrNothing, "%s, %s", name, what)
			assert.Regexp(t, `type: |anew`, locks.Again(name, err))
		}
	}
	for _, name := range []string{"uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock"} {
		_, err := locks.Parse(name, []byte(" \n"))
		assert.ErrorContains(t, err, "empty", name)
	}
	_, err := locks.Parse("uv.lock", []byte("version = 1\n")) // a project without packages
	assert.NoError(t, err)
}

// TestUTF16: a list that Windows PowerShell has written says what it says in UTF-8, as for pip.
func TestUTF16(t *testing.T) {
	text := "pyinfra==3.10.0\r\ngevent==25.5.1\r\n"
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		data := order.AppendUint16(nil, 0xfeff)
		for _, unit := range utf16.Encode([]rune(text)) {
			data = order.AppendUint16(data, unit)
		}
		m := diagnosetest.NewMachine(t, map[string]string{"work/requirements.txt": string(data)})
		f, err := locks.Read(m.Host, "requirements.txt")
		require.NoError(t, err)
		require.Len(t, f.Pins, 2)
		assert.Len(t, locks.In(m.Host, m.Dir), 2)
		f2, err := locks.Parse("-", data)
		require.NoError(t, err)
		assert.Len(t, f2.Pins, 2)
		assert.Equal(t, "gevent==25.5.1 at 2", f.Pins[1].Text+" at "+string(rune('0'+f.Pins[1].Line)))
	}
}
