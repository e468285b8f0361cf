package diagnose

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/site"
)

// untested says why the last run shows nothing about an upgrade that was to end an issue: it was
// before the upgrade, in another environment, or did not do what the issue was seen in. Empty: it
// shows that the issue is gone.
func (x *exam) untested(j judgement, then *ReportIssue) string {
	last := x.doctor.Last
	if since := installedSince(j.dists); !since.IsZero() && last.When.Before(since) {
		return "Your last run was before that was installed."
	}
	if other := x.elsewhere(last); other != "" {
		return "Your last run was in another environment (" + other + ")."
	}
	if last.Run == nil && last.Command == nil {
		return "What a run does is not noted where it comes through a pipe: run it as orbfilter run -- pyinfra …"
	}
	return missed(last.Run, x.doctor.Before.Run, then)
}

// installedSince is when the newest of the packages has come, as far as is known.
func installedSince(dists []*environ.Dist) (since time.Time) {
	for _, d := range dists {
		if _, when := site.InstalledSince(d.Site, d.Name); when.After(since) {
			since = when
		}
	}
	return since
}

// elsewhere returns the environment of a run if that is known and is another one, or "".
func (x *exam) elsewhere(last *Report) string {
	e, _ := x.environment()
	for i := range last.Issues {
		for _, inst := range last.Issues[i].Installed {
			if inst.Site != "" && !slices.ContainsFunc(e.Sites, func(s string) bool { return e.Host.Real(s) == e.Host.Real(inst.Site) }) {
				return inst.Site
			}
		}
	}
	if last.Command == nil || len(last.Command.Argv) == 0 {
		return ""
	}
	other, err := environ.Resolve(context.Background(), x.host, environ.Request{Command: last.Command.Argv, NoExec: true})
	if err != nil || e.Host.Real(other.Prefix) == e.Host.Real(e.Prefix) {
		return ""
	}
	return other.Prefix
}

// missed says what of that in which an issue was seen a run has not done; empty: enough of it.
func missed(now, before *ReportRun, then *ReportIssue) string {
	if now == nil {
		return "Your last run did nothing of pyinfra's."
	}
	wanted := map[string]int{} // hosts, by operation or phase
	for name := range then.Operations {
		wanted[name] = max(len(then.Hosts), before.hosts(name))
	}
	if len(wanted) == 0 && before != nil {
		for _, op := range before.Operations {
			wanted[op.Name] = len(op.Hosts)
		}
		for _, p := range before.Phases {
			wanted[p.Name] = before.most()
		}
	}
	best, of := "", 0
	for name, n := range wanted {
		has := now.hosts(name)
		if has >= 1 && has >= min(n, 2) && 2*has >= n {
			return ""
		}
		if best == "" || has > of || has == of && name < best {
			best, of = name, has
		}
	}
	switch {
	case best == "":
		return "In what it was seen is not known."
	case of == 0:
		return fmt.Sprintf("It was seen in %q, which your last run did not do.", best)
	}
	return fmt.Sprintf("It was seen in %q on %d hosts, which your last run did on %d.", best, wanted[best], of)
}

// hosts is on how many hosts a run did an operation; of a phase, on how many it did anything.
func (r *ReportRun) hosts(name string) (n int) {
	if r == nil {
		return 0
	}
	for _, op := range r.Operations {
		if op.Name == name {
			n = max(n, len(op.Hosts))
		}
	}
	for _, p := range r.Phases {
		if p.Name == name {
			n = max(n, r.most())
		}
	}
	return n
}

// most is on how many hosts the run did anything.
func (r *ReportRun) most() (n int) {
	for _, op := range r.Operations {
		n = max(n, len(op.Hosts))
	}
	return n
}
