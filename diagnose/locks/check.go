package locks

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/orbfilter/orbfilter/diagnose/host"
)

// Errors of files that are damaged: of what is left of one, nothing is said.
var (
	errNoText = errors.New("it is no text")
	errNoTOML = errors.New("it is no TOML")
	errNoJSON = errors.New("it is no JSON object")
	errEmpty  = errors.New("it is empty, and a lock file is not")
	errLong   = fmt.Errorf("it is longer than %d MB", host.MaxText>>20)
)

// check returns an error for a file that is damaged.
func check(name string, data []byte, lock bool) error {
	switch {
	case int64(len(data)) >= host.MaxText:
		return errLong
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		return errNoText
	case lock && len(bytes.TrimSpace(data)) == 0:
		return errEmpty
	case path.Base(filepath.ToSlash(name)) == "Pipfile.lock" || lock && bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")):
		var object map[string]json.RawMessage
		if json.Unmarshal(data, &object) != nil {
			return errNoJSON
		}
	case lock || strings.HasSuffix(name, ".toml") || path.Base(filepath.ToSlash(name)) == "Pipfile":
		return checkTOML(data)
	}
	return nil
}

// checkTOML says in which line a file ceases to be TOML.
func checkTOML(data []byte) error {
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
	}
	if p.Error() == nil {
		return nil
	}
	var all map[string]any
	if at, ok := errors.AsType[*toml.DecodeError](toml.Unmarshal(data, &all)); ok {
		row, _ := at.Position()
		return fmt.Errorf("%w (line %d)", errNoTOML, row)
	}
	return errNoTOML
}

// decode makes UTF-8 of UTF-16 with a byte order mark, which Windows PowerShell writes (pip freeze > requirements.txt),
// and which pip reads.
func decode(data []byte) []byte {
	for mark, order := range map[string]binary.ByteOrder{"\xff\xfe": binary.LittleEndian, "\xfe\xff": binary.BigEndian} {
		if rest, ok := bytes.CutPrefix(data, []byte(mark)); ok && len(rest)%2 == 0 {
			units := make([]uint16, len(rest)/2)
			for i := range units {
				units[i] = order.Uint16(rest[2*i:])
			}
			return []byte(string(utf16.Decode(units)))
		}
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
}

// anew are the commands that write lock files.
var anew = map[string]string{"uv.lock": "uv lock", "poetry.lock": "poetry lock", "pdm.lock": "pdm lock", "Pipfile.lock": "pipenv lock"}

// Again says what to type about a file that cannot be judged.
func Again(name string, err error) string {
	command := anew[path.Base(filepath.ToSlash(name))]
	switch {
	case errors.Is(err, ErrUnknown):
		return "type: orbfilter doctor --lock FILE, with a lock file (uv.lock, poetry.lock, pdm.lock, pylock.toml, Pipfile.lock), requirements.txt or environment.yml"
	case command != "" && !errors.Is(err, errLong) && (errors.Is(err, errNoText) || errors.Is(err, errNoTOML) || errors.Is(err, errNoJSON) || errors.Is(err, errEmpty)):
		return "write it anew; type: " + command
	case errors.Is(err, errNoText), errors.Is(err, errNoTOML), errors.Is(err, errNoJSON), errors.Is(err, errEmpty):
		return "write it anew with what has written it"
	}
	return "type: orbfilter doctor --lock FILE, with the path of a file that is there and can be read"
}
