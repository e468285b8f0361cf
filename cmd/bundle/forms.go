package bundle

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
)

// A form is where to send a bundle.
type form struct {
	what    string
	address string // filled in
}

// A project is whose issue it may be.
type project struct {
	name, repository string
	// packages are the folders in site-packages that are its own.
	packages []string
	// says are texts that only it prints; nil: none is known.
	says *lazyregexp.Regexp
}

// projects are those around pyinfra, what is below first: of several that a traceback goes through, the last is looked for in its
// innermost line.
var projects = []project{
	{"gevent", "gevent/gevent", []string{"gevent"}, lazyregexp.New(`_ForkHooks|\bgevent\b`)},
	{"greenlet", "python-greenlet/greenlet", []string{"greenlet"}, nil},
	{"paramiko", "paramiko/paramiko", []string{"paramiko"}, lazyregexp.New(`\bparamiko\b`)},
	{"cryptography", "pyca/cryptography", []string{"cryptography"}, lazyregexp.New(`\bcryptography\b|CryptographyDeprecationWarning`)},
	{"pyinfra-orbstack", "elazar/pyinfra-orbstack", []string{"pyinfra_orbstack"}, lazyregexp.New(`\bpyinfra[-_]orbstack\b|Network error, retrying in`)},
	{"OrbStack", "orbstack/orbstack", nil, lazyregexp.New(`\borbctl\b|\bOrbStack\b`)},
	{"pyinfra", "pyinfra-dev/pyinfra", []string{"pyinfra", "pyinfra_cli"}, lazyregexp.New(`(?m)^--> |\bpyinfra\b`)},
}

var (
	issueOf  = lazyregexp.New(`^https://github\.com/([\w.-]+/[\w.-]+)(?:/|$)`)
	inPython = lazyregexp.New(`(?:site|dist)-packages/([A-Za-z0-9_]+)/`)
)

// upstream is the project that the issue is of; nil: nobody knows.
func (m *made) upstream() *project {
	if len(m.known) > 0 && m.known[0].Severity == rules.Error && inPython.FindString(m.excerpt) == "" && !m.reported() {
		return nil // what has gone wrong is the deploy's, or the machine's
	}
	for _, r := range m.known {
		for _, ref := range r.References {
			if found := issueOf.FindStringSubmatch(ref); found != nil {
				return projectOf(found[1])
			}
		}
	}
	for _, frame := range slices.Backward(inPython.FindAllStringSubmatch(m.excerpt, -1)) {
		for p := range projects {
			if slices.Contains(projects[p].packages, frame[1]) {
				return &projects[p]
			}
		}
	}
	for p := range projects {
		if says := projects[p].says; says != nil && says.MatchString(m.excerpt) {
			return &projects[p]
		}
	}
	return nil
}

// reported reports whether an issue of a project's is what is known.
func (m *made) reported() bool {
	for _, r := range m.known {
		if slices.ContainsFunc(r.References, issueOf.MatchString) {
			return true
		}
	}
	return false
}

func projectOf(repository string) *project {
	for p := range projects {
		if strings.EqualFold(projects[p].repository, repository) {
			return &projects[p]
		}
	}
	return &project{name: repository, repository: repository}
}

// ours is where orbfilter takes new noise; the form has a field of the name bundle.
const ours = "https://github.com/orbfilter/orbfilter/issues/new?template=new-noise.yml"

// addresses are the forms, filled in, and before them where it is known already.
func (m *made) addresses() (out []form) {
	report := "to report it to "
	for _, r := range m.known {
		for _, ref := range r.References {
			out = append(out, form{"it is known there", ref})
		}
		report = "only if it is not the same, to report it to "
	}
	if p := m.upstream(); p != nil {
		out = append(out, form{report + p.name, filled("https://github.com/"+p.repository+"/issues/new?", "body", m.title, m.body())})
	}
	if len(m.known) == 0 {
		out = append(out, form{"to tell orbfilter of it", filled(ours+"&", "bundle", m.title, m.body())})
	}
	return out
}

// body is what a form gets: the excerpt and the versions.
func (m *made) body() string {
	var b strings.Builder
	fence := fenceFor(m.excerpt)
	fmt.Fprintf(&b, "%stext\n%s%s\n\n", fence, m.excerpt, fence)
	for _, v := range m.versions {
		fmt.Fprintf(&b, "- %s: %s\n", v.of, v.is)
	}
	return b.String()
}

// maxAddress is how long an address may be, in bytes: GitHub refuses longer ones.
const maxAddress = 7000

// filled is an address with a title and a text in its query. What would be too long is left out, which it says.
func filled(base, field, title, text string) string {
	fill := func(text string) string {
		return base + "title=" + url.QueryEscape(title) + "&" + field + "=" + url.QueryEscape(text)
	}
	address := fill(text)
	if len(address) <= maxAddress {
		return address
	}
	return fill("(The text is too long for an address: put the bundle here.)\n")
}
