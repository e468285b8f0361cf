package command

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

const (
	uvGlobal = "q v color= system-certs native-tls offline allow-insecure-host= no-progress directory= project= config-file= no-config n no-cache cache-dir= refresh refresh-package= python-preference= no-python-downloads managed-python no-managed-python preview no-preview preview-features= "
	uvIndex  = "index= default-index= i: index-url= extra-index-url= f: find-links= no-index index-strategy= keyring-provider= link-mode= compile-bytecode C: config-setting= config-settings-package= no-build-isolation no-build-isolation-package= no-build no-build-package= no-binary no-binary-package= require-build-hashes no-require-build-hashes no-sources no-sources-package= fork-strategy= "
	// uvSame are options that leave the environment and the versions in it as the lock file has them.
	uvSame  options = uvGlobal + uvIndex + "m module s script gui-script env-file= no-env-file active no-sync locked frozen package= all-packages p: python= no-project extra= all-extras no-extra= no-dev only-dev dev group= no-group= no-default-groups only-group= all-groups no-editable no-editable-package= exact inexact"
	uvAlone options = uvGlobal
)

// uv is uv run, and uv tool run.
func uv(w *Way, args []string) error {
	global, rest, strange := uvAlone.parse(args)
	switch {
	case strange != "":
		w.link(chain.Runner, "uv", strange)
		return w.strange("uv", strange)
	case len(rest) > 1 && rest[0] == "tool" && rest[1] == "run":
		return uvxAs(w, "uv tool run", rest[2:])
	case len(rest) == 0 || rest[0] != "run":
		return w.strange("uv", strings.Join(rest, " "))
	}
	given, argv, strange := uvSame.parse(rest[1:])
	given = append(global, given...)
	if strange == "" {
		strange = uvMakes(w, given)
	}
	if strange != "" {
		w.link(chain.Runner, "uv run", strange)
		return &chain.UnknownError{What: "uv run " + strange + " makes an environment for this run, or changes the one that is there", Pass: w.pass("uv")}
	}
	return (&uvRun{w, given, argv}).follow()
}

// uvMakes returns what lets uv make an environment of its own, or change the versions of one.
func uvMakes(w *Way, given []option) string {
	for _, v := range []string{"UV_ISOLATED", "UV_RESOLUTION", "UV_EXCLUDE_NEWER", "UV_PRERELEASE", "UV_CONFIG_FILE", "UV_NO_SOURCES"} {
		if set := w.Host.Getenv(v); set != "" && set != "0" && set != "false" {
			return "with " + v
		}
	}
	for _, v := range []string{"UV_MANAGED_PYTHON", "UV_NO_MANAGED_PYTHON"} {
		if yes(w.Host.Getenv(v)) {
			return "with " + v
		}
	}
	if v := either(last(given, "python-preference"), w.Host.Getenv("UV_PYTHON_PREFERENCE")); strings.HasPrefix(v, "only-") {
		return "with Pythons that are " + v
	}
	for _, o := range given {
		switch o.name {
		case "config-file", "managed-python", "no-managed-python":
			return "--" + o.name
		}
	}
	return ""
}

// A uvRun is one uv run with its options.
type uvRun struct {
	*Way
	given []option
	argv  []string
}

func (u *uvRun) follow() error {
	if dir := either(last(u.given, "directory"), u.Host.Getenv("UV_WORKING_DIR")); dir != "" {
		u.Host = u.Host.In(dir)
	}
	if err := u.target(); err != nil {
		return err
	}
	file := either(last(u.given, "env-file"), u.Host.Getenv("UV_ENV_FILE"))
	if file != "" && !has(u.given, "no-env-file") {
		if err := u.envFile("uv run", file); err != nil {
			return err
		}
	}
	dir, lock, evidence, err := u.environment()
	if err != nil {
		return err
	}
	if err := u.python(dir, filepath.Dir(evidence)); err != nil {
		return err
	}
	if err := u.enter("uv run", dir, evidence, u.argv); err != nil {
		return err
	}
	if lock != "" && !has(u.given, "no-sync") && !yes(u.Host.Getenv("UV_NO_SYNC")) && u.Host.Exists(lock) {
		u.Lock = lock
	}
	return nil
}

func either(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func yes(value string) bool { return value != "" && value != "0" && value != "false" }

// inline is how a script begins its own list of packages (PEP 723).
var inline = lazyregexp.New(`(?m)^# /// script[ \t]*\r?$`)

// target writes what uv makes of the command: python in front of a script or a module.
func (u *uvRun) target() error {
	if len(u.argv) == 0 {
		return u.strange("uv run", "nothing to run")
	}
	first := u.argv[0]
	file := u.Host.Abs(first)
	switch {
	case has(u.given, "m", "module"):
		u.argv = append([]string{"python", "-m"}, u.argv...)
	case first == "-" || strings.Contains(first, "://"):
		return u.strange("uv run", first)
	case has(u.given, "s", "script", "gui-script"), strings.HasSuffix(first, ".py") && u.Host.Exists(file):
		if inline.Match(u.Host.Small(file)) {
			u.note(chain.Runner, "uv run", "an environment in a cache", file)
			return &chain.UnknownError{What: first + " names its own packages, and uv makes an environment for them, in a cache", Pass: u.pass("uv")}
		}
		u.argv = append([]string{"python"}, u.argv...)
	}
	return nil
}

// A uvProject is what uv reads of a pyproject.toml.
type uvProject struct {
	Project *struct{ Name string }
	Tool    struct {
		UV struct {
			Managed   *bool
			Workspace *struct{ Members, Exclude []string }
		}
	}
}

func readProject(h *host.Host, dir string) (p uvProject, ok bool) {
	data, err := h.Read(filepath.Join(dir, "pyproject.toml"), host.MaxText)
	return p, err == nil && toml.Unmarshal(data, &p) == nil
}

// environment finds the folder: of the project, or of the workspace that it is a member of, or
// of the one that is active.
func (u *uvRun) environment() (dir, lock, evidence string, err error) {
	h := u.Host
	start := h
	if project := either(last(u.given, "project"), h.Getenv("UV_PROJECT")); project != "" {
		start = h.In(project)
	}
	top, managed := uvRoot(start)
	alone := has(u.given, "no-project") || yes(h.Getenv("UV_NO_PROJECT")) || top == "" || !managed
	active := h.Getenv("VIRTUAL_ENV")
	switch {
	case alone && active != "":
		return h.Abs(active), "", "VIRTUAL_ENV", nil
	case alone && h.Getenv("CONDA_PREFIX") != "":
		return h.Abs(h.Getenv("CONDA_PREFIX")), "", "CONDA_PREFIX", nil
	case alone:
		if above := h.Above(".venv"); above != "" {
			return filepath.Join(above, ".venv"), "", filepath.Join(above, ".venv"), nil
		}
		u.link(chain.Runner, "uv run", "no project")
		return "", "", "", &chain.UnknownError{What: "there is no project here, and uv run takes a Python that it finds or downloads", Pass: u.pass("uv")}
	}
	lock, evidence = filepath.Join(top, "uv.lock"), filepath.Join(top, "pyproject.toml")
	switch env := h.Getenv("UV_PROJECT_ENVIRONMENT"); {
	case has(u.given, "active") && active != "":
		return h.Abs(active), lock, "VIRTUAL_ENV", nil
	case env != "" && filepath.IsAbs(env):
		return env, lock, "UV_PROJECT_ENVIRONMENT", nil
	case env != "":
		return filepath.Join(top, env), lock, "UV_PROJECT_ENVIRONMENT", nil
	}
	return filepath.Join(top, ".venv"), lock, evidence, nil
}

// uvRoot returns the folder of the project: the next one with a [project], or the root of the
// workspace that has it as a member. managed: uv looks after it.
func uvRoot(h *host.Host) (top string, managed bool) {
	here := h.Above("pyproject.toml")
	if here == "" {
		return "", false
	}
	p, ok := readProject(h, here)
	switch {
	case !ok || p.Tool.UV.Managed != nil && !*p.Tool.UV.Managed:
		return "", false
	case p.Tool.UV.Workspace != nil:
		return here, true
	case p.Project == nil:
		return "", false
	}
	for dir := filepath.Dir(here); ; dir = filepath.Dir(dir) {
		if q, ok := readProject(h, dir); ok && q.Tool.UV.Workspace != nil {
			if isMember(dir, here, q.Tool.UV.Workspace.Members, q.Tool.UV.Workspace.Exclude) {
				return dir, q.Tool.UV.Managed == nil || *q.Tool.UV.Managed
			}
			return here, true
		}
		if dir == filepath.Dir(dir) {
			return here, true
		}
	}
}

func isMember(top, dir string, members, exclude []string) bool {
	rel, err := filepath.Rel(top, dir)
	if err != nil {
		return false
	}
	matches := func(globs []string) bool {
		return slices.ContainsFunc(globs, func(glob string) bool {
			ok, err := path.Match(strings.TrimSuffix(strings.TrimPrefix(glob, "./"), "/"), filepath.ToSlash(rel))
			return err == nil && ok || strings.Contains(glob, "**") && strings.HasPrefix(filepath.ToSlash(rel), strings.TrimSuffix(strings.SplitN(glob, "**", 2)[0], "/"))
		})
	}
	return matches(members) && !matches(exclude)
}

var (
	versionRequest = lazyregexp.New(`^(?:python|cpython)?@?(\d+(?:\.\d+){0,2})$`)
	venvVersion    = lazyregexp.New(`(?m)^version(?:_info)?\s*=\s*(\d+\.\d+\.\d+)`)
)

// python compares the Python that is asked for with that of the environment: uv makes the
// environment anew where it is another.
func (u *uvRun) python(dir, project string) error {
	request := either(last(u.given, "p", "python"), u.Host.Getenv("UV_PYTHON"))
	from := "--python " + request
	if request == "" {
		request, from = pinnedPython(u.Host, project)
	}
	if request == "" {
		return nil
	}
	is := venvVersion.FindSubmatch(u.Host.Small(dir, "pyvenv.cfg"))
	m := versionRequest.FindStringSubmatch(request)
	if m != nil && is != nil && (string(is[1]) == m[1] || strings.HasPrefix(string(is[1]), m[1]+".")) {
		return nil
	}
	u.link(chain.Runner, "uv run", from)
	return &chain.UnknownError{What: "uv run may make " + dir + " anew, since " + from + " asks for a Python", Pass: u.pass("uv")}
}

// pinnedPython is what .python-version here or above says, as far up as the project reaches.
func pinnedPython(h *host.Host, project string) (request, from string) {
	for dir := h.Dir; ; dir = filepath.Dir(dir) {
		file := filepath.Join(dir, ".python-version")
		for line := range strings.Lines(string(h.Small(file))) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				return line, file
			}
		}
		if dir == project || dir == filepath.Dir(dir) {
			return "", ""
		}
	}
}

// uvx takes the tool that is installed, if nothing else is asked for (uv tool run).
func uvx(w *Way, args []string) error { return uvxAs(w, "uvx", args) }

func uvxAs(w *Way, name string, args []string) error {
	given, argv, strange := options(uvGlobal + uvIndex + "from= env-file= no-env-file").parse(args)
	if strange == "" && len(argv) > 0 {
		switch from := last(given, "from"); {
		case from != "" && from != argv[0]:
			strange = "--from " + from
		case strings.ContainsAny(argv[0], "@=<>[/"):
			strange = argv[0]
		}
	}
	for _, v := range []string{"UV_ISOLATED", "UV_CONSTRAINT", "UV_OVERRIDE", "UV_PYTHON"} {
		if strange == "" && w.Host.Getenv(v) != "" {
			strange = "with " + v
		}
	}
	if strange != "" || len(argv) == 0 {
		w.link(chain.Runner, name, strange)
		return &chain.UnknownError{What: strings.TrimSpace(name+" "+strange) + " makes an environment for each run, in a cache, and which one cannot be read", Pass: w.pass("uvx")}
	}
	if file := either(last(given, "env-file"), w.Host.Getenv("UV_ENV_FILE")); file != "" && !has(given, "no-env-file") {
		if err := w.envFile(name, file); err != nil {
			return err
		}
	}
	dir := filepath.Join(either(w.Host.Getenv("UV_TOOL_DIR"), filepath.Join(DataHome(w.Host), "uv", "tools")), argv[0])
	if !w.Host.Exists(dir, "uv-receipt.toml") {
		w.note(chain.Runner, name, "an environment in a cache", "no "+dir)
		return &chain.UnknownError{What: name + " makes an environment for each run, in a cache, and which one cannot be read", Pass: w.pass("uvx")}
	}
	return w.enter(name, w.Host.Abs(dir), filepath.Join(dir, "uv-receipt.toml"), argv)
}
