//go:build unix

// Command scale scans a folder of logs as large as people have them: 1,000 files
// that unpack to 2 GB, made of the recorded runs, plain and packed. It says how
// long that takes, how busy the cores are and how much memory it needs, and fails
// when that is too much, and when the result depends on how many are read side by side.
// With -files 1 it is one large log, which is read in parts.
//
// usage: go run testdata/scale.go [-files N] [-mb N] [-jobs N] [-dir DIR] ORBFILTER CAPTURES
package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"
)

var (
	files = flag.Int("files", 1000, "how many files there are")
	mb    = flag.Int("mb", 2000, "how many MB they unpack to")
	jobs  = flag.Int("jobs", 8, "how many are read side by side")
	most  = flag.Float64("most", 192, "how many MiB of memory a scan may take, but for a report of what the runs did")
	dir   = flag.String("dir", "", "where they are written, and left; else they are removed")
)

func main() {
	debug.SetMemoryLimit(32 << 20) // Linux counts what the parent has taken as the child's, in what it took at most
	flag.Parse()
	if flag.NArg() != 2 || *files < 1 || *mb < 1 {
		fmt.Fprintln(os.Stderr, "usage: go run testdata/scale.go [-files N] [-mb N] [-jobs N] [-dir DIR] ORBFILTER CAPTURES")
		os.Exit(2)
	}
	if err := scale(flag.Arg(0), flag.Arg(1)); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func scale(program, captures string) error {
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	top := *dir
	if top == "" {
		if top, err = os.MkdirTemp("", "orbfilter-scale-"); err != nil {
			return err
		}
		defer os.RemoveAll(top)
	}
	packed, err := generate(filepath.Join(top, "logs"), captures)
	if err != nil {
		return err
	}
	fmt.Printf("%d files, %d MB, packed %d MB, %d cores\n%-28s %8s %8s %8s %10s %10s %10s\n", *files, *mb, packed/1e6, runtime.NumCPU(), "", "seconds", "MB/s", "CPU, s", "CPU", "peak MiB", "report MB")
	const report = "report.json"
	for _, with := range [][]string{nil, {"--report", "json=" + report}, {"--output", "clean"}} {
		var first string
		for _, j := range []string{"1", strconv.Itoa(*jobs)} {
			said, err := run(top, program, j, with...)
			switch {
			case err != nil:
				return fmt.Errorf("-j %s %s: %w", j, strings.Join(with, " "), err)
			case first == "":
				first = said
			case first != said:
				return fmt.Errorf("-j %s %s says or writes something else than -j 1", j, strings.Join(with, " "))
			}
		}
	}
	return nil
}

// generate writes the logs, of many sizes: a few are a hundred times as long as most.
func generate(to, captures string) (packed int64, err error) {
	var texts [][]byte
	err = filepath.WalkDir(captures, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) == ".md" {
			return err
		}
		text, err := os.ReadFile(name)
		texts = append(texts, text)
		return err
	})
	if err != nil {
		return 0, err
	}
	random := rand.New(rand.NewPCG(1, 2))
	weights, sum := make([]float64, *files), 0.0
	for n := range weights {
		weights[n] = 0.2 + random.ExpFloat64()
		if n%200 == 7 {
			weights[n] *= 30
		}
		sum += weights[n]
	}
	for n, weight := range weights {
		size := int(float64(*mb) * 1e6 * weight / sum)
		name := filepath.Join(to, fmt.Sprintf("%02d", n%20), fmt.Sprintf("deploy-%04d.log", n))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return 0, err
		}
		one, err := write(name, n, size, texts, random)
		if err != nil {
			return 0, err
		}
		packed += one
	}
	return packed, nil
}

// write writes a log of about this size: every fifth is packed.
func write(name string, n, size int, texts [][]byte, random *rand.Rand) (int64, error) {
	ends := []string{"", "", "", "", "", "", "", ".gz", ".zst", ".zip"}
	end := ends[n%len(ends)]
	f, err := os.Create(name + end)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	switch end {
	case ".gz":
		z := gzip.NewWriter(f)
		err = errors.Join(fill(z, size, texts, random), z.Close())
	case ".zst":
		z, zerr := zstd.NewWriter(f, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
		if zerr != nil {
			return 0, zerr
		}
		err = errors.Join(fill(z, size, texts, random), z.Close())
	case ".zip":
		z := zip.NewWriter(f)
		for step := range 4 {
			w, err := z.Create(fmt.Sprintf("deploy/%d_Step.txt", step+1))
			if err != nil {
				return 0, err
			}
			if err := fill(w, size/4, texts, random); err != nil {
				return 0, err
			}
		}
		err = z.Close()
	default:
		err = fill(f, size, texts, random)
	}
	if err != nil {
		return 0, err
	}
	info, err := f.Stat()
	return info.Size(), err
}

// fill writes runs, one after the other; the noisy ones are a minority, as on a disk.
func fill(w io.Writer, size int, texts [][]byte, random *rand.Rand) error {
	for size > 0 {
		text := texts[random.IntN(len(texts))]
		text = text[:min(len(text), size)]
		if _, err := w.Write(text); err != nil {
			return err
		}
		size -= len(text)
	}
	return nil
}

// run scans, and returns a hash of what was said and written.
func run(top, program, jobs string, with ...string) (string, error) {
	said, wrong := sha256.New(), bytes.Buffer{}
	args := append([]string{"-j", jobs}, with...)
	c := exec.Command(program, append(append([]string{"scan", "--top", "0"}, args...), "logs")...)
	c.Dir, c.Stdout, c.Stderr = top, said, &wrong
	start := time.Now()
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("%w: %s", err, wrong.String())
	}
	took := time.Since(start).Seconds()
	written, size, err := taken(top)
	if err != nil {
		return "", err
	}
	rss, cpu := peak(c), (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds()
	fmt.Printf("%-28s %8.1f %8.0f %8.1f %8.0f %% %10.1f %10.1f\n", strings.Join(args, " "), took, float64(*mb)/took, cpu, 100*cpu/took, rss, size/1e6)
	if bound := *most + perReport*size/(1<<20); rss > bound {
		return "", fmt.Errorf("it took %.1f MiB of memory, and more than %.0f", rss, bound)
	}
	return fmt.Sprintf("%x %s", said.Sum(nil), written), nil
}

// perReport is how many bytes of memory a scan may take for a byte of its report, which has what each run did: it is kept until the end.
const perReport = 2.0

// peak is how much memory a command has had at most, in MiB.
func peak(c *exec.Cmd) float64 {
	usage := c.ProcessState.SysUsage().(*syscall.Rusage)
	rss := float64(usage.Maxrss) / 1024
	if runtime.GOOS == "darwin" { // which counts bytes, and others KiB
		rss /= 1024
	}
	return rss
}

// taken hashes what was written, and removes it. size is that of the report.
func taken(top string) (hash string, size float64, err error) {
	for _, name := range []string{"report.json", "clean"} {
		path := filepath.Join(top, name)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		one, derr := digest(path)
		if err := errors.Join(err, derr, os.RemoveAll(path)); err != nil {
			return "", 0, err
		}
		if hash += one; !info.IsDir() {
			size = float64(info.Size())
		}
	}
	return hash, size, nil
}

// digest hashes all files of a folder with their names.
func digest(dir string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		fmt.Fprintln(h, strings.TrimPrefix(name, dir))
		_, err = io.Copy(h, f)
		return err
	})
	return fmt.Sprintf("%x", h.Sum(nil)), err
}
