package outcome

import (
	"bytes"
	"slices"

	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// The lines that decide. The sources are those of pyinfra 3.10.0; what 2.9 and 3.0
// print otherwise is named.
var (
	// lastWord is what pyinfra says of an error that ended it; pyinfra_cli/exceptions.py,
	// WrappedError and CliError.
	lastWord = lazyregexp.New(`^--> ((?:[A-Za-z]+ ){1,3}error)(?: in .+ line \d+)?: *(.*)$`)
	// exception is what it says of one that it did not expect; the traceback follows.
	// UnexpectedExternalError and UnexpectedInternalError. 2.0 to 2.5 say "unexpected" as well, and so does 1.
	exception = lazyregexp.New(`^--> An (?:unexpected )?(?:(?:internal )?exception occurred|exception occurred in: (.+?)):$`)
	// hint is what follows an exception.
	hint = lazyregexp.New(`^--> (?:The full traceback has been written|If this is unexpected)`)
	// debug is the module that a line of --debug begins with, as if it were a host.
	debug = lazyregexp.New(`^ {4}\[pyinfra(?:_cli)?\.[\w.]+\] `)
	// total is the last row of the results, "-" where there is nothing; pyinfra_cli/prints.py. Whoever copied the log may have taken the
	// spaces for others, or away: then lines of hosts are not known for what they are, and the row still counts their errors.
	total = with(`^\s*Grand total\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*$`, "Grand total")
	// row is one of the results of 2.9, which have one for each host, and no total; where it is not told from others as a line of a host, see total.
	// 2.0 to 2.3 count what was successful there.
	row = with(`^\s*\[\S+\]\s+(?:Changed|Successful): \d+ .*\bErrors: (\d+)(?: \(\d+ ignored\))?(?:\s+Commands: \d+/\d+)?\s*$`, " Errors: ")
	// usage is what click prints before an error of the command line.
	usage      = with(`^Usage: (?:python\S* -m )?(?:\S*[/\\])?pyinfra\S* .*INVENTORY`, "Usage: ")
	usageError = with(`^Error: (.+)$`, "Error: ")
	// missing is what shells and Python say of a pyinfra that is not there.
	missing = with(`(?:^|[\s/'‘])pyinfra['’]?: (?:(?:command )?not found|No such file or directory)$|(?:^|: )[Cc]ommand not found: pyinfra$|[Ff]ailed to spawn: .pyinfra.$|[\s/]python[\d.]*: No module named pyinfra(?:\.__main__)?(?:;.*)?$|[/\s]pyinfra: .*bad interpreter: .*$|^pyinfra: No such file or directory$`, "pyinfra")
	// stopped is what pyinfra prints on SIGINT; a terminal shows the key in front, and
	// either may stand behind a prompt.
	// Behind it a terminal may still show the end of the spinner that stood there.
	stopped = with(`^(?: {4}\S.*(?:\.\.\.|\?|: ?)|\s*(?:Detected changes displayed above, skip this step with -y|Press enter to execute\.\.\.) *)?(?:(?:\^C)*Exiting upon user request!|(?:\^C)+Exiting upon user request!.*)$`, "Exiting upon user request!")
	// asked is what it asks, without -y, when hosts have failed: what ends the run from
	// here on comes of that.
	asked = with(`^ {4}One of more hosts failed(?: to connect)?, continue\?$`, "One of more hosts failed")
	// greenlet is what gevent prints, behind the time, below the traceback of a greenlet: which host it was
	// at work for. api/operations.py and api/connect.py start them.
	greenlet = with(`^<Greenlet at 0x[0-9A-Fa-f]+: .*\bHost\(([^()\s]+)\).*> failed with \w+$`, greenletHead)
	// warning is what is said above a table of results in which nothing is; pyinfra_cli/cli.py,
	// pyinfra_cli/inventory.py, and the connector for OrbStack.
	warning = with(`^(?: {4}(?:No host matches found for --\w+ pattern: .+|.+ is neither an inventory file, a \(list of\) hosts or connectors.*|Ignoring host group ".*)|Error listing OrbStack VMs: .+)$`, "No host matches found for ", " is neither an inventory file", "Ignoring host group ", "Error listing OrbStack VMs: ")
	// nameless is what the connector for OrbStack prints of a host that it does not name,
	// directly above the result: nothing else can run in between. put_file and get_file.
	nameless = lazyregexp.New(`^Unexpected error (?:up|down)loading file: `)
	// refused is what it prints of an answer to "Press enter to execute..." that is none.
	refused = with(`^(?: {4}Press enter to execute\.\.\. *)? {4}Unexpected user input: (.*)$`, "Unexpected user input: ")
	// spinner is a frame of pyinfra's spinner, which is overwritten; pyinfra/progress.py.
	spinner = lazyregexp.New(`^ {4}[-\\|/] \d+% \(\d+/\d+\)[^\n]*\r`)
	// ignored is what Python prints above the traceback of an exception that ends nothing.
	ignored = with(`^Exception ignored (?:in|on|while)\b`, "Exception ignored ")
	// deathOf is what Python prints when it cannot go on.
	deathOf = with(`^Fatal Python error: .+$`, "Fatal Python error: ")
	// runFrame is in one of what pyinfra runs: it has begun, also where the text does not show that.
	runFrame = lazyregexp.New(`^ *File "[^"]*[/\\]pyinfra_cli[/\\][^"]*", line \d+, in (?:exec_file|_main)$`)
	// startFrame is in a traceback of pyinfra's own start.
	startFrame = with(`^ *File "[^"]*(?:[/\\]pyinfra_cli[/\\]|[/\\]bin[/\\]pyinfra"|[/\\]Scripts[/\\]pyinfra)`, "pyinfra")
)

// A sign is an expression that is not asked of a text without one of its literals.
type sign struct {
	*lazyregexp.Regexp
	literals [][]byte
}

func with(expression string, literals ...string) sign {
	s := sign{Regexp: lazyregexp.New(expression)}
	for _, l := range literals {
		s.literals = append(s.literals, []byte(l))
	}
	return s
}

// Match reports whether it is in a text.
func (s sign) Match(text []byte) bool {
	return slices.ContainsFunc(s.literals, func(l []byte) bool { return bytes.Contains(text, l) }) && s.Regexp.Match(text)
}

// others finds the lines that one of these is about which are neither about the run nor about a
// host: where each line is looked at, that is sooner done than to ask all of them.
func others() *gate.Gate {
	var lits [][]byte
	for _, sign := range []sign{total, row, stopped, asked, warning, greenlet, refused, usageError, usage, missing, ignored, deathOf} {
		lits = append(lits, sign.literals...)
	}
	return gate.New(lits)
}

// stoppedAt is why a greenlet ends that works for one host, with --no-wait;
// api/operations.py, _run_host_ops.
var stoppedAt = lazyregexp.New(`PyinfraError: Error in operation (.+) on (\S+)$`)

// greenletHead begins it.
const greenletHead = "<Greenlet at 0x"

// logged is what a line of pyinfra's logger begins with that is no header;
// pyinfra_cli/log.py.
const logged = "    "

// interruption is the reason of a run that a person ended.
const interruption = "it was interrupted (Ctrl-C)"

// follows are last words that only say that hosts failed; api/state.py, fail_hosts.
var follows = lazyregexp.New(`^(?:No hosts remaining!|Over \d+% of hosts failed\b.*)$`)

// retracts reports whether what is said of a host is a result of an operation. It is pyinfra's last of it: whatever
// looked like one above it was what the host printed.
func retracts(said []byte) bool {
	for _, w := range resultWords[:3] {
		if bytes.HasPrefix(said, w) {
			return true
		}
	}
	rest, ok := bytes.CutPrefix(said, []byte("Error"))
	if aside, ignored := bytes.CutPrefix(rest, []byte(" (ignored")); ignored {
		_, rest, _ = bytes.Cut(aside, []byte(")"))
	}
	return ok && bytes.HasPrefix(rest, []byte(": executed "))
}

// resultWords are what results begin with.
var resultWords = [][]byte{[]byte("Success"), []byte("No changes"), []byte("Skipped"), []byte("Error")}

// aside is what a host's lines hold that says nothing of why it failed: what pyinfra
// itself adds, and the commands that -vv shows.
var aside = lazyregexp.New(`^(?:>>> .*|Error in nested operation|Error: executed .*|Retrying .*|Loaded fact .*|noop: .*|)$`)

// Literals returns texts of which each line that decides holds one, as pyinfra colours
// it: the others follow one of these, or stand in a phase in which each line is looked
// at.
func Literals() (all [][]byte) {
	for _, l := range []string{
		"executed ", "could not load fact", "could not process fact",
		"pyinfra error", "Operation error", "type error", "Local IO error", "unknown error", "exception occurred",
		"One of more hosts failed",
		"Grand total", " Errors: ", "Exiting upon user request!", "Unexpected user input: ",
		"Exception ignored ", "Traceback (most recent call last):", "Fatal Python error: ",
		"Usage: pyinfra ", "Usage: python", "pyinfra: not found", "pyinfra: command not found", "ommand not found: pyinfra", "pyinfra': No such file", "pyinfra’: No such file", "ailed to spawn: `pyinfra", "No module named pyinfra", "bad interpreter: ", "pyinfra: No such file",
	} {
		all = append(all, []byte(l))
	}
	for _, h := range pyinfra.Headers() {
		all = append(all, []byte(h))
	}
	return all
}

// isAnyError reports whether a host's line says of an operation that it failed there, also
// where the deploy ignores that, and of a nested one: the table of results counts each of them.
// It is "Error: executed 1 commands", or has "(ignored)" or the like in front of the colon.
func isAnyError(said []byte) bool {
	rest, ok := bytes.CutPrefix(said, []byte("Error"))
	if !ok {
		return false
	}
	if aside, ok := bytes.CutPrefix(rest, []byte(" (")); ok {
		if _, rest, ok = bytes.Cut(aside, []byte(")")); !ok {
			return false
		}
	}
	rest, ok = bytes.CutPrefix(rest, []byte(": "))
	return ok && isExecuted(rest)
}

// isExecuted reports whether a text begins as "executed 1 commands".
func isExecuted(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte("executed "))
	return ok && len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9'
}

// hasRun reports whether a text is what pyinfra says of an operation: "executed 1 commands"; 2.9 has "0/1" there.
func hasRun(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte("executed "))
	n := digitsLen(rest)
	if !ok || n == 0 {
		return false
	}
	rest = rest[n:]
	if of, more := bytes.CutPrefix(rest, []byte("/")); more {
		if n = digitsLen(of); n == 0 {
			return false
		}
		rest = of[n:]
	}
	rest, ok = bytes.CutPrefix(rest, []byte(" commands"))
	return ok && (len(rest) == 0 || !isWord(rest[0]))
}

func digitsLen(text []byte) (n int) {
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

// isOurs reports whether what follows "Error: " is in pyinfra's own words; programs begin theirs
// so as well.
func isOurs(text []byte) bool {
	for _, what := range []string{"could not load fact", "could not process fact"} {
		if rest, ok := bytes.CutPrefix(text, []byte(what)); ok && (len(rest) == 0 || !isWord(rest[0])) {
			return true
		}
	}
	return isExecuted(text)
}

// isSpinner reports whether a frame is one of pyinfra's spinner.
func isSpinner(frame []byte) bool {
	return len(frame) > len(logged) && string(frame[:len(logged)]) == logged && bytes.IndexByte([]byte(`-\|/`), frame[len(logged)]) >= 0 && spinner.Match(frame)
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// isHeader reports whether a line is one of pyinfra's about the run.
func isHeader(text []byte) bool { return bytes.HasPrefix(text, []byte("--> ")) }

// splitHost takes a line of pyinfra's logger about a host apart: its name, and what is
// said of it. pyinfra_cli/log.py writes the four spaces, api/host.py the name, padded.
// What a host prints while it runs (-vvv) stands at the left edge. nested: it is said of
// an operation within another. name is nil if it is no such line.
//
// "Error: …" is said of an operation, or a fact, that failed there; api/util.py,
// log_error_or_warning. Of one that the deploy ignores it is "Error (ignored): …".
func splitHost(text []byte) (name, said []byte, nested bool) {
	name, said = splitName(text)
	said, nested = bytes.CutPrefix(said, []byte("nested "))
	said = bytes.TrimLeft(said, " ")
	if isOdd(name) && !isOwn(said) {
		return nil, nil, false
	}
	return name, said, nested
}

// splitName takes such a line apart where the name ends. It may be none of a host, if it is odd.
func splitName(text []byte) (name, said []byte) {
	rest, ok := bytes.CutPrefix(text, []byte(logged+"["))
	n := bytes.Index(rest, []byte("] "))
	if !ok || n <= 0 || rest[0] == ' ' {
		return nil, nil
	}
	return rest[:n], rest[n+len("] "):]
}

// isOdd reports whether a name is one that a host may have in pyinfra, and that much else in brackets looks like.
func isOdd(name []byte) bool {
	return bytes.IndexByte(name, ' ') >= 0 || bytes.IndexByte(name, ']') >= 0
}

// isOwn reports whether what is said of a host is in pyinfra's own words.
func isOwn(said []byte) bool {
	_, result := done(said, 0)
	what, failed := bytes.CutPrefix(said, []byte("Error: "))
	return result || pyinfra.IsResult(said) || failed && isOurs(what)
}
