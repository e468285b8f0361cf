package scan

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/filter/wrap"
)

// A bar shows how far a scan has got, on a terminal; nil: nobody sees it. Bytes
// are those on the disk: what is packed counts as such.
type bar struct {
	mu          sync.Mutex
	out         *os.File
	columns     func() int // of the terminal now
	files, done int
	total, read int64 // bytes; total is -1 where it is not known
	began, next time.Time
	due, over   bool // it will be drawn when next has come; it is gone for good
}

// often is how much time there is between two bars.
const often = 200 * time.Millisecond

func (s *scan) newBar(files []*logs.File) *bar {
	out := s.io.Err
	if s.options.Quiet || s.io.Getenv("TERM") == "dumb" || !term.IsTerminal(int(out.Fd())) {
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
	return &bar{out: out, columns: func() int { return s.io.Width(out) }, files: len(files), total: total, began: time.Now()}
}

// Add counts bytes that were read.
func (b *bar) Add(n int) {
	if b == nil || n <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read += int64(n)
	b.show()
}

// File counts a file.
func (b *bar) File() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done++
	b.show()
}

// end takes the bar away.
func (b *bar) end() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	b.draw("")
}

// show draws the bar, or lets it be drawn soon: what comes next may take long.
func (b *bar) show() {
	now := time.Now()
	if wait := b.next.Sub(now); wait > 0 || b.over {
		if !b.due && !b.over {
			b.due = true
			time.AfterFunc(wait, b.late)
		}
		return
	}
	b.next = now.Add(often)
	b.draw(b.text(now.Sub(b.began), b.columns()))
}

func (b *bar) late() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.due = false
	b.show()
}

// draw overwrites the bar that is there.
func (b *bar) draw(text string) {
	fmt.Fprint(wrap.Writer{File: b.out}, "\r\x1b[K"+text)
}

// text is the bar after so much time. It leaves the last column free: a terminal may go to the next line behind it.
func (b *bar) text(took time.Duration, columns int) string {
	speed := float64(b.read) / max(took.Seconds(), 0.001)
	head := fmt.Sprintf("%d/%d files ", b.done, b.files)
	tail := fmt.Sprintf(" %s, %s/s", amount(float64(b.read)), amount(speed))
	if b.total < 0 {
		return head + strings.TrimSpace(tail)
	}
	part := min(float64(b.read)/float64(b.total), 1) // a file may have grown
	tail = fmt.Sprintf(" %2.0f %% of %s, %s/s", 100*part, amount(float64(b.total)), amount(speed))
	if left := b.total - b.read; left > 0 && speed > 0 {
		tail += fmt.Sprintf(", %v left", time.Duration(float64(left)/speed*float64(time.Second)).Round(time.Second))
	}
	room := max(columns-len(head)-len(tail)-3, 0)
	full := int(part * float64(room))
	return head + "[" + strings.Repeat("=", full) + strings.Repeat(" ", room-full) + "]" + tail
}

// amount is a number of bytes as people say it.
func amount(bytes float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	at := 0
	for ; bytes >= 1024 && at < len(units)-1; at++ {
		bytes /= 1024
	}
	if at == 0 || bytes >= 100 {
		return fmt.Sprintf("%.0f %s", bytes, units[at])
	}
	return fmt.Sprintf("%.1f %s", bytes, units[at])
}
