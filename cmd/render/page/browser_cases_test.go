package page_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/report"
)

// screenshots is the variable that names a folder for what a person is to look at.
const screenshots = "ORBFILTER_SCREENSHOTS"

func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	if folder := os.Getenv(screenshots); folder != "" {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), data, 0o644))
	}
}

// firstSight keeps the screenshot of docs/page.md.
func (b *chromium) firstSight(t *testing.T) {
	t.Helper()
	tab := b.open(t, b.file, view{width: 1100, height: 1900})
	picture, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	keep(t, "page.png", picture)
}

// looks: a page fits, asks for nothing, and shows what the report says.
func (b *chromium) looks(t *testing.T) {
	dark := desktop
	dark.dark = true
	darkPhone := phone
	darkPhone.dark = true
	for name, v := range map[string]view{"desktop": desktop, "desktop-dark": dark, "phone": phone, "phone-dark": darkPhone} {
		t.Run(name, func(t *testing.T) {
			tab := b.open(t, b.file, v)
			assert.Empty(t, tooWide(t, tab))
			tab.quiet(t, b.file)
			if os.Getenv(screenshots) != "" {
				picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
				require.NoError(t, err)
				keep(t, name+".png", picture)
			}
		})
	}
	b.firstSight(t)
	tab := b.open(t, b.file, desktop)
	d := tab.document(t)
	sameFacts(t, d, b.demo)
	sameTrend(t, d, b.demo)
	assert.Empty(t, hidden(t, tab, `.away`), "what is there is seen")
}

// tooWide returns the elements that reach beyond the screen, outside of what
// scrolls by itself.
func tooWide(t *testing.T, tab *tab) []string {
	t.Helper()
	return eval[[]string](t, tab, `[...document.body.querySelectorAll("*")]
		.filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.parentElement.closest(".scroll, svg, pre"))
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
	small := demoOf(t, 14, 19) // it looks at each thing on a page, which takes its time
	for _, v := range []view{
		desktop, phone, {width: 1200, height: 900, dark: true}, {width: 320, height: 640, mobile: true, dark: true},
	} {
		t.Run(fmt.Sprintf("%+v", v), func(t *testing.T) { noViolations(t, b.open(t, b.write(t, small), v), b.axe) })
	}
	t.Run("three weeks", func(t *testing.T) { noViolations(t, b.open(t, b.file, desktop), b.axe) })
	t.Run("one run", func(t *testing.T) {
		noViolations(t, b.open(t, b.write(t, of(t, "more/mixed.gevent-25.5.1.log", "25.5.1")), desktop), b.axe)
	})
	t.Run("nothing", func(t *testing.T) { noViolations(t, b.open(t, b.write(t, report.Merge()), desktop), b.axe) })
	t.Run("hostile", func(t *testing.T) { noViolations(t, b.open(t, b.write(t, hostile(attacks[1])), phone), b.axe) })
}

func noViolations(t *testing.T, tab *tab, axe string) {
	t.Helper()
	eval[any](t, tab, axe+"; null")
	violations := eval[[]string](t, tab, `(async () => {
		for (const d of document.querySelectorAll("details")) d.open = true;
		const found = await axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]});
		if (found.passes.length < 15) return ["axe-core looked at " + found.passes.length + " rules only"];
		return found.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 200) + ": " + n.failureSummary));
	})()`)
	assert.Empty(t, violations)
}

// withoutScript: where scripts may not run, the page has all of its content,
// and no control that does nothing.
func (b *chromium) withoutScript(t *testing.T) {
	v := desktop
	v.noScript = true
	tab := b.open(t, b.file, v)
	assert.Empty(t, eval[[]string](t, tab, `[...document.querySelectorAll("button, input, select")].filter((e) => e.checkVisibility()).map((e) => e.outerHTML)`), "controls")
	assert.Empty(t, hidden(t, tab, `.away, #filter, .copy`))
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
		noViolations(t, b.open(t, address, v), b.axe)
	}
}

// filter: by text, by severity, by host, and all of the page follows.
func (b *chromium) filter(t *testing.T) {
	tab := b.open(t, b.file, desktop)
	all := tab.shown(t, "#issues-table tbody tr")
	require.Len(t, all, len(b.demo.Issues))

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
	tab.quiet(t, b.file)
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
			before, after := parsed(t, numbers[n-1]), parsed(t, numbers[n])
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

// copy: the clipboard gets the command that is shown.
func (b *chromium) copy(t *testing.T) {
	tab := b.open(t, b.file, desktop)
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(tab, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
		})
		require.NoError(t, err)
	}
	_, err := chromedp.Call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	require.NoError(t, err)
	const command = "#issue-gevent-fork-hooks-assertion .command "
	require.NoError(t, chromedp.Do(tab, chromedp.Click(chromedp.CSS(command+".copy")), chromedp.WaitReady(chromedp.CSS(command+".copy"))))
	_, err = chromedp.Run(tab, chromedp.Poll[bool](`document.querySelector(`+quoted(command+".copy")+`).textContent === "Copied"`))
	require.NoError(t, err)
	want := issueOf(t, b.demo, "gevent-fork-hooks-assertion").Fix[0]
	assert.Equal(t, want, eval[string](t, tab, `navigator.clipboard.readText()`))
}

// link: an address with an issue in it leads there, also when the filter hides it.
func (b *chromium) link(t *testing.T) {
	const id = "issue-paramiko-tripledes"
	tab := b.open(t, b.file+"#"+id, desktop)
	inView := `(() => { const box = document.getElementById(` + quoted(id) + `).getBoundingClientRect(); return box.height > 0 && box.top >= 0 && box.top < innerHeight; })()`
	assert.True(t, eval[bool](t, tab, inView))

	tab = b.open(t, b.file, desktop)
	require.NoError(t, chromedp.Do(tab, chromedp.SendKeys(chromedp.CSS("#filter-text"), "no issue has this in it")))
	assert.Empty(t, tab.shown(t, "article"))
	eval[any](t, tab, `location.hash = `+quoted(id)+`; null`)
	_, err := chromedp.Run(tab, chromedp.Poll[bool](inView))
	require.NoError(t, err)
}

// print: what is for a screen is not on paper, and what is folded up is.
func (b *chromium) print(t *testing.T) {
	tab := b.open(t, b.file, desktop)
	_, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	require.NoError(t, err)
	assert.Empty(t, eval[[]string](t, tab, `[...document.querySelectorAll("#filter, .copy, nav")].filter((e) => e.checkVisibility()).map((e) => e.outerHTML)`))
	assert.True(t, eval[bool](t, tab, `document.getElementById("trend-table").checkVisibility({contentVisibilityAuto: true})`), "the table of the trend")
	pdf, err := chromedp.Run(tab, chromedp.PrintToPDF())
	require.NoError(t, err)
	keep(t, "demo.pdf", pdf)
}

// hostile: nothing that stands in a log runs, and all of it can be read.
func (b *chromium) hostile(t *testing.T) {
	for n, attack := range attacks {
		address := b.write(t, hostile(attack))
		tab := b.open(t, address, phone)
		assert.Equal(t, "undefined", eval[string](t, tab, `typeof window.pwned`), n)
		assert.Contains(t, eval[string](t, tab, `document.title`), "orbfilter: 5 logs", n)
		assert.Empty(t, tooWide(t, tab), n)
		tab.quiet(t, address)
		chromedp.Cancel(tab)
	}
	tab := b.open(t, b.write(t, hostile(attacks[0])), desktop)
	assert.Contains(t, eval[string](t, tab, `document.querySelector("#unknown-list pre").innerText`), attacks[0])
}

// large: the page of a thousand logs answers.
func (b *chromium) large(t *testing.T) {
	address := b.write(t, large(1000, 100, 200))
	tab := b.open(t, address, phone)
	require.NoError(t, chromedp.Do(tab, chromedp.SendKeys(chromedp.CSS("#filter-text"), "issue-042")))
	assert.Equal(t, []string{"some-package-issue-042"}, tab.shown(t, "#issues-table tbody tr"))
	tab.quiet(t, address)
}
