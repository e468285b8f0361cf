package cmd

import (
	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/filter/report"
)

// sayInCI says what was found in the CI system's own way, as a run does, and adds
// it to the page of the job.
func (s *scan) sayInCI(sum *report.Report) {
	s.options.Dressed(s.io).Announce(s.io, s.options, ci.WithNew(s.gate, sum), sum)
}
