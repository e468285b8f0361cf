package cmd

import (
	"bufio"
	"errors"
	"fmt"
	stdio "io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/audit"
	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/logs"
)

const restoreLong = `Give the original back, byte for byte: CLEAN is what orbfilter has shown of a
run or left of a log, and AUDIT what it has folded, written by --audit. CLEAN
is standard input when it is left out, and may be packed with gzip or zstd.

The SHA-256 of both texts is compared. A CLEAN that is not the one is refused
before anything is written; when it comes through a pipe, that is known at
the end only. With --output there is the original or no file at all; it is packed
when the name ends in .gz or .zst. Of a log in a zip archive CLEAN is what
unzip -p A.ZIP LOG writes.

The exit code is 1 when something is wrong with AUDIT or CLEAN, and when the
audit has no end since the run was killed: what there is, is restored.`

const restoreExample = `  orbfilter --audit run.orb < deploy.log > clean.log
  orbfilter restore run.orb clean.log > original.log
  orbfilter restore --check run.orb clean.log
  orbfilter restore -o deploy.log run.orb deploy.log`

// stdinName is what standard input is called.
const stdinName = "standard input"

// A restoration is what restore was told.
type restoration struct {
	io     IO
	audit  string
	clean  string
	output string
	stream string
	check  bool

	name   string // of the log, by its audit
	zipped bool   // CLEAN is an archive, which no clean copy is
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
	c.Flags().StringVarP(&r.output, "output", "o", "", "write the original to this `file`, whole or not at all, packed if it ends in .gz or .zst; it may be CLEAN itself")
	c.Flags().StringVar(&r.stream, "stream", "", "of a run with two streams, restore this `one`: stdout, stderr")
	c.Flags().BoolVar(&r.check, "check", false, "write nothing; say whether the audit, and CLEAN if it is named, are whole")
	_ = c.RegisterFlagCompletionFunc("stream", cobra.FixedCompletions([]string{"stdout", "stderr"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (r *restoration) run() error {
	if r.audit == "-" && (r.clean == "-" || r.clean == "" && !r.check) {
		return usageError{errors.New("AUDIT and CLEAN cannot both be standard input; name one of them")}
	}
	from, err := newFile(r.io.In, r.audit, "audit")
	if err != nil {
		return err
	}
	defer from.remove()
	r.audit = from.name
	file, err := os.Open(from.path)
	if err != nil {
		return fmt.Errorf("cannot read the audit %s: %w", r.audit, because(err))
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
		return nil, usageError{fmt.Errorf("restore needs what was left, too; type: orbfilter restore %s clean.log", r.audit)}
	}
	r.clean = stdinName
	return r.io.In, nil
}

func (r *restoration) openNamed() (*os.File, error) {
	info, err := os.Stat(r.clean)
	switch {
	case err != nil:
		return nil, usageError{fmt.Errorf("cannot read the clean copy %s: %w", r.clean, because(err))}
	case info.IsDir():
		return nil, usageError{fmt.Errorf("%s is a folder; name the clean copy in it", r.clean)}
	}
	f, err := os.Open(r.clean)
	if err != nil {
		return nil, fmt.Errorf("cannot read the clean copy %s: %w", r.clean, because(err))
	}
	return f, nil
}

// judge turns what is wrong into what is said, and an exit code.
func (r *restoration) judge(err error) error {
	var flaw *audit.Flaw
	switch {
	case errors.Is(err, audit.ErrStream):
		return usageError{fmt.Errorf("%w; write --stream NAME", err)}
	case !errors.As(err, &flaw):
		return err
	case flaw.Clean && r.zipped:
		fmt.Fprintf(r.io.Err, "orbfilter: %s is a zip archive, and the log is in it; type: %s\n", r.clean, printable(r.unzip()))
	case flaw.Clean:
		fmt.Fprintf(r.io.Err, "orbfilter: %s does not belong to %s: %v\n", r.clean, r.audit, flaw)
	default:
		fmt.Fprintf(r.io.Err, "orbfilter: %s: %v\n", r.audit, flaw)
	}
	return exitCode(exitFound)
}

// unzip is the command that takes the log out of its archive and restores it. By the
// name that scan has given the log, it is known where in there it is.
func (r *restoration) unzip() string {
	archive, member := r.clean, "LOG"
	if archive == stdinName {
		archive = "ZIP"
	}
	if _, name, ok := strings.Cut(r.name, filepath.Base(archive)+"/"); ok {
		member = unzipPattern().Replace(name)
	}
	return diagnose.Command{"unzip", "-p", archive, member}.String() + " | " + diagnose.Command{"orbfilter", "restore", r.audit}.String()
}

// unzipPattern makes of a name what unzip takes for it: to unzip, names are patterns
// (https://infozip.sourceforge.net/mans/unzip.html, "Arguments").
func unzipPattern() *strings.Replacer {
	return strings.NewReplacer("[", `\[`, "*", `\*`, "?", `\?`)
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
	stretches, were := fmt.Sprintf("%d stretches", one.Spans), "were"
	if one.Spans == 1 {
		stretches, were = "1 stretch", "was"
	}
	fmt.Fprintf(r.io.Out, "%s%s: whole; %s with %d of %d bytes %s folded, the original has SHA-256 %s\n",
		what, of, stretches, one.Folded, one.Input.Bytes, were, one.Input.SHA256)
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
		return r.unwritten(ferr)
	}
	return err
}

// merge puts audit and clean copy together. That the audit has no end is an error.
func (r *restoration) merge(w stdio.Writer, from, clean *os.File) (audit.Result, error) {
	text, err := logs.NewReader(clean)
	if err != nil {
		return audit.Result{}, fmt.Errorf("cannot read the clean copy %s: %w", r.clean, err)
	}
	defer text.Close()
	r.zipped = text.Zipped()
	one, err := audit.Restore(w, from, text, r.stream)
	r.name = one.Name
	if err == nil && !one.Complete {
		err = errIncomplete
	}
	return one, err
}
