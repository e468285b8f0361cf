// Package doctor has the command doctor.
package doctor

import (
	"bufio"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/diagnosis"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/rules"
)

const doctorLong = `Find the Python that pyinfra really runs in, say what is wrong with it, and
which command mends it.

Nobody's code is run for that: files are read, and at most python -V is
executed, to learn the patch level (--no-exec forbids it), and orbctl version
and status. OrbStack is not woken up. Nothing is changed without --fix.

Exit code: 0 nothing failed; 1 something did (with --strict: or is a warning);
2 usage, or a rule file that is wrong; 3 it could not be found out which
environment is meant, or it is not there, a file that was named cannot be
read, or no check could be made.`

const doctorExample = `  orbfilter doctor
  orbfilter doctor --venv .venv --inventory inventory.py
  orbfilter doctor -- uv run pyinfra inventory.py deploy.py
  orbfilter doctor --json > doctor.json
  orbfilter doctor --format github --strict
  orbfilter doctor --lock uv.lock requirements.txt
  orbfilter doctor --fix`

// options are the flags of doctor.
type options struct {
	environ.Request

	format       string
	json         bool
	checks       []string
	list         bool
	onlyProblems bool
	all          bool
	strict       bool
	why          bool
	locks        []string
	online       bool
	fix, yes     bool
	only         []string // the checks whose steps --yes is for; none: all
	in           *bufio.Reader
}

// takes reports whether words in front of -- have a meaning.
func (d *options) takes() bool { return d.fix && d.yes || len(d.locks) > 0 }

var doctorFormats = []string{"text", "json", "github"}

// Shared are the parts of the shared flags that the doctor takes.
type Shared struct {
	*cli.Loading
	*cli.Colour
	*cli.Volume
}

// New returns the command.
func New(io cli.IO, o Shared) *cobra.Command {
	var d options
	c := &cobra.Command{
		Use:   "doctor [flags] [-- COMMAND [ARG...]]",
		Short: "Say what is wrong with pyinfra's Python, and which command mends it",
		Long:  doctorLong, Example: doctorExample, DisableFlagsInUseLine: true,
		Args: func(c *cobra.Command, args []string) error {
			here := args
			if n := c.ArgsLenAtDash(); n >= 0 {
				here = args[:n]
			}
			if len(here) > 0 && !d.takes() {
				return cli.Usage(fmt.Errorf("doctor does not know %q; to name the command that runs pyinfra type: orbfilter doctor -- %s", args[0], strings.Join(args, " ")))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			d.Command = nil
			here := args
			if n := c.ArgsLenAtDash(); n >= 0 {
				here, d.Command = args[:n], args[n:]
			}
			if len(d.locks) > 0 {
				d.locks, here = append(d.locks, here...), nil
			}
			d.only = here
			return d.run(c, io, o)
		},
	}
	d.register(c)
	cli.Take(c, o)
	return c
}

func (d *options) register(c *cobra.Command) {
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&d.Pyinfra, "pyinfra", "", "the pyinfra to look at: a `PATH`, instead of the one on PATH")
	f.StringVar(&d.Python, "python", "", "the Python that pyinfra runs in: a `PATH`")
	f.StringVar(&d.Venv, "venv", "", "the folder of the environment that pyinfra is in, `DIR`")
	f.StringVar(&d.Inventory, "inventory", "", "the inventory: a `FILE` whose hosts are looked for, without connecting to them")
	f.StringArrayVar(&d.locks, "lock", nil, "judge what this `FILE` would have installed, and no environment: a lock file, requirements, environment.yml; - is standard input (repeatable; more files may follow)")
	f.BoolVar(&d.NoExec, "no-exec", false, "do not even execute python -V")
	f.BoolVar(&d.online, "online", false, "ask the package index for newer releases, and OSV for known vulnerabilities, of pyinfra's packages")
	f.StringArrayVar(&d.checks, "check", nil, "only the check with this `ID` (repeatable); --list shows them")
	f.BoolVar(&d.list, "list", false, "list the checks, and run none")
	f.BoolVar(&d.onlyProblems, "only-problems", false, "leave out what is in order")
	f.BoolVar(&d.all, "all", false, "show known issues that do not occur one by one")
	f.BoolVar(&d.why, "why", false, "show link by link what leads from the command to the folders with packages")
	f.BoolVar(&d.strict, "strict", false, "exit 1 for warnings, too")
	f.StringVar(&d.format, "format", "text", "write this `FORMAT`: "+strings.Join(doctorFormats, ", "))
	f.BoolVar(&d.json, "json", false, "the same as --format json")
	f.BoolVar(&d.fix, "fix", false, "show the commands that mend it, and run them after a yes")
	f.BoolVar(&d.yes, "yes", false, "with --fix: do not ask; with ids of checks behind it, only for their steps")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(doctorFormats, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("check", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return checkIDs(rules.Builtin()), cobra.ShellCompDirectiveNoFileComp
	})
}

func checkIDs(set *rules.Set) (ids []string) {
	for _, c := range (&diagnose.Doctor{Rules: set, Host: host.This(func(string) string { return "" })}).Checks() {
		ids = append(ids, c.ID)
	}
	return ids
}

// check finds flags that do not go together.
func (d *options) check(c *cobra.Command, set *rules.Set) error {
	if d.json {
		if c.Flags().Changed("format") && d.format != "json" {
			return cli.Usage(fmt.Errorf("--json and --format %s: write one of them", d.format))
		}
		d.format = "json"
	}
	for _, name := range []string{"pyinfra", "python", "venv", "inventory"} { // "$VENV", which is not set, does not mean any
		if c.Flags().Changed(name) && c.Flags().Lookup(name).Value.String() == "" {
			return cli.Usage(fmt.Errorf("--%s is empty: name what to look at, or leave it out", name))
		}
	}
	switch {
	case slices.Contains(d.locks, ""):
		return cli.Usage(fmt.Errorf("--lock is empty: name a file"))
	case c.ArgsLenAtDash() == 0 && len(d.Command) == 0:
		return cli.Usage(fmt.Errorf("there is no command behind --; type: orbfilter doctor -- pyinfra"))
	case d.Pyinfra != "" && d.Python != "", d.Pyinfra != "" && d.Venv != "", d.Python != "" && d.Venv != "":
		return cli.Usage(fmt.Errorf("--pyinfra, --python and --venv each say where to look: write one of them"))
	case len(d.Command) > 0 && d.Pyinfra+d.Python+d.Venv != "":
		return cli.Usage(fmt.Errorf("the command behind -- says where to look, and so do --pyinfra, --python and --venv: write one of them"))
	case !slices.Contains(doctorFormats, d.format):
		return cli.Usage(fmt.Errorf("--format %q: write %s", d.format, strings.Join(doctorFormats, ", ")))
	case len(d.locks) > 0 && (d.Pyinfra+d.Python+d.Venv != "" || len(d.Command) > 0):
		return cli.Usage(fmt.Errorf("--lock judges files, and --pyinfra, --python, --venv and a command name an environment: write one of them"))
	case len(d.locks) > 0 && d.fix:
		return cli.Usage(fmt.Errorf("--lock changes nothing: leave --fix out"))
	case d.fix && d.format != "text":
		return cli.Usage(fmt.Errorf("--fix talks to a person; leave --format %s out", d.format))
	case d.yes && !d.fix:
		return cli.Usage(fmt.Errorf("--yes is for --fix"))
	}
	known := checkIDs(set)
	for _, ids := range []struct {
		option string
		named  []string
	}{{"--check", d.checks}, {"--yes", d.only}} {
		for _, id := range ids.named {
			if !slices.Contains(known, id) {
				return cli.Usage(fmt.Errorf("%s %s: there is no such check%s; orbfilter doctor --list shows them", ids.option, id, strings.TrimSuffix(cli.Meant(cli.Near(id, known)), "?")))
			}
		}
	}
	return nil
}

// enoughMemory is from where on the doctor's memory is collected. It is over in a moment, and to collect the little that it
// takes costs a third of its time.
const enoughMemory = 256 << 20

func (d *options) run(c *cobra.Command, io cli.IO, o Shared) error {
	debug.SetMemoryLimit(enoughMemory)
	debug.SetGCPercent(-1)
	if err := cli.Check(c, o); err != nil {
		return err
	}
	set, bad := o.Load(io)
	if err := d.check(c, set); err != nil {
		return err
	}
	doctor := &diagnose.Doctor{Host: host.This(io.Getenv), Rules: set, Request: d.Request}
	view := d.view(io, o)
	if len(d.locks) > 0 && !d.list {
		files := d.lockFiles(io)
		found := doctor.Locked(files, d.checks...)
		if d.online {
			doctor.Online(context.Background(), found, files)
		}
		if err := d.show(io, view, found, d.code(found, bad)); err != nil {
			return err
		}
		return cli.Exit(d.code(found, bad))
	}
	d.remember(doctor, io)
	if d.list {
		return view.List(io.Stdout(), doctor.Checks())
	}
	found := doctor.Run(context.Background(), d.checks...)
	if d.online {
		doctor.Online(context.Background(), found, nil)
	}
	if err := d.show(io, view, found, d.code(found, bad)); err != nil {
		return err
	}
	if d.fix {
		var err error
		if found, err = d.mend(io, view, doctor, found); err != nil {
			return err
		}
	}
	return cli.Exit(d.code(found, bad))
}

// remember joins the reports of the last runs in.
func (d *options) remember(doctor *diagnose.Doctor, io cli.IO) {
	for name, to := range map[string]**diagnose.Report{diagnose.LastReport: &doctor.Last, diagnose.BeforeReport: &doctor.Before} {
		r, err := diagnose.ReadReport(doctor.Host, name)
		if err != nil {
			fmt.Fprintf(io.Stderr(), "orbfilter: the last run is not known: %v\n", err)
		}
		*to = r
	}
}

func (d *options) view(io cli.IO, o Shared) *diagnosis.Doctor {
	return &diagnosis.Doctor{
		Color: o.ColorOn(io, io.Out), Width: io.Width(io.Out), Home: io.Getenv("HOME"), ASCII: !unicode(io.Getenv),
		OnlyProblems: d.onlyProblems || o.Quiet, All: d.all || len(d.checks) > 0, Strict: d.strict, Fixing: d.fix, Why: d.why,
	}
}

// unicode reports whether the terminal is known to be one for UTF-8.
func unicode(getenv func(string) string) bool {
	charset := cli.CharsetOf(getenv)
	return charset == cli.UTF8 || charset == cli.UnknownCharset && (getenv("WT_SESSION") != "" || getenv("GITHUB_ACTIONS") != "")
}

func (d *options) show(io cli.IO, view *diagnosis.Doctor, found *diagnose.Diagnosis, code int) error {
	switch d.format {
	case "json":
		return view.JSON(io.StdoutData(words.JSONText), found, io.Version, code)
	case "github":
		return view.GitHub(io.StdoutData(words.AsItIs), found)
	}
	return view.Text(io.Stdout(), found)
}

// code is the exit code.
func (d *options) code(found *diagnose.Diagnosis, bad bool) int {
	switch {
	case bad:
		return cli.ExitUsage
	case found.Lost, found.NothingMade():
		return cli.ExitOwn
	case found.Count(diagnose.Fail) > 0, d.strict && found.Count(diagnose.Warn) > 0:
		return cli.ExitFound
	}
	return cli.ExitOK
}
