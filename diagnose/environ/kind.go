package environ

import (
	"path/filepath"
	"strings"
)

// A Kind is what made an environment, and so what changes it.
type Kind string

// The kinds of environments, as they are shown.
const (
	Venv     Kind = "venv"
	UVVenv   Kind = "uv venv"
	UVTool   Kind = "uv tool"
	UVX      Kind = "uvx"
	PipX     Kind = "pipx"
	Poetry   Kind = "Poetry"
	Hatch    Kind = "Hatch"
	Conda    Kind = "conda"
	Pixi     Kind = "pixi"
	Pyenv    Kind = "pyenv"
	Homebrew Kind = "Homebrew"
	MacOS    Kind = "python.org"
	System   Kind = "the system's Python"
	Other    Kind = "a Python of its own"
	Bundle   Kind = "zipapp" // shiv, pex and others: the packages are in the script
)

// kinds are told apart by what the installers leave; the first that fits counts.
var kinds = []struct {
	kind Kind
	is   func(e *Environment) bool
}{
	{PipX, func(e *Environment) bool { return e.Host.Exists(e.Prefix, "pipx_metadata.json") }},
	{UVTool, func(e *Environment) bool { return e.Host.Exists(e.Prefix, "uv-receipt.toml") }},
	{UVX, func(e *Environment) bool { return e.inPath("/uv/archive-v0/") || e.inPath("/uv/environments-v2/") }},
	{Poetry, func(e *Environment) bool {
		return e.inPath("/pypoetry/virtualenvs/") || e.venv != nil && e.Project("poetry.lock")
	}},
	{Hatch, func(e *Environment) bool { return e.inPath("/hatch/env/virtual/") }},
	{UVVenv, func(e *Environment) bool { return e.venv["uv"] != "" }},
	{Homebrew, func(e *Environment) bool { return e.inPath("/Cellar/") || e.inPath("/homebrew/") }},
	{Venv, func(e *Environment) bool { return e.venv != nil }},
	{Pixi, func(e *Environment) bool {
		return e.Host.IsDir(filepath.Join(e.Prefix, "conda-meta")) && (e.inPath("/.pixi/envs/") || e.Host.Exists(e.Prefix, "conda-meta", "pixi"))
	}},
	{Conda, func(e *Environment) bool { return e.Host.IsDir(filepath.Join(e.Prefix, "conda-meta")) }},
	{Pyenv, func(e *Environment) bool { return e.inPath("/.pyenv/versions/") || e.inPath("/pyenv/versions/") }},
	{MacOS, func(e *Environment) bool { return e.inPath("/Library/Frameworks/Python.framework/") }},
	{System, func(e *Environment) bool { return e.Prefix == "/usr" || e.Prefix == "/usr/local" }},
	{Other, func(*Environment) bool { return true }},
}

func (e *Environment) kind() Kind {
	for _, k := range kinds {
		if k.is(e) {
			return k.kind
		}
	}
	return Other
}

func (e *Environment) inPath(part string) bool {
	return strings.Contains(filepath.ToSlash(e.Prefix)+"/", part)
}

// Project reports whether the environment is the .venv of a project that has
// this file.
func (e *Environment) Project(file string) bool {
	return filepath.Base(e.Prefix) == ".venv" && e.Host.Exists(filepath.Dir(e.Prefix), file)
}
