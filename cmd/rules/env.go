package rules

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/diagnose/occurs"
)

// envFlags say which environments are meant.
type envFlags struct {
	venvs, sites []string
}

func (e *envFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&e.venvs, "venv", nil, "say what can occur in the virtual environment in this `DIR` (repeatable)")
	c.Flags().StringArrayVar(&e.sites, "site", nil, "say what can occur with the packages in this site-packages folder, `DIR` (repeatable)")
	for _, flag := range []string{"venv", "site"} {
		_ = c.MarkFlagDirname(flag)
	}
}

// environments returns those that are named; none: nothing is known of what
// is installed.
func (e *envFlags) environments() (envs []occurs.Environment, err error) {
	for _, dir := range e.venvs {
		found := occurs.Venv(dir)
		if len(found) == 0 {
			return nil, cli.Usage(fmt.Errorf("--venv %s: there is no site-packages folder in it; write the folder that python -m venv made", dir))
		}
		envs = append(envs, found...)
	}
	for _, folder := range e.sites {
		env, ok := occurs.Site(folder)
		if !ok {
			return nil, cli.Usage(fmt.Errorf("--site %s: this is no folder; type: python -c 'import site; print(*site.getsitepackages())'", folder))
		}
		envs = append(envs, env)
	}
	return envs, nil
}
