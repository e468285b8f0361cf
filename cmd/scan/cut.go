package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// units are what may stand behind a size.
var units = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"", 1}}

// sizeOf reads a size such as 64MiB.
func sizeOf(text string) (int64, error) {
	for _, u := range units {
		figures, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		if n, err := strconv.ParseInt(figures, 10, 64); err == nil && n > 0 && n <= math.MaxInt64/u.bytes {
			return n * u.bytes, nil
		}
	}
	return 0, fmt.Errorf("--cut %q: write how many bytes a part is to have, about: 64MiB", text)
}

// printCuts prints where a log can be cut, in bytes of its text.
func (s *scan) printCuts(args []string) error {
	size, err := sizeOf(s.cut)
	if err != nil {
		return cli.Usage(err)
	}
	set, bad := s.options.Load(s.io)
	if bad {
		fmt.Fprintln(s.io.Stderr(), "orbfilter: nothing was scanned")
		return cli.ExitCode(cli.ExitUsage)
	}
	files, failures := (&logs.Search{In: s.io.In}).Find(args)
	switch {
	case len(failures) > 0:
		return cli.Usage(errors.New("there is no log:" + oneByOne(failures)))
	case len(files) != 1:
		return cli.Usage(fmt.Errorf("--cut is for one log, and there are %d", len(files)))
	}
	places, total, err := cutsOf(files[0], filter.NewPlan(set), size)
	if err != nil {
		fmt.Fprintf(s.io.Stderr(), "orbfilter: %s: %s\n", printable.Line(files[0].Name), printable.Line(err.Error()))
		return cli.ExitCode(cli.ExitOwn)
	}
	var out bytes.Buffer
	for _, at := range places {
		fmt.Fprintln(&out, at)
	}
	if len(places) == 0 && total > size+size/4 {
		fmt.Fprintln(s.io.Stderr(), "orbfilter: there is no place at which the log can be cut: everywhere something is going on, or was learnt, that lines below may need")
	}
	_, err = s.io.Stdout().Write(out.Bytes())
	return err
}

// cutsOf says where a log can be cut, and how long its text is.
func cutsOf(file *logs.File, plan *filter.Plan, size int64) (places []int64, total int64, err error) {
	source, err := file.Open(nil)
	if err != nil {
		return nil, 0, err
	}
	defer source.Close()
	if source.Kind == logs.Zip || len(source.Logs) != 1 {
		return nil, 0, errors.New("it is an archive of several logs; unpack it, and cut those that are large")
	}
	text, err := source.Logs[0].Open()
	if err != nil {
		return nil, 0, err
	}
	defer text.Close()
	cuts := plan.Cuts(size)
	total, err = io.CopyBuffer(struct{ io.Writer }{cuts}, struct{ io.Reader }{text}, make([]byte, 128<<10))
	return cuts.Places(), total, err
}
