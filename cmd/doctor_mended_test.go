package cmd_test

import (
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

// mendingPython is the Python of that environment: it writes down what its pip is asked for, and does it, as far as the
// doctor looks.
func mendingPython(args []string) {
	f, _ := os.OpenFile("ran", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	_, _ = f.WriteString(strings.Join(args, " ") + "\n")
	if !slices.Contains(args, "gevent>=25.8.1") {
		return
	}
	if _, err := os.Stat("slow"); err == nil {
		_ = os.WriteFile("running", nil, 0o600)
		signal.Reset(os.Interrupt) // orbfilter, which this is as well, catches it from its beginning on
		time.Sleep(time.Hour)
	}
	if _, err := os.Stat("broken"); err == nil {
		os.Exit(7)
	}
	_ = os.Rename(mendedSite+"gevent-25.5.1.dist-info", mendedSite+"gevent-25.9.1.dist-info")
	_ = os.WriteFile(mendedSite+"gevent-25.9.1.dist-info/METADATA", []byte("Version: 25.9.1\n"), 0o600)
}

const mendedSite = "env/lib/python3.12/site-packages/"
