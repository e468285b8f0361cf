package diagnose

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/orbfilter/orbfilter/rules"
)

// A Dist is an installed package.
type Dist struct {
	Name      string // as it was asked for
	Version   string // empty: the metadata do not say
	Path      string // of the metadata
	Site      string
	Installer string // pip, uv, conda, debian; may be empty
	Editable  bool

	fields map[string][]string // of the metadata
}

// An index is what a folder with packages holds.
type index struct {
	site   string
	host   *Host
	zip    map[string]*zip.File // the folder is in a zip file
	loaded map[string][]byte    // of it, by name
	names  map[string][]string  // entries with metadata, by the normal name
	rest   []string             // names that pip gives what it did not finish to remove
	err    error

	found sync.Map // of func() *Dist, by name: checks ask side by side, and one that hangs holds no other
}

func (h *Host) index(site string) *index {
	i := &index{site: site, host: h, names: map[string][]string{}}
	entries, err := h.Files.ReadDir(site)
	i.err = err
	for _, e := range entries {
		i.add(e.Name())
	}
	return i
}

func (i *index) add(entry string) {
	if strings.HasPrefix(entry, "~") {
		i.rest = append(i.rest, entry)
		return
	}
	if name, _, ok := metadataName(entry); ok && name != "" {
		key := rules.NormalName(name)
		i.names[key] = append(i.names[key], entry)
	}
}

// zipIndex lists one of the folders of a zip file.
func (h *Host) zipIndex(file string, z *zip.Reader, dir string) *index {
	i := &index{site: filepath.Join(file, filepath.FromSlash(dir)), host: h, names: map[string][]string{}, zip: map[string]*zip.File{}}
	for _, f := range z.File {
		rest, ok := strings.CutPrefix(f.Name, dir)
		entry, name, nested := strings.Cut(rest, "/")
		if _, _, is := metadataName(entry); !ok || !nested || !is || strings.Contains(name, "/") {
			continue
		}
		i.zip[path.Join(entry, name)] = f
		if name == "METADATA" || name == "PKG-INFO" {
			i.add(entry)
		}
	}
	return i
}

// read reads the beginning of a file below the folder.
func (i *index) read(elem ...string) []byte {
	if i.zip == nil {
		return i.host.small(append([]string{i.site}, elem...)...)
	}
	return i.loaded[path.Join(elem...)]
}

// find returns a package, or nil, and looks for it once.
func (i *index) find(name string) *Dist {
	once, _ := i.found.LoadOrStore(name, sync.OnceValue(func() *Dist { return i.search(name) }))
	return once.(func() *Dist)()
}

// search looks a package up. When there are two, of a broken upgrade, it is
// the first that has a version, as for Python.
func (i *index) search(name string) *Dist {
	var named *Dist
	for _, entry := range i.names[rules.NormalName(name)] {
		d := i.dist(name, entry)
		if d.Version != "" && len(d.fields) > 0 {
			return d
		}
		if named == nil || named.Version == "" {
			named = d
		}
	}
	return named
}

func (i *index) dist(name, entry string) *Dist {
	d := &Dist{Name: name, Path: filepath.Join(i.site, entry), Site: i.site, Installer: strings.TrimSpace(string(i.read(entry, "INSTALLER")))}
	if !versionText.MatchString(d.Installer) {
		d.Installer = ""
	}
	for _, file := range []string{"METADATA", "PKG-INFO", ""} {
		if d.fields = header(i.read(entry, file)); len(d.fields["version"]) > 0 && versionText.MatchString(d.fields["version"][0]) {
			d.Version = d.fields["version"][0]
			break
		}
		d.fields = nil
	}
	if _, version, _ := metadataName(entry); d.Version == "" && versionText.MatchString(version) {
		d.Version = version
	}
	var url struct {
		Dir struct {
			Editable bool `json:"editable"`
		} `json:"dir_info"`
	}
	_ = json.Unmarshal(i.read(entry, "direct_url.json"), &url) // PEP 610
	d.Editable = url.Dir.Editable
	return d
}

// header reads the fields of metadata, by their names in lower case; the
// description, behind the first empty line, is none.
func header(data []byte) map[string][]string {
	fields := map[string][]string{}
	for line := range bytes.Lines(data) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if name, value, ok := strings.Cut(string(line), ":"); ok && name != "" && !strings.ContainsAny(name, " \t") {
			name = strings.ToLower(name)
			fields[name] = append(fields[name], strings.TrimSpace(value))
		}
	}
	return fields
}

// copies are the entries of packages that have more than one, sorted.
func (i *index) copies() (out [][]string) {
	for _, entries := range i.names {
		if len(entries) > 1 {
			out = append(out, slices.Sorted(slices.Values(entries)))
		}
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

// hollow are the entries without metadata: what an interrupted pip leaves.
func (i *index) hollow() (out []string) {
	for _, entries := range i.names {
		for _, entry := range entries {
			if strings.HasSuffix(strings.ToLower(entry), ".dist-info") && len(i.read(entry, "METADATA")) == 0 {
				out = append(out, entry)
			}
		}
	}
	slices.Sort(out)
	return out
}

// maxLoaded is more files than anybody's zipapp has packages for.
const maxLoaded = 2000

// load reads the metadata of a zip file while it is open.
func (i *index) load() {
	i.loaded = map[string][]byte{}
	for name := range i.zip {
		switch path.Base(name) {
		case "METADATA", "PKG-INFO", "INSTALLER", "entry_points.txt", "direct_url.json":
			if len(i.loaded) < maxLoaded {
				i.loaded[name] = i.unzip(name)
			}
		}
	}
}

func (i *index) unzip(name string) []byte {
	r, err := i.zip[name].Open()
	if err != nil {
		return nil
	}
	defer func() { _ = r.Close() }()
	data, _ := io.ReadAll(io.LimitReader(r, maxSmall)) // of a broken one, what there is
	return data
}
