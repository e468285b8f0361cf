//go:build unix

// Command overhead measures how much longer a deploy takes under `orbfilter run`: the real pyinfra deploys to many hosts, which a stand-in
// for orbctl plays, with orbfilter and without, in turn; in every other pair the one without is first. A ratio is that of a pair.
//
// usage: go run ./testdata/overhead [-pairs N] [-hosts N] [-venv DIR] [-write FILE] ORBFILTER
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/testdata/marked"
)

var (
	pairs = flag.Int("pairs", 10, "how many pairs of deploys")
	hosts = flag.Int("hosts", 40, "how many hosts there are")
	venv  = flag.String("venv", ".venvs/gevent-25.9.1", "where pyinfra is; testdata/live/venvs.sh makes it")
	page  = flag.String("write", "", "write the figures into this file")
)

func main() {
	flag.Parse()
	if flag.NArg() != 1 || *pairs < 1 || *hosts < 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./testdata/overhead [-pairs N] [-hosts N] [-venv DIR] [-write FILE] ORBFILTER")
		os.Exit(2)
	}
	if err := run(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "overhead:", err)
		os.Exit(1)
	}
}

// A deploy is one that is run again and again.
type deploy struct {
	dir       string
	orbfilter string
	env       []string
}

func run(orbfilter string) error {
	d, err := newDeploy(orbfilter)
	if err != nil {
		return err
	}
	defer os.RemoveAll(d.dir)
	for _, filtered := range []bool{false, true} { // what Python compiles at first, and the caches of files
		if _, err := d.run(filtered); err != nil {
			return err
		}
	}
	var with, without, ratios []float64
	for i := range *pairs {
		w, o, err := d.pair(i%2 == 0)
		if err != nil {
			return err
		}
		fmt.Printf("pair %d: %.2f s with, %.2f s without, ratio %.3f\n", i+1, w, o, w/o)
		with, without, ratios = append(with, w), append(without, o), append(ratios, w/o)
	}
	said := fmt.Sprintf("%s, %d processors: %d pairs of deploys to %d hosts, in turn. With `orbfilter run`: %s s; without: %s s. With, it takes %s × as long (least, median, most).",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), *pairs, *hosts, spread(with, 2), spread(without, 2), spread(ratios, 3))
	fmt.Println(said)
	return marked.Put(*page, "overhead", "overhead", said)
}

// newDeploy makes a folder for the deploys to work in.
func newDeploy(orbfilter string) (*deploy, error) {
	var abs [3]string
	for i, name := range []string{orbfilter, "testdata/live", filepath.Join(*venv, "bin")} {
		var err error
		if abs[i], err = filepath.Abs(name); err != nil {
			return nil, err
		}
	}
	dir, err := os.MkdirTemp("", "orbfilter-overhead-*")
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(abs[1], "deploy.py"))
	if err != nil {
		return nil, err
	}
	d := &deploy{dir: dir, orbfilter: abs[0]}
	d.env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PYTHON") || strings.HasPrefix(v, "ORBCTL_") || strings.HasPrefix(v, "PYINFRA_")
	}), "PATH="+abs[1]+":"+abs[2]+":"+os.Getenv("PATH"), fmt.Sprint("ORBCTL_MACHINES=", *hosts), "ORBFILTER_LIVE="+filepath.Join(dir, "hosts"), "HOME="+dir)
	return d, os.WriteFile(filepath.Join(dir, "deploy.py"), data, 0o600)
}

// pair runs a deploy with orbfilter and one without, and returns what each took, in seconds.
func (d *deploy) pair(withFirst bool) (with, without float64, err error) {
	first, err := d.run(withFirst)
	if err != nil {
		return 0, 0, err
	}
	second, err := d.run(!withFirst)
	if withFirst {
		return first, second, err
	}
	return second, first, err
}

// run runs the deploy, into a pipe, on hosts that have seen nothing yet.
func (d *deploy) run(filtered bool) (float64, error) {
	if err := os.RemoveAll(filepath.Join(d.dir, "hosts")); err != nil {
		return 0, err
	}
	args := []string{"pyinfra", "-y", "@orbstack", "deploy.py"}
	if filtered {
		args = append([]string{d.orbfilter, "run", "--"}, args...)
	}
	var said bytes.Buffer
	c := exec.Command("env", args...) // which finds them on the PATH that they get
	c.Dir, c.Env, c.Stdout, c.Stderr = d.dir, d.env, &said, &said
	begin := time.Now()
	err := c.Run()
	took := time.Since(begin).Seconds()
	if err == nil && !strings.Contains(said.String(), fmt.Sprintf("Grand total   %d ", 3**hosts)) {
		err = errors.New("there is no result of all hosts")
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, said.String())
	}
	return took, nil
}

// spread is the least, the median and the most of some figures.
func spread(all []float64, digits int) string {
	all = slices.Sorted(slices.Values(all))
	return fmt.Sprintf("%.*f, %.*f, %.*f", digits, all[0], digits, all[len(all)/2], digits, all[len(all)-1])
}
