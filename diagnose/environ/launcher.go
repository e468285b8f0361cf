package environ

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/site"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

const (
	maxZip      = 1 << 30
	maxLauncher = 4 << 20
)

// archive opens a zip file that may have a shebang or a program in front; nil:
// it is none. Broken: its end is that of a zip file, and it cannot be read.
func archive(h *host.Host, name string) (z *zip.Reader, done func(), broken error) {
	info, err := h.Files.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxZip {
		return nil, nil, nil
	}
	file, err := h.Files.Open(name)
	if err != nil {
		return nil, nil, err
	}
	z, err = zip.NewReader(file, info.Size())
	if err == nil {
		return z, func() { _ = file.Close() }, nil
	}
	defer func() { _ = file.Close() }()
	if errors.Is(err, zip.ErrFormat) && !zipInside(file, info.Size()) {
		err = nil
	}
	return nil, nil, err
}

// zipInside reports whether a file begins as zipapps do: a line, then a zip.
func zipInside(file io.ReaderAt, size int64) bool {
	head := make([]byte, min(size, 4096))
	n, _ := file.ReadAt(head, 0)
	line, rest, ok := bytes.Cut(head[:n], []byte("\n"))
	return ok && bytes.HasPrefix(line, []byte("#!")) && bytes.HasPrefix(rest, []byte("PK\x03\x04"))
}

// bundle says what kind of program a zip file is, by what it holds: PEX-INFO
// of pex, _bootstrap of shiv, an __main__.py of any zipapp; "": none of them.
func bundle(z *zip.Reader) string {
	kind := ""
	for _, f := range z.File {
		switch {
		case f.Name == "PEX-INFO":
			return "pex"
		case strings.HasPrefix(f.Name, "_bootstrap/"):
			return "shiv"
		case f.Name == "__main__.py":
			kind = "zipapp"
		}
	}
	return kind
}

// zipFolder is where zip files have packages: at the top, as shiv, or as pex.
// What lies deeper is vendored, and no package that is installed.
var zipFolder = lazyregexp.New(`^(?:site-packages/|\.deps/[^/]+/)?$`)

// zipSites returns the folders in a zip file that hold metadata, each once.
func zipSites(z *zip.Reader) (sites []string) {
	seen := map[string]bool{}
	for _, f := range z.File {
		dir, name := path.Split(strings.TrimSuffix(f.Name, "/"))
		folder, entry := path.Split(strings.TrimSuffix(dir, "/"))
		if _, _, ok := site.MetadataName(entry); ok && (name == "METADATA" || name == "PKG-INFO") && !seen[folder] && zipFolder.MatchString(folder) {
			seen[folder] = true
			sites = append(sites, folder)
		}
	}
	return sites
}

// exeShebang is what a launcher of pip on Windows (distlib's) has between the
// program and the zip file with the script.
var exeShebang = lazyregexp.New(`#!([^\r\n\x00]{1,1000})\r?\nPK\x03\x04`)

// windowsLauncher returns the interpreter that a Scripts\NAME.exe starts, as
// distlib writes it, and uv: its own end with the path, the length of the
// path, and a mark; "": it is another program.
func windowsLauncher(h *host.Host, name string) string {
	data, err := h.Read(name, maxLauncher)
	if err != nil || !bytes.HasPrefix(data, []byte("MZ")) {
		return ""
	}
	for _, mark := range []string{"UVSC", "UVPY"} {
		if body, ok := bytes.CutSuffix(data, []byte(mark)); ok && len(body) > 4 {
			n := int64(binary.LittleEndian.Uint32(body[len(body)-4:]))
			if body = body[:len(body)-4]; n > 0 && n <= int64(len(body)) {
				return string(body[int64(len(body))-n:])
			}
		}
	}
	if all := exeShebang.FindAllSubmatch(data, -1); len(all) > 0 {
		return unquoteWindows(string(all[len(all)-1][1]))
	}
	script := strings.TrimSuffix(name, filepath.Ext(name)) + "-script.py" // setuptools, before 2018
	if l, err := parseLaunch(h.Small(script), filepath.Dir(script), h.GOOS); err == nil && l != nil && !l.shell {
		return l.argv[0]
	}
	return ""
}

// unquoteWindows takes the program out of a command, "C:\my env\python.exe" -E.
func unquoteWindows(command string) string {
	command = strings.TrimSpace(command)
	if rest, ok := strings.CutPrefix(command, `"`); ok {
		program, _, _ := strings.Cut(rest, `"`)
		return program
	}
	if i := strings.Index(strings.ToLower(command), ".exe "); i >= 0 {
		return command[:i+4]
	}
	return command
}
