// Package site looks versions up in folders of packages, as Python's importlib.metadata does. It
// runs nobody's code.
package site

import (
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// Installed returns the version of a package in a site-packages folder, or ""
// when it is not known. It is what Python's importlib.metadata says: that of
// the metadata, whatever the folder is called. When there are two, of a broken
// upgrade, it is the first in the order of the folder that has a version.
func Installed(site, pkg string) string {
	version, _ := installed(site, pkg)
	return version
}

// InstalledSince is Installed, and since when that version is there, as far as is
// known; the zero time: it is not.
func InstalledSince(site, pkg string) (version string, since time.Time) {
	version, metadata := installed(site, pkg)
	if metadata == "" {
		return version, since
	}
	return version, whenInstalled(metadata)
}

// installed returns the version, and the file or folder that says so.
func installed(site, pkg string) (version, metadata string) {
	if Remote(site) {
		return "", ""
	}
	old := OldNames(PythonOf(site))
	key := Key(pkg, old)
	_ = host.EachEntry(site, func(e fs.DirEntry) bool { // of what cannot be read, nothing is known
		name, named, ok := MetadataName(e.Name())
		if !ok || EntryKey(name, old) != key {
			return false
		}
		path := filepath.Join(site, e.Name())
		v, silent := Version(func(name string, limit int64) []byte { return host.ReadUpTo(filepath.Join(path, name), limit) })
		if !silent {
			version, metadata = v, path
			return true
		}
		if version == "" && IsVersion(named) {
			version, metadata = named, path
		}
		return false
	})
	return version, metadata
}

// OldNames reports whether a Python, "3.9", is older than 3.10, which looks packages up in its own way.
func OldNames(python string) bool { return python == "3.8" || python == "3.9" }

// Key is the name by which importlib.metadata looks a package up: the normal one of PEP 503. Old
// Pythons do not know that - and . are the same.
func Key(name string, old bool) string {
	if old {
		return strings.ReplaceAll(strings.ToLower(name), "-", "_")
	}
	return versions.NormalName(name)
}

// EntryKey is the key that metadata are found by, from the name that their file or folder begins with.
func EntryKey(name string, old bool) string {
	if old {
		return strings.ToLower(name)
	}
	return versions.NormalName(name)
}

// Remote reports whether a path is on another machine: of Windows, and of automount, for
// which /net/NAME is the machine of that name. Paths come from what the run prints, and to
// look there would tell that machine who the user is.
func Remote(site string) bool {
	return strings.HasPrefix(strings.ReplaceAll(site, "/", `\`), `\\`) || strings.HasPrefix(filepath.ToSlash(filepath.Clean(site)), "/net/")
}

// MetadataName takes the name of a metadata file or folder apart: *.dist-info
// (PEP 376, PEP 427), or *.egg-info of setuptools and of Debian.
func MetadataName(entry string) (name, version string, ok bool) {
	ext := strings.ToLower(filepath.Ext(entry))
	if ext != ".dist-info" && ext != ".egg-info" {
		return "", "", false
	}
	name, version, _ = strings.Cut(entry[:len(entry)-len(ext)], "-")
	version, _, _ = strings.Cut(version, "-") // -py3.12
	return name, version, true
}

// versionText is what a version consists of. What is in a folder is not to be
// trusted: a version is shown on terminals.
var versionText = lazyregexp.New(`^[0-9A-Za-z][0-9A-Za-z.+!_-]{0,99}$`)

// IsVersion reports whether a text may be shown as a version.
func IsVersion(text string) bool { return versionText.MatchString(text) }

// A Reader reads the beginning of one of the files of metadata, by its name in their folder, or of
// the file that they are instead (""); nil: there is none.
type Reader func(name string, limit int64) []byte

// Metadata reads the fields of the first of the files that Python takes for metadata and that is not
// empty. whole: all of them were read, or the version, which mostly is among the first, is there.
func Metadata(read Reader) (fields map[string][]string, whole bool) {
	for _, name := range []string{"METADATA", "PKG-INFO", ""} {
		for _, limit := range []int64{host.MaxSmall, host.MaxText} {
			data := read(name, limit)
			if len(data) == 0 {
				break
			}
			fields, whole = header(data)
			if whole = whole || int64(len(data)) < limit || len(fields["version"]) > 0; whole || limit == host.MaxText {
				return fields, whole
			}
		}
	}
	return nil, true
}

// Version returns the version that metadata name. silent: they name none, so that the name of their
// folder has to do. It has not where they name something that is no version, or where their
// beginning, which is all that is read, does not say: then the version is not known.
func Version(read Reader) (version string, silent bool) {
	fields, whole := Metadata(read)
	said := fields["version"]
	switch {
	case len(said) == 0 || said[0] == "":
		return "", whole
	case IsVersion(said[0]):
		return said[0], false
	}
	return "", false
}

var siteInPrefix = lazyregexp.New(`[/\\](?:lib|lib64|Lib)[/\\](?:(?:python|pypy)(\d+(?:\.\d+t?)?)?[/\\])?(?:site|dist)-packages[/\\]?$`)

// Prefix returns the folder of the environment that a site-packages folder
// belongs to: that of the virtual environment, or Python's own.
func Prefix(site string) string { return siteInPrefix.ReplaceAllString(site, "") }

// PythonOf returns the version of Python that a site-packages folder is named by, "3.12", or "".
func PythonOf(site string) string {
	if m := siteInPrefix.FindStringSubmatch(site); m != nil {
		return m[1]
	}
	return ""
}
