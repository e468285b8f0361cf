package original

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/internal/save"
)

// Save writes the original to a file that appears when it is known to be the
// one, with the permissions of the clean copy, and packed as its name says. path is where Output leads, which may be CLEAN
// itself: then what stands behind what was shown is kept behind. The error is as that of Whole, or of writing.
func (r *Restoration) Save(path string) (audit.Result, error) {
	there, err := os.Stat(path)
	r.Place = err == nil && os.SameFile(there, r.info)
	file, err := os.CreateTemp(filepath.Dir(path), ".restore-*")
	if err != nil {
		return audit.Result{}, r.unwritten(err)
	}
	one, err := r.pack(file, path)
	if err == nil {
		err = r.replaces(one, there)
	}
	if err != nil {
		return one, errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	if err := put(file, path, r.info.Mode()); err != nil {
		return one, errors.Join(r.unwritten(err), os.Remove(file.Name()))
	}
	return one, nil
}

// replaces says why what is there must not be replaced: something would be lost. there
// is nil when nothing is there.
func (r *Restoration) replaces(one audit.Result, there os.FileInfo) error {
	if r.Place {
		now, err := os.Stat(r.Output)
		if err != nil || !os.SameFile(now, r.info) || now.Size() != r.info.Size() || !now.ModTime().Equal(r.info.ModTime()) {
			return &Refusal{Why: Changed}
		}
		return nil
	}
	if there == nil || there.Size() == 0 {
		return nil
	}
	if r.info.Mode().IsRegular() || one.Behind == 0 {
		return &Refusal{Why: Exists}
	}
	return &Refusal{Why: MayBeAlone, Behind: one.Behind}
}

// pack writes the original to a file that is to have this name.
func (r *Restoration) pack(file *os.File, path string) (audit.Result, error) {
	packed, err := logs.NewWriter(file, path)
	if err != nil {
		return audit.Result{}, r.unwritten(err)
	}
	one, err := r.write(packed)
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

// unwritten is the error of what cannot be written. It does not name the file that is
// written first.
func (r *Restoration) unwritten(err error) error {
	if r.Output == "" {
		return fmt.Errorf("cannot write the original: %w", save.Because(err))
	}
	return fmt.Errorf("cannot write the original to %s: %w", r.Output, save.Because(err))
}
