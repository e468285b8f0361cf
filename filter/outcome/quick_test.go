package outcome_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/view"
)

var sayings = []string{
	"Success", "No changes", "Skipped", "Error: executed 0/1 commands", "Error: executed 1 commands", "Error: executed x", "Error (ignored): executed 1 commands", "Error: could not load fact: x",
	"Success on retry 2", "Successfully built", "Notes", "nested Success", "nested Error: executed 1 commands", "Error", " Success", "", "text", "E: Unable to locate package", "fatal: no", "waits...", "Skipped  ", ">>> cmd",
	"x: --> Connecting to hosts...", "x: --> Starting operation: a", "x: Success", "ValueError: x",
}

var others = []string{
	"--> Starting operation: a", "--> Starting operation: a", "--> Starting operation: b", "--> Beginning operation run...", "--> Results:", "    Grand total   1   1   1   -", "", "text", "    text", "    Starting nested operation: c",
	"    [a]Success", "    [a]", "12345a] text", "12345a] Success", "    [a b] Success", "    [a b] text", "    [a]b] No changes", "    [a]b] text", "[a b] Success", "    [", "    []  Success", "[a] Error: executed 1 commands", "[a] Success", "--> Disconnecting from hosts...", "--> An internal exception occurred:", "Traceback (most recent call last):", "  File \"x\", line 1, in y", "ValueError: x",
	"#: --> Connecting to hosts...", "    | --> Connecting to hosts...", "    | --> Starting operation: a", "    |     [a] Success", "--> Connecting to hosts...", "--> Loading config...", "Exception ignored in: x", "Exiting upon user request!", "Usage: pyinfra INVENTORY",
}

func someLine(t *rapid.T) string {
	if rapid.IntRange(0, 3).Draw(t, "of a host") == 0 {
		return rapid.SampledFrom(others).Draw(t, "other")
	}
	host := rapid.SampledFrom([]string{"a", "b", "c-with-a-long-name", strings.Repeat("x", 210)}).Draw(t, "host")
	return "    [" + host + "] " + rapid.SampledFrom(sayings).Draw(t, "said")
}

// What is taken in without a look is what it is with one: lines that end with CR LF are all looked at.
func TestQuick(t *testing.T) {
	literals := gate.New(outcome.Literals())
	plan := outcome.NewPlan()
	rapid.Check(t, func(t *rapid.T) {
		quick, slow := plan.Follow(), plan.Follow()
		if rapid.Bool().Draw(t, "record") {
			quick.Record()
			slow.Record()
		}
		begin := "--> Starting operation: a\n"
		quick.Write([]byte(begin), 1, view.Nothing)
		slow.Write([]byte(begin), 1, view.Nothing)
		line := 2
		for range rapid.IntRange(1, 12).Draw(t, "stretches") {
			var text bytes.Buffer
			n := rapid.IntRange(1, 8).Draw(t, "lines")
			for range n {
				fmt.Fprintln(&text, someLine(t))
			}
			known := view.Nothing
			if hidden := view.NewHidden(text.Bytes()); literals.Find(text.Bytes()) < 0 {
				known = view.NoLiteral
				if hidden.Next(0) == hidden.Len() {
					known = view.Bare
				}
			}
			quick.Write(text.Bytes(), line, known)
			slow.Write(bytes.ReplaceAll(text.Bytes(), []byte("\n"), []byte("\r\n")), line, view.Nothing)
			line += n
			require.Equal(t, slow.Outcome(), quick.Outcome())
		}
	})
}

// However what is shown comes in, in pieces or in whole lines of which it is known that they have none of Literals, what
// becomes of a run is the same.
func TestPiecesMakeNoDifference(t *testing.T) {
	literals := gate.New(outcome.Literals())
	plan := outcome.NewPlan()
	follow := func(all string, next func(rest string) int) outcome.Outcome {
		f := plan.Follow()
		f.Record()
		for at := 0; at < len(all); {
			piece := all[at : at+next(all[at:])]
			known := view.Nothing
			if whole := (at == 0 || all[at-1] == '\n') && strings.HasSuffix(piece, "\n"); whole && literals.Find([]byte(piece)) < 0 {
				known = view.NoLiteral
			}
			f.Write([]byte(piece), 1+strings.Count(all[:at], "\n"), known)
			at += len(piece)
		}
		return f.Outcome()
	}
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		for range rapid.IntRange(1, 30).Draw(t, "lines") {
			long := rapid.SampledFrom([]string{"", "", "", "\r", strings.Repeat("x", 8150), strings.Repeat("y", 8192), strings.Repeat("z ", 10<<10) + "\r"}).Draw(t, "long")
			if line := someLine(t); rapid.Bool().Draw(t, "behind it") {
				text.WriteString(long + line + "\n")
			} else {
				text.WriteString(line + long + "\n")
			}
		}
		want := follow(text.String(), func(rest string) int { return len(rest) })
		require.Equal(t, want, follow(text.String(), func(rest string) int {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			if i := strings.LastIndexByte(rest[:n], '\n') + 1; i > 0 && rapid.Bool().Draw(t, "whole lines") {
				return i
			}
			return n
		}))
	})
}
