package cmd_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// weekly are texts that come each week with something else in them, and what it is.
var weekly = map[string][]string{
	"the clock drifts by %s steps a day":            {"3", "-3", "+12", "0.5"},
	"compiled %s for the shop":                      {"build/out/a.o", "src/lib/core/b.o", "./x/c.o", "../y/d.o"},
	"the library %s was loaded":                     {`C:\Windows\x.dll`, `C:\Program Files\My App\y.dll`, `D:\a b\z.dll`},
	"no answer from host %s in time":                {"web-1", "10.0.0.7", "db.example.com", "a.b.example.org"},
	"the site %s was asked for pages":               {"shop.example.com", "ns.example.org", "a.b.c.example.net"},
	"session opened for user %s by hand":            {"root", "alice", "www-data"},
	"the image %s was pulled again":                 {"deadbeef", "0c36d0f1", "abcdefabcdef"},
	"%s of the disk are in use":                     {"12 MB", "900 kB", "1.5 GiB", "12kB"},
	"the page was last made on %s by us":            {"Nov 29, 2026 8:14:48 AM", "Jan 2, 2027 11:04:01 PM"},
	"the backup runs on %s at night":                {"Monday", "Sunday", "Friday"},
	"request %s took its time":                      {"123e4567-e89b-12d3-a456-426614174000", "00000000-0000-4000-8000-000000000001"},
	"the shop answered at [%s] to all":              {"24/Nov/2026:03:59:21 +0000", "02/Jan/2027:13:00:01 +0000"},
	"the letter of %s could be sent":                {"me@example.com", "shop@example.org"},
	"a token like %s is old by now":                 {"XkRjQpZmLwTv", "AbQzLkWxMnYp"},
	"the state of %s was written to the disk":       {"/srv/shop/1/state", "/var/lib/x/state", "/home/me/state"},
	"port %s of the shop is in use by another one":  {"80", "65000"},
	"the door at %s was found by the mail":          {"52:54:00:12:34:56", "aa:bb:cc:dd:ee:ff"},
	"all pages of it were made, %s in all this day": {"1,234", "12", "900,000"},
}

// week writes a log in which each of the texts comes at least once, and mostly more often, behind columns of several kinds.
func week(r *rand.Rand, least int) string {
	var lines []string
	for _, text := range keys(weekly) {
		values := weekly[text]
		for range least + r.IntN(12) {
			line := fmt.Sprintf(text, values[r.IntN(len(values))])
			switch r.IntN(3) {
			case 0:
				line = fmt.Sprintf("2026-11-%02d 03:%02d:21,%03d INFO [worker-%d] com.example.Shop: %s", 1+r.IntN(28), r.IntN(60), r.IntN(1000), r.IntN(9), line)
			case 1:
				line = fmt.Sprintf("Nov %2d 03:%02d:21 web-%d shopd[%d]: %s", 1+r.IntN(28), r.IntN(60), r.IntN(9), r.IntN(9999), line)
			}
			lines = append(lines, line)
		}
	}
	r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return strings.Join(lines, "\n") + "\n"
}

// TestGateOfTheNextWeek: of a log whose first half wrote the baseline, the second is red for what is new and for nothing else, whatever
// stands in the texts, and however seldom they were.
func TestGateOfTheNextWeek(t *testing.T) {
	for seed := range uint64(6) {
		dir, r := t.TempDir(), rand.New(rand.NewPCG(seed, 5))
		write := func(name, text string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
		write("first.log", week(r, 1))
		write("second.log", week(r, 0))
		write("third.log", week(r, 0)+strings.Repeat("all customers of the shop are gone now\n", 6))
		scanIn(t, dir, 0, "-q", "--no-builtin", "--write-baseline", "b", "first.log")
		scanIn(t, dir, 0, "-q", "--no-builtin", "--fail-on", "new-unknown", "--baseline", "b", "second.log")
		said := scanIn(t, dir, 1, "-q", "--no-builtin", "--fail-on", "new-unknown", "--baseline", "b", "third.log")
		assert.Contains(t, said, "(6 ×, line ")
		assert.Contains(t, said, "all customers of the shop are gone now")
		assert.Contains(t, said, "exit code 1 because of --fail-on new-unknown: 1 text that no rule knows")
	}
}
