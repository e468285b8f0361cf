package reports

import (
	"io"

	"github.com/orbfilter/orbfilter/cmd/render/page"
	"github.com/orbfilter/orbfilter/filter/report"
)

// HTML writes the report as one page for a browser.
func HTML(w io.Writer, r *report.Report) error { return page.Write(w, r) }
