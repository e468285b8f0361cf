package mask

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// Names puts others in the place of names that a text is not to give away: hosts, users, addresses, folders. One name has
// the same in its place each time, so that what belongs together still does; and these are of the kinds that Mask knows, as
// 192.0.2.1 is an address, so that a rule which is made of the text fits what it was before.
type Names struct {
	hosts []string // that are known, the longest first
	given map[string]string
	count map[string]int
}

// NewNames returns what masks names. hosts are names of hosts that are to be masked wherever they stand as a word, others where
// they look like one.
func NewNames(hosts ...string) *Names {
	hosts = slices.DeleteFunc(slices.Clone(hosts), func(h string) bool { return len(h) < 2 || strings.HasPrefix(h, "@") })
	slices.SortFunc(hosts, func(a, b string) int { return len(b) - len(a) })
	return &Names{hosts: hosts, given: map[string]string{}, count: map[string]int{}}
}

// Masked is what was put in the place of names, by kind: "host", "user", "address", "folder".
func (n *Names) Masked() map[string]int { return n.count }

// instead returns what stands for a name. as has a %d for its number.
func (n *Names) instead(kind, name, as string) string {
	key := kind + "\x00" + name
	if n.given[key] == "" {
		n.count[kind]++
		n.given[key] = fmt.Sprintf(as, n.count[kind])
	}
	return n.given[key]
}

// nameLike are what may be a name, or hold one; the first that begins at a place decides.
var nameLike = lazyregexp.New(strings.Join([]string{
	`(?P<url>\b[a-z][a-z0-9+.-]*://[^\s'"<>)\]}]+)`,
	`(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)`,
	`(?P<login>\b[a-z_][\w.-]*@[\w-]+\b)`,
	`(?P<mac>\b(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\b)`,
	`(?P<v4>\d{1,3}(?:\.\d{1,3}){3})`,
	`(?P<v6>[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})`,
	`(?P<path>(?:[A-Za-z]:)?(?:[/\\][\w.@+~-]+){2,}[/\\]?)`,
	`(?P<domain>\b(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+(?:com|net|org|io|dev|local|localdomain|internal|intranet|lan|corp|home|cloud|app|arpa|de|at|ch|fr|it|es|nl|be|eu|uk|ie|se|no|dk|fi|pl|cz|pt|us|ca|au|nz|jp|cn|in|br)\b)`,
}, "|"))

// Mask returns a text with its names masked.
func (n *Names) Mask(text string) string {
	text = n.prefixes(text)
	names := nameLike.SubexpNames()
	var b strings.Builder
	end := 0
	for _, m := range nameLike.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(n.words(text[end:m[0]]))
		if m[0] > 0 && isWord(text[m[0]]) && isWord(text[m[0]-1]) { // it is the end of a word
			end = m[0]
			continue
		}
		for g := 1; g < len(names); g++ {
			if m[2*g] >= 0 {
				b.WriteString(n.mask(names[g], text[m[0]:m[1]]))
			}
		}
		end = m[1]
	}
	return n.users(b.String() + n.words(text[end:]))
}

// users masks the users that a login or a home folder has named, wherever else they stand.
func (n *Names) users(text string) string {
	for key, as := range n.given {
		if name, is := strings.CutPrefix(key, "user\x00"); is && len(name) > 2 {
			text = wordsReplaced(text, name, as)
		}
	}
	return text
}

// prefixes masks the host in front of each line of pyinfra.
func (n *Names) prefixes(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		name, rest := Host(strings.TrimRight(line, "\n"))
		if name == "" || strings.HasPrefix(name, "@") {
			b.WriteString(line)
			continue
		}
		at := strings.Index(line, "["+name+"]") + 1
		b.WriteString(line[:at] + n.host(name) + line[at+len(name):len(line)-len(rest)-newline(line)] + line[len(line)-len(rest)-newline(line):])
	}
	return b.String()
}

func newline(line string) int {
	if strings.HasSuffix(line, "\n") {
		return 1
	}
	return 0
}

// words masks the hosts that are known.
func (n *Names) words(text string) string {
	for _, h := range n.hosts {
		if hasWord(text, h) {
			text = wordsReplaced(text, h, n.host(h))
		}
	}
	return text
}

func hasWord(text, word string) bool { return wordsReplaced(text, word, "") != text }

// wordsReplaced puts something in the place of a word, where it is one.
func wordsReplaced(text, word, as string) string {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return text
		}
		i += at
		at = i + len(word)
		if goesOn(text[:i], true) || goesOn(text[at:], false) {
			continue
		}
		text = text[:i] + as + text[at:]
		at = i + len(as)
	}
}

// goesOn reports whether what stands in front of a word, or behind it, belongs to it: a letter, or a hyphen with one.
func goesOn(text string, front bool) bool {
	if front {
		n := len(text)
		return n > 0 && isWord(text[n-1]) || n > 1 && text[n-1] == '-' && isWord(text[n-2])
	}
	return text != "" && isWord(text[0]) || len(text) > 1 && text[0] == '-' && isWord(text[1])
}

func (n *Names) host(name string) string {
	if strings.HasPrefix(name, "host-") && n.given["host\x00"+name] == "" && n.isGiven(name) {
		return name
	}
	return n.instead("host", name, "host-%d")
}

// isGiven reports whether a name is one that stands for another.
func (n *Names) isGiven(name string) bool {
	for _, v := range n.given {
		if v == name {
			return true
		}
	}
	return false
}

// public are places that everybody knows; what is below them as well.
var public = []string{
	"github.com", "gitlab.com", "githubusercontent.com", "pypi.org", "pythonhosted.org", "python.org", "readthedocs.io", "readthedocs.org", "pyinfra.com", "gevent.org", "paramiko.org",
	"orbstack.dev", "cryptography.io", "debian.org", "ubuntu.com", "docker.com", "docker.io", "apple.com", "example.com", "example.org", "example.net", "stackoverflow.com", "localhost",
}

func isPublic(host string) bool {
	host = strings.ToLower(host)
	return slices.ContainsFunc(public, func(p string) bool { return host == p || strings.HasSuffix(host, "."+p) })
}

// mask masks what was found.
func (n *Names) mask(kind, text string) string {
	switch kind {
	case "url":
		return n.url(text)
	case "mail", "login":
		user, host, _ := strings.Cut(text, "@")
		if isPublic(host) && user == "git" {
			return text
		}
		if kind == "login" {
			return n.user(user) + "@" + n.host(host)
		}
		return n.user(user) + "@" + n.domain(host)
	case "mac":
		return n.instead("hardware address", text, "00:00:5e:00:53:%02x")
	case "v4", "v6":
		return n.address(text)
	case "path":
		return n.path(text)
	}
	return n.domain(text)
}

func (n *Names) user(name string) string {
	if name == "root" || n.isGiven(name) {
		return name
	}
	return n.instead("user", name, "user-%d")
}

func (n *Names) domain(name string) string {
	if slices.Contains(n.hosts, name) {
		return n.host(name)
	}
	if isPublic(name) || strings.HasSuffix(name, ".example") {
		return name
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		return n.address(ip.String())
	}
	return n.instead("domain", name, "name-%d.example")
}

// address masks one of the internet that is anybody's.
func (n *Names) address(text string) string {
	ip, err := netip.ParseAddr(text)
	if err != nil || ip.IsUnspecified() || ip.IsLoopback() || n.isGiven(text) {
		return text
	}
	if ip.Is4() {
		return n.instead("address", text, "192.0.2.%d")
	}
	return n.instead("address", text, "2001:db8::%d")
}

// url masks the host of an address of the web, and what is behind it, if that is not public.
func (n *Names) url(text string) string {
	scheme, rest, _ := strings.Cut(text, "://")
	host, path, more := strings.Cut(rest, "/")
	if at := strings.LastIndex(host, "@"); at >= 0 {
		host = host[at+1:]
	}
	name, port, _ := strings.Cut(host, ":")
	if isPublic(name) {
		return text
	}
	out := scheme + "://" + n.domain(name)
	if port != "" {
		out += ":" + port
	}
	if more && path != "" {
		out += "/…"
	}
	return out
}

// pythonFolder is where what is particular to a Python, or to what is installed for it, begins.
var pythonFolder = lazyregexp.New(`^.*?[\\/]((?:python\d+\.\d+|(?:site|dist)-packages)[\\/].*)$`)

// home is a folder that is called as a user.
var home = lazyregexp.New(`^(?:[A-Za-z]:)?[/\\](?:home|Users)[/\\]([\w.@+-]+)`)

// path masks the folders of a path that are not the same on all machines.
func (n *Names) path(text string) string {
	if m := home.FindStringSubmatch(text); m != nil {
		n.user(m[1]) // who may stand elsewhere as well
	}
	bare := strings.TrimRight(text, `/\`)
	if everywhere.MatchString(text) && !strings.HasPrefix(text, "/proc/") {
		if m := particular.FindStringSubmatch(text); m == nil || strings.HasPrefix(text, "/usr/") {
			return text
		}
	}
	if m := pythonFolder.FindStringSubmatch(text); m != nil { // which Python it is says something
		folder := "/" + n.instead("folder", text[:len(text)-len(m[1])], "folder-%d")
		return folder + "/lib/" + strings.ReplaceAll(m[1], `\`, "/")
	}
	cut := strings.LastIndexAny(bare, `/\`)
	return "/" + n.instead("folder", text[:cut], "folder-%d") + "/" + bare[cut+1:] + text[len(bare):]
}
