package cmd_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestNoMethodIsLookedUpByItsName: where something in the program does so, the linker keeps every method of every type, and a
// program is a fifth larger. Templates do; so does what gives reflect a name that is made while it runs.
func TestNoMethodIsLookedUpByItsName(t *testing.T) {
	testrun.WithoutRace(t)
	names, err := exec.Command("go", "tool", "nm", program(t)).Output()
	require.NoError(t, err)
	require.Contains(t, string(names), "github.com/spf13/cobra.(*Command).ExecuteC", "it has names")
	for _, name := range []string{"text/template.(*Template).Execute", "html/template.(*Template).Execute", "reflect.Value.MethodByName", "reflect.(*rtype).MethodByName"} {
		assert.NotContains(t, string(names), " "+name+"\n")
	}
}
