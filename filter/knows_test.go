package filter_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// set makes a set of rules of an id and a match each.
func set(t *testing.T, matches ...[2]string) *rules.Set {
	t.Helper()
	s := rules.NewSet()
	for _, m := range matches {
		r, err := rules.Parse(m[0]+".yaml", []byte("id: "+m[0]+"\ntitle: T\nseverity: error\nmatch: "+m[1]+"\nsamples: [{text: x}]\n"))
		require.NoError(t, err, m[0])
		require.NoError(t, s.Add(r))
	}
	return s
}

// issues are what a filter finds in a text, and in which line each begins.
func issues(t *testing.T, s *rules.Set, o filter.Options, text string) map[string]int {
	t.Helper()
	f := filter.New(s, silent{}, o)
	_, err := f.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	found := map[string]int{}
	for _, i := range f.Summary().Issues {
		found[i.Rule.ID] = i.FirstLine
	}
	return found
}

type silent struct{}

func (silent) Event(filter.Event) error { return nil }

// Of several rules that a line is of, the one that knows most takes it, in whatever order they come.
func TestTheRuleThatKnowsMostTakesALine(t *testing.T) {
	all, some, one := [2]string{"all", "{line: '^--> (?:pyinfra|Operation) error: '}"}, [2]string{"some", "{line: '^--> pyinfra error: No such '}"}, [2]string{"one", "{line: '^--> pyinfra error: No such module: \\S'}"}
	for _, order := range [][][2]string{{all, some, one}, {one, some, all}, {some, all, one}} {
		s := set(t, order...)
		for text, want := range map[string]string{"--> Operation error: x": "all", "--> pyinfra error: x": "all", "--> pyinfra error: No such host: x": "some", "--> pyinfra error: No such module: x": "one"} {
			assert.Equal(t, map[string]int{want: 1}, issues(t, s, filter.Options{}, text+"\n"), text)
		}
	}
}

// The user's rule takes the line, however little it knows.
func TestALaterLayerTakesALine(t *testing.T) {
	builtin := rules.Layer{Name: rules.LayerBuiltin, Set: set(t, [2]string{"a", "{line: '^--> pyinfra error: No such module: \\S'}"})}
	user := rules.Layer{Name: rules.LayerUser, Set: set(t, [2]string{"z", "{line: 'error'}"})}
	assert.Equal(t, map[string]int{"z": 1}, issues(t, rules.Layers{builtin, user}.Set(), filter.Options{}, "--> pyinfra error: No such module: x\n"))
}

// A block that does not come gives the line that it began with to a rule for lines; one that comes keeps it.
func TestARuleForLinesYieldsToABlock(t *testing.T) {
	s := set(t, [2]string{"line", "{line: 'command failed: '}"}, [2]string{"block", "{block: ['.*command failed: docker .*', 'docker: no daemon']}"})
	assert.Equal(t, map[string]int{"block": 2}, issues(t, s, filter.Options{}, "a\ncommand failed: docker run\ndocker: no daemon\n"))
	assert.Equal(t, map[string]int{"line": 2}, issues(t, s, filter.Options{}, "a\ncommand failed: docker run\ndocker: no room\n"))
	assert.Equal(t, map[string]int{"line": 2}, issues(t, s, filter.Options{}, "a\ncommand failed: podman run\ndocker: no daemon\n"))
}

// What two blocks wait for ends both: the rule that was opened within the other knows more.
func TestABlockYieldsToOneWithinIt(t *testing.T) {
	s := set(t, [2]string{"outer", `{block: ['File "bin".*', '\w+Error: .*']}`}, [2]string{"inner", `{block: ['File "lib".*', 'TypeError: .*']}`})
	const text = "  File \"bin\", line 1\n  File \"lib\", line 2\n%s: x\nOtherError: y\n"
	assert.Equal(t, map[string]int{"inner": 2}, issues(t, s, filter.Options{}, "  File \"bin\", line 1\n  File \"lib\", line 2\nTypeError: x\nOtherError: y\n"), text)
	assert.Equal(t, map[string]int{"outer": 1}, issues(t, s, filter.Options{}, "  File \"bin\", line 1\n  File \"lib\", line 2\nValueError: x\n"), text)
}

// A name in a block holds for the rule that has it, where several begin with the same line.
func TestNamesOfOneOfSeveralBlocks(t *testing.T) {
	s := set(t, [2]string{"a", "{block: ['failed: .*', 'no room']}"}, [2]string{"b", `{block: ['failed: (?<program>\w+) .*', 'sh: (?<program>\w+): not found']}`})
	assert.Equal(t, map[string]int{"b": 1}, issues(t, s, filter.Options{}, "failed: docker run\nsh: docker: not found\n"))
	assert.Empty(t, issues(t, s, filter.Options{}, "failed: docker run\nsh: tput: not found\n"))
}

const site = "/srv/venv/lib/python3.12/site-packages"

// The folder is found in any line of the block, in any traceback of the writer, and in brackets.
func TestTheFolderIsFoundWhereItStands(t *testing.T) {
	const frame = `  File "` + site + `/gevent/threading.py", line 398, in f` + "\n"
	block := `{block: ['File "[^"]*gevent[^"]*", line \d+, in \w+', 'KeyError: .*']}`
	for name, c := range map[string]struct{ match, text string }{
		"in a block":               {block, frame + "KeyError: 1\n"},
		"coloured":                 {block, "  File \x1b[35m\"" + site + "/gevent/threading.py\"\x1b[0m, line \x1b[35m398\x1b[0m, in \x1b[35mf\x1b[0m\nKeyError: 1\n"},
		"in brackets":              {"{line: 'cannot import name'}", "ImportError: cannot import name 'x' from 'gevent' (" + site + "/gevent/__init__.py)\n"},
		"of a traceback before it": {"{line: 'callback failed'}", "Traceback (most recent call last):\n" + frame + "KeyError: 1\ncallback failed\n"},
	} {
		r, err := rules.Parse("r.yaml", []byte("id: r\ntitle: T\nseverity: error\nmatch: "+c.match+"\naffected: [{package: {ecosystem: PyPI, name: gevent}, ranges: [{events: [{introduced: \"25.5.1\"}, {fixed: \"25.8.1\"}]}]}]\nsamples: [{text: x}]\n"))
		require.NoError(t, err)
		f := filter.New(rules.NewSet(r), silent{}, filter.Options{Installed: func(at, _ string) (string, time.Time) {
			return map[string]string{site: "25.5.1"}[at], time.Time{}
		}})
		_, err = f.Write([]byte(c.text))
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Len(t, f.Summary().Issues, 1, name)
		assert.Equal(t, []filter.Installation{{Site: site, Package: "gevent", Version: "25.5.1", Affected: true}}, f.Summary().Issues[0].Installed.List(), name)
	}
}

// What another line names is not believed where the version there has not got the issue: another program printed it.
func TestTheFolderOfAnotherProgram(t *testing.T) {
	r, err := rules.Parse("r.yaml", []byte("id: r\ntitle: T\nseverity: noise\nmatch: {line: 'callback failed'}\naffected: [{package: {ecosystem: PyPI, name: gevent}, ranges: [{events: [{introduced: \"0\"}, {fixed: \"24.2.1\"}]}]}]\nsamples: [{text: x}]\n"))
	require.NoError(t, err)
	f := filter.New(rules.NewSet(r), silent{}, filter.Options{Installed: func(string, string) (string, time.Time) { return "25.5.1", time.Time{} }})
	_, err = f.Write([]byte("Traceback (most recent call last):\n  File \"" + site + "/gevent/threading.py\", line 398, in f\nKeyError: 1\ncallback failed\n"))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	assert.Zero(t, f.Summary().Issues[0].Unfolded)
	assert.Equal(t, []filter.Installation{{Package: "gevent", Affected: true}}, f.Summary().Issues[0].Installed.List())
}
