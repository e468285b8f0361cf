package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// copy: the clipboard gets the command that is shown, and the verdict as Markdown.
func (b *chromium) copy(t *testing.T) {
	v := desktop
	v.shared = true
	tab := b.open(t, b.file, v)
	opened(t, tab)
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

	require.NoError(t, chromedp.Do(tab, chromedp.Click(chromedp.CSS("#verdict .copy-text"))))
	_, err = chromedp.Run(tab, chromedp.Poll[bool](`document.querySelector("#verdict .copy-text").textContent === "Copied"`))
	require.NoError(t, err)
	assert.Equal(t, parse(t, write(t, b.demo)).id("verdict-markdown").FirstChild.Data, eval[string](t, tab, `navigator.clipboard.readText()`))
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
	for _, head := range []string{"h2", "h3", "summary"} {
		assert.Equal(t, []string{"avoid"}, eval[[]string](t, tab, `[...new Set([...document.querySelectorAll("main `+head+`")].map((e) => getComputedStyle(e).breakAfter))]`), "no %s stands alone at the foot of a sheet", head)
	}
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

// log: a log of 100,000 lines opens at once; an address leads to a line of it, and the numbers are links.
func (b *chromium) log(t *testing.T) {
	r, _ := textOf(t, largeText(100_000), "large.log")
	address := b.write(t, r)
	page := write(t, r)
	t.Logf("%d lines, %.1f MiB", r.Input.Lines, float64(len(page))/(1<<20))
	assert.Less(t, len(page), 20<<20)
	for _, v := range []view{{width: 1280, height: 900}, {width: 390, height: 844, mobile: true}} {
		tab := b.open(t, address, v)
		took := eval[float64](t, tab, `performance.getEntriesByType("navigation")[0].loadEventEnd`)
		t.Logf("%d pixels: loaded after %.0f ms", v.width, took)
		assert.Less(t, took, 20_000.0, "less than one second on a machine that has nothing else to do")
		assert.Less(t, eval[int](t, tab, `document.getElementsByTagName("*").length`), 25_000, "what is not seen is text, and no element a line")
		chromedp.Cancel(tab)
	}

	tab := b.open(t, address+"#L77777", desktop)
	at := func(id string) bool {
		return eval[bool](t, tab, `(() => {
			const line = document.getElementById(`+quoted(id)+`), log = document.querySelector(".log").getBoundingClientRect();
			if (!line) return false;
			const box = line.getBoundingClientRect();
			return box.top >= log.top && box.bottom <= log.bottom && box.top >= 0 && box.top < innerHeight && line.getAttribute("href") === "#" + line.id;
		})()`)
	}
	assert.Eventually(t, func() bool { return at("L77777") }, 10*time.Second, 50*time.Millisecond)
	text := eval[string](t, tab, `(() => {
		const line = document.getElementById("L77777"), rows = line.closest(".rows");
		const n = [...rows.querySelectorAll(".nr a")].indexOf(line);
		return rows.querySelector(".tx").textContent.split("\n")[n];
	})()`)
	assert.Equal(t, strings.Split(string(largeText(100_000)), "\n")[77776], text)
	require.NoError(t, chromedp.Do(tab, chromedp.Click(chromedp.CSS("#verdict .where-failed a"))))
	line := fmt.Sprintf("L%d", r.Verdict.Line)
	assert.Eventually(t, func() bool { return at(line) }, 10*time.Second, 50*time.Millisecond)
	assert.Equal(t, "#"+line, eval[string](t, tab, `location.hash`))

	r, _ = textOf(t, capture(t, "more/one-host-fails.gevent-25.5.1.log"), "a.log") // what is folded opens where it stood
	tab = b.open(t, b.write(t, r)+"#L60", desktop)
	assert.Eventually(t, func() bool {
		return eval[bool](t, tab, `(() => { const d = [...document.querySelectorAll(".log details")].find((d) => d.open); return !!d && d.textContent.includes("AssertionError"); })()`)
	}, 10*time.Second, 50*time.Millisecond)
}

// keys: / filters, j and k go on and back, ? says so.
func (b *chromium) keys(t *testing.T) {
	tab := b.open(t, b.file, desktop)
	where := `(() => { const e = document.querySelector(".current"); return e ? e.id || e.className : ""; })()`
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("j")))
	assert.Equal(t, "verdict", eval[string](t, tab, where))
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("j")))
	second := eval[string](t, tab, where)
	assert.NotEqual(t, "verdict", second)
	assert.NotEmpty(t, second)
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("k")))
	assert.Equal(t, "verdict", eval[string](t, tab, where))
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("?")))
	assert.True(t, eval[bool](t, tab, `document.getElementById("keys").open`))
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("\x1b"), chromedp.KeyEvent("/")))
	eval[any](t, tab, `document.activeElement.value = ""; null`) // a key that comes from elsewhere is two events, and one is too late to be held up
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("j")))
	assert.False(t, eval[bool](t, tab, `document.getElementById("keys").open`))
	assert.Equal(t, "j", eval[string](t, tab, `document.getElementById("filter-text").value`), "where one types, a key is a letter")
	tab.quiet(t, b.file)
}
