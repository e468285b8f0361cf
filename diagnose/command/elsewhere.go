package command

import "strings"

// places are what programs do with a command that cannot be followed from here: the folders or the
// variables with which it runs are not those of this shell.
var places = []struct{ does, programs string }{
	{"runs it in another root", "chroot unshare nsenter bwrap firejail proot fakechroot systemd-nspawn machinectl schroot arch-chroot"},
	{"runs it in a container", "docker docker-compose podman nerdctl kubectl oc apptainer singularity lxc lxc-attach incus toolbox distrobox flatpak devcontainer"},
	{"runs it on another machine", "ssh mosh vagrant orb orbctl limactl lima colima multipass wsl gcloud srun sbatch"},
	{"chooses its own packages", "nix nix-shell guix devbox flox devenv spack"},
	{"may run a login, whose files change PATH", "su runuser login sg"},
	{"runs it with a PATH of its own", "pkexec run0"},
	{"runs what its file says", "make gmake just task rake npm npx pnpm yarn invoke inv fab doit pre-commit prek foreman honcho poe bazel pants"},
	{"sets variables that cannot be read", "direnv envdir dotenv op aws-vault chamber doppler infisical envchain sops teller shadowenv with-contenv s6-envdir envconsul"},
	{"runs it with the variables of another program", "tmux screen zellij at batch nq tsp launchctl open osascript"},
	{"reads a language of its own", "powershell pwsh cmd parallel expect find"},
	{"lets a shell read it once more", "eval watch script entr watchexec hyperfine"},
	{"may change what is run", "perf gdb valgrind rr fakeroot eatmydata proxychains proxychains4 torsocks faketime"},
	{"runs it in an environment of the project that pixi.toml names", "pixi"},
	{"runs it in the project's environment, which it may change first", "rye"},
	{"runs what noxfile.py says, in environments that it makes", "nox"},
	{"runs what its settings say, in environments that it makes", "tox"},
	{"runs it with the versions and variables that its files name", "mise rtx asdf vfox proto"},
	{"runs it in one of its environments", "conda mamba micromamba pew"},
	{"makes an environment for each run, in a cache, and which one cannot be read", "pip-run fades"},
}

// elsewhere returns what a program does, or "".
func elsewhere(name string) string {
	for _, p := range places {
		for program := range strings.FieldsSeq(p.programs) {
			if program == name {
				return p.does
			}
		}
	}
	return ""
}

// instead is what to pass, where more is known than that a Python has to be named.
var instead = map[string]string{
	"nox":        "type: orbfilter doctor --venv .nox/SESSION, with the session's folder",
	"tox":        "type: orbfilter doctor --venv .tox/NAME, with the environment's folder",
	"pixi":       "type: orbfilter doctor --venv .pixi/envs/default, or the name of another environment there",
	"rye":        "type: orbfilter doctor --venv .venv, in the folder of the project",
	"mise":       "type: mise which pyinfra; then type: orbfilter doctor --pyinfra PATH, with that path",
	"asdf":       "type: asdf which pyinfra; then type: orbfilter doctor --pyinfra PATH, with that path",
	"conda":      "type: orbfilter doctor --venv PREFIX, with the folder that conda env list names",
	"mamba":      "type: orbfilter doctor --venv PREFIX, with the folder that mamba env list names",
	"micromamba": "type: orbfilter doctor --venv PREFIX, with the folder that micromamba env list names",
	"uv":         "type: uv sync; then type: orbfilter doctor --venv .venv; or type: orbfilter doctor --python PATH, with the Python that pyinfra runs in",
	"uvx":        "install pyinfra (uv tool install pyinfra --with pyinfra-orbstack), or type: orbfilter doctor --python PATH, with the Python that pyinfra runs in",
	"pipx":       "install pyinfra (pipx install pyinfra), or type: orbfilter doctor --python PATH, with the Python that pyinfra runs in",
	"poetry":     "type: poetry env info --path; then type: orbfilter doctor --venv DIR, with that folder",
	"pdm":        "type: pdm info; then type: orbfilter doctor --python PATH, with the interpreter that it names",
	"pipenv":     "type: pipenv --venv; then type: orbfilter doctor --venv DIR, with that folder",
	"hatch":      "type: hatch env find NAME, with the name of the environment; then type: orbfilter doctor --venv DIR, with that folder",
}
