package site

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/diagnose/host"
)

// unpackers are what INSTALLER names that unpacks packages with the times of their
// build. The others write the files anew: of pip all, of uv RECORD and INSTALLER, while
// METADATA may be a link to its cache and older.
var unpackers = []string{"conda", "rpm", "debian"}

// whenInstalled returns since when a package is there, by the files of its metadata:
// the newest counts. The time of a file that a system's package manager has unpacked
// is that of its build, so that the file system must know when it has come; the zero
// time: it does not.
func whenInstalled(metadata string) (since time.Time) {
	unpacked := isUnpacked(metadata)
	for _, file := range metadataFiles(metadata) {
		when := file.ModTime()
		if unpacked {
			if when = arrived(file); when.IsZero() {
				return when
			}
		}
		if when.After(since) {
			since = when
		}
	}
	return since
}

// isUnpacked reports whether the times of the files are those of their build. Debian's
// packages have a folder of their own, and mostly no INSTALLER.
func isUnpacked(metadata string) bool {
	by := strings.TrimSpace(string(host.ReadSmall(filepath.Join(metadata, "INSTALLER"))))
	return slices.Contains(unpackers, by) || by == "" && filepath.Base(filepath.Dir(metadata)) == "dist-packages"
}

// metadataFiles are the files of a metadata folder, or the file that it is instead. A
// folder without files stands for itself.
func metadataFiles(metadata string) (files []fs.FileInfo) {
	for _, name := range []string{"METADATA", "PKG-INFO", "RECORD", "INSTALLER"} {
		if info, err := os.Stat(filepath.Join(metadata, name)); err == nil && info.Mode().IsRegular() {
			files = append(files, info)
		}
	}
	if info, err := os.Stat(metadata); err == nil && len(files) == 0 {
		files = append(files, info)
	}
	return files
}
