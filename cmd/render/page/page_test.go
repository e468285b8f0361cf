package page_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/filter/report"
)

// of returns the report of one recorded log.
func of(t *testing.T, name, version string) *report.Report {
	t.Helper()
	sum := summaryOf(t, capture(t, name), map[string]string{"gevent": version}, nil)
	return report.New(sum, report.Run{Version: "1.2.3", ExitCode: 1, Name: name, Date: "2026-11-02T08:40:00+01:00", Fix: fix.Command})
}

// TestShowsWhatTheReportSays compares every number of the page.
func TestShowsWhatTheReportSays(t *testing.T) {
	for _, name := range []string{
		"gevent-25.5.1.20-hosts.pipe.log", "gevent-25.5.1.3-hosts.pty.raw", "more/mixed.gevent-25.5.1.log", "more/network-retry.log",
		"more/deploy-raises.log", "more/pyinfra-errors.log", "more/ssh-new-host-key.log", "more/one-host-fails.gevent-25.5.1.log",
	} {
		t.Run(name, func(t *testing.T) {
			r := of(t, name, "25.5.1")
			d := parse(t, write(t, r))
			require.NotEmpty(t, r.Issues)
			sameFacts(t, d, r)
			assert.Nil(t, d.id("trend"), "of one run")
		})
	}
	t.Run("40 logs", func(t *testing.T) {
		r := demo(t)
		require.Greater(t, len(r.Issues), 12)
		page := write(t, r)
		d := parse(t, page)
		sameFacts(t, d, r)
		sameTrend(t, d, r)
		worstFirst(t, d, r)
		var asJSON bytes.Buffer
		require.NoError(t, r.JSON(&asJSON))
		keep(t, "demo.html", []byte(page))
		keep(t, "demo.json", asJSON.Bytes())
		trend := text(d.id("trend"))
		for _, want := range []string{"gevent 25.5.1 2 Nov to 13 Nov", "gevent 25.9.1 16 Nov", "paramiko 3.4.0 2 Nov to 19 Nov"} {
			assert.Contains(t, trend, want)
		}
		assert.Contains(t, text(d.id("failed")), "gzip: unexpected EOF", "a log that could not be read is named first")
	})
}

// TestOfNothing: a report without logs and issues is a page as well.
func TestOfNothing(t *testing.T) {
	d := parse(t, write(t, report.Merge()))
	sameTotals(t, d, report.Merge())
	assert.Contains(t, text(d.id("issues")), "Nothing that a rule knows was seen.")
	assert.Nil(t, d.id("logs"))
}

// TestSameReportSamePage: what is the same can be compared and cached.
func TestSameReportSamePage(t *testing.T) {
	r := demo(t)
	first := write(t, r)
	for range 5 {
		require.Equal(t, first, write(t, r))
	}
}

// TestGoldenPage: the page of a small report, which a person reads before it is
// committed. Style and script have files of their own.
func TestGoldenPage(t *testing.T) {
	page := write(t, of(t, "more/one-host-fails.gevent-25.5.1.log", "25.5.1"))
	for _, name := range []string{"style", "script"} {
		from, to := strings.Index(page, "<"+name+">")+len(name)+2, strings.Index(page, "</"+name+">")
		page = page[:from] + "…" + page[to:]
	}
	page = machineNames.Replace(hash.ReplaceAllString(page, "sha256-…"))
	file := filepath.Join(top, "testdata", "golden", "page.html")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(page), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test -update writes it")
	assert.Equal(t, string(want), page)
}

// TestAsksForNothing: there is nothing in a page that a browser would fetch, and
// a policy that keeps it from fetching, whatever is in there.
func TestAsksForNothing(t *testing.T) {
	d := parse(t, write(t, demo(t)))
	policy := ""
	for n := range d.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		assert.NotContains(t, []string{"link", "img", "iframe", "object", "embed", "audio", "video", "base", "image", "source"}, n.Data)
		if attribute(n, "http-equiv") == "Content-Security-Policy" {
			policy = attribute(n, "content")
		}
		for _, a := range n.Attr {
			assert.NotEqual(t, "src", a.Key)
			assert.NotEqual(t, "style", a.Key, "the policy forbids it")
			assert.False(t, strings.HasPrefix(a.Key, "on"), a.Key)
			if n.Data == "use" {
				assert.True(t, strings.HasPrefix(attribute(n, "href"), "#s-"))
			}
		}
	}
	assert.True(t, strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-"), policy)
	assert.NotContains(t, policy, "unsafe")
	assert.NotContains(t, policy, "http")
	style := text(all(d.Node, "style")[0])
	assert.NotContains(t, style, "url(")
	assert.NotContains(t, style, "@import")
}

// TestLinksLeadSomewhere: each link within the page has a target, and there is
// no id twice.
func TestLinksLeadSomewhere(t *testing.T) {
	d := parse(t, write(t, demo(t)))
	ids := map[string]int{}
	for n := range d.Descendants() {
		if id := attribute(n, "id"); n.Type == html.ElementNode && id != "" {
			ids[id]++
		}
	}
	for id, n := range ids {
		assert.Equal(t, 1, n, id)
	}
	for _, a := range all(d.Node, "a") {
		if to, ok := strings.CutPrefix(attribute(a, "href"), "#"); ok {
			assert.Contains(t, ids, to)
		}
	}
}

func isoDay(t *testing.T, day string) string {
	t.Helper()
	at, err := time.Parse("2 January 2006", day)
	require.NoError(t, err)
	return at.Format("2006-01-02")
}

func grouped(n int) string {
	s := strconv.Itoa(n)
	if len(s) > 3 {
		return s[:len(s)-3] + "," + s[len(s)-3:]
	}
	return s
}

// width is that of the bar in a cell, in percent.
func width(t *testing.T, cell *html.Node) float64 {
	t.Helper()
	w, err := strconv.ParseFloat(strings.TrimSuffix(attribute(all(cell, "rect")[0], "width"), "%"), 64)
	require.NoError(t, err)
	return w
}
