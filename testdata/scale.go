//go:build unix

// Command scale scans a folder of logs as large as people have them: 1,000 files
// that unpack to 2 GB, made of the recorded runs, plain and packed. It says how
// long that takes, how busy the cores are and how much memory it needs, and fails
// when that is too much, and when the result depends on how many are read side by side.
//
// usage: go run testdata/scale.go [-files N] [-mb N] [-dir DIR] ORBFILTER CAPTURES
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
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"
)

var (
	files = flag.Int("files", 1000, "how many files there are")
	mb    = flag.Int("mb", 2000, "how many MB they unpack to")
	most  = flag.Float64("most", 128, "how many MiB of memory a scan may take")
	dir   = flag.String("dir", "", "where they are written, and left; else they are removed")
)

func main() {
	debug.SetMemoryLimit(32 << 20) // Linux counts what the parent has taken as the child's, in what it took at most
	flag.Parse()
	if flag.NArg() != 2 || *files < 1 || *mb < 1 {
		fmt.Fprintln(os.Stderr, "usage: go run testdata/scale.go [-files N] [-mb N] [-dir DIR] ORBFILTER CAPTURES")
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
	fmt.Printf("%d files, %d MB, packed %d MB, %d cores\n%-20s %8s %8s %10s %10s\n", *files, *mb, packed/1e6, runtime.NumCPU(), "", "seconds", "MB/s", "CPU", "peak MiB")
	var first [2]string // without and with copies
	for n, args := range [][]string{{"-j", "1"}, {"-j", "8"}, {"-j", "1", "--output", "clean1"}, {"-j", "8", "--output", "clean8"}} {
		said, err := run(top, program, args...)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", strings.Join(args, " "), err)
		case n%2 == 0:
			first[n/2] = said
		case first[n/2] != said:
			return fmt.Errorf("%s says something else than -j 1", strings.Join(args, " "))
		}
	}
	one, err := digest(filepath.Join(top, "clean1"))
	if err != nil {
		return err
	}
	eight, err := digest(filepath.Join(top, "clean8"))
	if err == nil && one != eight {
		err = errors.New("the clean copies of -j 1 and -j 8 differ")
	}
	return err
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

// run scans, and returns a hash of what was said and of the report.
func run(top, program string, args ...string) (string, error) {
	said, wrong := sha256.New(), bytes.Buffer{}
	c := exec.Command(program, append([]string{"scan", "--top", "0", "--report", "json=report.json"}, append(args, "logs")...)...)
	c.Dir, c.Stdout, c.Stderr = top, said, &wrong
	if slices.Contains(args, "--output") { // it says where the copies are
		c.Stdout = io.Discard
	}
	start := time.Now()
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("%w: %s", err, wrong.String())
	}
	took := time.Since(start).Seconds()
	usage := c.ProcessState.SysUsage().(*syscall.Rusage)
	rss := float64(usage.Maxrss) / 1024
	if runtime.GOOS == "darwin" { // which counts bytes, and others KiB
		rss /= 1024
	}
	cpu := (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds() / took
	fmt.Printf("%-20s %8.1f %8.0f %8.0f %% %10.1f\n", strings.Join(args, " "), took, float64(*mb)/took, 100*cpu, rss)
	if rss > *most {
		return "", fmt.Errorf("it took %.1f MiB of memory, and more than %.0f", rss, *most)
	}
	report, err := digest(filepath.Join(top, "report.json"))
	return fmt.Sprintf("%x %s", said.Sum(nil), report), err
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
