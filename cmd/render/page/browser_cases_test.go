package page_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// screenshots is the variable that names a folder for what a person is to look at.
const screenshots = "ORBFILTER_SCREENSHOTS"

func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	if folder := os.Getenv(screenshots); folder != "" {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), data, 0o644))
	}
}

// A sight is a page as people have one.
type sight struct {
	name   string
	report *report.Report
}

// sights are a good run, one that failed, one on forty hosts, three hundred logs, a log that means harm.
func sights(t *testing.T) []sight {
	t.Helper()
	good, _ := textOf(t, capture(t, "gevent-25.5.1.3-hosts.pipe.log"), "deploy.log")
	failed, _ := textOf(t, timed(capture(t, "more/one-host-fails.gevent-25.5.1.log")), "deploy.log")
	hostile, _ := textOf(t, hostileText(), attacks[2]+".log")
	return []sight{{"run", good}, {"failed", failed}, {"40-hosts", ranOn(14, 40)}, {"300-logs", demoOf(t, 0, 299)}, {"hostile", hostile}}
}

// timed puts times in front of the lines, as CI systems do: half a second a line.
func timed(log []byte) []byte {
	var b bytes.Buffer
	at := time.Date(2026, time.November, 2, 8, 40, 0, 0, time.UTC)
	for line := range bytes.Lines(log) {
		at = at.Add(500 * time.Millisecond)
		fmt.Fprintf(&b, "%s %s", at.Format("2006-01-02T15:04:05.0000000Z"), line)
	}
	return b.Bytes()
}

// hostileText is a log that has all attacks in it, where a host and an operation are named as well.
func hostileText() []byte {
	var b bytes.Buffer
	b.WriteString("--> Connecting to hosts...\n    [vm-01] Connected\n")
	for _, attack := range attacks {
		attack = strings.NewReplacer("\n", " ", "\r", " ").Replace(attack[:min(len(attack), 3000)])
		fmt.Fprintf(&b, "--> Starting operation: Do %s\n    [vm-01] %s\n    [vm-01] Error: executed 0 commands\n%s\n", attack, attack, attack)
	}
	return b.Bytes()
}

// looks: a page fits, asks for nothing, shows what the report says, and nobody is kept out: on a phone, on a desk, on
// a large screen, in the light and in the dark.
func (b *chromium) looks(t *testing.T) {
	for _, s := range sights(t) {
		address := b.write(t, s.report)
		for _, v := range []view{{width: 390, height: 844, mobile: true}, {width: 1280, height: 900}, {width: 1920, height: 1080}} {
			for _, v.dark = range []bool{false, true} {
				t.Run(fmt.Sprintf("%s-%d-%v", s.name, v.width, v.dark), func(t *testing.T) {
					tab := b.open(t, address, v)
					opened(t, tab)
					assert.Empty(t, tooWide(t, tab))
					assert.Empty(t, together(t, tab), "numbers that run together")
					tab.quiet(t, address)
					assert.Equal(t, "undefined", eval[string](t, tab, `typeof window.pwned`))
					if v.width != 1920 && s.name != "300-logs" {
						noViolations(t, tab, b.axe, allRules)
					}
				})
			}
			b.picture(t, s.name, address, v)
		}
	}
	b.picture(t, "page", b.file, view{width: 1100, height: 1500})
	tab := b.open(t, b.file, desktop)
	d := tab.document(t)
	sameFacts(t, d, b.demo)
	sameTrend(t, d, b.demo)
	assert.Empty(t, hidden(t, tab, `.away, .only-print, dialog, .markdown`), "what is there is seen")
}

// picture keeps a screenshot of what is seen first.
func (b *chromium) picture(t *testing.T, name, address string, v view) {
	t.Helper()
	if os.Getenv(screenshots) == "" {
		return
	}
	for _, v.dark = range []bool{false, true} {
		tab := b.open(t, address, v)
		picture, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
		require.NoError(t, err)
		file := fmt.Sprintf("%s-%d.png", name, v.width)
		if v.dark {
			file = fmt.Sprintf("%s-%d-dark.png", name, v.width)
		}
		keep(t, file, smaller(t, picture))
		chromedp.Cancel(tab)
	}
}

// together returns cells of tables whose text touches, or lies over, that of the next one.
func together(t *testing.T, tab *tab) []string {
	t.Helper()
	return eval[[]string](t, tab, `(() => {
		const out = [];
		const box = (e) => {
			const walk = document.createTreeWalker(e, NodeFilter.SHOW_TEXT), all = [];
			for (let n = walk.nextNode(); n; n = walk.nextNode()) {
				if (n.parentElement.closest(".away") || !n.data.trim()) continue;
				const r = document.createRange();
				r.selectNodeContents(n);
				all.push(r.getBoundingClientRect());
			}
			return {left: Math.min(...all.map((r) => r.left)), right: Math.max(...all.map((r) => r.right)), top: Math.min(...all.map((r) => r.top)), bottom: Math.max(...all.map((r) => r.bottom))};
		};
		for (const row of [...document.querySelectorAll("table tr")].slice(0, 400)) {
			const cells = [...row.cells].filter((c) => c.checkVisibility() && c.textContent.trim());
			for (let i = 1; i < cells.length; i++) {
				const a = box(cells[i - 1]), b = box(cells[i]);
				if (cells[i].classList.contains("turned") || a.bottom <= b.top + 1 || b.bottom <= a.top + 1) continue;
				if (b.left - a.right < 4) out.push(cells[i - 1].textContent.trim().slice(0, 40) + "|" + cells[i].textContent.trim().slice(0, 40));
			}
		}
		return out;
	})()`)
}

// tooWide returns the elements that reach beyond the screen, outside of what
// scrolls by itself.
func tooWide(t *testing.T, tab *tab) []string {
	t.Helper()
	return eval[[]string](t, tab, `[...document.body.querySelectorAll("*")]
		.filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.parentElement.closest(".scroll, .log, svg, pre"))
		.map((e) => e.outerHTML.slice(0, 120)).concat(document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["the page"] : [])`)
}

// hidden returns the texts that a person cannot see, without those of what a
// person can open, and those of a selector.
func hidden(t *testing.T, tab *tab, but string) []string {
	t.Helper()
	return eval[[]string](t, tab, `(() => {
		for (const d of document.querySelectorAll("details")) d.open = true;
		const out = [];
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let n = walk.nextNode(); n; n = walk.nextNode()) {
			const e = n.parentElement;
			if (!n.data.trim() || e.closest("script, svg, option, .skip, `+but+`")) continue;
			const box = e.getBoundingClientRect();
			if (!e.checkVisibility({opacityProperty: true, visibilityProperty: true}) || box.width === 0 || box.height === 0) out.push(n.data);
		}
		return out;
	})()`)
}

// accessible: axe-core finds nothing, https://github.com/dequelabs/axe-core.
func (b *chromium) accessible(t *testing.T) {
	small := b.write(t, demoOf(t, 14, 19)) // it looks at each thing on a page, which takes its time
	dark, darkPhone := desktop, phone
	dark.dark, darkPhone.dark = true, true
	for _, test := range []struct {
		name, file string
		view       view
		rules      axeRules
	}{
		{"desktop", small, desktop, allRules},
		{"phone", small, phone, allRules},
		{"dark", small, dark, contrast}, // nothing else is another
		{"dark phone", small, darkPhone, contrast},
		{"three weeks", b.file, desktop, withoutContrast}, // which is measured for each text
		{"one run", b.write(t, of(t, "more/mixed.gevent-25.5.1.log", "25.5.1")), desktop, allRules},
		{"nothing", b.write(t, report.Merge()), desktop, allRules},
		{"hostile", b.write(t, hostile(attacks[1])), phone, allRules},
	} {
		t.Run(test.name, func(t *testing.T) { noViolations(t, b.open(t, test.file, test.view), b.axe, test.rules) })
	}
}

// axeRules are what axe-core looks for: its options, and how many rules have to find something that they agree with.
type axeRules struct {
	options string
	passes  int
}

const standards = `runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`

var (
	allRules        = axeRules{standards, 15}
	withoutContrast = axeRules{standards + `, rules: {"color-contrast": {enabled: false}}`, 15}
	contrast        = axeRules{`runOnly: {type: "rule", values: ["color-contrast"]}`, 1}
)

func noViolations(t *testing.T, tab *tab, axe string, rules axeRules) {
	t.Helper()
	eval[any](t, tab, axe+"; null")
	violations := eval[[]string](t, tab, fmt.Sprintf(`(async () => {
		for (const d of document.querySelectorAll("details")) d.open = true;
		const found = await axe.run(document, {resultTypes: ["violations"], %s});
		if (found.passes.length < %d) return ["axe-core looked at " + found.passes.length + " rules only"];
		return found.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 200) + ": " + n.failureSummary));
	})()`, rules.options, rules.passes))
	assert.Empty(t, violations)
}

// withoutScript: where scripts may not run, the page has all of its content,
// and no control that does nothing.
func (b *chromium) withoutScript(t *testing.T) {
	v := desktop
	v.noScript = true
	tab := b.open(t, b.file, v)
	assert.Empty(t, eval[[]string](t, tab, `[...document.querySelectorAll("button, input, select")].filter((e) => e.checkVisibility()).map((e) => e.outerHTML)`), "controls")
	assert.Empty(t, hidden(t, tab, `.away, #filter, .copy, .copy-text, .only-print, .only-script, .markdown, dialog`))
	d := tab.document(t)
	sameFacts(t, d, b.demo)
	sameTrend(t, d, b.demo)
	tab.quiet(t, b.file)

	// axe is a script itself: it looks at what is left when the page's own is taken out.
	for _, v := range []view{desktop, phone} {
		address := strings.TrimSuffix(b.file, "report.html") + "without.html"
		page := write(t, demoOf(t, 14, 19))
		page = page[:strings.Index(page, "<script>")]
		u, err := url.Parse(address)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.FromSlash(u.Path), []byte(page), 0o600))
		noViolations(t, b.open(t, address, v), b.axe, allRules)
	}
}

// filter: by text, by severity, by host, and all of the page follows.
func (b *chromium) filter(t *testing.T) {
	tab := b.open(t, b.file, desktop)
	all := tab.shown(t, "#issues-table tbody tr")
	require.Len(t, all, len(b.demo.Issues))
	opened(t, tab)

	require.NoError(t, chromedp.Do(tab, chromedp.SendKeys(chromedp.CSS("#filter-text"), "Forked Process AssertionError")))
	want := []string{"gevent-fork-hooks-assertion"}
	for _, part := range []string{"#issues-table tbody tr", "#timeline-table tbody tr", "#operations-table tbody tr", "#trend figure[data-issue]"} {
		assert.Equal(t, want, tab.shown(t, part), part)
	}
	assert.Equal(t, fmt.Sprintf("1 of %d issues", len(all)), eval[string](t, tab, `document.getElementById("filter-said").textContent`))
	assert.Empty(t, tab.shown(t, "#hosts-table tbody tr"))

	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("\x1b"), // Escape empties it
		chromedp.Click(chromedp.CSS(`#filter input[value=noise]`))))
	var errors []string
	for _, i := range b.demo.Issues {
		if i.Severity != "noise" {
			errors = append(errors, i.ID)
		}
	}
	assert.ElementsMatch(t, errors, tab.shown(t, "#issues-table tbody tr"))

	require.NoError(t, chromedp.Do(tab, chromedp.Click(chromedp.CSS(`#filter input[value=noise]`))))
	host := eval[string](t, tab, `(() => {
		const host = document.getElementById("filter-host");
		host.selectedIndex = 3;
		host.dispatchEvent(new Event("input", {bubbles: true}));
		return host.selectedOptions[0].textContent;
	})()`)
	var onHost []string
	for _, i := range b.demo.Issues {
		if i.Hosts[host] > 0 {
			onHost = append(onHost, i.ID)
		}
	}
	require.NotEmpty(t, onHost, host)
	assert.ElementsMatch(t, onHost, tab.shown(t, "#issues-table tbody tr"), host)
	assert.Equal(t, "host="+host, eval[string](t, tab, `decodeURIComponent(location.search.slice(1))`), "what is filtered for is in the address")
	tab.quiet(t, b.file)

	again := b.open(t, b.file+"?q=gevent&without=error", desktop)
	shown := again.shown(t, "#issues-table tbody tr")
	require.NotEmpty(t, shown)
	for _, id := range shown {
		assert.NotEqual(t, rules.Error, issueOf(t, b.demo, id).Severity)
	}
	assert.Less(t, len(shown), len(all))
	log := b.demo.Logs[3].Name
	again = b.open(t, b.file+"?q="+url.QueryEscape(log), desktop)
	opened(t, again)
	assert.Equal(t, []string{log}, eval[[]string](t, again, `[...document.querySelectorAll("#logs-table tbody tr")].filter((e) => e.checkVisibility()).map((e) => e.cells[0].textContent)`))
	assert.Contains(t, eval[string](t, again, `document.getElementById("logs-said").textContent`), "1 of ")
}

// opened opens all that is closed.
func opened(t *testing.T, tab *tab) {
	t.Helper()
	eval[any](t, tab, `for (const d of document.querySelectorAll("details")) d.open = true; null`)
}

// sort: a button in a head, by numbers and by text, and the head says how.
func (b *chromium) sort(t *testing.T) {
	tab := b.open(t, b.file, desktop)
	column := func(n int) []string {
		return eval[[]string](t, tab, fmt.Sprintf(`[...document.querySelectorAll("#issues-table tbody tr")].map((r) => r.cells[%d].innerText.trim())`, n))
	}
	head := func(n int) string { return fmt.Sprintf("#issues-table th:nth-child(%d)", n) }
	sorted := func(n int) string {
		return eval[string](t, tab, `document.querySelector(`+quoted(head(n))+`).getAttribute("aria-sort")`)
	}
	for _, want := range []string{"descending", "ascending"} {
		require.NoError(t, chromedp.Do(tab, chromedp.Click(chromedp.CSS(head(2)+" button"))))
		assert.Equal(t, want, sorted(2))
		numbers := column(1)
		for n := 1; n < len(numbers); n++ {
			before, after := parsed(t, strings.TrimSuffix(numbers[n-1], " ×")), parsed(t, strings.TrimSuffix(numbers[n], " ×"))
			if want == "ascending" {
				before, after = after, before
			}
			assert.GreaterOrEqual(t, before, after)
		}
	}
	require.NoError(t, chromedp.Do(tab, chromedp.Focus(chromedp.CSS(head(1)+" button")), chromedp.KeyEvent("\r")))
	assert.Equal(t, "ascending", sorted(1))
	assert.IsIncreasing(t, column(0))
	assert.Equal(t, 1, eval[int](t, tab, `document.querySelectorAll("th[aria-sort]").length`), "one column sorts")
	sameFacts(t, tab.document(t), b.demo)
}
