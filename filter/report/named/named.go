// Package named reads reports that a person names: files, those of folders, and standard input, each once.
package named

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/save"
)

// A reportFile is a report on the command line.
type reportFile struct {
	name  string      // as it was typed, or found in a folder
	info  os.FileInfo // nil: standard input
	found string      // the folder that it was found in, where there may be other JSON as well; "": it was typed
}

// Read reads reports that were named, "-" for what comes from in, for a file that is to be none of them: output; "": there is
// no such. What is not to be a report that a folder has, is passed over, which is said of it. All that is wrong is returned
// at once, since nothing comes of it if one is: then there is no report.
func Read(in *os.File, names []string, output string) (all []*report.Report, passed, errs []error) {
	files, errs := reportFiles(names)
	errs = append(errs, namedTwice(files)...)
	errs = appendError(errs, overwritten(in, files, output))
	all, passed, more := readAll(in, files, len(errs) == 0)
	if errs = append(errs, more...); len(errs) > 0 {
		return nil, passed, errs
	}
	return all, passed, nil
}

// reportFiles looks whether there is what was named, and into folders.
func reportFiles(names []string) (files []reportFile, errs []error) {
	for _, name := range names {
		if name == "-" {
			files = append(files, reportFile{name: name})
			continue
		}
		info, err := os.Stat(name)
		if err == nil && info.IsDir() {
			found, err := reportsIn(name)
			files = append(files, found...)
			errs = appendError(errs, err)
			continue
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: there is no such report: %w; write one first: orbfilter --report json=%s < LOG", name, save.Because(err), name))
			continue
		}
		files = append(files, reportFile{name: name, info: info})
	}
	return files, errs
}

func appendError(errs []error, err error) []error {
	if err == nil {
		return errs
	}
	return append(errs, err)
}

// reportsIn returns the files below a folder that end with .json, in the order
// of their names.
func reportsIn(folder string) (files []reportFile, err error) {
	err = filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".json") {
			return err
		}
		info, err := os.Stat(name)
		if err == nil {
			files = append(files, reportFile{name, info, folder})
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: there is no file in it that ends with .json", folder)
	}
	return files, err
}

// namedTwice finds files that would count twice, also by another name.
func namedTwice(files []reportFile) (errs []error) {
	for n, f := range files {
		for _, g := range files[:n] {
			same := f.info == nil && g.info == nil || f.info != nil && g.info != nil && os.SameFile(f.info, g.info)
			if same {
				errs = append(errs, fmt.Errorf("%s: it is named twice (%s), and would count twice; name it once", f.name, g.name))
				break
			}
		}
	}
	return errs
}

// overwritten finds a report that the output would be written over.
func overwritten(in *os.File, files []reportFile, output string) error {
	there, err := os.Stat(output)
	if output == "" || err != nil || !there.Mode().IsRegular() {
		return nil // a file that cannot be looked at says so when it is written
	}
	for _, f := range files {
		info := f.info
		if info == nil {
			info, _ = in.Stat()
		}
		switch {
		case info == nil || !os.SameFile(there, info):
		case f.found != "":
			return fmt.Errorf("--output %s: it is one of the reports that are added up, since it is in %s; take a name outside of it", output, f.found)
		case len(files) == 1:
			return fmt.Errorf("--output %s: it is the report that is shown, and would be lost; take another name", output)
		default:
			return fmt.Errorf("--output %s: it is one of the reports that are added up, and would be lost; take another name", output)
		}
	}
	return nil
}

// readAll reads all of them; without input, standard input is left out. Where there
// are several, live runs are called as their files are, and logs of one name are told apart by them.
func readAll(in *os.File, files []reportFile, input bool) (reports []*report.Report, passed, errs []error) {
	var names []string // of the reports
	for _, f := range files {
		if f.info == nil && !input {
			continue // what comes of it is known, and it may be a person who types
		}
		r, err := readReport(in, f)
		if f.found != "" && errors.Is(err, report.ErrNoReport) {
			passed = append(passed, fmt.Errorf("%s: %w; passed over", f.name, err))
			continue
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", f.name, err))
			continue
		}
		if len(files) > 1 {
			r.NameLogs(f.called())
		}
		reports, names = append(reports, r), append(names, f.called())
	}
	report.TellApart(reports, names)
	if len(reports)+len(errs) == 0 && input {
		errs = append(errs, errors.New("there is no report among these files"))
	}
	return reports, passed, errs
}

func (f *reportFile) called() string {
	if f.info == nil {
		return "standard input"
	}
	return filepath.ToSlash(f.name)
}

func readReport(in io.Reader, f reportFile) (*report.Report, error) {
	if f.info == nil {
		return report.Read(in)
	}
	file, err := os.Open(f.name)
	if err != nil {
		return nil, save.Because(err)
	}
	defer file.Close()
	return report.Read(file)
}
