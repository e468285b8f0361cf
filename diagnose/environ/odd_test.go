//go:build unix

package environ_test

import (
	"archive/zip"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/site"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// itself is a pyinfra that says which versions Python sees: "" one that is not installed, "?" one of which Python itself
// does not know it.
const itself = `
import importlib.metadata as m, json, sys
def version(name):
    try: return (m.version(name) or "?").strip()
    except m.PackageNotFoundError: return ""
    except Exception: return "?"
print(json.dumps({n: version(n) for n in ("pyinfra", "gevent", "greenlet", "paramiko", "pyinfra-orbstack", "zope.event")}))
`

// An odd is an environment with something odd in it.
type odd struct {
	*testing.T
	*rand.Rand
	top, site string
	minor     string
	env       map[string]string
	cfg       string
	cfgDir    string
	flags     string // behind the interpreter
	did       []string
	n         int
}

func (o *odd) write(name, text string) {
	o.Helper()
	require.NoError(o, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(o, os.WriteFile(name, []byte(text), 0o644))
}

func (o *odd) version() string { o.n++; return fmt.Sprintf("%d.%d.%d", 20+o.IntN(9), o.n, o.IntN(5)) }

func text(name, version string) string {
	return "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\nSummary: x\n\nVersion: 0.0.1\n"
}

func pick[T any](o *odd, of ...T) T { return of[o.IntN(len(of))] }

// places are folders that hold a package, in all forms that installers and accidents leave.
var forms = map[string]func(o *odd, dir, name, version string){
	"dist-info": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+under(name)+"-"+v+".dist-info/METADATA", text(name, v))
	},
	"other spelling": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+pick(o, strings.ToUpper(under(name)), strings.Title(under(name)), strings.ReplaceAll(name, "-", "."))+"-"+v+".dist-info/METADATA", text(name, v)) //nolint:staticcheck // ASCII
	},
	"no version in the name": func(o *odd, dir, name, v string) { o.write(dir+"/"+under(name)+".dist-info/METADATA", text(name, v)) },
	"the name lies": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+under(name)+"-9.9.9.dist-info/METADATA", text("other", v))
	},
	"egg-info folder": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+under(name)+"-"+v+"-py3.11.egg-info/PKG-INFO", text(name, v))
	},
	"egg-info file": func(o *odd, dir, name, v string) { o.write(dir+"/"+under(name)+"-"+v+".egg-info", text(name, v)) },
	"PKG-INFO": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+under(name)+"-"+v+".dist-info/PKG-INFO", text(name, v))
	},
	"both": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+under(name)+"-"+v+".dist-info/METADATA", text(name, v))
		o.write(dir+"/"+under(name)+"-"+v+".dist-info/PKG-INFO", text(name, "1.1.1"))
	},
	"two": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+under(name)+"-"+v+".dist-info/METADATA", text(name, v))
		o.write(dir+"/"+under(name)+"-1.1.1.dist-info/METADATA", text(name, "1.1.1"))
	},
	"two kinds": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+under(name)+"-"+v+".egg-info", text(name, v))
		o.write(dir+"/"+under(name)+"-1.1.1.dist-info/METADATA", text(name, "1.1.1"))
	},
	"two spellings": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+under(name)+"-"+v+".dist-info/METADATA", text(name, v))
		o.write(dir+"/"+strings.ToUpper(under(name))+"-1.1.1.dist-info/METADATA", text(name, "1.1.1"))
	},
	"header": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+under(name)+"-"+v+".dist-info/METADATA", pick(o,
			"Name: x\r\nVersion: "+v+"\r\n\r\nx", "\xef\xbb\xbfName: x\nVersion: "+v+"\n", "\nName: x\nVersion: "+v+"\n", "Name: x\nVersion:\n "+v+"\n", "Name: x\nVersion: "+v+"\nVersion: 1.1.1\n",
			"Name: x\nVersion  : "+v+"\n", "Name: x\nVersion:\t"+v+"  \n", "name: x\nVERSION:"+v, "Name: x\nSummary: a\n b: c\n Version: 1.1.1\nVersion: "+v+"\n", "Name: x\ngarbage\nVersion: "+v+"\n",
			"From me\nName: x\nVersion: "+v+"\n", " Version: 1.1.1\nVersion: "+v+"\n", "Name: x\n\tVersion: 1.1.1\nVersion: "+v+"\n", "Name: \xff\xfe\nVersion: "+v+"\n", "Summary: "+strings.Repeat("x", 70_000)+"\nVersion: "+v+"\n",
			"Name: x\rVersion: "+v+"\r", ": x\nVersion: "+v+"\n", "Na me: x\nVersion: "+v+"\n", "Name: x\nVersion: "+v+"\x0b\nX: y\n", "Name: x\n \nVersion: "+v+"\n", "Name: x\n\t\nVersion: "+v+"\n\n", "Name:\nVersion: "+v+"\x1cA: b\n", "Name: x\nVersion: "+v+"\n more\n"))
	},
	"says nothing": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+under(name)+"-"+v+".dist-info/"+pick(o, "METADATA", "RECORD", "METADATA/x"), pick(o, "", "Name: x\n", "\n\nVersion: "+v+"\n", "Version:\n"))
	},
	"a link": func(o *odd, dir, name, v string) {
		o.write(o.top+"/away/"+under(name)+"/METADATA", text(name, v))
		require.NoError(o, os.Symlink(pick(o, o.top+"/away/"+under(name), "nowhere", under(name)+"-"+v+".dist-info"), dir+"/"+under(name)+"-"+v+".dist-info"))
	},
	"a pipe": func(o *odd, dir, name, v string) {
		require.NoError(o, os.MkdirAll(dir+"/"+under(name)+"-"+v+".egg-info", 0o755)) // Python itself would wait for a pipe of that name
		require.NoError(o, syscall.Mkfifo(dir+"/"+under(name)+".dist-info.pipe", 0o600))
	},
	"egg folder": func(o *odd, dir, name, v string) {
		egg := under(name) + "-" + v + "-py" + o.minor + ".egg"
		o.write(dir+"/"+egg+"/EGG-INFO/PKG-INFO", text(name, v))
		o.pth(dir, "easy-install.pth", "./"+egg+"\n")
	},
	"zipped egg": func(o *odd, dir, name, v string) {
		egg := under(name) + "-" + v + "-py" + o.minor + ".egg"
		zipped(o, dir+"/"+egg, "EGG-INFO/PKG-INFO", text(name, v))
		o.pth(dir, "easy-install.pth", "./"+egg+"\n")
	},
	"egg that nobody adds": func(o *odd, dir, name, v string) {
		o.write(dir+"/"+under(name)+"-"+v+"-py"+o.minor+".egg/EGG-INFO/PKG-INFO", text(name, v))
	},
	"develop": func(o *odd, dir, name, v string) {
		source := o.top + "/source-" + under(name)
		o.write(source+"/"+under(name)+".egg-info/PKG-INFO", text(name, v))
		o.write(dir+"/"+name+".egg-link", source+"\n.")
		o.pth(dir, "easy-install.pth", source+"\n")
	},
	"zip file": func(o *odd, dir, name, v string) {
		zipped(o, o.top+"/"+under(name)+".zip", under(name)+"-"+v+".dist-info/METADATA", text(name, v))
		o.pth(dir, under(name)+".pth", o.top+"/"+under(name)+".zip\n")
	},
	"not at all": func(*odd, string, string, string) {},
	"a folder that a .pth file adds": func(o *odd, dir, name, v string) {
		more := o.top + "/more " + under(name)
		o.write(more+"/"+under(name)+"-"+v+".dist-info/METADATA", text(name, v))
		rel, err := filepath.Rel(dir, more)
		require.NoError(o, err)
		file := pick(o, "a.pth", "z.pth", ".hidden.pth", "x.PTH", "b.pth", "c.pth")
		o.pth(dir, file, pick(o, more+"\n", rel+"\n", "# "+more+"\n", more, more+"   \r\n", "\n\n"+more+"\n", "import sys; x = 1\n"+more+"\n", "\xef\xbb\xbf"+more+"\n", " "+more+"\n", "importx\n"+more+"\n", more+"/../"+filepath.Base(more)+"\n"+more+"\n", more+"\x0c\n"+more+"\n", more+"\\\n", "/nowhere\n"+more+"\n", more+"/\n"))
		o.write(more+"/deeper.pth", o.top+"/deeper\n") // is not read: only those of Python's own folders are
		o.write(o.top+"/deeper/gevent-0.0.2.dist-info/METADATA", text("gevent", "0.0.2"))
	},
}

func under(name string) string { return strings.NewReplacer("-", "_").Replace(name) }

// pth adds lines to a file.
func (o *odd) pth(dir, name, lines string) {
	old, _ := os.ReadFile(filepath.Join(dir, name))
	o.write(filepath.Join(dir, name), string(old)+lines)
}

func zipped(o *odd, file, name, text string) {
	require.NoError(o, os.MkdirAll(filepath.Dir(file), 0o755))
	f, err := os.Create(file)
	require.NoError(o, err)
	z := zip.NewWriter(f)
	w, err := z.Create(name)
	require.NoError(o, err)
	_, err = w.Write([]byte(text))
	require.NoError(o, err)
	require.NoError(o, z.Close())
	require.NoError(o, f.Close())
}

// settings are odd things about an environment as a whole; each returns what it did.
var oddities = map[string]func(o *odd){
	"PYTHONPATH": func(o *odd) {
		lib := o.top + "/lib on path"
		forms["dist-info"](o, lib, pick(o, "gevent", "greenlet"), o.version())
		o.env["PYTHONPATH"] = pick(o, lib, "lib on path", ":"+lib, lib+":", "/nowhere:"+lib, lib+":"+lib+"/", o.site, "../"+filepath.Base(o.top)+"/lib on path", lib+"/../lib on path", "~/lib:"+lib)
	},
	"a zip file on PYTHONPATH": func(o *odd) {
		file := o.top + "/" + pick(o, "lib.zip", "gevent-1-py3.egg", "lib")
		zipped(o, file, pick(o, "gevent-1.2.3.dist-info/METADATA", "EGG-INFO/PKG-INFO", "sub/gevent-1.2.3.dist-info/METADATA"), text("gevent", "1.2.3"))
		o.env["PYTHONPATH"] = pick(o, file, ":"+file)
	},
	"an egg on PYTHONPATH": func(o *odd) {
		egg := o.top + "/" + pick(o, "gevent-1.2.3-py3.egg", "gevent.egg", "Gevent.EGG")
		o.write(egg+"/EGG-INFO/PKG-INFO", text("gevent", "1.2.3"))
		o.env["PYTHONPATH"] = egg
	},
	"its own folder on PYTHONPATH": func(o *odd) {
		o.env["PYTHONPATH"] = pick(o, o.site, o.site+"/", o.top+"/env/bin/../lib/python"+o.minor+"/site-packages")
	},
	"nothing on PYTHONPATH": func(o *odd) {
		forms["dist-info"](o, o.top, "gevent", o.version()) // in the working folder
		o.env["PYTHONPATH"] = pick(o, ":", ":/nowhere", "/nowhere::/nowhere", "/nowhere:", "/nowhere", ".", "./")
	},
	"a user's folder": func(o *odd) {
		o.env["HOME"] = o.top + "/home"
		forms["dist-info"](o, o.top+"/home/.local/lib/python"+o.minor+"/site-packages", "zope.event", o.version())
		o.cfg = strings.Replace(o.cfg, "false", pick(o, "true", "True", "false", "TRUE", "yes", "1", " true "), 1)
		if o.IntN(3) == 0 {
			o.env["PYTHONNOUSERSITE"] = pick(o, "1", "0", "", "no", "-1", "00", " 0")
		}
		if o.IntN(3) == 0 {
			o.env["PYTHONUSERBASE"] = pick(o, o.top+"/home/.local", "/nowhere", "~/.local", "home/.local")
		}
	},
	"pyvenv.cfg": func(o *odd) {
		o.cfg = pick(o, strings.ToUpper("home")+o.cfg[4:], strings.ReplaceAll(o.cfg, " = ", "="), strings.ReplaceAll(o.cfg, "\n", "\r\n"), "# home = /nowhere\n"+o.cfg, o.cfg+"version = 3.1.2\n", o.cfg+"version_info = 2.7.18\n", o.cfg+"include-system-site-packages\n", "\n"+o.cfg, o.cfg+"prompt = x=y\n", o.cfg+"home = /nowhere\n", strings.Replace(o.cfg, "include", "INCLUDE", 1))
	},
	"lib64": func(o *odd) {
		if _, err := os.Lstat(o.top + "/env/lib64"); err == nil || o.IntN(2) == 0 {
			_ = os.Symlink("lib", o.top+"/env/lib64")
			return
		}
		forms["dist-info"](o, o.top+"/env/lib64/python"+o.minor+"/site-packages", "zope.event", o.version())
	},
	"another Python's folder": func(o *odd) {
		forms["dist-info"](o, o.top+"/env/lib/python3.7/site-packages", "zope.event", o.version())
		forms["dist-info"](o, o.top+"/env/lib/python3/dist-packages", "zope.event", o.version())
	},
	"behind a link": func(o *odd) { o.env["LINKED"] = "1" },
	"conda-meta": func(o *odd) {
		o.write(o.top+"/env/conda-meta/gevent-9.9.9-py312_0.json", `{"name":"gevent","version":"9.9.9"}`)
	},
}

func newOdd(t *testing.T, seed uint64, python string) *odd {
	top, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	o := &odd{T: t, Rand: rand.New(rand.NewPCG(seed, 1)), top: top, env: map[string]string{"HOME": "/nowhere", "PATH": "/usr/bin:/bin"}}
	out, err := exec.Command(python, "-Sc", "import sys; print('%d.%d' % sys.version_info[:2])").Output()
	require.NoError(t, err)
	o.minor = strings.TrimSpace(string(out))
	o.site = top + "/env/lib/python" + o.minor + "/site-packages"
	o.cfg = "home = " + filepath.Dir(python) + "\ninclude-system-site-packages = false\n"
	require.NoError(t, os.MkdirAll(o.site, 0o755))
	require.NoError(t, os.MkdirAll(top+"/env/bin", 0o755))
	require.NoError(t, os.Symlink(python, top+"/env/bin/python"))
	names := []string{"dist-info"}
	for name := range sorted(forms) {
		names = append(names, name)
	}
	for _, pkg := range []string{"pyinfra", "gevent", "greenlet", "paramiko", "pyinfra-orbstack"} {
		form := pick(o, names...)
		o.did = append(o.did, pkg+": "+form)
		forms[form](o, o.site, pkg, o.version())
	}
	var more []string
	for name := range sorted(oddities) {
		more = append(more, name)
	}
	for range o.IntN(3) {
		name := pick(o, more...)
		o.did = append(o.did, name)
		oddities[name](o)
	}
	o.write(top+"/"+cmp.Or(o.cfgDir, "env")+"/pyvenv.cfg", o.cfg)
	script := top + "/env/bin/pyinfra"
	o.write(script, "#!"+top+"/env/bin/python"+o.flags+"\n"+itself)
	require.NoError(t, os.Chmod(script, 0o755))
	return o
}

// TestOddEnvironments makes environments with odd things in them and compares what is read with what Python says there.
// What Python does not know itself may be anything; what the doctor says that it does not know is no mistake.
func TestOddEnvironments(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	all, known, unknown := diagnosetest.Pythons(t, "3.8"), 0, 0
	seeds, _ := strconv.ParseUint(cmp.Or(os.Getenv("ORBFILTER_SEEDS"), "60"), 10, 32)
	for seed := range seeds {
		python := all[seed%uint64(len(all))]
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			o := newOdd(t, seed, python)
			dir := o.top
			if o.env["LINKED"] != "" {
				dir = o.top + ".linked"
				require.NoError(t, os.Symlink(o.top, dir))
				t.Cleanup(func() { _ = os.Remove(dir) })
			}
			h := host.This(func(name string) string { return o.env[name] })
			h.Dir, h.Home = o.top, o.env["HOME"]
			c := exec.Command(dir + "/env/bin/pyinfra")
			c.Dir = o.top
			for k, v := range o.env {
				c.Env = append(c.Env, k+"="+v)
			}
			out, err := c.Output()
			if err != nil {
				t.Skipf("Python itself does not start: %v", err)
			}
			says := map[string]string{}
			require.NoError(t, json.Unmarshal(out, &says))
			e, err := environ.Resolve(t.Context(), h, environ.Request{Pyinfra: dir + "/env/bin/pyinfra"})
			if _, is := errors.AsType[*chain.UnknownError](err); is {
				unknown++
				t.Log(err)
				return
			}
			require.NoError(t, err)
			known++
			for name, version := range says {
				if version != "" && version != "?" && !site.IsVersion(version) {
					version = "" // which may not be shown
				}
				if version != "?" {
					assert.Equal(t, version, e.Version(name), "%s, Python %s, %q\n%s\n%v", name, o.minor, o.did, o.cfg, o.env)
				}
			}
		})
	}
	t.Logf("%d known, %d unknown", known, unknown)
	assert.Greater(t, known, 3*unknown)
}

// sorted are the names of a table, in order: the same seed makes the same environment.
func sorted[V any](of map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, name := range slices.Sorted(maps.Keys(of)) {
			if !yield(name) {
				return
			}
		}
	}
}
