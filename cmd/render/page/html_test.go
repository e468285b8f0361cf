package page_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/orbfilter/orbfilter/cmd/render/page"
	"github.com/orbfilter/orbfilter/filter/report"
)

// write returns the page of a report, which is the one that html/template makes.
func write(t *testing.T, r *report.Report) string {
	t.Helper()
	var b, want bytes.Buffer
	require.NoError(t, page.Write(&b, r))
	require.NoError(t, page.ByTemplate(t, &want, r))
	require.True(t, bytes.Equal(want.Bytes(), b.Bytes()), "a page that is not the one of the templates")
	return b.String()
}

// A document is a page, as a browser reads it.
type document struct{ *html.Node }

func parse(t *testing.T, text string) document {
	t.Helper()
	n, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err)
	return document{n}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// all returns the elements of a name in n, in order.
func all(n *html.Node, name string) (out []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			out = append(out, d)
		}
	}
	return out
}

// id returns the element of an id; nil: there is none.
func (d document) id(id string) *html.Node {
	for n := range d.Descendants() {
		if n.Type == html.ElementNode && attribute(n, "id") == id {
			return n
		}
	}
	return nil
}

// text is what a person reads in n, in one line; what is drawn has none.
func text(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if n.Type == html.ElementNode && n.Data == "svg" {
			return
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// number is what a person reads in n.
func number(t *testing.T, n *html.Node) int64 {
	t.Helper()
	return parsed(t, strings.TrimSuffix(text(n), " ×"))
}

func parsed(t *testing.T, text string) int64 {
	t.Helper()
	if text == "" { // a cell of a heat map
		return 0
	}
	out, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64)
	require.NoError(t, err)
	return out
}

// A row is one of a table: its cells by the heads above them.
type row struct {
	name  string // that of the link in its first cell, else all of that
	node  *html.Node
	cells map[string]*html.Node
}

// rows returns those of the body of a table.
func (d document) rows(t *testing.T, id string) (heads []string, out []row) {
	t.Helper()
	table := d.id(id)
	require.NotNil(t, table, "there is no table %s", id)
	lines := all(table, "tr")
	for c := range lines[0].ChildNodes() {
		if c.Type == html.ElementNode {
			heads = append(heads, text(c))
		}
	}
	for _, tr := range lines[1:] {
		r := row{node: tr, cells: map[string]*html.Node{}}
		at := 0
		for c := range tr.ChildNodes() {
			if c.Type == html.ElementNode {
				require.Less(t, at, len(heads), "more cells than heads")
				r.cells[heads[at]] = c
				at++
			}
		}
		require.Equal(t, len(heads), at, "cells and heads of %s", id)
		first := r.cells[heads[0]]
		require.Equal(t, "th", first.Data, "the first cell is a head")
		require.Equal(t, "row", attribute(first, "scope"))
		r.name = text(first)
		if links := all(first, "a"); len(links) > 0 {
			r.name = text(links[0])
		}
		out = append(out, r)
	}
	return heads, out
}
