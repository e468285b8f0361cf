package logs

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// An archive is a zip archive that is open. GitHub's hold a file for each step and
// one for each job (https://docs.github.com/en/rest/actions/workflow-runs#download-workflow-run-logs).
type archive struct {
	*zip.Reader
	copied string          // a copy of what came through a pipe; empty: there is none
	kept   map[string]bool // names, with those of folders
	bad    []*Failure
}

func (a *archive) close() {
	if a.copied != "" {
		_ = os.Remove(a.copied)
	}
}

// maxDirectory is how many bytes of the list of its members an archive may have.
const maxDirectory = 16 << 20

// budget reads an archive, and its list of members to maxDirectory only.
type budget struct {
	file  *os.File
	count func(n int)
	left  int64 // negative: there is no limit any more
}

var errDirectory = fmt.Errorf("it lists more files than fit in %d MiB, which no archive of logs does", maxDirectory>>20)

func (b *budget) ReadAt(p []byte, at int64) (int, error) {
	n, err := b.file.ReadAt(p, at)
	b.count(n)
	if b.left >= 0 {
		if b.left -= int64(n); b.left < 0 {
			return n, errDirectory
		}
	}
	return n, err
}

// openArchive reads the list of an archive's members.
func (s *Source) openArchive(count func(n int)) error {
	s.zip = &archive{}
	if !s.File.Regular() {
		if err := s.spool(); err != nil {
			return err
		}
		count = func(int) {} // it was counted when it came
	}
	info, err := s.file.Stat()
	if err != nil {
		return plainError(err)
	}
	from := &budget{file: s.file, count: count, left: maxDirectory}
	s.zip.Reader, err = zip.NewReader(from, info.Size())
	switch {
	case errors.Is(err, errDirectory):
		return err
	case errors.Is(err, zip.ErrInsecurePath): // each name is looked at
	case err != nil:
		return damagedArchive(err)
	}
	from.left = -1
	return s.members(info.Size())
}

// spool copies an archive that comes through a pipe: it is read from its end.
func (s *Source) spool() error {
	w, err := os.CreateTemp("", "orbfilter-zip-*")
	if err != nil {
		return err
	}
	s.zip.copied = w.Name()
	if s.File.In == nil {
		s.file.Close()
	}
	_, err = io.Copy(w, s.in)
	s.file = w
	return err
}

func damagedArchive(err error) error {
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("it is a zip archive that is cut off or damaged: it has no list of its files at its end")
	}
	return damaged(Zip, err)
}

// members finds the logs. What is none is left out, and said why.
func (s *Source) members(size int64) error {
	packed := uint64(0)
	for _, f := range s.zip.File {
		if packed += f.CompressedSize64; packed > uint64(size) {
			return errors.New("it is a zip archive whose files overlap, which is how one is made that never ends; it is not read")
		}
	}
	s.zip.kept = map[string]bool{}
	for _, f := range s.zip.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		name := s.File.Name + "/" + strings.ToValidUTF8(f.Name, "\uFFFD")
		if err := s.zip.wrong(f); err != nil {
			s.zip.bad = append(s.zip.bad, &Failure{name, err})
			continue
		}
		s.zip.kept[f.Name] = true
		l := &Log{Name: name, Size: int64(f.CompressedSize64), source: s, member: f} // no more than the archive has
		if f.Modified.Year() > 1980 {                                                // GitHub writes none
			l.Time = f.Modified
		}
		s.Logs = append(s.Logs, l)
	}
	s.zip.repeats(s.Logs)
	return nil
}

// wrong says why a member is not read.
func (a *archive) wrong(f *zip.File) error {
	const encrypted = 1 << 0
	switch {
	case f.Flags&encrypted != 0:
		return errors.New("it is encrypted; unpack the archive first")
	case strings.ContainsAny(f.Name, "\\\x00") || !filepath.IsLocal(filepath.FromSlash(f.Name)):
		return errors.New("its name leads out of the archive")
	case a.kept[f.Name]:
		return errors.New("the archive has another file of this name, which is read")
	case !f.Mode().IsRegular():
		return errors.New("it is a link or a device, and no file")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fmt.Errorf("it is packed with method %d of zip, and only 0 and 8 are read; unpack the archive first", f.Method)
	}
	return nil
}

var (
	wholeJob = lazyregexp.New(`^-?\d+_(.+)\.txt$`)
	oneStep  = lazyregexp.New(`^(.+)/\d+_[^/]*\.txt$`)
)

// repeats marks the logs of whole jobs whose steps are there as well. In archives
// of some runs the steps are missing (https://github.com/cli/cli/pull/10740).
func (a *archive) repeats(all []*Log) {
	steps := map[string]bool{}
	for _, l := range all {
		if m := oneStep.FindStringSubmatch(l.member.Name); m != nil {
			steps[m[1]] = true
		}
	}
	for _, l := range all {
		if m := wholeJob.FindStringSubmatch(l.member.Name); m != nil && !strings.Contains(m[1], "/") {
			l.Repeats = steps[m[1]]
		}
	}
}

// Bad are the members of an archive that are not read.
func (s *Source) Bad() []*Failure {
	if s.zip == nil {
		return nil
	}
	return s.zip.bad
}
