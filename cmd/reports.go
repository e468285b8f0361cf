package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/orbfilter/orbfilter/cmd/render"
	"github.com/orbfilter/orbfilter/filter/report"
)

// splitReport takes a value of --report apart.
func splitReport(value string) (kind *render.ReportKind, file string, err error) {
	name, file, named := strings.Cut(value, "=")
	kind = kindOf(name)
	if kind != nil && file != "" && file != "-" {
		return kind, file, nil
	}
	why := ""
	if named && (file == "" || file == "-") {
		why = "; standard output is taken by the run"
	}
	return nil, "", fmt.Errorf("--report %q: write --report KIND=FILE, where KIND is one of %s%s", value, strings.Join(render.ReportKinds(), ", "), why)
}

// kindOf returns a kind of report by its name, or by one that people call it by; nil:
// there is none.
func kindOf(name string) *render.ReportKind {
	if name == "markdown" {
		name = "md"
	}
	return render.ReportKindOf(name)
}

// reportPrefixes is what shells offer for --report.
func reportPrefixes() (out []string) {
	for _, k := range render.ReportKinds() {
		out = append(out, k+"=")
	}
	return out
}

// records reports whether somebody wants to know what the run does, operation by operation.
func (o *options) records(io IO) bool {
	return len(o.reports) > 0 || io.Getenv("GITHUB_STEP_SUMMARY") != ""
}

// tryReports finds reports that cannot be written, or are not to be, before anything
// has begun.
func (o *options) tryReports(streams IO) error {
	if err := o.wrongReports(streams); err != nil {
		return err
	}
	for _, r := range o.reports {
		_, file, err := splitReport(r)
		if err != nil {
			return err
		}
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			return fmt.Errorf("--report %s: it is a folder; name a file in it", file)
		}
		if !isPlain(file) {
			continue // who opens a pipe and closes it again has ended it
		}
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o666) // what is in it stays until there is a new one
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			return fmt.Errorf("--report %s: %w", file, because(err))
		}
	}
	return nil
}

// writeReports writes all reports that were asked for, also when one cannot be.
func (o *options) writeReports(r *report.Report) error {
	var errs []error
	for _, value := range o.reports {
		kind, file, err := splitReport(value)
		if err == nil {
			err = writeReport(file, kind, r)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// writeReport writes a report to a file, or to what has the name of one. What has come
// to be there meanwhile may be a log.
func writeReport(file string, kind *render.ReportKind, r *report.Report) error {
	if err := overwrites(kind.Name, file); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return writeOut(file, func(w io.Writer) error {
		buffer := bufio.NewWriterSize(w, 64<<10)
		if err := kind.Write(buffer, r); err != nil {
			return err
		}
		return buffer.Flush()
	})
}

// writeOut writes a file whole or not at all, so that a report that is there
// stays until there is a new one; to a pipe, a device or one of its own streams
// it just writes. The error names the file, and not what it is made by.
func writeOut(file string, write func(w io.Writer) error) error {
	if err := writeTo(file, write); err != nil {
		return fmt.Errorf("%s: %w", file, because(err))
	}
	return nil
}

func writeTo(file string, write func(w io.Writer) error) error {
	if !isPlain(file) {
		return writeInto(file, write)
	}
	made, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o666) // a new one gets the mode that the umask says
	if err != nil {
		return err
	}
	info, err := made.Stat()
	if err := errors.Join(err, made.Close()); err != nil {
		return err
	}
	target, err := filepath.EvalSymlinks(file) // a link stays one
	if err != nil {
		return err
	}
	if err = replaceBy(target, info.Mode().Perm(), write); err == nil || isFull(err) {
		return err
	}
	return writeOver(file, write) // a folder that cannot be written to, a file that is mounted
}

// isPlain reports whether a name is that of a file, or of none yet. What is below
// /dev and /proc can be a file that a stream of this very process goes to.
func isPlain(file string) bool {
	if at, err := filepath.Abs(file); err == nil && (strings.HasPrefix(at, "/dev/") || strings.HasPrefix(at, "/proc/")) {
		return strings.HasPrefix(at, "/dev/shm/")
	}
	info, err := os.Stat(file)
	return err != nil || info.Mode().IsRegular()
}

// writeInto writes to something that is there. It does not wait for somebody who
// reads a pipe: at the end of a deploy it would wait for ever.
func writeInto(file string, write func(w io.Writer) error) error {
	w, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(w), w.Close())
}

// writeOver writes to a file in place.
func writeOver(file string, write func(w io.Writer) error) error {
	w, err := os.OpenFile(file, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(w), w.Close())
}

// isFull reports whether there was no room for a file: then what is there is the
// best that can be had.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) || errors.Is(err, syscall.EIO)
}
