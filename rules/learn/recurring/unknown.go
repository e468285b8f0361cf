package recurring

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/blocks"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
)

// Unknown returns what recurs, that of the most lines first. Nothing is to be
// written after it.
func (r *Recurrences) Unknown() []*filter.Unknown {
	r.endPart()
	var all []*filter.Unknown
	for _, b := range join(r.groups(r.often())) {
		if b.says() {
			all = append(all, b.unknown())
		}
	}
	slices.SortFunc(all, byLines)
	out, _ := filter.MergeUnknown(nil, all)
	slices.SortFunc(out, byLines)
	listed := min(len(out), r.options.Most)
	r.more = len(out) - listed
	return out[:listed]
}

// More is how many other texts recur than those that Unknown has returned.
func (r *Recurrences) More() int { return r.more }

func byLines(a, b *filter.Unknown) int {
	return cmp.Or(cmp.Compare(b.Lines, a.Lines), cmp.Compare(a.FirstLine, b.FirstLine), cmp.Compare(a.Fingerprint, b.Fingerprint))
}

// often are the lines that come often enough, in the order that they came first.
// What pyinfra says of its own work is left out, and what no rule may fold.
func (r *Recurrences) often() (out []*recurrence) {
	guards := rules.NeverFold()
	for i := range r.table.entries {
		e := &r.table.entries[i]
		if int64(e.count) < int64(r.options.MinCount) || e.sample == "" {
			continue
		}
		text := []byte(e.sample)
		if e.has(ofHost) && pyinfra.IsResult(text) || !e.has(ofHost) && pyinfra.IsHeading(text) {
			continue
		}
		if !slices.ContainsFunc(guards, func(g *rules.Guard) bool { return g.Line.Search(text) }) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *recurrence) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.id, b.id)) })
	return out
}

// A recurringBlock is lines that come together, or a line alone.
type recurringBlock struct {
	lines  []*recurrence
	counts []float64 // of each, in this block
	at     []moment  // when it came, as far as that is recorded
	count  float64   // how often: the median of counts, before others joined it
}

// A moment is a place in the record, and the header of pyinfra before it.
type moment struct{ place, header int }

// groups makes blocks of lines that follow each other.
func (r *Recurrences) groups(often []*recurrence) (out []*recurringBlock) {
	sources, moments := r.sources.lists(often)
	inside := make([]int, len(often)+1)
	found := sources.Blocks(len(often)+1, r.options.MinCount-1, draft.MaxLines)
	for i := range found {
		b := &found[i]
		b.Turn(sources)
		for _, t := range b.Templates {
			inside[t] += b.Count
		}
	}
	for _, b := range found {
		block := &recurringBlock{at: moments[b.Templates[0]]}
		for _, t := range b.Templates {
			block.add(often[t-1], float64(b.Count)/float64(inside[t]))
		}
		out = append(out, block.settle())
	}
	for i, e := range often {
		n, all := inside[i+1], len(moments[i+1])
		if all == 0 || 2*n < all { // else it is missing something around it now and then
			block := &recurringBlock{at: moments[i+1]}
			block.add(e, float64(all-n)/float64(max(all, 1)))
			out = append(out, block.settle())
		}
	}
	return out
}

// lists are the records of the writers, and when each line came. Template n is
// often[n-1].
func (l *sources) lists(often []*recurrence) (*blocks.Sources, [][]moment) {
	templates := map[int32]int32{}
	for i, e := range often {
		templates[e.id] = int32(i + 1)
	}
	out, moments, header := blocks.NewSources(len(l.byWriter)), make([][]moment, len(often)+1), 0
	for at, line := range l.record {
		if line.source < 0 {
			header++
			continue
		}
		n, t := out.At(int(line.source)), templates[line.id]
		if t == 0 {
			n.Cut()
			continue
		}
		moments[t] = append(moments[t], moment{at, header})
		n.Add(t, int32(at))
	}
	return out, moments
}

// add appends a line. share is which part of its occurrences are in this block.
func (b *recurringBlock) add(e *recurrence, share float64) {
	b.lines, b.counts = append(b.lines, e), append(b.counts, share*float64(e.count))
}

func (b *recurringBlock) settle() *recurringBlock {
	b.count = slices.Sorted(slices.Values(b.counts))[len(b.counts)/2]
	return b
}

// join joins blocks that come in step: processes that write the same thing at the
// same time, with their lines in between each other. Each line comes in the order
// of its first.
func join(all []*recurringBlock) (out []*recurringBlock) {
	const most = 1000 // each is compared with each
	slices.SortStableFunc(all, func(a, b *recurringBlock) int {
		return cmp.Compare(b.count*float64(len(b.lines)), a.count*float64(len(a.lines)))
	})
	all = all[:min(len(all), most)]
	slices.SortStableFunc(all, func(a, b *recurringBlock) int { return cmp.Compare(a.lines[0].first, b.lines[0].first) })
	for _, b := range all {
		i := slices.IndexFunc(out, func(a *recurringBlock) bool { return a.inStep(b) })
		if i < 0 {
			out = append(out, b)
			continue
		}
		out[i].lines, out[i].counts = append(out[i].lines, b.lines...), append(out[i].counts, b.counts...)
	}
	return out
}

// inStep reports whether c comes as often as b, each time shortly after it.
func (b *recurringBlock) inStep(c *recurringBlock) bool {
	const (
		near  = 64 // lines of the record
		alike = 0.9
	)
	few, many := min(b.count, c.count), max(b.count, c.count)
	n := min(len(b.at), len(c.at))
	if few < alike*many || n == 0 {
		return false
	}
	good := 0
	for i := range n {
		d := c.at[i].place - b.at[i].place
		behind := i+n/2 < n && c.at[i].place > b.at[i+n/2].place // all of b comes first
		if d > 0 && d <= near && b.at[i].header == c.at[i].header && !behind {
			good++
		}
	}
	return float64(good) >= alike*float64(n)
}

var (
	// progress is what programs print when all is well: package managers, version
	// control, containers, tests.
	progress = lazyregexp.New(`^(?:(?:Get|Hit|Ign):\d+ |(?:Setting up|Unpacking|Selecting previously|Preparing to unpack|Processing triggers for|Removing) ` + // apt, dpkg
		`|Requirement already satisfied|Collecting |(?:go: )?[Dd]ownloading |Using cached |Attempting uninstall|Found existing installation` + // pip
		`|(?:create|delete) mode |=== (?:RUN|PAUSE|CONT|NAME) ` + // git, go test
		`|(?:[0-9a-f]{12}: )?(?:Pulling fs layer|Waiting|Verifying Checksum|Download complete|Pull complete|Already exists))` + // docker
		`|\d%(?:[^A-Za-z]*$| +\(\d+/\d+\))|(?i)\b(?:pass(?:ed)?|ok|success(?:ful|fully)?|succeeded|done|completed?|unchanged)\b`)
	// alarm is what is no progress all the same.
	alarm = lazyregexp.New(`(?i)\b(?:warn\w*|err\w*|fail\w*|fatal|crit\w*|deprecat\w*|except\w*|cannot|unable|not|denied|refused|timed? ?out|retry\w*)\b`)
)

// nothingWrong is what a result says that has none of what alarm looks for: "Failures: 0", "0 errors".
var nothingWrong = lazyregexp.New(`(?i)\b(?:warn\w*|err\w*|fail\w*)\s*[:=]\s*0\b|\b0 (?:warn\w*|err\w*|fail\w*)`)

// result is the line of counts that a test runner ends with.
var result = lazyregexp.New(`(?i)^(?:\S+ )?tests? run: \d|\b\d+ (?:passed|tests?|examples?|assertions?|specs?)\b`)

// says reports whether the block is worth a look. Parts of tracebacks are not, that
// are torn: what is to be said of them is in the error.
func (b *recurringBlock) says() bool {
	return slices.ContainsFunc(b.lines, func(e *recurrence) bool {
		text := strings.TrimSpace(e.sample)
		well := progress.MatchString(text) || result.MatchString(text)
		return !e.has(inner) && words(string(skeleton.Of(nil, text))) >= 2 && (!well || alarm.MatchString(nothingWrong.ReplaceAllString(text, "")))
	})
}

// words counts words of two letters and more.
func words(text string) (n int) {
	for _, w := range strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) }) {
		if len(w) > 1 {
			n++
		}
	}
	return n
}

func (b *recurringBlock) unknown() *filter.Unknown {
	u := &filter.Unknown{Kind: filter.Recurring, Count: int(math.Round(b.settle().count)), FirstLine: int(b.lines[0].first)}
	var sample []byte
	lines, least := 0.0, uint32(math.MaxUint32)
	for i, e := range b.lines {
		if line := e.sample[:min(len(e.sample), maxSampleLine)]; len(sample)+len(line) < maxSample {
			sample = append(append(sample, line...), '\n')
		}
		lines += b.counts[i]
		if !e.has(glued) {
			least = min(least, e.count)
		}
	}
	for _, e := range b.lines {
		key := name(uint64(e.name) << 32)
		if u.Fingerprint == "" && (!e.has(glued) && float64(e.count) <= 1.25*float64(least) || least == math.MaxUint32) {
			u.Fingerprint = key
		}
		if !e.has(glued) && !slices.Contains(u.Keys, key) {
			u.Keys = append(u.Keys, key)
			u.Texts = append(u.Texts, strings.ToValidUTF8(e.sample[:min(len(e.sample), maxSampleLine)], "\ufffd"))
		}
	}
	u.Lines, u.Was = int64(math.Round(lines)), b.old()
	u.Sample = strings.ToValidUTF8(string(bytes.TrimSuffix(sample, []byte("\n"))), "\ufffd")
	return u
}

// maxOld is of how many lines of a block the fingerprints of version 1 are made.
const maxOld = 16

// old are the fingerprints of version 1 that this block, or a part of it, may have had.
func (b *recurringBlock) old() (out []string) {
	lines := b.lines[:min(len(b.lines), maxOld)]
	for length := len(lines); length > 0; length-- {
		for from := 0; from+length <= len(lines); from++ {
			var all []byte
			for _, e := range lines[from : from+length] {
				all = append(oldSignature(all, []byte(e.sample)), '\n')
			}
			out = append(out, filter.Fingerprint(string(all), 8))
		}
	}
	return out
}

// Seen returns the fingerprints of all lines that no rule knows and that are remembered, in order: those as well
// that are not among Unknown.
func (r *Recurrences) Seen() []string { return r.table.names() }
