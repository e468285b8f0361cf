package restore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/internal/save"
)

// save writes the original to a file that appears when it is known to be the
// one, with the permissions of the clean copy, and packed as its name says.
func (r *restoration) save(from, clean *os.File, info os.FileInfo) error {
	path, err := destination(r.output)
	if err != nil {
		return err
	}
	there, err := os.Stat(path)
	r.place = err == nil && os.SameFile(there, info)
	file, err := os.CreateTemp(filepath.Dir(path), ".restore-*")
	if err != nil {
		return r.unwritten(err)
	}
	one, err := r.pack(file, path, from, clean)
	if err == nil {
		err = r.replaces(one, there, info)
	}
	if err != nil {
		return errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	if err := put(file, path, info.Mode()); err != nil {
		return errors.Join(r.unwritten(err), os.Remove(file.Name()))
	}
	r.sayBehind(one)
	return nil
}

// replaces says why what is there must not be replaced: something would be lost. there
// is nil when nothing is there.
func (r *restoration) replaces(one audit.Result, there, clean os.FileInfo) error {
	if r.place {
		now, err := os.Stat(r.output)
		if err != nil || !os.SameFile(now, clean) || now.Size() != clean.Size() || !now.ModTime().Equal(clean.ModTime()) {
			return refusal(r.clean + " has changed while it was read, and is left as it is; restore it when nobody writes to it any more")
		}
		return nil
	}
	if there == nil || there.Size() == 0 {
		return nil
	}
	if clean.Mode().IsRegular() || one.Behind == 0 {
		return refusal(r.output + " is there already, and is left as it is; name another file, or remove it")
	}
	return refusal(fmt.Sprintf("%s: %s stand behind what was shown of this run, and %s is there already: it is not replaced, for they may be in it alone; type: %s",
		r.clean, count(one.Behind, "byte"), r.output, r.command(r.audit, r.output, "-o", r.output)))
}

// pack writes the original to a file that is to have this name.
func (r *restoration) pack(file *os.File, path string, from, clean *os.File) (audit.Result, error) {
	packed, err := logs.NewWriter(file, path)
	if err != nil {
		return audit.Result{}, r.unwritten(err)
	}
	one, err := r.write(packed, from, clean)
	if cerr := packed.Close(); cerr != nil {
		return one, r.unwritten(cerr)
	}
	return one, err
}

// put ends a file and gives it its name.
func put(file *os.File, path string, mode os.FileMode) error {
	var err error
	if mode.IsRegular() {
		err = file.Chmod(mode.Perm())
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	return err
}

// destination follows links to the file that is to be written.
func destination(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return name, nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", cli.Usage(fmt.Errorf("--output %s: it is no file; to write to it type: > %s", name, name))
	}
	return filepath.EvalSymlinks(name)
}

// unwritten is the error of what cannot be written. It does not name the file that is
// written first.
func (r *restoration) unwritten(err error) error {
	if r.output == "" {
		return fmt.Errorf("cannot write the original: %w", save.Because(err))
	}
	return fmt.Errorf("cannot write the original to %s: %w", r.output, save.Because(err))
}
