package rules

// fieldTexts say what the fields of a rule are for. The JSON Schema that
// editors read and the table in docs/reference/rule-fields.md are both made of it; a test finds
// a field that is not in it. A path has [] behind each list.
var fieldTexts = []struct{ path, text string }{
	{"id", "The name of the rule: lower-case letters, digits and hyphens. Reports, `--disable` and later layers know the rule by it, so it does not change."},
	{"title", "What this is, in one sentence, for the summary. Name the software and the version: “gevent 25.5.1 prints an AssertionError for every forked process”."},
	{"status", "How far the rule can be relied on. `stable` is what it is when nothing is written; `experimental`: the text is taken from reports and was not seen, so it folds what its samples quote and no more; `draft`: proposed by a program, so it is counted and never folded."},
	{"severity", "How much it matters. `noise` is folded; `notice`, `warning` and `error` stay where they are, and are counted and explained."},
	{"fold", "Overrides what the severity says: `false` keeps noise in the stream, `true` folds a notice. Left out: noise is folded, the rest is not."},
	{"disabled", "`true` takes the rule with this id out that an earlier layer has. Such a file needs nothing else but the id."},
	{"match", "What text the issue has: exactly one of the kinds below."},
	{"match.line", "A single line. The pattern is searched in it, so write `^…$` around a whole line."},
	{"match.repeat", "A line that comes again and again. The pattern is searched in each line; the first of each run of pyinfra stays, and those that are the same but for host, numbers and addresses are folded. A group `(?<host>…)` says where the host stands, if not in `[host]` in front."},
	{"match.block", "Several lines in this order; other lines may stand between them. Each entry is a pattern that the whole line matches, or an object with `line` and `optional`. What a named group `(?<name>…)` has matched, the group of that name in a later line must match as well."},
	{"match.block[].line", "The pattern that the whole line matches."},
	{"match.block[].optional", "`true`: the line may be missing. Not for the first one, which opens the block."},
	{"match.python-unraisable", "What CPython prints for an exception that nobody can catch: `Exception ignored in: OBJECT`, a traceback with these frames and no others, the error. Written once, it holds for CPython 3.8 to 3.14, with and without carets and colours."},
	{"match.python-unraisable.object", "Matches the whole text behind `Exception ignored in: `."},
	{"match.python-unraisable.frames", "Searched in the lines `File \"PATH\", line N, in FUNCTION`: one pattern for each frame, the outermost first, none left out. The source lines below them are those that the samples show."},
	{"match.python-unraisable.error", "Matches the whole last line: `TYPE: MESSAGE`, or `TYPE` alone."},
	{"match.python-traceback", "The traceback of an exception that was not caught."},
	{"match.python-traceback.frames", "Frames that must occur, in this order; there may be others around them. Left out: any."},
	{"match.python-traceback.error", "Matches the whole last line: `TYPE: MESSAGE`, or `TYPE` alone."},
	{"match.python-warning", "What CPython's warnings module prints: `PATH:LINE: CATEGORY: MESSAGE`, and the source line if it can be read."},
	{"match.python-warning.path", "Searched in the path. Left out: any."},
	{"match.python-warning.category", "Matches the whole name of the class: `DeprecationWarning`."},
	{"match.python-warning.message", "Searched in the message."},
	{"match.python-warning.source", "Matches the whole source line, without its indent. Left out: any."},
	{"affected", "The packages that have the issue. Where the version that is installed can be found out, and has not got the issue, nothing is folded. Left out: it does not depend on a version."},
	{"affected[].package", "The package, as in OSV."},
	{"affected[].package.ecosystem", "Where the package comes from. Only `PyPI` is looked up; left out, it is PyPI."},
	{"affected[].package.name", "The name of the package: `gevent`."},
	{"affected[].ranges", "The versions that have the issue: those that are in one of the ranges. Left out: all."},
	{"affected[].ranges[].events", "Where the issue begins and where it ends, each an entry of its own: `[{introduced: \"25.5.1\"}, {fixed: \"25.8.1\"}]`."},
	{"affected[].ranges[].events[].introduced", "The first version that has it; `\"0\"`: since the first of all. Write versions in quotes: for YAML, 25.10 is 25.1."},
	{"affected[].ranges[].events[].fixed", "The first version that has not got it any more."},
	{"affected[].ranges[].events[].last_affected", "The last version that has it, where no fixed one is out."},
	{"python", "The versions of Python that it occurs on, as pip writes them (PEP 440): `'>=3.9,<3.13'`. Left out: any."},
	{"os", "The operating systems that it occurs on: `darwin` (macOS), `linux`, `windows`. Left out: any. It is for people and for `rules list`: a log may come from another machine, so it does not keep anything from being folded."},
	{"cause", "Ids of rules: where one of them was seen above, the summary says that this issue comes of that one, and where it stands."},
	{"advice", "What to know and what to do, in a sentence or two, for the summary."},
	{"fix", "The upgrade that ends the issue. It is shown as the command for the installer that is in use."},
	{"fix.upgrade", "The package to upgrade."},
	{"fix.to", "The versions that have the fix, as pip writes them: `'>=25.8.1'`."},
	{"references", "Where to read more: the issue, the change that fixes it."},
	{"samples", "Texts as they were printed, one at least. `rules test` runs each through the engine, whole, cut, coloured, torn and mixed with others; `rules show` shows one."},
	{"samples[].text", "The text. Write `|` behind `text:` and the lines below, indented; control characters stand in double quotes: `\"\\e[31m\"`."},
	{"counterexamples", "Texts that look alike and must not be claimed."},
	{"counterexamples[].text", "The text."},
}

// A Field is a field of a rule file, for its documentation.
type Field struct {
	Path     string // such as "match.block[].line"
	Values   string // what may stand there, in plain words
	Required bool   // where what it stands in is there; a disabled rule needs its id only
	Text     string // what it is for, in Markdown
}

// Fields returns all fields, in the order of the model.
func Fields() (fields []Field) {
	walkSchema(reflectRule(), "", func(at place) {
		if !at.entry {
			fields = append(fields, Field{Path: at.path, Values: values(at.schema), Required: at.required, Text: fieldText(at.path)})
		}
	})
	return fields
}

// fieldText returns what a field is for; "": it is not in the table.
func fieldText(path string) string {
	for _, f := range fieldTexts {
		if f.path == path {
			return f.text
		}
	}
	return ""
}
