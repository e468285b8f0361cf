package cmd

import "regexp"

// ownHeads is how the files begin that orbfilter writes about logs. In a folder they
// are no logs, whichever run has left them there. (SARIF and Code Quality do not name
// who has written them before their results; no log begins in that way.)
var ownHeads = []*regexp.Regexp{
	regexp.MustCompile(`^\s*\{\s*"schema":\s*"orbfilter\.report/`),
	regexp.MustCompile(`^\{"orbfilter":"audit",`),
	regexp.MustCompile(`^# orbfilter baseline, fingerprints v`),
	regexp.MustCompile(`^<\?xml [^>]*>\s*<testsuites name="orbfilter"`),
	regexp.MustCompile(`^\s*\{\s*"\$schema":\s*"[^"]*/sarif-schema-`),
	regexp.MustCompile(`^### orbfilter: (?:\d+ logs, )?\d+ lines? in, \d+ shown, \d+ folded \(`),
	regexp.MustCompile(`(?is)^<!doctype html>.*<title>orbfilter: `),
	regexp.MustCompile(`(?s)^\[\s*\{\s*"description": ".*",\s*"check_name": ".*",\s*"fingerprint": "`),
	regexp.MustCompile(`^\[\]\s*$`), // Code Quality with nothing in it
}

// isOwn reports whether a text that begins in this way is one that orbfilter has
// written about logs.
func isOwn(head []byte) bool {
	for _, own := range ownHeads {
		if own.Match(head) {
			return true
		}
	}
	return false
}
