package cmd_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// The four kinds of pages, each a folder of docs.
var kindsOfPages = []string{"tutorial", "how-to", "reference", "explanation"}

// TestDocsLinksLead: each link of each page in Markdown leads to a file that is
// there, and to a heading of it.
func TestDocsLinksLead(t *testing.T) {
	testrun.WithoutRace(t)
	pages := markdownPages(t)
	require.Greater(t, len(pages), 20)
	checked := 0
	for _, name := range pages {
		for _, to := range linksOf(t, name) {
			if strings.Contains(to, ":") {
				continue
			}
			file, heading, _ := strings.Cut(to, "#")
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			_, err := os.Stat(filepath.Join("..", filepath.FromSlash(target)))
			assert.NoError(t, err, "%s links to %s", name, to)
			if heading != "" && strings.HasSuffix(target, ".md") {
				assert.Contains(t, headingsOf(t, target), heading, "%s links to %s", name, to)
			}
			checked++
		}
	}
	assert.Greater(t, checked, 100)
}

// TestDocsIndexHasEveryPage: docs/README.md leads to each page of docs, below the
// heading of its kind; and each lies in the folder of a kind.
func TestDocsIndexHasEveryPage(t *testing.T) {
	testrun.WithoutRace(t)
	var there, linked []string
	for _, name := range markdownPages(t) {
		if in, ok := strings.CutPrefix(name, "docs/"); ok && in != "README.md" {
			kind, _, _ := strings.Cut(in, "/")
			assert.Contains(t, kindsOfPages, kind, name)
			there = append(there, in)
		}
	}
	for _, to := range linksOf(t, "docs/README.md") {
		if to, _, _ = strings.Cut(to, "#"); strings.HasSuffix(to, ".md") && !strings.HasPrefix(to, "..") {
			linked = append(linked, to)
		}
	}
	slices.Sort(linked)
	slices.Sort(there)
	assert.Equal(t, there, slices.Compact(linked))
}

// markdownPages returns all pages of the project in Markdown, from its top folder on.
func markdownPages(t *testing.T) (pages []string) {
	t.Helper()
	require.NoError(t, fs.WalkDir(os.DirFS(".."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == "dist" || name == "bin" || name == ".git" || strings.HasPrefix(d.Name(), ".venv") || d.Name() == ".tools" || d.Name() == "site"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".md") && !strings.HasPrefix(name, "testdata/golden"):
			pages = append(pages, name)
		}
		return nil
	}))
	return pages
}

// parsed returns the tree of a page.
func parsed(t *testing.T, name string) (ast.Node, []byte) {
	t.Helper()
	data := []byte(page(t, name))
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	return md.Parser().Parse(text.NewReader(data), parser.WithContext(parser.NewContext())), data
}

var sourceOfImage = regexp.MustCompile(`<img[^>]* src="([^"]+)"`)

// linksOf returns where the links and the pictures of a page lead.
func linksOf(t *testing.T, name string) (to []string) {
	t.Helper()
	root, data := parsed(t, name)
	require.NoError(t, ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link:
			if entering {
				to = append(to, string(n.Destination))
			}
		case *ast.Image:
			if entering {
				to = append(to, string(n.Destination))
			}
		}
		return ast.WalkContinue, nil
	}))
	for _, m := range sourceOfImage.FindAllSubmatch(data, -1) {
		to = append(to, string(m[1]))
	}
	return to
}

var (
	noPartOfAnchor = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
	linked         = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)
)

// headingsOf returns the anchors of a page's headings, as GitHub makes them.
func headingsOf(t *testing.T, name string) (anchors []string) {
	t.Helper()
	root, data := parsed(t, name)
	require.NoError(t, ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering {
			var line bytes.Buffer
			for i := range h.Lines().Len() {
				at := h.Lines().At(i)
				line.Write(at.Value(data))
			}
			plain := noPartOfAnchor.ReplaceAllString(strings.ToLower(linked.ReplaceAllString(line.String(), "$1")), "")
			anchors = append(anchors, strings.ReplaceAll(plain, " ", "-"))
		}
		return ast.WalkContinue, nil
	}))
	return anchors
}
