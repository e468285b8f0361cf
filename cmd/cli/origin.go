package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/cli/config"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// An Origin is where the values of shared flags come from, and what was complained of so far. nil: all were typed.
type Origin struct {
	Wrong []string // what was complained of, a line each

	// from says which values come from a config file, by the names of the flags.
	from map[string]*config.Setting
	// badConfig: a config file is wrong, which was said.
	badConfig bool
}

// setting returns the setting that a flag has its value from; nil: there is none.
func (o *Origin) setting(flag string) *config.Setting {
	if o == nil {
		return nil
	}
	return o.from[flag]
}

// bad reports whether a config file is wrong.
func (o *Origin) bad() bool { return o != nil && o.badConfig }

// Complain does so, and keeps what it says for the end of the run, without the lines
// that are shown of a file.
func (o *Origin) Complain(io IO, err error) {
	err = o.Placed(err)
	Complain(io, err)
	if o == nil {
		return
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if line != "" && line[0] != ' ' && line[0] != '>' {
			o.Wrong = append(o.Wrong, line)
		}
	}
}

// From says where the value of a shared flag comes from: a place in a config file, typed or default.
func (o *Origin) From(f *pflag.Flag) string {
	switch s := o.setting(f.Name); {
	case s != nil:
		return s.Place()
	case f.Changed:
		return "typed"
	}
	return "default"
}

// placed gives an error that is about a value of a flag the place in the config file that the value is from.
func (o *Origin) placed(flag, value string, err error) error {
	s := o.setting(flag)
	if s == nil || err == nil {
		return err
	}
	text := strings.TrimPrefix(err.Error(), "--")
	for _, v := range s.Values {
		if v.Text == value {
			return v.Wrong(text)
		}
	}
	return fmt.Errorf("%s: %s", s.Place(), text)
}

var firstFlag = lazyregexp.New(`^--([a-z-]+)`)

// Placed is placed for an error that begins with the flag that it is about.
func (o *Origin) Placed(err error) error {
	if err == nil {
		return nil
	}
	if m := firstFlag.FindStringSubmatch(err.Error()); m != nil {
		if s := o.setting(m[1]); s != nil {
			return fmt.Errorf("%w (%s is set in %s)", err, m[1], s.Place())
		}
	}
	return err
}
