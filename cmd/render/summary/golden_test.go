package summary_test

import (
	"testing"

	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter"
)

// goldens are the runs whose summary and report are read by people before
// they are committed.
var goldens = []struct {
	name, capture string
	installed     rendertest.Versions
	color         bool
}{
	{name: "20-hosts", capture: "gevent-25.5.1.20-hosts.pipe.log", installed: rendertest.Versions{"gevent": "25.5.1"}},
	{name: "unknown-version", capture: "gevent-25.5.1.3-hosts.pipe.log"},
	{name: "regression", capture: "gevent-25.5.1.3-hosts.pipe.log", installed: rendertest.Versions{"gevent": "26.9.0"}},
	{name: "colored", capture: "more/one-host-fails.gevent-25.5.1.log", installed: rendertest.Versions{"gevent": "25.5.1"}, color: true},
	{name: "colored-error", capture: "more/network-retry.log", color: true},
	{name: "terminal", capture: "gevent-25.5.1.3-hosts.pty.raw", installed: rendertest.Versions{"gevent": "25.5.1"}},
	{name: "orbstack-stopped", capture: "samples/orbstack_stopped.merged.txt"},
	{name: "network-retry", capture: "more/network-retry.log"},
	{name: "paramiko", capture: "more/paramiko-3.4.0.cryptography-43.0.3.import.log", installed: rendertest.Versions{"paramiko": "3.4.0"}},
	{name: "pythonwarnings", capture: "more/pythonwarnings.py3.12.log"},
	{name: "unknown", capture: "more/deploy-raises.log"},
}

func TestGoldenSummary(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.name, func(t *testing.T) {
			_, sum := rendertest.Run(t, rendertest.Capture(t, g.capture), filter.Options{Record: true, Installed: g.installed.Installed})
			rendertest.Golden(t, g.name+".summary.txt", rendertest.Text(sum, g.color))
		})
	}
}

func TestGoldenReport(t *testing.T) {
	for _, g := range goldens {
		if g.color {
			continue // a report has none
		}
		t.Run(g.name, func(t *testing.T) {
			_, sum := rendertest.Run(t, rendertest.Capture(t, g.capture), filter.Options{Record: true, Installed: g.installed.Installed})
			rendertest.Golden(t, g.name+".report.json", rendertest.Settled(rendertest.JSON(t, sum)))
		})
	}
}
