package restore

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/filter/audit/original"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// judge turns what is wrong into what is said, and an exit code.
func (r *restoration) judge(err error) error {
	var flaw *audit.Flaw
	var cut *original.CutOff
	var no *original.Refusal
	said := ""
	switch {
	case errors.Is(err, audit.ErrStream):
		return cli.Usage(fmt.Errorf("%w; write --stream NAME", err))
	case errors.As(err, &no):
		said = r.refused(no)
	case errors.As(err, &cut):
		said = r.audit + ": " + cut.Error() + r.unknown(cut)
	case !errors.As(err, &flaw):
		return err
	case flaw.Clean && r.zipped:
		said = fmt.Sprintf("%s is a zip archive, and the log is in it; type: %s", r.clean, printable.Line(r.unzip()))
	case flaw.Clean:
		said = fmt.Sprintf("%s does not belong to %s: %v", r.clean, r.audit, flaw)
	default:
		said = fmt.Sprintf("%s: %v", r.audit, flaw)
	}
	fmt.Fprintf(r.io.Stderr(), "orbfilter: %s\n", said)
	return cli.ExitCode(cli.ExitFound)
}

// refused says why nothing is restored, and what to do instead.
func (r *restoration) refused(no *original.Refusal) string {
	switch no.Why {
	case original.Changed:
		return r.clean + " has changed while it was read, and is left as it is; restore it when nobody writes to it any more"
	case original.Exists:
		return r.output + " is there already, and is left as it is; name another file, or remove it"
	case original.MayBeAlone:
		return fmt.Sprintf("%s: %s stand behind what was shown of this run, and %s is there already: it is not replaced, for they may be in it alone; type: %s",
			r.clean, count(no.Behind, "byte"), r.output, r.command(r.audit, r.output, "-o", r.output))
	}
	said := r.clean + " does not belong to " + r.audit + " alone: it was cleaned again since; type first: "
	if r.clean == stdinName {
		return said + r.command(no.Audit, "CLEAN")
	}
	return said + r.command(no.Audit, r.clean, "-o", r.clean)
}

// unknown says what has become of that which is not known.
func (r *restoration) unknown(c *original.CutOff) string {
	one := c.Streams[0]
	switch {
	case r.check:
		return ""
	case r.output != "" && (r.clean == stdinName || r.beside == ""):
		return ". No file is written; to see what is known, leave --output out"
	case r.output != "":
		return ". No file is written; to see what is known: " + r.command(r.audit, r.clean)
	case one.Behind == 0:
		return ""
	}
	said := fmt.Sprintf(". Of %s, %s behind its byte %d %s left out, for something between them may have been folded", r.clean, count(one.Behind, "byte"), one.Shown, are(one.Behind))
	if r.clean != stdinName && c.Size == one.Shown+one.Behind { // else it is packed
		said += "; to see them: " + printable.Line(shell.Command{"tail", "-c", fmt.Sprintf("+%d", one.Shown+1), r.clean}.String())
	}
	return said
}

// command is what restores CLEAN with an audit.
func (r *restoration) command(from, clean string, flags ...string) string {
	c := append(shell.Command{"orbfilter", "restore"}, flags...)
	if r.stream != "" {
		c = append(c, "--stream", r.stream)
	}
	return printable.Line(append(c, from, clean).String())
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
	return shell.Command{"unzip", "-p", archive, member}.String() + " | " + shell.Command{"orbfilter", "restore", r.audit}.String()
}

// unzipPattern makes of a name what unzip takes for it: to unzip, names are patterns
// (https://infozip.sourceforge.net/mans/unzip.html, "Arguments").
func unzipPattern() *strings.Replacer {
	return strings.NewReplacer("[", `\[`, "*", `\*`, "?", `\?`)
}

// sayWhole says what an audit has of a stream, and clean behind it.
func (r *restoration) sayWhole(what string, one audit.Result) {
	of, more := "", ""
	if one.Stream != "" {
		of = " (" + one.Stream + ")"
	}
	were := "were"
	if one.Spans == 1 {
		were = "was"
	}
	if one.Behind > 0 {
		more = fmt.Sprintf("; of %s %s behind it %s not of this run", r.clean, count(one.Behind, "byte"), are(one.Behind))
	}
	fmt.Fprintf(r.io.Stdout(), "%s%s: whole; %s with %d of %d bytes %s folded, the original has SHA-256 %s%s\n",
		what, of, count(int64(one.Spans), "stretch"), one.Folded, one.Input.Bytes, were, one.Input.SHA256, more)
}

// sayBehind says what was done with what CLEAN has behind that which was shown.
func (r *restoration) sayBehind(one audit.Result) {
	if one.Behind == 0 {
		return
	}
	done := "left out"
	if r.place {
		done = "kept behind the original"
	}
	stand := "stand"
	if one.Behind == 1 {
		stand = "stands"
	}
	fmt.Fprintf(r.io.Stderr(), "orbfilter: %s: %s %s behind what was shown of this run, and %s %s\n", r.clean, count(one.Behind, "byte"), stand, are(one.Behind), done)
}

// count writes a number of things.
func count(n int64, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "ch"):
		what += "e"
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func are(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
