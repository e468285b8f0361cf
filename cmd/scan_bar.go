package cmd

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/logs"
)

// A bar shows how far a scan has got, on a terminal; nil: nobody sees it. Bytes
// are those on the disk: what is packed counts as such.
type bar struct {
	mu          sync.Mutex
	bar         *progressbar.ProgressBar
	files, done int
	left        int64 // bytes to come, but one: the library ends a bar that is full; -1: not known
}

func (s *scan) newBar(files []*logs.File) *bar {
	out := s.io.Err
	if s.options.quiet || s.io.Getenv("TERM") == "dumb" || !term.IsTerminal(int(out.Fd())) {
		return nil
	}
	total := int64(0)
	for _, f := range files {
		if !f.Regular() { // the end is not known
			total = -1
			break
		}
		total += f.Size()
	}
	if total == 0 {
		return nil
	}
	b := &bar{files: len(files), left: max(total-1, -1)}
	b.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(out),
		progressbar.OptionShowBytes(true),
		progressbar.OptionShowCount(),
		progressbar.OptionShowTotalBytes(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionUseIECUnits(true),
		progressbar.OptionThrottle(200*time.Millisecond),
		progressbar.OptionFullWidth(),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetDescription(b.words()),
	)
	return b
}

func (b *bar) words() string { return fmt.Sprintf("%d/%d files", b.done, b.files) }

// add counts bytes that were read.
func (b *bar) add(n int) {
	if b == nil || n <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left >= 0 {
		n = int(min(int64(n), b.left)) // a file may have grown
		b.left -= int64(n)
	}
	_ = b.bar.Add(n)
}

// file counts a file.
func (b *bar) file() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done++
	b.bar.Describe(b.words())
}

// end takes the bar away.
func (b *bar) end() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.bar.Clear()
}
