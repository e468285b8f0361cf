package fix

import (
	"fmt"
	"path/filepath"

	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/diagnose/site"
)

// pip is the step where no project keeps the environment: pip of the environment itself, or what
// installs into one that has none.
func (j *job) pip() Fix {
	e, d := j.e, j.e.Dist(j.pkg)
	if e.Managed() && (d == nil || d.Installer != "pip") {
		return Fix{Text: fmt.Sprintf("this Python belongs to the system, and nothing is installed there; give pyinfra an environment of its own: uv tool install pyinfra --with '%s'", j.requirement())}
	}
	user := d != nil && !e.Virtual() && e.UserSite(d.Site) // a virtual environment gets one of its own
	var options []string
	if user {
		options = append(options, "--user")
	}
	if e.Managed() { // it is pip's own, which was told so before
		options = append(options, "--break-system-packages")
	}
	return j.command(installer(e, append(options, "-U", j.requirement())...)...)
}

// installer is the command that installs into an environment, with the environment's own Python;
// nil: none is known.
func installer(e *environ.Environment, args ...string) shell.Command {
	switch base := e.BasePython(); {
	case e.HasPip():
		return append(shell.Command{e.Python, "-m", "pip", "install"}, args...)
	case e.MadeByUV() || e.Host.Look("uv", e.Host.Path()) != "" && base == "":
		return append(shell.Command{"uv", "pip", "install", "--python", e.Python}, args...)
	case base != "":
		return append(shell.Command{base, "-m", "pip", "--python", e.Python, "install"}, args...)
	}
	return append(shell.Command{e.Python, "-m", "pip", "install"}, args...)
}

// isAdded reports whether a package is in a folder that Python does not search by itself: PYTHONPATH
// or a .pth file adds it (pip install --target, --prefix, another environment).
func isAdded(e *environ.Environment, d *environ.Dist) bool {
	return d != nil && e.Kind != environ.Bundle && !d.Editable && !e.Own(d.Site)
}

// into is the option that lets pip install into the folder where a package is; nil: there is none,
// since nothing says that pip put it there.
func into(d *environ.Dist) []string {
	switch prefix := site.Prefix(filepath.ToSlash(d.Site)); {
	case d.Installer != "pip" && d.Installer != "uv":
		return nil
	case prefix != filepath.ToSlash(d.Site):
		return []string{"--prefix", prefix}
	}
	return []string{"--target", d.Site}
}

// added installs into such a folder, whoever keeps the environment: what is searched first counts.
// pip leaves the metadata of the version before there, which are taken out.
func (j *job) added(d *environ.Dist) Fix {
	e := j.e
	option := into(d)
	switch {
	case e.Host.Exists(site.Prefix(d.Site), "pyvenv.cfg") && option != nil:
		return j.command(Args(d.Site, j.requirement())...)
	case option == nil:
		return Fix{Text: fmt.Sprintf("%s is in %s, in front of the environment, and who put it there is not known; install %s there, or take the folder out of PYTHONPATH", j.pkg, d.Site, j.requirement())}
	}
	f := j.command(append(append(installer(e), option...), "--no-deps", "-U", j.requirement())...)
	switch {
	case installer(e)[0] == "uv": // which takes them out itself
	case e.Host.GOOS == "windows":
		f.Text += "; then remove " + d.Path
	default:
		f.Commands = append(f.Commands, shell.Command{"rm", "-r", d.Path})
	}
	return f
}

// Again is the step that ends two sets of metadata of one package in a folder: the older one is
// taken out, and the newer version installed once more.
func Again(e *environ.Environment, newer, older *environ.Dist) Fix {
	f := Fix{Text: fmt.Sprintf("take the metadata of %s %s out, and install %s again", older.Name, older.Version, newer.Version)}
	if !Shows(older.Path) || newer.Version == "" || e.Host.GOOS == "windows" {
		f.Text = "install " + newer.Name + " again"
		return f
	}
	f.Commands = []shell.Command{{"rm", "-r", older.Path}}
	req := newer.Name + "==" + newer.Version
	switch {
	case isAdded(e, newer) && into(newer) != nil:
		f.Commands = append(f.Commands, append(append(installer(e), into(newer)...), "--no-deps", "-U", req))
	case !e.HasPip() && installer(e)[0] == "uv":
		f.Commands = append(f.Commands, append(installer(e), "--no-deps", "--reinstall", req))
	default:
		f.Commands = append(f.Commands, append(installer(e), "--no-deps", "--force-reinstall", req))
	}
	return f
}

// Into installs a package once more, as it is, where its metadata are incomplete.
func Into(e *environ.Environment, d *environ.Dist) Fix {
	f := Fix{Text: "install " + d.Name + " again"}
	if e.System(d) != "" || d.Version == "" {
		return f
	}
	option := "--force-reinstall"
	if !e.HasPip() && installer(e)[0] == "uv" {
		option = "--reinstall"
	}
	f.Commands = []shell.Command{append(installer(e), "--no-deps", option, d.Name+"=="+d.Version)}
	return f
}
