package environ

import (
	"crypto/md5" //nolint:gosec // PDM's choice, for a name
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// An Owner is the project that an environment was made for.
type Owner struct {
	Tool     string // uv, poetry, pdm, pipenv, hatch: what keeps the environment as its files say; empty: nothing does
	Dir      string // empty: it is not known
	Evidence string
}

// lockFiles are what shows that a tool keeps an environment.
var lockFiles = []struct{ file, tool string }{{"uv.lock", "uv"}, {"poetry.lock", "poetry"}, {"pdm.lock", "pdm"}, {"Pipfile.lock", "pipenv"}, {"Pipfile", "pipenv"}}

// hashedNames are how tools name environments that they keep away from the project: with a hash
// of its path.
var hashedNames = []struct {
	tool string
	name *lazyregexp.Regexp
	hash func(dir string) string
}{
	{"poetry", lazyregexp.New(`/pypoetry/virtualenvs/[^/]+-([\w-]{8})-py[\d.]+$`), sha256Of},
	{"hatch", lazyregexp.New(`/hatch/env/virtual/[^/]+/([\w-]{8})/[^/]+$`), sha256Of},
	{"pdm", lazyregexp.New(`/pdm/venvs/[^/]+-([\w-]{8})-[^/]+$`), md5Of},
}

func sha256Of(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return base64.URLEncoding.EncodeToString(sum[:])[:8]
}

func md5Of(dir string) string {
	sum := md5.Sum([]byte(dir)) //nolint:gosec // PDM's choice, for a name
	return base64.URLEncoding.EncodeToString(sum[:])[:8]
}

// Owner finds the project from the environment: where its .venv is, the hash in its name, what
// the tool has written into it, or the project that is installed in it; not from the working folder.
func (e *Environment) Owner() Owner {
	h, prefix := e.Host, filepath.ToSlash(e.Prefix)
	if e.locked != "" {
		return Owner{"uv", filepath.Dir(e.locked), e.locked}
	}
	for _, n := range hashedNames {
		if m := n.name.FindStringSubmatch(prefix); m != nil {
			for _, dir := range append(e.editables(), ancestors(h.Dir)...) {
				if n.hash(h.Real(dir)) == m[1] {
					return Owner{n.tool, dir, "the hash in the name of " + e.Prefix}
				}
			}
			return Owner{n.tool, "", e.Prefix}
		}
	}
	note := filepath.Join(e.Prefix, ".project") // of Pipenv and virtualenvwrapper
	if dir := strings.TrimSpace(string(h.Small(note))); e.venv != nil && filepath.IsAbs(dir) && h.IsDir(dir) {
		return e.ownedBy(dir, note)
	}
	if e.venv == nil {
		return Owner{}
	}
	dir := filepath.Dir(e.Prefix)
	switch filepath.Base(e.Prefix) {
	case ".venv":
		return e.ownedBy(dir, e.Prefix)
	case "venv", "env":
		for _, file := range []string{"pyproject.toml", "requirements.txt", "setup.py", "Pipfile"} {
			if h.Exists(dir, file) {
				return e.ownedBy(dir, e.Prefix)
			}
		}
	}
	for _, dir := range e.editables() {
		if o := e.ownedBy(dir, "the project that is installed in it"); o.Tool != "" {
			return o
		}
	}
	return Owner{}
}

// ownedBy tells which tool keeps the environment of a project, by its lock files; where there are
// several, by who installed what is there.
func (e *Environment) ownedBy(dir, evidence string) Owner {
	o := Owner{Dir: dir, Evidence: evidence}
	installer := ""
	if d := e.Dist(Program); d != nil {
		installer = strings.ToLower(d.Installer)
	}
	for _, l := range lockFiles {
		if !e.Host.Exists(dir, l.file) {
			continue
		}
		if strings.HasPrefix(installer, l.tool) {
			o.Tool = l.tool
			return o
		}
		if o.Tool == "" {
			o.Tool = l.tool
		}
	}
	return o
}

func ancestors(dir string) (dirs []string) {
	for ; ; dir = filepath.Dir(dir) {
		dirs = append(dirs, dir)
		if dir == filepath.Dir(dir) {
			return dirs
		}
	}
}

// maxEditables is more projects than anybody installs into one environment as they are.
const maxEditables = 20

// editables are the folders of projects that are installed as they are.
func (e *Environment) editables() (dirs []string) {
	for _, i := range e.Indexes {
		for _, entries := range i.names {
			for _, entry := range entries {
				var direct struct {
					URL string
					Dir struct{ Editable bool } `json:"dir_info"`
				}
				if json.Unmarshal(i.Read(entry, "direct_url.json"), &direct) == nil && direct.Dir.Editable {
					if dir := folderOf(direct.URL); dir != "" && len(dirs) < maxEditables {
						dirs = append(dirs, dir)
					}
				}
			}
		}
	}
	return dirs
}

func folderOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "file" || !filepath.IsAbs(u.Path) {
		return ""
	}
	return filepath.Clean(u.Path)
}
