package shell

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/words"
)

// The scripts are cobra's, with two things put in: behind the -- of run and doctor stands another command, which the
// shell completes as if it were typed alone; and bash need not have bash-completion.

const bashBehind = `__start_orbfilter()
{
    if __orbfilter_behind; then
        return
    fi
`

// bashHelpers: COMP_WORDS has every word of the line, and bash cuts words at = and : as well.
const bashHelpers = `
# behind the -- of run and doctor stands another command: it is completed as if it were typed alone
__orbfilter_behind()
{
    local i of=
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            run | doctor) of=1 ;;
            --) break ;;
        esac
    done
    if [[ -z $of || $i -ge $COMP_CWORD ]]; then
        return 1
    fi
    ((i++))
    if declare -F _comp_command_offset >/dev/null 2>&1; then
        _comp_command_offset "$i"
    elif declare -F _command_offset >/dev/null 2>&1; then
        _command_offset "$i"
    elif [[ $COMP_CWORD -eq $i ]]; then
        COMPREPLY=()
        while IFS='' read -r command; do
            COMPREPLY+=("$command")
        done < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}" | sort -u)
    else
        __orbfilter_other "$i"
    fi
    return 0
}

# the function that completes the command at a word; where there is none, bash takes the names of files
__orbfilter_other()
{
    local name=${COMP_WORDS[$1]##*/} spec function
    spec=$(complete -p -- "$name" 2>/dev/null) || return 0
    function=${spec##*-F }
    if [[ $function == "$spec" ]]; then
        return 0
    fi
    COMP_WORDS=("${COMP_WORDS[@]:$1}")
    ((COMP_CWORD -= $1))
    COMP_LINE=${COMP_WORDS[*]}
    COMP_POINT=${#COMP_LINE}
    "${function%% *}" "$name" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
}

# what _get_comp_words_by_ref of bash-completion does, where that is not loaded
__orbfilter_words()
{
    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        _get_comp_words_by_ref "$@" cur prev words cword
        return
    fi
    local i word
    words=("${COMP_WORDS[0]}")
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == [=:] || (${words[${#words[@]}-1]} == *[=:] && $i -gt 1) ]]; then
            words[${#words[@]}-1]+=$word
        else
            words+=("$word")
        fi
    done
    cword=$((${#words[@]} - 1))
    cur=${words[cword]}
    prev=${words[cword > 0 ? cword - 1 : 0]}
}

`

const zshBehind = `_orbfilter()
{
    # behind the -- of run and doctor stands another command: it is completed as if it were typed alone
    local -i behind=${words[(i)--]}
    if (( behind < CURRENT )) && [[ -n ${(M)words[1,behind]:#(run|doctor)} ]]; then
        shift $behind words
        (( CURRENT -= behind ))
        _normal
        return
    fi
`

const fishBehind = `
# behind the -- of run and doctor stands another command: it is completed as if it were typed alone
function __orbfilter_behind
    set -l typed (commandline -opc)
    set -l at (contains -i -- -- $typed); or return 1
    string match -qr '^(run|doctor)$' -- $typed[1..$at]
end

function __orbfilter_complete_behind
    set -l typed (commandline -opc)
    set -l at (contains -i -- -- $typed); or return
    set -l before (string escape -- $typed[(math $at + 1)..-1])
    complete -C (string join ' ' -- $before (commandline -ct))
end

`

// A graft is what is put into a script of cobra's in place of something.
type graft struct{ old, new string }

// grafts are by shell.
var grafts = map[string][]graft{
	"bash": {
		{`_get_comp_words_by_ref "$@" cur prev words cword`, `__orbfilter_words "$@"`},
		{"__start_orbfilter()\n{\n", bashHelpers + bashBehind},
	},
	"zsh": {{"_orbfilter()\n{\n", zshBehind}},
	"fish": {
		{"function __orbfilter_prepare_completions\n", fishBehind + "function __orbfilter_prepare_completions\n    if __orbfilter_behind\n        return 1\n    end\n"},
		{"complete -c orbfilter -n '__orbfilter_clear_perform_completion_once_result'\n", "complete -c orbfilter -n '__orbfilter_clear_perform_completion_once_result'\ncomplete -c orbfilter -n __orbfilter_behind -f -a '(__orbfilter_complete_behind)'\n"},
	},
}

// generate writes cobra's scripts.
var generate = map[string]func(root *cobra.Command, w *bytes.Buffer) error{
	"bash":       func(root *cobra.Command, w *bytes.Buffer) error { return root.GenBashCompletionV2(w, true) },
	"zsh":        func(root *cobra.Command, w *bytes.Buffer) error { return root.GenZshCompletion(w) },
	"fish":       func(root *cobra.Command, w *bytes.Buffer) error { return root.GenFishCompletion(w, true) },
	"powershell": func(root *cobra.Command, w *bytes.Buffer) error { return root.GenPowerShellCompletionWithDesc(w) },
}

// Completing makes cobra's command completion ours: root has it already.
func Completing(io cli.IO, root *cobra.Command) {
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			completing(io, c)
		}
	}
}

func completing(io cli.IO, c *cobra.Command) {
	names := slices.Concat(shells, []string{"powershell"})
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(_ *cobra.Command, args []string) error {
		what := strings.Join(args, " ")
		return cli.Usage(fmt.Errorf("completion needs one of %s, and got %q%s", strings.Join(names, ", "), what, cli.Meant(cli.Near(what, names))))
	}
	for _, shell := range c.Commands() {
		shell.Args = cli.NoArgs
		shell.Flags().Lookup("no-descriptions").Hidden = true
		shell.RunE = func(shell *cobra.Command, _ []string) error {
			script, err := completion(shell.Root(), shell.Name())
			if err == nil {
				_, err = io.StdoutData(words.AsItIs).Write(script)
			}
			return err
		}
	}
}

// completion returns the script for a shell.
func completion(root *cobra.Command, shell string) ([]byte, error) {
	var b bytes.Buffer
	if err := generate[shell](root, &b); err != nil {
		return nil, err
	}
	script := b.String()
	for _, g := range grafts[shell] {
		if strings.Count(script, g.old) != 1 {
			return nil, fmt.Errorf("the script for %s is not as it was, and %q not in it once", shell, g.old)
		}
		script = strings.Replace(script, g.old, g.new, 1)
	}
	return []byte(script), nil
}
