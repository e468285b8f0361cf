package ci_test

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Here is what CI systems make of what orbfilter writes, written from what their
// documentation and sources say, so that tests do not judge by what the
// code itself takes for a command.

// registered are the commands of the runner of GitHub Actions
// (https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs).
var registered = []string{
	"stop-commands", "set-env", "set-output", "save-state", "add-mask", "add-path", "add-matcher", "remove-matcher",
	"debug", "warning", "error", "notice", "group", "endgroup", "echo",
}

// An order is a command that was obeyed.
type order struct {
	name, data string
	properties map[string]string
}

// A runner is the runner of GitHub Actions. A new one has seen nothing.
type runner struct {
	// weightless: what counts for nothing where texts are compared as a language
	// does is seen through. The real runner does so here and there.
	weightless bool

	token  string   // with which commands were stopped
	shown  []string // lines of text
	orders []order
	guards []string // that stopped commands, or resumed them
}

// line processes one.
func (r *runner) line(line string) {
	seen := line
	if r.weightless {
		seen = strings.Map(func(c rune) rune {
			if noWeight(c) {
				return -1
			}
			return c
		}, line)
	}
	name, properties, data, ok := r.parseNew(seen)
	if !ok {
		name, properties, data, ok = r.parseOld(seen)
	}
	switch {
	case !ok, r.token != "" && !strings.EqualFold(name, r.token):
		r.shown = append(r.shown, line)
	case r.token != "":
		r.guards = append(r.guards, line)
		r.token = ""
	case strings.EqualFold(name, "stop-commands"):
		r.guards = append(r.guards, line)
		r.token = data
	default:
		r.orders = append(r.orders, order{name, data, properties})
	}
}

func (r *runner) known(name string) bool {
	return r.token != "" && strings.EqualFold(name, r.token) ||
		slices.ContainsFunc(registered, func(known string) bool { return strings.EqualFold(known, name) })
}

// parseNew looks for ::name key=value,…::data.
func (r *runner) parseNew(line string) (name string, properties map[string]string, data string, ok bool) {
	line = strings.TrimLeftFunc(line, unicode.IsSpace)
	if !strings.HasPrefix(line, "::") {
		return "", nil, "", false
	}
	end := strings.Index(line[2:], "::")
	if end < 0 {
		return "", nil, "", false
	}
	name, rest, _ := strings.Cut(line[2:2+end], " ")
	properties = map[string]string{}
	for p := range strings.SplitSeq(strings.TrimSpace(rest), ",") {
		if k, v, found := strings.Cut(p, "="); found {
			properties[k] = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(v)
		}
	}
	return name, properties, strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(line[2+end+2:]), r.known(name)
}

// parseOld looks for ##[name key=value;…]data.
func (r *runner) parseOld(line string) (name string, properties map[string]string, data string, ok bool) {
	at := strings.Index(line, "##[")
	if at < 0 {
		return "", nil, "", false
	}
	end := strings.IndexByte(line[at:], ']')
	if end < 3 {
		return "", nil, "", false
	}
	name, _, _ = strings.Cut(line[at+3:at+end], " ")
	return name, nil, line[at+end+1:], r.known(name)
}

// noWeight: of Unicode's default collation, https://www.unicode.org/reports/tr10/.
func noWeight(c rune) bool {
	return unicode.IsControl(c) && (c < '\t' || c > '\r') || unicode.Is(unicode.Cf, c) || unicode.Is(unicode.Mn, c)
}

// readLines cuts a stream as a .NET StreamReader does: it finds out about the
// encoding, and ends a line at LF, CR LF and CR.
func readLines(stream []byte) (lines []string) {
	text := decode(stream)
	for len(text) > 0 {
		end := strings.IndexAny(text, "\r\n")
		if end < 0 {
			return append(lines, text)
		}
		lines = append(lines, text[:end])
		if strings.HasPrefix(text[end:], "\r\n") {
			end++
		}
		text = text[end+1:]
	}
	return lines
}

func decode(stream []byte) string {
	wide := func(order binary.ByteOrder) string {
		units := make([]uint16, 0, len(stream)/2)
		for i := 2; i+1 < len(stream); i += 2 {
			units = append(units, order.Uint16(stream[i:]))
		}
		return string(utf16.Decode(units))
	}
	switch {
	case bytes.HasPrefix(stream, []byte("\xff\xfe")):
		return wide(binary.LittleEndian)
	case bytes.HasPrefix(stream, []byte("\xfe\xff")):
		return wide(binary.BigEndian)
	case bytes.HasPrefix(stream, []byte("\x00\x00\xfe\xff")):
		return "UTF-32"
	}
	stream = bytes.TrimPrefix(stream, []byte("\ufeff"))
	var b strings.Builder
	for len(stream) > 0 { // one mark for each byte that is none
		c, n := utf8.DecodeRune(stream)
		b.WriteRune(c)
		stream = stream[n:]
	}
	return b.String()
}

// The others are asked for less: what in a log would be an order.
var (
	azureOrder    = func(line string) bool { return strings.Contains(line, "##vso") } // it warns where no [ follows
	teamcityOrder = func(line string) bool { return strings.Contains(line, "##teamcity[") }
	// https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/regex.rb
	gitlabMark = regexp.MustCompile(`section_(?:start|end):\d+:[a-zA-Z0-9_.-]+(?:\[\w+=\w+(?:, ?\w+=\w+)*\])?\r\x1b\[0K`)
)
