package excerpt

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/filter/logs"
)

// Open is cli.NewLogFile for a log that may be in an archive, and is called as scan
// calls it then: "a.zip/deploy/1_Run.txt".
func Open(in *os.File, name string) (*cli.LogFile, error) {
	archive, member := name, ""
	if _, err := os.Stat(name); err != nil {
		if archive, member = archiveOf(name); archive == "" {
			return cli.NewLogFile(in, name)
		}
	}
	source, err := openArchive(archive)
	if source == nil || err != nil {
		return cli.NewLogFile(in, name) // which says what is wrong
	}
	defer source.Close()
	names := make([]string, 0, len(source.Logs))
	for _, l := range source.Logs {
		if l.Name == filepath.ToSlash(name) {
			return unpacked(l)
		}
		names = append(names, l.Name)
	}
	switch first := strings.Join(names[:min(1, len(names))], ""); {
	case first == "":
		return nil, cli.Usage(fmt.Errorf("there is no log in %s; name another", archive))
	case member == "":
		return nil, cli.Usage(fmt.Errorf("%s is a zip archive; name a log in it: %s", archive, first))
	default:
		return nil, cli.Usage(fmt.Errorf("%s has no log called %s; it has %s", archive, member, first))
	}
}

// archiveOf cuts a name where a file ends that is there; empty: none is.
func archiveOf(name string) (archive, member string) {
	for i, c := range name {
		if i == 0 || c != '/' && c != filepath.Separator {
			continue
		}
		if info, err := os.Stat(name[:i]); err != nil {
			break
		} else if info.Mode().IsRegular() {
			return name[:i], name[i+1:]
		}
	}
	return "", ""
}

// openArchive opens an archive; nil: it is none.
func openArchive(path string) (*logs.Source, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, err
	}
	source, err := (&logs.File{Name: filepath.ToSlash(path), Path: path, Info: info}).Open(nil)
	if err == nil && source.Kind != logs.Zip {
		source.Close()
		return nil, nil
	}
	return source, err
}

// unpacked is a copy of a log, which can be read more than once.
func unpacked(l *logs.Log) (*cli.LogFile, error) {
	r, err := l.Open()
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", l.Name, err)
	}
	defer r.Close()
	return cli.Spool(r, l.Name)
}
