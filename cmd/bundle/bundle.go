// Package bundle has the command bundle: all that somebody else needs to look at an issue, and nothing that is nobody's business.
package bundle

import (
	"bytes"
	"errors"
	"fmt"
	stdio "io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/save"
)

const long = `Put together what others need to look at an issue: the smallest excerpt of a log
that shows it, the versions that are installed here, and, if no rule knows it, a
draft of one. It is Markdown, on standard output. Behind it, and on standard
error, stand the addresses of the forms to send it with, filled in: that of the
project that the issue is of, and orbfilter's own.

What looks like a secret is masked, and so are the names of hosts and users,
addresses, and folders that are not the same everywhere; one name has the same in
its place each time. What an operation, a file or a program is called is not
masked: --mask TEXT masks that as well. Read it before you send it. Nothing is sent
by orbfilter.

What the issue is about is a place in a log, of which one line of a traceback is
enough; or the id of a rule, or of what no rule knows (U-…, as scan and reports
name it), with the log in which it is looked for. Without a log, the report of the
last run is looked at.`

const example = `  orbfilter bundle deploy.log:120
  orbfilter bundle deploy.log:120-127 -o bundle.md
  orbfilter bundle U-3f9c21ab deploy.log
  orbfilter bundle gevent-fork-hooks-assertion deploy.log --mask acme`

// options are what the command is told.
type options struct {
	output string
	venv   string
	mask   []string
}

// New returns the command.
func New(io cli.IO, o *cli.Loading) *cobra.Command {
	var b options
	c := &cobra.Command{
		Use: "bundle LOG:LINE[-LAST] | ISSUE [LOG]", Short: "Put together what others need to look at an issue",
		Long: long, Example: example, DisableFlagsInUseLine: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 2 {
				return cli.Usage(errors.New("bundle needs a place in a log, or an issue: orbfilter bundle deploy.log:120, or orbfilter bundle ISSUE deploy.log"))
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return cli.RuleIDs(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(c *cobra.Command, args []string) error { return b.run(c, io, o, args) },
	}
	cli.Take(c, o)
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&b.output, "output", "o", "", "write the bundle to this `FILE` instead of standard output")
	f.StringArrayVar(&b.mask, "mask", nil, "mask this `TEXT` as well, wherever it stands (repeatable)")
	f.StringVar(&b.venv, "venv", "", "the folder of the environment that pyinfra is in, `DIR`, for the versions")
	return c
}

func (b *options) run(c *cobra.Command, io cli.IO, o *cli.Loading, args []string) error {
	if err := cli.Check(c, o); err != nil {
		return err
	}
	set, bad := o.Load(io)
	found, err := find(io, set, args)
	if err != nil {
		return err
	}
	defer found.close()
	made := b.make(io, found, set)
	var text bytes.Buffer
	made.markdown(&text)
	if err := b.write(io, text.Bytes()); err != nil {
		return err
	}
	_, _ = stdio.WriteString(io.Stderr(), made.next(b.output)) // an error is kept
	return cli.Done(nil, bad)
}

// write writes the bundle where it is wanted, over nothing but another one.
func (b *options) write(io cli.IO, text []byte) error {
	if b.output == "" || b.output == "-" {
		_, err := io.StdoutData(words.AsItIs).Write(text)
		return err
	}
	if err := save.Overwrites("bundle", b.output); err != nil {
		return fmt.Errorf("--output %s: %w", b.output, err)
	}
	return save.WriteOut(b.output, func(w stdio.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// next says what to do with the bundle.
func (m *made) next(file string) string {
	var s strings.Builder
	fmt.Fprintf(&s, "orbfilter: %s\n", m.maskedWords())
	where := "what stands above"
	if file != "" && file != "-" {
		where = words.Line(file)
	}
	fmt.Fprintf(&s, "orbfilter: read %s before you send it; what operations, files and programs are called is not masked (--mask TEXT does it)\n", where)
	for _, f := range m.forms {
		fmt.Fprintf(&s, "%s:\n  %s\n", f.what, f.address)
	}
	return s.String()
}
