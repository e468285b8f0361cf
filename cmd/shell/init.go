// Package shell has what a person sets up once: the function of init, completions, man pages.
package shell

import (
	"errors"
	"fmt"
	stdio "io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/words"
)

const initLong = `Print a function of your shell, so that plain pyinfra is filtered: it calls
orbfilter run -- pyinfra with all its arguments. The exit code is pyinfra's, as
ever; scripts are not changed by it, since a function is one of the shell that
has it.

To have it in each shell, put this line

  into ~/.bashrc                    eval "$(orbfilter init bash)"
  into ~/.zshrc                     eval "$(orbfilter init zsh)"
  into ~/.config/fish/config.fish   orbfilter init fish | source

behind the lines that change PATH. To pass it by once, type command pyinfra … or
ORBFILTER=off pyinfra …; for the rest of a session, export ORBFILTER=off (in
fish: set -gx ORBFILTER off). Where orbfilter is gone, the function calls pyinfra.`

const initExample = `  eval "$(orbfilter init bash)"
  orbfilter init fish | source
  ORBFILTER=off pyinfra -y inventory.py deploy.py`

// functions are what init prints. The one for bash and zsh begins with the word function, since an alias of
// the name would be put in its place otherwise.
var functions = map[string]string{
	"bash": posixFunction,
	"zsh":  posixFunction,
	"fish": fishFunction,
}

const posixFunction = `# pyinfra, filtered by orbfilter; command pyinfra and ORBFILTER=off pass it by.
# To have it in each shell, put this into ~/.bashrc or ~/.zshrc:  eval "$(orbfilter init bash)"  (or zsh)
function pyinfra {
  if [ "${ORBFILTER-}" = off ] || ! command -v orbfilter >/dev/null 2>&1; then
    command pyinfra "$@"
  else
    command orbfilter run -- pyinfra "$@"
  fi
}
`

const fishFunction = `# pyinfra, filtered by orbfilter; command pyinfra and ORBFILTER=off pass it by.
# To have it in each shell, put this into ~/.config/fish/config.fish:  orbfilter init fish | source
function pyinfra --description 'pyinfra, filtered by orbfilter'
    if test "$ORBFILTER" = off; or not command -q orbfilter
        command pyinfra $argv
    else
        command orbfilter run -- pyinfra $argv
    end
end
`

// shells are those that init knows.
var shells = []string{"bash", "zsh", "fish"}

// NewInit returns the command init.
func NewInit(io cli.IO) *cobra.Command {
	return &cobra.Command{
		Use: "init bash|zsh|fish", Short: "Print a shell function, so that plain pyinfra is filtered",
		Long: initLong, Example: initExample, DisableFlagsInUseLine: true,
		ValidArgsFunction: oneOf(shells),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 && functions[args[0]] != "" {
				return nil
			}
			return cli.Usage(noFunction(args, filepath.Base(io.Getenv("SHELL"))))
		},
		RunE: func(_ *cobra.Command, args []string) error {
			_, err := stdio.WriteString(io.StdoutData(words.AsItIs), functions[args[0]])
			return err
		},
	}
}

// oneOf offers values for the only argument.
func oneOf(values []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return values, cobra.ShellCompDirectiveNoFileComp
	}
}

// noFunction says why there is no function; mine is the name of the user's shell.
func noFunction(args []string, mine string) error {
	if len(args) == 0 && functions[mine] != "" {
		return fmt.Errorf("init needs the name of your shell, which seems to be %s: orbfilter init %s", mine, mine)
	}
	if len(args) == 0 {
		return errors.New("init needs the name of your shell: orbfilter init bash, zsh or fish")
	}
	if len(args) > 1 {
		return fmt.Errorf("init takes one shell, and got %q", strings.Join(args, " "))
	}
	return fmt.Errorf("there is no function for %s%s In other shells type: orbfilter run -- pyinfra inventory.py deploy.py", words.Line(args[0]), meant(args[0]))
}

func meant(shell string) string {
	if near := cli.Near(shell, shells); len(near) > 0 {
		return cli.Meant(near)
	}
	return ", only for bash, zsh and fish."
}
