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
	normal := versions.NormalName(pkg)
	_ = host.EachEntry(site, func(e fs.DirEntry) bool { // of what cannot be read, nothing is known
		name, named, ok := MetadataName(e.Name())
		if !ok || versions.NormalName(name) != normal {
			return false
		}
		path := filepath.Join(site, e.Name())
		if v := metadataVersion(path); v != "" {
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

// metadataVersion reads the version of a metadata file or folder.
func metadataVersion(path string) string {
	for _, name := range []string{"METADATA", "PKG-INFO", ""} {
		if v := Header(host.ReadSmall(filepath.Join(path, name)))["version"]; len(v) > 0 && IsVersion(v[0]) {
			return v[0]
		}
	}
	return ""
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
