//go:build unix

package cmd_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// aRelease returns a folder with a release in it, as goreleaser makes them, whose program says "released".
func aRelease(t *testing.T, version, platform string) string {
	t.Helper()
	dir := t.TempDir()
	program := "#!/bin/sh\necho released\n"
	var archive bytes.Buffer
	packed := gzip.NewWriter(&archive)
	files := tar.NewWriter(packed)
	require.NoError(t, files.WriteHeader(&tar.Header{Name: "orbfilter", Mode: 0o755, Size: int64(len(program))}))
	_, err := files.Write([]byte(program))
	require.NoError(t, err)
	require.NoError(t, files.Close())
	require.NoError(t, packed.Close())
	name := "orbfilter_" + version + "_" + platform + ".tar.gz"
	sum := sha256.Sum256(archive.Bytes())
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), archive.Bytes(), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "checksums.txt"), []byte(hex.EncodeToString(sum[:])+"  "+name+"\n"), 0o644))
	return dir
}

// downloads puts a curl in front that takes from a folder what it is asked for, and notes the addresses.
func (j *githubJob) downloads(t *testing.T, from string) (asked string) {
	t.Helper()
	dir := t.TempDir()
	asked = filepath.Join(dir, "asked")
	script := "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --output ] && out=$2; shift; done\n" +
		"echo \"$1\" >>'" + asked + "'\ncp '" + from + "'/\"${1##*/}\" \"$out\" 2>/dev/null || exit 22\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "curl"), []byte(script), 0o755))
	require.NoError(t, os.WriteFile(asked, nil, 0o644))
	j.path = dir + ":" + j.path
	return asked
}

// TestActionDownloadsARelease: where there is one it is used, and it is that of the version and of the runner.
func TestActionDownloadsARelease(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	j := newGitHubJob(t)
	asked := j.downloads(t, aRelease(t, "1.2.3", "darwin_arm64"))
	j.env = []string{"RUNNER_OS=macOS", "RUNNER_ARCH=ARM64"}
	got := j.act(t, "release", map[string]string{"version": "v1.2.3"})
	require.Zero(t, got.code, "%s%s", got.stdout, got.stderr)
	assert.Equal(t, "released\n", got.stdout)
	assert.Equal(t, "true", j.outputs["release.found"])
	base := "https://github.com/orbfilter/orbfilter/releases/download/v1.2.3/"
	assert.Equal(t, base+"checksums.txt\n"+base+"orbfilter_1.2.3_darwin_arm64.tar.gz\n", textIn(t, asked))
	assert.FileExists(t, filepath.Join(strings.SplitN(j.path, ":", 2)[0], "orbfilter"), "it is on PATH")

	j = newGitHubJob(t)
	asked = j.downloads(t, aRelease(t, "2.0.0", "linux_amd64"))
	j.env = []string{"RUNNER_OS=Linux", "RUNNER_ARCH=X64", "GITHUB_ACTION_PATH=/actions/orbfilter/orbfilter/latest"}
	require.Zero(t, j.act(t, "release", nil).code)
	assert.Equal(t, "true", j.outputs["release.found"])
	assert.Contains(t, textIn(t, asked), "/releases/latest/download/orbfilter_2.0.0_linux_amd64.tar.gz\n")
}

// TestActionBuildsWithoutARelease: a commit, a branch, a version that is not there and a runner that no release has
// are built; no address is asked for what is no version.
func TestActionBuildsWithoutARelease(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for _, c := range []struct {
		version, folder, arch string
		asks                  bool
	}{
		{"", "main", "X64", false},
		{"", "3d3c42e5aac5ba805825da76410c181273ba90b1", "X64", false},
		{"", "v1", "X64", false},
		{"v1.2.3/../../evil", "main", "X64", false},
		{"v1.2.3\nx", "main", "X64", false},
		{"v9.9.9", "main", "ARM", false},
		{"v9.9.9", "main", "X64", true},
		{"", "v9.9.9", "X64", true},
	} {
		j := newGitHubJob(t)
		asked := j.downloads(t, t.TempDir())
		j.env = []string{"RUNNER_OS=Linux", "RUNNER_ARCH=" + c.arch, "GITHUB_ACTION_PATH=/actions/orbfilter/orbfilter/" + c.folder}
		got := j.act(t, "release", map[string]string{"version": c.version})
		assert.Zero(t, got.code, "%+v: %s%s", c, got.stdout, got.stderr)
		assert.Equal(t, "false", j.outputs["release.found"], "%+v", c)
		assert.Equal(t, c.asks, textIn(t, asked) != "", "%+v", c)
	}
}

// TestActionRefusesAnotherArchive: what is not what the checksums say is not run.
func TestActionRefusesAnotherArchive(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	release := aRelease(t, "1.2.3", "linux_amd64")
	archive := filepath.Join(release, "orbfilter_1.2.3_linux_amd64.tar.gz")
	require.NoError(t, os.WriteFile(archive, append([]byte(textIn(t, archive)), 0), 0o644))
	j := newGitHubJob(t)
	j.downloads(t, release)
	j.env = []string{"RUNNER_OS=Linux", "RUNNER_ARCH=X64"}
	got := j.act(t, "release", map[string]string{"version": "v1.2.3"})
	assert.Equal(t, 2, got.code)
	assert.Equal(t, "::error title=orbfilter::orbfilter_1.2.3_linux_amd64.tar.gz is not what checksums.txt says, and is not used\n", got.stdout)
	assert.Equal(t, "false", j.outputs["release.found"])
}

// TestActionAndReleaseAgree: what the action downloads is what goreleaser is told to make.
func TestActionAndReleaseAgree(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	var config struct {
		Builds   []struct{ Goos, Goarch []string }
		Archives []struct {
			Name string `yaml:"name_template"`
		}
		Checksum struct {
			Name string `yaml:"name_template"`
		}
		Release struct {
			GitHub struct{ Owner, Name string }
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(page(t, ".goreleaser.yaml")), &config))
	assert.Equal(t, "orbfilter_{{ .Version }}_{{ .Os }}_{{ .Arch }}", config.Archives[0].Name)
	assert.Equal(t, "checksums.txt", config.Checksum.Name)
	var made, downloaded []string
	for _, os := range config.Builds[0].Goos {
		for _, arch := range config.Builds[0].Goarch {
			end := map[bool]string{true: ".zip", false: ".tar.gz"}[os == "windows"]
			made = append(made, os+"_"+arch+end)
		}
	}
	action := page(t, "action.yml")
	for _, m := range regexp.MustCompile(`\) end=(\S+) ;;`).FindAllStringSubmatch(action, -1) {
		downloaded = append(downloaded, m[1])
	}
	assert.ElementsMatch(t, made, downloaded)
	assert.Contains(t, action, "https://github.com/"+config.Release.GitHub.Owner+"/"+config.Release.GitHub.Name+"/releases/download/")
}
