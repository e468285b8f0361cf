// Package restore has the command restore.
package restore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/filter/audit/original"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/internal/save"
)

const restoreLong = `Give the original back, byte for byte: CLEAN is what orbfilter has shown of a
run or left of a log, and AUDIT what it has folded, written by --audit. CLEAN
is standard input when it is left out, and may be packed with gzip or zstd.

The SHA-256 of both texts is compared. A CLEAN that does not begin with what was
shown is refused before anything is written; when it comes through a pipe, that is
known at the end only. What it has behind that, as a summary or later lines, is left
out, which is said. With --output there is the original or no file at all; in the
place of CLEAN, what stands behind is kept behind. It is packed when the name ends in
.gz or .zst. Of a log in a zip archive CLEAN is what unzip -p A.ZIP LOG writes.

The exit code is 1 when something is wrong with AUDIT or CLEAN, and when the audit
has no end since the run was killed: then standard output is the beginning of the
original, as far as it is known, and with --output nothing is written.`

const restoreExample = `  orbfilter --audit run.orb < deploy.log > clean.log
  orbfilter restore run.orb clean.log > original.log
  orbfilter restore --check run.orb clean.log
  orbfilter restore -o deploy.log run.orb deploy.log`

// stdinName is what standard input is called.
const stdinName = "standard input"

// A restoration is what restore was told.
type restoration struct {
	io     cli.IO
	audit  string
	clean  string
	output string
	stream string
	check  bool

	beside string // the path of the audit; empty: it came through a pipe
	place  bool   // output is CLEAN
	name   string // of the log, by its audit
	zipped bool   // CLEAN is an archive, which no clean copy is
}

// New returns the command.
func New(std cli.IO) *cobra.Command {
	r := &restoration{io: std}
	c := &cobra.Command{
		Use:   "restore [flags] AUDIT [CLEAN]",
		Short: "Give the original of a filtered run or log back, byte for byte",
		Long:  restoreLong, Example: restoreExample, DisableFlagsInUseLine: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 2 {
				return cli.Usage(errors.New("restore needs an audit, and what was left; type: orbfilter restore run.orb clean.log > original.log"))
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
	c.Flags().StringVarP(&r.output, "output", "o", "", "write the original to this `FILE`, whole or not at all, packed if it ends in .gz or .zst; it may be CLEAN itself")
	c.Flags().StringVar(&r.stream, "stream", "", "of a run with two streams, restore this `STREAM`: stdout, stderr")
	c.Flags().BoolVar(&r.check, "check", false, "write nothing; say whether the audit, and CLEAN if it is named, are whole")
	_ = c.RegisterFlagCompletionFunc("stream", cobra.FixedCompletions([]string{"stdout", "stderr"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (r *restoration) run() error {
	if r.audit == "-" && (r.clean == "-" || r.clean == "" && !r.check) {
		return cli.Usage(errors.New("AUDIT and CLEAN cannot both be standard input; name one of them"))
	}
	from, err := cli.NewFile(r.io.In, r.audit, "audit")
	if err != nil {
		return err
	}
	defer from.Remove()
	r.audit = from.Name
	if !from.Temp {
		r.beside = from.Path
	}
	file, err := os.Open(from.Path)
	if err != nil {
		return fmt.Errorf("cannot read the audit %s: %w", r.audit, save.Because(err))
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
		return r.openNamed()
	}
	if term.IsTerminal(int(r.io.In.Fd())) {
		return nil, cli.Usage(fmt.Errorf("restore needs what was left, too; type: orbfilter restore %s clean.log", words.ShellWord(r.audit)))
	}
	r.clean = stdinName
	return r.io.In, nil
}

func (r *restoration) openNamed() (*os.File, error) {
	info, err := os.Stat(r.clean)
	switch {
	case err != nil:
		return nil, cli.Usage(fmt.Errorf("cannot read the clean copy %s: %w", r.clean, save.Because(err)))
	case info.IsDir():
		return nil, cli.Usage(fmt.Errorf("%s is a folder; name the clean copy in it", r.clean))
	}
	f, err := os.Open(r.clean)
	if err != nil {
		return nil, fmt.Errorf("cannot read the clean copy %s: %w", r.clean, save.Because(err))
	}
	return f, nil
}

// checkAudit reads the audit alone.
func (r *restoration) checkAudit(file *os.File) error {
	all, err := audit.Check(file)
	if err != nil {
		return err
	}
	var cut []audit.Result
	for _, one := range all {
		if one.Complete {
			r.sayWhole(r.audit, one)
		} else {
			cut = append(cut, one)
		}
	}
	if len(cut) > 0 {
		return &original.CutOff{Streams: cut}
	}
	return nil
}

// restore writes the original to where it is to go, or says whether it could.
func (r *restoration) restore(from, clean *os.File) error {
	o, err := original.New(from, clean, original.Options{Clean: r.clean, Output: r.output, Stream: r.stream, Beside: r.beside, Keep: r.keep})
	if err != nil {
		return err
	}
	defer o.Close()
	one, err := r.restored(o)
	r.place, r.name, r.zipped = o.Place, o.Name, o.Zipped
	switch {
	case err != nil:
		return err
	case r.check:
		r.sayWhole(r.audit+" and "+r.clean, one)
	default:
		r.sayBehind(one)
	}
	return nil
}

func (r *restoration) restored(o *original.Restoration) (audit.Result, error) {
	switch {
	case r.check:
		return o.Whole()
	case r.output == "":
		return o.Write(wrap.Writer{File: r.io.Out})
	}
	path, err := destination(r.output)
	if err != nil {
		return audit.Result{}, err
	}
	return o.Save(path)
}

// keep keeps CLEAN, which comes through a pipe.
func (r *restoration) keep(clean io.Reader) (path string, remove func(), err error) {
	kept, err := cli.Spool(clean, r.clean)
	if err != nil {
		return "", nil, err
	}
	return kept.Path, kept.Remove, nil
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
