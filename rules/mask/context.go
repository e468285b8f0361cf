package mask

import "strings"

// What varies, and looks like a word, is known by the word in front of it: "user alice", "host web".

// leadWords are the words behind which a name may stand, and of what kind that is, by their first letters.
var leadWords = func() (out [32][]leadWord) {
	for kind, words := range map[Kind][]string{
		User:  {"user", "username", "ruser", "luser", "login", "account", "logname", "owner"},
		AHost: {"vm", "host", "hostname", "rhost", "server", "machine", "node", "container", "instance"},
		ID:    {"commit", "revision", "digest", "hash", "sha"},
	} {
		for _, w := range words {
			out[w[0]&0x1f] = append(out[w[0]&0x1f], leadWord{w, kind})
		}
	}
	return out
}()

type leadWord struct {
	text string
	kind Kind
}

// leads returns of what kind a name is that may stand behind a word of letters; 0: none does.
func leads(word string) Kind {
	for _, w := range leadWords[word[0]&0x1f] {
		if w.text == word {
			return w.kind
		}
	}
	return 0
}

// longestLead is the length of the longest of them.
const longestLead = 9

// leadOf is leads of a word of letters, large or small, which is no longer than the longest.
func leadOf(word string) Kind {
	var small [longestLead]byte
	for i := range len(word) {
		small[i] = word[i] | 0x20
	}
	return leads(string(small[:len(word)]))
}

// isNoName reports whether a word stands behind "user" where no name does.
func isNoName(word string) bool {
	switch word {
	case "a", "account", "accounts", "added", "agent", "already", "and", "are", "as", "at", "authenticated", "authentication", "authorized", "be", "before",
		"by", "can", "cannot", "changed", "could", "created", "data", "database", "defined", "deleted", "denied", "does", "error", "exists", "failed",
		"failure", "file", "files", "for", "from", "group", "groups", "has", "has's", "have", "id", "ids", "in", "input", "interface", "interrupt",
		"interrupted", "is", "it", "key", "keys", "limit", "list", "logged", "login", "logins", "logout", "mode", "name", "names", "not", "of", "on", "or",
		"password", "process", "profile", "quota", "removed", "request", "requested", "root's", "service", "session", "sessions", "settings", "should",
		"since", "space", "switched", "that", "the", "to", "type", "unknown", "was", "were", "when", "which", "will", "with", "without":
		return true
	}
	return false
}

// lead finds a name behind a word that begins a line, and returns where in it the name is, and its kind.
func lead(line string) (from, to int, kind Kind) {
	n := 0
	for n < len(line) && n <= longestLead && isLetter(line[n]) {
		n++
	}
	if n < 2 || n > longestLead || n == len(line) {
		return 0, 0, 0
	}
	kind = leadOf(line[:n])
	if kind == 0 {
		return 0, 0, 0
	}
	from = n
	sign := byte(' ')
	for from < len(line) && strings.IndexByte(" =:", line[from]) >= 0 && from < n+3 && (sign != '=' || line[from] != ' ') {
		if line[from] != ' ' {
			sign = line[from]
		}
		from++
	}
	if from < len(line) && line[from] == ' ' { // what is behind "user= " is nothing
		return 0, 0, 0
	}
	if from < len(line) && (line[from] == '\'' || line[from] == '"') {
		sign = '"'
		from++
	}
	to = from
	for to < len(line) && (isWord(line[to]) || line[to] == '-' || line[to] == '.') {
		to++
	}
	for line[to-1] == '.' || line[to-1] == '-' { // what stands in front of the name is neither
		to--
	}
	if from == n || to == from || !isName(line[:n], line[from:to], kind, sign) {
		return 0, 0, 0
	}
	return from, to, kind
}

// isName tells a name from a word of the sentence ("server error", "user unknown"). sign is what stands in
// front of it, other than spaces.
func isName(lead, name string, kind Kind, sign byte) bool {
	switch {
	case kind == ID:
		return len(name) >= 6 && strings.Trim(name, hexes) == "" && strings.ToLower(name) == name && strings.ContainsAny(name, letters)
	case sign == '=', sign == '"':
		return strings.Trim(name, digits) != ""
	case kind == User:
		return lead != "login" && lead != "account" && lead != "owner" && sign == ' ' && !isNoName(strings.ToLower(name)) && strings.ContainsAny(name, letters)
	}
	return len(name) > 1 && ((lead == "VM" || lead == "vm" && sign == ' ') && !isUpper(name[0]) || strings.ContainsAny(name, "-."+digits))
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
