package cli

import (
	"reflect"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A Part is some of the shared flags, by what they are for: a command takes those parts that do something in it, as a
// struct that embeds pointers to them, and so it can ask for no others.
type Part interface {
	// shared are the names of its flags.
	shared() string
	// check finds values that are none.
	check(flags *pflag.FlagSet) error
}

// Builtin is whether the rules that come with orbfilter are used.
type Builtin struct {
	NoBuiltin bool
}

// Sources are where rules come from that are used.
type Sources struct {
	Builtin
	Rules []string // --rules, files and folders
}

// Loading is which rules are used.
type Loading struct {
	Sources
	Disable []string // ids
	origin  *Origin
}

// Results are what is to come of a run, or of logs, besides what is shown.
type Results struct {
	Reports  []string // KIND=FILE
	Audit    string
	FailOn   string
	Baseline string
	Summary  string // a WHEN
	origin   *Origin
}

// Colour is when what orbfilter says is coloured.
type Colour struct {
	Color  string // a WHEN
	origin *Origin
}

// Formatting is the output format.
type Formatting struct {
	Format string // the name of one, or auto
	origin *Origin
}

// Volume is how much is said.
type Volume struct {
	Quiet bool
}

// Streaming is how a run is shown as it goes on.
type Streaming struct {
	Markers   string // a WHEN
	Folded    string // a MODE
	Hold      time.Duration
	OnClosed  string // an ACTION
	NoHistory bool
	origin    *Origin
}

// Verbosity is what is said beside that of a command that is run.
type Verbosity struct {
	Verbose bool
}

func (*Builtin) shared() string    { return "no-builtin" }
func (*Sources) shared() string    { return "rules no-builtin" }
func (*Loading) shared() string    { return "rules no-builtin disable" }
func (*Results) shared() string    { return "report audit fail-on baseline summary" }
func (*Colour) shared() string     { return "color" }
func (*Formatting) shared() string { return "format" }
func (*Volume) shared() string     { return "quiet" }
func (*Streaming) shared() string  { return "markers folded hold on-closed no-history" }
func (*Verbosity) shared() string  { return "verbose" }

func (*Builtin) check(*pflag.FlagSet) error   { return nil }
func (*Volume) check(*pflag.FlagSet) error    { return nil }
func (*Verbosity) check(*pflag.FlagSet) error { return nil }

// taken is where a command has it which shared flags it takes.
const taken = "shared flags"

// Take gives a command the flags of the parts that a struct embeds, or of the one part that it is. They are to be found by
// Takes, and added by who has the whole tree of commands, in the order of the help.
func Take(c *cobra.Command, options any) {
	var names []string
	for _, p := range partsOf(reflect.ValueOf(options)) {
		names = append(names, p.shared())
	}
	if c.Annotations == nil {
		c.Annotations = map[string]string{}
	}
	c.Annotations[taken] = strings.Join(names, " ")
}

// Takes are the names of the shared flags that a command takes; none: it takes none.
func Takes(c *cobra.Command) []string { return strings.Fields(c.Annotations[taken]) }

// Check finds values of a command's shared flags that are none: those of the parts that a struct embeds, or of the one that
// it is. The error says where the value is set, if that is a config file.
func Check(c *cobra.Command, options any) error { return check(c.Flags(), options) }

func check(flags *pflag.FlagSet, options any) error {
	for _, p := range partsOf(reflect.ValueOf(options)) {
		if err := p.check(flags); err != nil {
			return err
		}
	}
	return nil
}

// partsOf returns the parts that a struct, or what a pointer leads to, embeds at any depth, in their order.
func partsOf(v reflect.Value) (all []Part) {
	if v.Kind() == reflect.Pointer && v.Type().Elem().PkgPath() == reflect.TypeFor[Flags]().PkgPath() {
		if p, ok := reflect.TypeAssert[Part](v); ok { // a struct of a command that embeds one looks like it
			return []Part{p}
		}
	}
	v = reflect.Indirect(v)
	for i := range v.NumField() {
		switch field := v.Field(i); {
		case !v.Type().Field(i).Anonymous:
		case field.Kind() == reflect.Struct && field.CanAddr():
			all = append(all, partsOf(field.Addr())...)
		default:
			all = append(all, partsOf(field)...)
		}
	}
	return all
}
