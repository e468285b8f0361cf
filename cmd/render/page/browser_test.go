package page_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// browserLimit is for all of the test, which takes a minute or so.
const browserLimit = 15 * time.Minute

// TestBrowser opens pages in Chromium.
func TestBrowser(t *testing.T) {
	testrun.Long(t)
	b := newBrowser(t)
	t.Run("looks", func(t *testing.T) { b.looks(t) })
	t.Run("accessible", func(t *testing.T) { b.accessible(t) })
	t.Run("without script", func(t *testing.T) { b.withoutScript(t) })
	t.Run("filter", func(t *testing.T) { b.filter(t) })
	t.Run("sort", func(t *testing.T) { b.sort(t) })
	t.Run("copy", func(t *testing.T) { b.copy(t) })
	t.Run("link", func(t *testing.T) { b.link(t) })
	t.Run("print", func(t *testing.T) { b.print(t) })
	t.Run("hostile", func(t *testing.T) { b.hostile(t) })
	t.Run("log", func(t *testing.T) { b.log(t) })
	t.Run("keys", func(t *testing.T) { b.keys(t) })
	t.Run("large", func(t *testing.T) { b.large(t) })
}

// A chromium is the browser, with the page of the demo.
type chromium struct {
	ctx  context.Context // of the browser; each test has a tab of its own
	axe  string          // the script
	demo *report.Report
	file string // the demo's page
}

func newBrowser(t *testing.T) *chromium {
	t.Helper()
	program := browserProgram(t)
	b := &chromium{axe: axe(t), demo: demo(t)}
	b.file = b.write(t, b.demo)

	ctx, cancel := context.WithTimeout(context.Background(), browserLimit)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...) // it makes an empty profile
	t.Cleanup(cancel)
	b.ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(b.ctx), "%s does not start", program)
	return b
}

// browserProgram finds a Chromium. Where it is CI that tests, a test without one
// has failed.
func browserProgram(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("ORBFILTER_BROWSER"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if program, err := exec.LookPath(name); name != "" && err == nil {
			return program
		}
	}
	missing(t, "there is no Chromium: testdata/page/browser.sh installs one, or says how; ORBFILTER_BROWSER names one")
	return ""
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" || os.Getenv("ORBFILTER_LIVE_REQUIRED") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// axe returns axe-core.
func axe(t *testing.T) string {
	t.Helper()
	c := exec.Command("sh", filepath.Join(top, "testdata", "page", "axe.sh"))
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		missing(t, "there is no axe-core: "+said.String()+err.Error())
	}
	script, err := os.ReadFile(strings.TrimSpace(string(out)))
	require.NoError(t, err)
	return string(script)
}

// write writes a page to a file and returns its address.
func (b *chromium) write(t *testing.T, r *report.Report) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join(t.TempDir(), "report.html"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(write(t, r)), 0o600))
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()
}

// A view is how a page is looked at.
type view struct {
	width, height int64
	dark, mobile  bool
	noScript      bool
	// shared: in the browser's own context, which can be given a clipboard.
	shared bool
}

var (
	desktop = view{width: 1200, height: 900}
	phone   = view{width: 320, height: 640, mobile: true}
)

// A tab is an open page, and what it did that a page must not do.
type tab struct {
	context.Context

	mu       sync.Mutex
	requests []string
	said     []string // on the console, or in a window
}

// open opens a page in a browser context of its own.
func (b *chromium) open(t *testing.T, address string, v view) *tab {
	t.Helper()
	var apart []chromedp.ContextOption
	if !v.shared {
		apart = append(apart, chromedp.WithNewBrowserContext())
	}
	ctx, cancel := chromedp.NewContext(b.ctx, apart...)
	t.Cleanup(cancel)
	out := &tab{Context: ctx}
	require.NoError(t, chromedp.Listen(ctx, out.see))
	scheme := "light"
	if v.dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	require.NoError(t, err)
	_, err = chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.noScript})
	require.NoError(t, err)
	size := chromedp.EmulateViewport(v.width, v.height)
	if v.mobile {
		size = chromedp.EmulateViewport(v.width, v.height, chromedp.EmulateMobile)
	}
	require.NoError(t, chromedp.Do(ctx, size, chromedp.Navigate(address)))
	return out
}

func (tab *tab) see(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		tab.requests = append(tab.requests, e.Request.URL)
	case *runtime.EventConsoleAPICalled:
		tab.said = append(tab.said, fmt.Sprint("console: ", e.Type, e.Args))
	case *runtime.EventExceptionThrown:
		tab.said = append(tab.said, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		tab.said = append(tab.said, "log: "+e.Entry.Text)
	case *cdpage.EventJavascriptDialogOpening:
		tab.said = append(tab.said, "dialog: "+e.Message)
	}
}

// quiet asserts that a page asked for itself alone, and had nothing to say.
func (tab *tab) quiet(t *testing.T, address string) {
	t.Helper()
	tab.mu.Lock()
	defer tab.mu.Unlock()
	address, _, _ = strings.Cut(address, "#")
	assert.Equal(t, []string{address}, tab.requests)
	assert.Empty(t, tab.said)
}

// eval runs a script in a tab. It may return a promise.
func eval[T any](t *testing.T, tab *tab, script string) T {
	t.Helper()
	out, err := chromedp.Run(tab, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	return out
}

// document is what the page has become.
func (tab *tab) document(t *testing.T) document {
	t.Helper()
	return parse(t, eval[string](t, tab, `document.documentElement.outerHTML`))
}

// shown are the issues that an element shows a part for.
func (tab *tab) shown(t *testing.T, selector string) []string {
	t.Helper()
	return eval[[]string](t, tab, `[...document.querySelectorAll(`+quoted(selector)+`)].filter((e) => e.checkVisibility()).map((e) => e.querySelector("a").textContent)`)
}

func quoted(text string) string {
	out, _ := json.Marshal(text) // a text can always be
	return string(out)
}
