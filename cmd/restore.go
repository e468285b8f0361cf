package cmd

import (
	"bufio"
	"errors"
	"fmt"
	stdio "io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/audit"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/logs"
)

const restoreLong = `Give the original back, byte for byte: CLEAN is what orbfilter has shown of a
run or left of a log, and AUDIT what it has folded, written by --audit. CLEAN
is standard input when it is left out, and may be packed with gzip or zstd.

The SHA-256 of both texts is compared. A CLEAN that is not the one is refused
before anything is written; when it comes through a pipe, that is known at
the end only. With --output there is the original or no file at all.

The exit code is 1 when something is wrong with AUDIT or CLEAN, and when the
audit has no end since the run was killed: what there is, is restored.`

const restoreExample = `  orbfilter --audit run.orb < deploy.log > clean.log
  orbfilter restore run.orb clean.log > original.log
  orbfilter restore --check run.orb clean.log
  orbfilter restore -o deploy.log run.orb deploy.log`

// A restoration is what restore was told.
type restoration struct {
	io     IO
	audit  string
	clean  string
	output string
	stream string
	check  bool
}

func newRestore(io IO) *cobra.Command {
	r := &restoration{io: io}
	c := &cobra.Command{
		Use:   "restore [flags] AUDIT [CLEAN]",
		Short: "Give the original of a filtered run or log back, byte for byte",
		Long:  restoreLong, Example: restoreExample, DisableFlagsInUseLine: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 2 {
				return usageError{errors.New("restore needs an audit, and what was left; type: orbfilter restore run.orb clean.log > original.log")}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			r.audit = args[0]
			if len(args) == 2 {
				r.clean = args[1]
			}
			return r.run()
		},
	}
	c.Flags().StringVarP(&r.output, "output", "o", "", "write the original to this `file`, whole or not at all; it may be CLEAN itself")
	c.Flags().StringVar(&r.stream, "stream", "", "of a run with two streams, restore this `one`: stdout, stderr")
	c.Flags().BoolVar(&r.check, "check", false, "write nothing; say whether the audit, and CLEAN if it is named, are whole")
	_ = c.RegisterFlagCompletionFunc("stream", cobra.FixedCompletions([]string{"stdout", "stderr"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (r *restoration) run() error {
	if r.audit == "-" && (r.clean == "-" || r.clean == "" && !r.check) {
		return usageError{errors.New("AUDIT and CLEAN cannot both be standard input; name one of them")}
	}
	from, err := newLogFile(r.io.In, r.audit)
	if err != nil {
		return err
	}
	defer from.remove()
	r.audit = from.name
	file, err := os.Open(from.path)
	if err != nil {
		return err
	}
	defer file.Close()
	if r.check && r.clean == "" {
		return r.judge(r.checkAudit(file))
	}
	clean, err := r.openClean()
	if err != nil {
		return err
	}
	defer clean.Close()
	return r.judge(r.restore(file, clean))
}

// openClean opens what is to be completed.
func (r *restoration) openClean() (*os.File, error) {
	if r.clean != "" && r.clean != "-" {
		f, err := os.Open(r.clean)
		if err != nil {
			return nil, usageError{fmt.Errorf("cannot read the clean copy: %w", err)}
		}
		return f, nil
	}
	if term.IsTerminal(int(r.io.In.Fd())) {
		return nil, usageError{fmt.Errorf("restore needs what was left, too; type: orbfilter restore %s clean.log", r.audit)}
	}
	r.clean = "standard input"
	return r.io.In, nil
}

// judge turns what is wrong into what is said, and an exit code.
func (r *restoration) judge(err error) error {
	var flaw *audit.Flaw
	switch {
	case errors.Is(err, audit.ErrStream):
		return usageError{fmt.Errorf("%w; write --stream NAME", err)}
	case !errors.As(err, &flaw):
		return err
	case flaw.Clean:
		fmt.Fprintf(r.io.Err, "orbfilter: %s does not belong to %s: %v\n", r.clean, r.audit, flaw)
	default:
		fmt.Fprintf(r.io.Err, "orbfilter: %s: %v\n", r.audit, flaw)
	}
	return exitCode(exitFound)
}

// checkAudit reads the audit alone.
func (r *restoration) checkAudit(file *os.File) error {
	all, err := audit.Check(file)
	if err != nil {
		return err
	}
	complete := true
	for _, one := range all {
		complete = complete && one.Complete
		if one.Complete {
			r.sayWhole(r.audit, one)
		}
	}
	if !complete {
		return errIncomplete
	}
	return nil
}

var errIncomplete = &audit.Flaw{What: "it has no end: the run was killed, or the disk was full. What there is of the original can be restored"}

func (r *restoration) sayWhole(what string, one audit.Result) {
	of := ""
	if one.Stream != "" {
		of = " (" + one.Stream + ")"
	}
	fmt.Fprintf(r.io.Out, "%s%s: whole; %d stretches with %d of %d bytes were folded, the original has SHA-256 %s\n",
		what, of, one.Spans, one.Folded, one.Input.Bytes, one.Input.SHA256)
}

// restore writes the original to where it is to go. Nothing is written before
// all was compared, where that can be read twice, or is put in place at the end.
func (r *restoration) restore(from, clean *os.File) error {
	info, err := clean.Stat()
	if err != nil {
		return err
	}
	switch whole := info.Mode().IsRegular(); {
	case r.check:
		return r.compare(from, clean)
	case r.output != "":
		return r.save(from, clean, info.Mode())
	case whole:
		err = r.rehearse(from, clean)
	default:
		_, err = audit.Check(from)
	}
	if err == nil {
		_, err = from.Seek(0, stdio.SeekStart)
	}
	if err != nil {
		return err
	}
	return r.write(wrap.Writer{File: r.io.Out}, from, clean)
}

// rehearse restores to nowhere.
func (r *restoration) rehearse(from, clean *os.File) error {
	at, err := clean.Seek(0, stdio.SeekCurrent)
	if err != nil {
		return err
	}
	if err := r.write(stdio.Discard, from, clean); err != nil && !errors.Is(err, errIncomplete) {
		return err
	}
	_, err = clean.Seek(at, stdio.SeekStart)
	return err
}

// compare says whether audit and clean copy are whole, and belong together.
func (r *restoration) compare(from, clean *os.File) error {
	one, err := r.merge(stdio.Discard, from, clean)
	if err == nil {
		r.sayWhole(r.audit+" and "+r.clean, one)
	}
	return err
}

// write restores to w.
func (r *restoration) write(w stdio.Writer, from, clean *os.File) error {
	to := bufio.NewWriterSize(w, 256<<10)
	_, err := r.merge(to, from, clean)
	if ferr := to.Flush(); ferr != nil {
		return fmt.Errorf("cannot write the original: %w", ferr)
	}
	return err
}

// merge puts audit and clean copy together. That the audit has no end is an error.
func (r *restoration) merge(w stdio.Writer, from, clean *os.File) (audit.Result, error) {
	text, err := logs.NewReader(clean)
	if err != nil {
		return audit.Result{}, fmt.Errorf("cannot read the clean copy: %w", err)
	}
	defer text.Close()
	one, err := audit.Restore(w, from, text, r.stream)
	if err == nil && !one.Complete {
		err = errIncomplete
	}
	return one, err
}

// save writes the original to a file that appears when it is known to be the
// one, with the permissions of the clean copy.
func (r *restoration) save(from, clean *os.File, mode os.FileMode) error {
	path, err := destination(r.output)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".restore-*")
	if err != nil {
		return fmt.Errorf("cannot write the original: %w", err)
	}
	incomplete := r.write(file, from, clean)
	if incomplete != nil && !errors.Is(incomplete, errIncomplete) {
		return errors.Join(incomplete, file.Close(), os.Remove(file.Name()))
	}
	if err := put(file, path, mode); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return incomplete
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
		return "", usageError{fmt.Errorf("--output %s: it is no file; to write to it type: > %s", name, name)}
	}
	return filepath.EvalSymlinks(name)
}
