package diagnose

import (
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// A knownVersion is an issue of versions that the filter has no rule for,
// since what it prints is not to be folded, or nothing at all: an advisory. A
// rule of the same id takes its place.
type knownVersion struct {
	rules.Rule
	goos string // where it occurs; empty: everywhere
}

func (k *knownVersion) on(goos string) bool { return k.goos == "" || k.goos == goos }

func affects(name string, events ...versions.RangeEvent) versions.Affected {
	return versions.Affected{Package: versions.Package{Ecosystem: versions.PyPI, Name: name}, Ranges: []versions.Range{{Events: events}}}
}

func from(version string) versions.RangeEvent    { return versions.RangeEvent{Introduced: version} }
func fixedIn(version string) versions.RangeEvent { return versions.RangeEvent{Fixed: version} }
func until(version string) versions.RangeEvent   { return versions.RangeEvent{LastAffected: version} }

var knownVersions = []knownVersion{
	{Rule: rules.Rule{
		ID: "pyinfra-fork-exec-macos", Severity: rules.Error,
		Title:      "pyinfra 3.7 and older fail on macOS with Python 3.13 (TypeError in _execute_child)",
		Affected:   []versions.Affected{affects("pyinfra", from("0"), fixedIn("3.8.0"))},
		Python:     ">=3.13",
		Fix:        &rules.Fix{Upgrade: "pyinfra", To: ">=3.8.0"},
		References: []string{"https://github.com/pyinfra-dev/pyinfra/issues/1652"},
	}, goos: "darwin"},
	{Rule: rules.Rule{
		ID: "connector-print-output", Severity: rules.Notice,
		Title:    "pyinfra-orbstack 0.11.0 and older fail with pyinfra exec and with -vvv (Error: executed 0 commands)",
		Affected: []versions.Affected{affects("pyinfra-orbstack", from("0"), until("0.11.0"))},
		Advice:   "Leave -vvv out.",
	}},
	{Rule: rules.Rule{
		ID: "paramiko-sha1", Severity: rules.Notice,
		Title:      "paramiko 4 and older allow SHA-1 with RSA keys (CVE-2026-44405)",
		Affected:   []versions.Affected{affects("paramiko", from("0"), fixedIn("5.0.0"))},
		Advice:     "It prints nothing. It is about RSA keys alone: those of hosts, and those that people log in with.",
		References: []string{"https://nvd.nist.gov/vuln/detail/CVE-2026-44405", "https://github.com/pyinfra-dev/pyinfra/pull/1743"},
	}},
}
