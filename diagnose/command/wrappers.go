package command

import (
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// A wrapper runs a command in the folders and with the variables that it has itself, but for
// what its options say.
type wrapper struct {
	takes  options
	first  int                                                        // words in front of the command: the time of timeout, the file of flock
	effect func(w *Way, name string, given []option) error            // nil: none of the options changes where the command leads
	before func(w *Way, name string, rest []string) ([]string, error) // takes further words off; nil: there are none
}

var wrappers = map[string]wrapper{
	"arch":         {takes: "-arm64 -arm64e -x86_64 -x86_64h -i386 -32 -64 c e: d: arch=", effect: archVariables},
	"caffeinate":   {takes: "d i m s u t: w:"},
	"chronic":      {takes: "v e"},
	"chpst":        {takes: "u: U: b: d: o: p: f: c: t: r: P 0 1 2 v V n: l: L: m:"},
	"chrt":         {takes: "a b d f i o r v R T: P: D: all-tasks batch deadline fifo idle other rr reset-on-fork verbose sched-runtime= sched-period= sched-deadline=", first: 1},
	"doas":         {takes: "n u: C:", effect: doas},
	"env":          {takes: takesOfEnv, effect: env},
	"flock":        {takes: "s x e u n o w: E: F v c: shared exclusive unlock nonblock nb timeout= wait= close conflict-exit-code= no-fork verbose", first: 1, before: shellString},
	"gnice":        {takes: "n: adjustment="},
	"gtimeout":     {takes: "f p k: s: v foreground preserve-status kill-after= signal= verbose", first: 1},
	"gtime":        {takes: "a f: o: p q v append format= output= portability quiet verbose"},
	"ionice":       {takes: "c: n: t class= classdata= ignore"},
	"linux32":      {takes: takesOfArch},
	"linux64":      {takes: takesOfArch},
	"ltrace":       {takes: "c C f i L r S t T A: a: D: e: F: l: n: o: s: u: w: x: X:"},
	"nice":         {takes: "n: adjustment= 1 2 3 4 5 6 7 8 9 0"},
	"nohup":        {},
	"prlimit":      {takes: "c? d? e? f? i? l? m? n? q? r? s? t? u? v? x? y? core? data? nice? fsize? sigpending? memlock? rss? nofile? msgqueue? rtprio? stack? cpu? nproc? as? locks? rttime? verbose noheadings raw output="},
	"s6-setuidgid": {first: 1},
	"setarch":      {takes: takesOfArch, before: machineName},
	"setpriv":      {takes: "reuid= regid= clear-groups keep-groups init-groups groups= inh-caps= ambient-caps= bounding-set= no-new-privs nnp securebits= pdeathsig= ruid= euid= rgid= egid= selinux-label= apparmor-profile="},
	"setsid":       {takes: "c f w ctty fork wait"},
	"setuidgid":    {first: 1},
	"softlimit":    {takes: "a: c: d: f: l: m: o: p: r: s: t:"},
	"stdbuf":       {takes: "i: o: e: input= output= error="},
	"strace":       {takes: "c C d f ff h i k n q qq r t tt ttt T v V w x xx y yy z Z A D Y N a: b: e: I: o: O: p: P: s: S: u: U: X: follow-forks output-separately trace= status= string-limit= output= summary summary-only absolute-timestamps? relative-timestamps? decode-fds? quiet? no-abbrev strings-in-hex? stack-traces", effect: straceVariables},
	"sudo":         {takes: "A b E H K k n P S B N i s e l v V a: C: c: D: g: h: p: R: r: t: T: U: u: askpass background preserve-env? set-home login shell edit list validate remove-timestamp reset-timestamp non-interactive preserve-groups stdin bell no-update auth-type= close-from= login-class= chdir= group= host= prompt= chroot= role= command-timeout= type= other-user= user=", effect: sudo},
	"systemd-cat":  {takes: "t: p: identifier= priority= stderr-priority= level-prefix= namespace="},
	"systemd-run":  {takes: "r P p: t u: G q d S E: user system scope unit= property= description= slice= slice-inherit expand-environment= remain-after-exit send-sighup wait same-dir working-directory= uid= gid= nice= setenv= pty pty-late pipe shell quiet collect no-ask-password no-block ignore-failure background= job-mode=", effect: systemdRun},
	"taskset":      {takes: "a c all-tasks cpu-list", first: 1},
	"time":         {takes: "a f: o: p q v append format= output= portability quiet verbose"},
	"timeout":      {takes: "f p k: s: v foreground preserve-status kill-after= signal= verbose", first: 1},
	"trickle":      {takes: "s d: u: w: t: l: n: L: P:"},
	"unbuffer":     {takes: "p"},
	"xargs":        {takes: "0 r t p x o a: d: E: e? I: i? J: L: l? n: P: R: S: s: null no-run-if-empty verbose interactive exit open-tty arg-file= delimiter= eof? replace? max-lines? max-args= max-procs= max-chars= show-limits process-slot-var="},
}

const (
	takesOfEnv  options = "0 v i u: C: S: P: a: null debug ignore-environment unset= chdir= split-string= block-signal? default-signal? ignore-signal? list-signal-handling argv0="
	takesOfArch options = "B F I L R S T X Z 3 v verbose addr-compat-layout fdpic-funcptrs short-inode addr-no-randomize whole-seconds sticky-timeouts read-implies-exec mmap-page-zero 3gb 4gb uname-2.6"
)

// follow takes a wrapper off.
func (r *wrapper) follow(w *Way, name string) error {
	given, rest, strange := r.takes.parse(w.Argv[1:])
	switch {
	case strange != "":
		w.link(chain.Wrapper, name, strange)
		return w.strange(name, strange)
	case len(rest) < r.first:
		return w.strange(name, "nothing to run")
	}
	rest = rest[r.first:]
	if r.before != nil {
		var err error
		if rest, err = r.before(w, name, rest); err != nil {
			return err
		}
	}
	w.Argv = rest
	w.link(chain.Wrapper, name, shell.Command(rest).String())
	if len(rest) == 0 && !has(given, "S", "split-string") {
		return w.strange(name, "nothing to run")
	}
	if r.effect != nil {
		return r.effect(w, name, given)
	}
	return nil
}

// env sets variables, and takes others away.
func env(w *Way, name string, given []option) error {
	h := w.Host
	if has(given, "i", "ignore-environment") {
		h = h.Bare()
	}
	for _, o := range given {
		switch o.name {
		case "u", "unset":
			h = h.Without(o.value)
		case "C", "chdir":
			h = h.In(o.value)
		case "P":
			h = h.With(map[string]string{"PATH": o.value})
		case "S", "split-string":
			split, ok := splitString(o.value, h.Getenv)
			if !ok {
				return w.strange(name, "-S "+o.value)
			}
			w.Host, w.Argv = h, append(split, w.Argv...)
			return (&wrapper{takes: takesOfEnv, effect: env}).follow(w.again(name), name)
		}
	}
	w.Host = h
	if len(w.Argv) > 1 && w.Argv[0] == "-" { // the old way to write -i
		w.Host, w.Argv = h.Bare(), w.Argv[1:]
	}
	return nil
}

// again puts a program in front of its own words once more.
func (w *Way) again(name string) *Way {
	w.Argv = append([]string{name}, w.Argv...)
	return w
}

// splitString splits the words of env -S, which knows quotes, backslashes and ${NAME}.
func splitString(text string, getenv func(string) string) (words []string, ok bool) {
	for _, odd := range []string{`\c`, `\f`, `\n`, `\r`, `\v`, `\#`, `\$`, `\_`} {
		if strings.Contains(text, odd) {
			return nil, false
		}
	}
	for _, word := range shell.Words(text) {
		for {
			before, rest, found := strings.Cut(word, "${")
			name, after, closed := strings.Cut(rest, "}")
			if !found {
				break
			}
			if !closed {
				return nil, false
			}
			word = before + getenv(name) + after
		}
		words = append(words, word)
	}
	return words, true
}

// archVariables are those that macOS's arch sets.
func archVariables(w *Way, _ string, given []option) error {
	for _, o := range given {
		switch o.name {
		case "c":
			w.Host = w.Host.Bare()
		case "d":
			w.Host = w.Host.Without(o.value)
		case "e":
			name, value, _ := strings.Cut(o.value, "=")
			w.Host = w.Host.With(map[string]string{name: value})
		}
	}
	return nil
}

// straceVariables are those that strace sets; who is attached to a process runs none.
func straceVariables(w *Way, name string, given []option) error {
	for _, o := range given {
		switch o.name {
		case "p":
			return w.strange(name, "-p")
		case "E":
			key, value, _ := strings.Cut(o.value, "=")
			w.Host = w.Host.With(map[string]string{key: value})
		}
	}
	return nil
}

// systemdRun starts a command with the variables of the service manager, but for --scope.
func systemdRun(w *Way, name string, given []option) error {
	if !has(given, "scope") {
		return &chain.UnknownError{What: name + " starts a command with the variables and the PATH of the service manager, which cannot be read", Pass: "put --scope in, or " + chain.PassPython}
	}
	if has(given, "uid", "p", "property", "S", "shell") {
		return w.strange(name, "--uid, --property or --shell")
	}
	for _, o := range given {
		switch o.name {
		case "E", "setenv":
			key, value, set := strings.Cut(o.value, "=")
			if set {
				w.Host = w.Host.With(map[string]string{key: value})
			}
		case "working-directory":
			w.Host = w.Host.In(o.value)
		}
	}
	return nil
}

// machineName takes the name of an architecture off, which setarch may have.
func machineName(w *Way, name string, rest []string) ([]string, error) {
	if len(rest) > 1 && (strings.HasPrefix(rest[0], "x86_64") || strings.HasPrefix(rest[0], "i") || strings.HasPrefix(rest[0], "linux") || strings.HasPrefix(rest[0], "arm") || strings.HasPrefix(rest[0], "aarch") || rest[0] == "uname26") {
		_, rest, strange := takesOfArch.parse(rest[1:])
		if strange != "" {
			return nil, w.strange(name, strange)
		}
		return rest, nil
	}
	return rest, nil
}

// shellString is flock FILE -c 'COMMAND'.
func shellString(_ *Way, _ string, rest []string) ([]string, error) {
	if len(rest) > 1 && (rest[0] == "-c" || rest[0] == "--command") {
		return []string{"sh", "-c", rest[1]}, nil
	}
	return rest, nil
}
