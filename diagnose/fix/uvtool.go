package fix

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/orbfilter/orbfilter/diagnose/command"
	"github.com/orbfilter/orbfilter/diagnose/locks"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// A receipt is what uv writes of a tool (uv-receipt.toml).
type receipt struct {
	Tool struct {
		Python       string
		Requirements []toolRequirement
		Constraints  []toolRequirement
		Overrides    []toolRequirement
		Build        []toolRequirement `toml:"build-constraints"`
		Options      map[string]any
		Entrypoints  []struct {
			Path string `toml:"install-path"`
		}
	}
}

type toolRequirement struct {
	Name, Specifier, Marker, Git, URL, Path, Directory, Editable string
	Extras                                                       []string
}

// text is a requirement as it is typed; ok is false for one that has more than names and versions.
func (q toolRequirement) text() (text string, ok bool) {
	text = q.Name
	if len(q.Extras) > 0 {
		text += "[" + strings.Join(q.Extras, ",") + "]"
	}
	text += q.Specifier
	if q.Marker != "" {
		text += " ; " + q.Marker
	}
	return text, q.Git+q.URL+q.Path+q.Directory+q.Editable == "" && Shows(text)
}

// toolDir sets, where a tool is not in the folder that uv keeps tools in (mise gives each a folder of its
// own), that folder: or else another one would be made.
func (j *job) toolDir(r *receipt) shell.Command {
	h, dir := j.e.Host, filepath.Dir(j.e.Prefix)
	if h.Real(dir) == h.Real(filepath.Join(command.DataHome(h), "uv", "tools")) && h.Getenv("UV_TOOL_DIR") == "" {
		return nil
	}
	argv := shell.Command{"env", "UV_TOOL_DIR=" + dir}
	for _, p := range r.Tool.Entrypoints {
		if filepath.IsAbs(p.Path) {
			return append(argv, "UV_TOOL_BIN_DIR="+filepath.Dir(p.Path))
		}
	}
	return argv
}

// uvTool writes the command that made a tool, with one requirement changed: what is installed past
// uv is gone at its next upgrade. Constraints go with it, in a file. Where the receipt has more than
// that, it is said in words.
func (j *job) uvTool() Fix {
	var r receipt
	file := filepath.Join(j.e.Prefix, "uv-receipt.toml")
	if err := toml.Unmarshal(j.e.Host.Small(file), &r); err != nil || len(r.Tool.Requirements) == 0 {
		return j.inWords(file, &r)
	}
	tool := versions.NormalName(filepath.Base(j.e.Prefix))
	argv := append(j.toolDir(&r), "uv", "tool", "install")
	if r.Tool.Python != "" {
		argv = append(argv, "--python", r.Tool.Python)
	}
	own, wanted := tool, j.requirement()
	for _, q := range r.Tool.Requirements {
		text, ok := q.text()
		switch {
		case !ok:
			return j.inWords(file, &r)
		case versions.NormalName(q.Name) == versions.NormalName(j.pkg):
			q.Specifier = j.spec
			wanted, _ = q.text()
			if versions.NormalName(q.Name) == tool {
				own = wanted
			}
		case versions.NormalName(q.Name) == tool:
			own = text
		default:
			argv = append(argv, "--with", text)
		}
	}
	if versions.NormalName(j.pkg) != tool {
		argv = append(argv, "--with", wanted)
	}
	f := Fix{Text: "install " + j.requirement()}
	for _, list := range []struct {
		option string
		of     []toolRequirement
	}{{"--constraints", r.Tool.Constraints}, {"--overrides", r.Tool.Overrides}, {"--build-constraints", r.Tool.Build}} {
		lines, ok := j.kept(list.of)
		if !ok {
			return j.inWords(file, &r)
		}
		if lines != "" {
			name := filepath.Join(filepath.Dir(j.e.Prefix), "."+tool+strings.Replace(list.option, "--", "-", 1)+".txt")
			f.Writes, argv = append(f.Writes, File{name, lines}), append(argv, list.option, name)
		}
	}
	if len(r.Tool.Options) > 0 || j.e.Host.GOOS == "windows" && argv[0] == "env" {
		return j.inWords(file, &r)
	}
	f.Commands = []shell.Command{append(argv, own)}
	return f
}

// kept are the lines of a list without those that hold the version which is there.
func (j *job) kept(list []toolRequirement) (lines string, ok bool) {
	for _, q := range list {
		text, ok := q.text()
		if !ok {
			return "", false
		}
		pin := locks.Pin{Package: versions.NormalName(q.Name), Spec: q.Specifier}
		if pin.Package == versions.NormalName(j.pkg) && pin.Holds(j.e.Version(j.pkg), Bound(j.spec)) {
			continue
		}
		lines += text + "\n"
	}
	return lines, true
}

func (j *job) inWords(file string, r *receipt) Fix {
	again := append(j.toolDir(r), "uv", "tool", "install", "--with", j.requirement())
	return Fix{Text: fmt.Sprintf("install the tool again as it was (%s has how), and with %s: %s", file, j.requirement(), again)}
}
