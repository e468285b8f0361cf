package environ

import (
	"archive/zip"
	"encoding/json"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/site"
)

// A Dist is an installed package.
type Dist struct {
	Name      string // as it was asked for
	Version   string // empty: the metadata do not say
	Path      string // of the metadata
	Site      string
	Installer string // pip, uv, conda, debian; may be empty
	Editable  bool

	Fields map[string][]string // of the metadata
}

// An Index is what a folder with packages holds.
type Index struct {
	Site   string
	host   *host.Host
	zip    map[string]*zip.File // the folder is in a zip file
	loaded map[string][]byte    // of it, by name
	names  map[string][]string  // entries with metadata, by the key that Python looks for
	old    bool                 // Python is older than 3.10, see site.Key
	Rest   []string             // names that pip gives what it did not finish to remove
	Err    error                // it could not be listed whole

	found sync.Map // of func() *Dist, by name: checks ask side by side, and one that hangs holds no other
}

// index lists what Python searches: a folder, or a zip file (zipped eggs).
func (e *Environment) index(folder string) *Index {
	h := e.Host
	i := &Index{Site: folder, host: h, names: map[string][]string{}, old: site.OldNames(e.Minor)}
	if !h.IsDir(folder) {
		if z, done, err := archive(h, folder); err == nil && z != nil {
			defer done()
			i = e.zipIndex(folder, z, "")
			i.load()
			return i
		}
	}
	entries, err := h.Files.ReadDir(folder)
	i.Err = err
	for _, e := range entries {
		i.add(e.Name())
	}
	for _, e := range entries {
		i.addEgg(e.Name())
	}
	return i
}

// addEgg adds the metadata of an egg, where the folder or the zip file is one: it is named by that.
func (i *Index) addEgg(entry string) {
	egg, ok := strings.CutSuffix(strings.ToLower(filepath.Base(i.Site)), ".egg")
	if ok && strings.EqualFold(entry, "EGG-INFO") {
		name, _, _ := strings.Cut(egg, "-")
		key := site.EntryKey(name, i.old)
		i.names[key] = append(i.names[key], entry)
	}
}

// Packed reports whether the folder is in a zip file.
func (i *Index) Packed() bool { return i.zip != nil }

func (i *Index) add(entry string) {
	if strings.HasPrefix(entry, "~") {
		i.Rest = append(i.Rest, entry)
		return
	}
	if name, _, ok := site.MetadataName(entry); ok && name != "" {
		key := site.EntryKey(name, i.old)
		i.names[key] = append(i.names[key], entry)
	}
}

// zipIndex lists one of the folders of a zip file.
func (e *Environment) zipIndex(file string, z *zip.Reader, dir string) *Index {
	i := &Index{Site: filepath.Join(file, filepath.FromSlash(dir)), host: e.Host, names: map[string][]string{}, zip: map[string]*zip.File{}, old: site.OldNames(e.Minor)}
	for _, f := range z.File {
		rest, ok := strings.CutPrefix(f.Name, dir)
		entry, name, nested := strings.Cut(rest, "/")
		if _, _, is := site.MetadataName(entry); !ok || !nested || !is && !strings.EqualFold(entry, "EGG-INFO") || strings.Contains(name, "/") {
			continue
		}
		i.zip[path.Join(entry, name)] = f
		if name == "METADATA" || name == "PKG-INFO" {
			i.add(entry)
			i.addEgg(entry)
		}
	}
	return i
}

// Read reads the beginning of a file below the folder.
func (i *Index) Read(elem ...string) []byte {
	return i.readUpTo(path.Join(elem...), host.MaxSmall)
}

func (i *Index) readUpTo(name string, limit int64) []byte {
	if i.zip != nil {
		return i.loaded[name]
	}
	data, _ := i.host.Read(filepath.Join(i.Site, name), limit)
	return data
}

// Find returns a package, or nil, and looks for it once.
func (i *Index) Find(name string) *Dist {
	once, _ := i.found.LoadOrStore(name, sync.OnceValue(func() *Dist { return i.search(name) }))
	return once.(func() *Dist)()
}

// search looks a package up. When there are two, of a broken upgrade, it is
// the first that has metadata, as for Python.
func (i *Index) search(name string) *Dist {
	var named *Dist
	for _, entry := range i.names[site.Key(name, i.old)] {
		d := i.dist(name, entry)
		if len(d.Fields) > 0 {
			return d
		}
		if named == nil || named.Version == "" {
			named = d
		}
	}
	return named
}

func (i *Index) dist(name, entry string) *Dist {
	d := &Dist{Name: name, Path: filepath.Join(i.Site, entry), Site: i.Site, Installer: strings.TrimSpace(string(i.Read(entry, "INSTALLER")))}
	if !site.IsVersion(d.Installer) {
		d.Installer = ""
	}
	read := func(file string, limit int64) []byte { return i.readUpTo(path.Join(entry, file), limit) }
	d.Fields, _ = site.Metadata(read)
	silent := false
	if d.Version, silent = site.Version(read); silent {
		if _, version, _ := site.MetadataName(entry); site.IsVersion(version) {
			d.Version = version
		}
	}
	var url struct {
		Dir struct {
			Editable bool `json:"editable"`
		} `json:"dir_info"`
	}
	_ = json.Unmarshal(i.Read(entry, "direct_url.json"), &url) // PEP 610
	d.Editable = url.Dir.Editable
	return d
}

// Copies are the packages that have more than one set of metadata, sorted.
func (i *Index) Copies() (out [][]*Dist) {
	for name, entries := range i.names {
		if len(entries) < 2 {
			continue
		}
		var two []*Dist
		for _, entry := range slices.Sorted(slices.Values(entries)) {
			two = append(two, i.dist(i.named(entry, name), entry))
		}
		out = append(out, two)
	}
	slices.SortFunc(out, func(a, b []*Dist) int { return strings.Compare(a[0].Path, b[0].Path) })
	return out
}

// named is the name of a package as its metadata are called by.
func (i *Index) named(entry, name string) string {
	if n, _, ok := site.MetadataName(entry); ok {
		return n
	}
	return name
}

// Hollow are the entries without metadata: what an interrupted pip leaves.
func (i *Index) Hollow() (out []string) {
	for _, entries := range i.names {
		for _, entry := range entries {
			if strings.HasSuffix(strings.ToLower(entry), ".dist-info") && len(i.Read(entry, "METADATA")) == 0 {
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
func (i *Index) load() {
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

func (i *Index) unzip(name string) []byte {
	r, err := i.zip[name].Open()
	if err != nil {
		return nil
	}
	defer func() { _ = r.Close() }()
	data, _ := io.ReadAll(io.LimitReader(r, host.MaxSmall)) // of a broken one, what there is
	return data
}
