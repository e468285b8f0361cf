package online

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/diagnose/site"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// A Package is a release of one.
type Package struct{ Name, Version string }

// project is what the index says of a package (its JSON API).
type project struct {
	Info     struct{ Name string }
	Releases map[string][]struct {
		Yanked         bool
		RequiresPython string `json:"requires_python"`
	}
}

// Newest returns the newest release of a package that is for this Python (as PEP 440 has it;
// empty: any), no pre-release and not withdrawn.
func (c *Client) Newest(ctx context.Context, name, python string) (string, error) {
	var p project
	if err := c.ask(ctx, http.MethodGet, c.index.JoinPath(versions.NormalName(name), "json"), nil, &p); err != nil {
		return "", err
	}
	if versions.NormalName(p.Info.Name) != versions.NormalName(name) {
		return "", errors.New("it answers for another package")
	}
	newest, text := pep440.Version{}, ""
	for version, files := range p.Releases {
		v, err := pep440.Parse(version)
		if err != nil || !site.IsVersion(version) || v.IsPreRelease() || text != "" && !v.GreaterThan(newest) {
			continue
		}
		for _, f := range files {
			if !f.Yanked && allows(f.RequiresPython, python) {
				newest, text = v, version
				break
			}
		}
	}
	if text == "" {
		return "", errors.New("it names no release for this Python")
	}
	return text, nil
}

func allows(spec, python string) bool {
	if spec == "" || python == "" {
		return true
	}
	s, err := pep440.NewSpecifiers(spec)
	v, errVersion := pep440.Parse(python)
	return err == nil && (errVersion != nil || s.Check(v))
}

// vulnerabilityID is how OSV names one: an answer is not to be trusted.
var vulnerabilityID = lazyregexp.New(`^[A-Za-z]+-[\w-]{1,60}$`)

// Vulnerable returns the ids of the vulnerabilities that OSV knows of each package.
func (c *Client) Vulnerable(ctx context.Context, packages []Package) (map[Package][]string, error) {
	type query struct {
		Version string            `json:"version"`
		Package map[string]string `json:"package"`
	}
	var queries []query
	for _, p := range packages {
		queries = append(queries, query{p.Version, map[string]string{"name": versions.NormalName(p.Name), "ecosystem": "PyPI"}})
	}
	question, err := json.Marshal(map[string]any{"queries": queries})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Results []struct{ Vulns []struct{ ID string } }
	}
	if err := c.ask(ctx, http.MethodPost, c.osv.JoinPath("v1", "querybatch"), question, &answer); err != nil {
		return nil, err
	}
	if len(answer.Results) != len(packages) {
		return nil, errors.New("it answers with something else than was asked for")
	}
	out := map[Package][]string{}
	for i, r := range answer.Results {
		for _, v := range r.Vulns {
			if vulnerabilityID.MatchString(v.ID) {
				out[packages[i]] = append(out[packages[i]], v.ID)
			}
		}
		slices.Sort(out[packages[i]])
	}
	return out, nil
}

// Host is where the index is, for people.
func (c *Client) Host() string { return strings.ToLower(c.index.Hostname()) }

// OSV is where OSV is, for people.
func (c *Client) OSV() string { return strings.ToLower(c.osv.Hostname()) }
