// Package fullscreen tells programs that work the terminal themselves from those whose output is lines.
package fullscreen

import (
	"debug/elf"
	"debug/macho"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// maxFronts is how many programs may stand in front of one another.
const maxFronts = 8

// Works tells whether a program draws the terminal itself, and reads its keys: a pager, an editor, a shell to type
// into. Those are linked with a library for that. What starts another program is looked through. typed: its stdin is a terminal; where it is
// none, a shell gets a script from there.
func Works(args []string, typed bool) bool {
	for range maxFronts {
		name := base(args)
		f, is := fronts[name]
		switch {
		case is:
			var shell bool
			if args, shell = f.behind(args); len(args) == 0 {
				return shell && typed
			}
		case shells[name]:
			return typed && !hasScript(args)
		case slices.ContainsFunc(neverFull, func(n string) bool { return strings.HasPrefix(name, n) }):
			return false
		default:
			return drawsTerminals(args)
		}
	}
	return false
}

func base(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return filepath.Base(args[0])
}

// neverFull begin the names of programs that run deploys: filtered, whatever they are linked with.
var neverFull = []string{"python", "pypy", "pyinfra"}

// drawing begin the names of the libraries that know the sequences of terminals.
var drawing = []string{"libtinfo", "libncurses", "libcurses", "libtermcap", "libtermlib", "libslang"}

// drawsTerminals asks the program's file. What is no binary, or none of this system, is not known to.
func drawsTerminals(args []string) bool {
	if len(args) == 0 {
		return false
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return false
	}
	for _, lib := range imported(path) {
		if slices.ContainsFunc(drawing, func(d string) bool { return strings.HasPrefix(filepath.Base(lib), d) }) {
			return true
		}
	}
	return false
}

// imported are the libraries that a program is linked with, those of its first part if it is made for several processors.
func imported(path string) (libs []string) {
	if f, err := elf.Open(path); err == nil {
		defer func() { _ = f.Close() }()
		libs, _ = f.ImportedLibraries()
	} else if f, err := macho.Open(path); err == nil {
		defer func() { _ = f.Close() }()
		libs, _ = f.ImportedLibraries()
	} else if f, err := macho.OpenFat(path); err == nil {
		defer func() { _ = f.Close() }()
		libs, _ = f.Arches[0].ImportedLibraries()
	}
	return libs
}

// shells are to type into if they are given nothing to run.
var shells = map[string]bool{"sh": true, "bash": true, "dash": true, "ash": true, "zsh": true, "ksh": true, "mksh": true, "fish": true, "tcsh": true, "csh": true, "rbash": true}

// hasScript tells whether a shell is given commands or a file of them.
func hasScript(args []string) bool {
	for i := 1; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--rcfile", a == "--init-file", a == "--init-command", a == "-o", a == "-O", a == "+o", a == "+O":
			i++
		case a == "--command", strings.HasPrefix(a, "--command="):
			return true
		case strings.HasPrefix(a, "--") && a != "--", strings.HasPrefix(a, "+"):
		case strings.HasPrefix(a, "-") && a != "-" && a != "--":
			if strings.Contains(a, "s") {
				return false // its commands come from stdin, whatever follows
			}
			if strings.Contains(a, "c") {
				return true
			}
		case a == "--":
			return i+1 < len(args)
		default:
			return true
		}
	}
	return false
}

// A front is a program that starts another one, which its arguments name.
type front struct {
	values  string // its options that have a value
	long    string // the long ones, if the value is an argument of its own
	shell   string // those that make it start a shell if no program is named; "*": it does in any case
	unless  string // the options that name what that shell is to run
	skips   int    // arguments in front of the program
	another bool   // what is no option is no program
}

// fronts have the options of Linux; those of macOS are among them.
var fronts = map[string]front{
	"sudo":    {values: "CDghpRrtTUu", long: "--user --group --host --prompt --chdir --chroot --role --type --close-from --command-timeout", shell: "is"},
	"doas":    {values: "aCu", shell: "s"},
	"su":      {values: "gGsTw", shell: "*", unless: "c", another: true},
	"runuser": {values: "gGsTwu", shell: "*", unless: "c", another: true},
	"env":     {values: "uCS", long: "--unset --chdir"},
	"nice":    {values: "n", long: "--adjustment"},
	"ionice":  {values: "cn"},
	"nohup":   {}, "setsid": {}, "stdbuf": {values: "ioe", long: "--input --output --error"},
	"time":    {values: "fo", long: "--format --output"},
	"timeout": {values: "ks", long: "--kill-after --signal", skips: 1},
}

// behind is the program that a front starts, with its arguments. shell: it is one to type into, if no program is named.
func (f front) behind(args []string) (rest []string, shell bool) {
	shell = f.shell == "*"
	for i := 1; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--" && !f.another:
			return args[min(i+1+f.skips, len(args)):], shell
		case f.tells(a):
			return nil, false
		case strings.HasPrefix(a, "-") && len(a) > 1:
			shell = shell || f.asksForShell(a)
			if f.takesNext(a) {
				i++
			}
		case f.another, strings.Contains(a, "="): // a user; a variable
		default:
			return args[min(i+f.skips, len(args)):], shell
		}
	}
	return nil, shell
}

// tells is true for an option that says what the shell is to run.
func (f front) tells(option string) bool {
	return f.unless != "" && (strings.HasPrefix(option, "--command") || isShort(option) && strings.Contains(option, f.unless))
}

func (f front) asksForShell(option string) bool {
	if isShort(option) {
		return strings.ContainsAny(option, f.shell)
	}
	return f.shell != "" && (option == "--login" || option == "--shell")
}

func (f front) takesNext(option string) bool {
	if isShort(option) {
		return strings.ContainsAny(option[len(option)-1:], f.values)
	}
	return slices.Contains(strings.Fields(f.long), option)
}

func isShort(option string) bool {
	return len(option) > 1 && option[0] == '-' && option[1] != '-'
}
