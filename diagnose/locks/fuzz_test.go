package locks

import "testing"

// FuzzLocks: whatever files say, reading them ends, and breaks nothing.
func FuzzLocks(f *testing.F) {
	for _, s := range []string{
		"[tool.poetry.dependencies]\ngevent = \"^0.0\"\nx = {version = \"~25\"}\n", "[project]\ndependencies=[\"gevent~=25.5\", {a='b'}]", "[[package]]\nname='gevent'\nversion='25.5.1'\n",
		"gevent[x] == 25.5.1 ; a --hash=1 # b\n", "^", "~", "~.", "{\"default\": {\"gevent\": {\"version\": \"==25.5.1\"}}}", "dependencies:\n  - gevent=25.5.1=py\n", "  gevent==1\n", "[packages]\ngevent = \"*\"\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		for _, k := range kinds {
			for _, p := range k.read(data) {
				_, _ = p.Holds("25.5.1", "25.8.1"), p.Version()
			}
		}
		_, _ = Parse("-", data)
		_ = poetrySpec(string(data))
	})
}
