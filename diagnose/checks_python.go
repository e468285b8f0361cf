package diagnose

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// pyinfraFound says which pyinfra it is, and what leads from it to Python.
func pyinfraFound(_ context.Context, x *exam) Result {
	e, err := x.environment()
	r := Result{Status: OK}
	if e.Script != "" {
		r.Evidence = append(r.Evidence, e.Script)
		if e.Target != "" && e.Target != e.Script {
			r.Evidence = append(r.Evidence, e.Target)
		}
	}
	var gone *chain.GoneError
	var missing *chain.MissingError
	var unknown *chain.UnknownError
	switch {
	case errors.As(err, &gone) && gone.Script == "":
		r.Status, r.Found, r.Fixes = Unknown, gone.Error(), []fix.Fix{{Text: "type: orbfilter doctor --python PATH, with the Python that pyinfra runs in"}}
	case errors.As(err, &gone):
		r.Status, r.Found = Fail, gone.Error()
		r.Fixes = revive(e)
	case errors.As(err, &unknown):
		r.Status, r.Found, r.Fixes = Unknown, unknown.What, []fix.Fix{{Text: unknown.Pass}}
	case errors.As(err, &missing):
		r.Status, r.Found, r.Fixes = Unknown, missing.What, []fix.Fix{{Text: missing.Pass}}
	case err != nil:
		r.Status, r.Found = Unknown, err.Error()
	default:
		r.Found = x.described(e)
	}
	return r
}

// described says where it is and what made it.
func (x *exam) described(e *environ.Environment) string {
	at := e.Script
	if at == "" {
		at = e.Prefix
	}
	text := fmt.Sprintf("%s (%s", at, e.Kind)
	if e.Kind == environ.Bundle {
		text = fmt.Sprintf("%s (%s", at, e.How)
	}
	if e.Wins != "" {
		text += ", " + e.Wins
	}
	return text + ")"
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// revive brings back a script whose interpreter is gone: the environment is
// made anew by what made it.
func revive(e *environ.Environment) []fix.Fix {
	again := func(text string, argv ...string) []fix.Fix {
		return []fix.Fix{{Text: text, Commands: []shell.Command{argv}}}
	}
	target := filepath.ToSlash(e.Target)
	switch {
	case strings.Contains(target, "/uv/tools/"):
		return again("make the tool's environment anew", "uv", "tool", "install", "--reinstall", environ.Program)
	case strings.Contains(target, "/pipx/"):
		return again("make pipx's environment anew", "pipx", "reinstall", environ.Program)
	case filepath.Base(filepath.Dir(filepath.Dir(e.Target))) == ".venv" && e.Host.Exists(filepath.Dir(filepath.Dir(e.Target)), "..", "uv.lock"):
		return again("make the environment anew", "uv", "sync", "--project", filepath.Dir(filepath.Dir(filepath.Dir(e.Target))))
	case e.Target != "" && e.Host.Exists(filepath.Dir(filepath.Dir(e.Target)), "pyvenv.cfg"):
		return again("let the environment use a Python that is there; install its packages again if the version is another", "python3", "-m", "venv", "--upgrade", filepath.Dir(filepath.Dir(e.Target)))
	}
	return []fix.Fix{{Text: "install pyinfra again, with a Python that is there"}}
}

// pyinfraOthers names pyinfras that do not win. That of the environment which
// is active, or of the working folder, is likely to be the one that is meant.
func pyinfraOthers(_ context.Context, x *exam) Result {
	e, _ := x.environment()
	if len(e.Others) == 0 {
		return Result{Status: OK, Found: "none"}
	}
	s := Info
	if slices.ContainsFunc(e.Others, func(o string) bool { return strings.HasSuffix(o, "not on PATH)") }) {
		s = Warn
	}
	return Result{Status: s, Found: fmt.Sprintf("%d more", len(e.Others)), Wanted: "one pyinfra", Evidence: e.Others,
		Detail: []string{"This one wins, since it is " + e.Wins + ": " + e.Script, "Others: " + strings.Join(e.Others, ", ")}}
}

// pythonFound says which Python it is, and whether pyinfra and its packages
// are made for it.
func pythonFound(_ context.Context, x *exam) Result {
	e, _ := x.environment()
	r := Result{Status: OK, Found: fmt.Sprintf("%s at %s", e.Full, e.Python), Evidence: []string{e.Python}}
	if e.From != "" && e.From != "python -V" {
		r.Detail = append(r.Detail, "The patch level is from "+e.From+", and may be out of date: Python was not asked.")
	}
	if e.Full == e.Minor {
		r.Status = Info
		r.Detail = append(r.Detail, "The patch level is not known.")
	}
	for _, name := range []string{environ.Program, connectorName, "gevent", "paramiko"} {
		d := e.Dist(name)
		if d == nil || len(d.Fields["requires-python"]) == 0 {
			continue
		}
		spec := d.Fields["requires-python"][0]
		if !allows(spec, e.Full) {
			r.Status, r.Wanted = Fail, spec
			r.Detail = append(r.Detail, fmt.Sprintf("%s %s wants Python %s.", name, d.Version, spec))
		}
	}
	return r
}

// allows reports whether a specifier lets a version in; what cannot be read does.
func allows(spec, version string) bool {
	s, err := pep440.NewSpecifiers(spec, pep440.WithPreRelease(true))
	if err != nil {
		return true
	}
	v, err := pep440.Parse(version)
	return err != nil || s.Check(v)
}
