package environ

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// usual are .pth files whose code is known, and changes no version: of setuptools, virtualenv, uv,
// namespaces, editable installs (whose metadata are read), and tools that measure.
var usual = lazyregexp.New(`^(?:distutils-precedence|_virtualenv|a1_coverage|coverage|pywin32|__editable__.*|_?__editable_impl_.*|.*-nspkg|apport_python_hook|zope\..*-nspkg|protobuf.*-nspkg|sphinxcontrib.*-nspkg)\.pth$`)

// Hooks are the files whose code Python runs when it starts, and which may change what it finds:
// lines of .pth files that import, sitecustomize and usercustomize. Nobody reads what they do.
func (e *Environment) Hooks() (files []string) {
	for _, dir := range e.Sites {
		for _, name := range []string{"sitecustomize", "usercustomize"} {
			if file := moduleIn(e.Host, dir, name); file != "" {
				files = append(files, file)
			}
		}
		entries, _ := e.Host.Files.ReadDir(dir)
		for _, entry := range entries {
			if name := entry.Name(); strings.HasSuffix(name, ".pth") && !usual.MatchString(name) && runs(e.Host.Small(dir, name)) {
				files = append(files, filepath.Join(dir, name))
			}
		}
	}
	slices.Sort(files)
	return files
}

func runs(pth []byte) bool {
	for line := range bytes.Lines(pth) {
		if bytes.HasPrefix(line, []byte("import ")) || bytes.HasPrefix(line, []byte("import\t")) {
			return true
		}
	}
	return false
}
