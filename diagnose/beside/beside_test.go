package beside_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/diagnose/beside"
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/fix"
)

// hangs is a look-up that does not answer for folders below /dead, as a mount does not that is
// gone, and counts what it was asked.
func hangs(t *testing.T) (ask func(site, pkg string) (string, time.Time), asked *atomic.Int32) {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	asked = new(atomic.Int32)
	return func(site, _ string) (string, time.Time) {
		asked.Add(1)
		if strings.HasPrefix(site, "/dead") {
			<-over
		}
		return "1.0", time.Time{}
	}, asked
}

// TestBesideWaitsOnce: however many folders do not answer, all waits together are not much more
// than one; and few of them are asked.
func TestBesideWaitsOnce(t *testing.T) {
	b := beside.NewBeside(300 * time.Millisecond)
	ask, asked := hangs(t)
	b.Installed = ask
	began := time.Now()
	for n := range 10_000 {
		version, _, answered := b.InstalledSince(fmt.Sprintf("/dead/%d/site-packages", n), "gevent")
		assert.Empty(t, version)
		assert.False(t, answered)
	}
	assert.Less(t, time.Since(began), 10*time.Second, "10,000 waits would be 50 minutes")
	assert.GreaterOrEqual(t, time.Since(began), 200*time.Millisecond, "it was given time")
	assert.LessOrEqual(t, asked.Load(), int32(10), "what is asked stays open")
}

// TestBesideAnswers what can be answered, before and behind a folder that does not answer.
func TestBesideAnswers(t *testing.T) {
	b := beside.NewBeside(5 * time.Second)
	ask, _ := hangs(t)
	b.Installed = ask
	answers := func(n int) {
		for range n {
			version, _, answered := b.InstalledSince("/srv/site-packages", "gevent")
			assert.Equal(t, "1.0", version)
			assert.True(t, answered)
		}
	}
	answers(1000)
	b = beside.NewBeside(400 * time.Millisecond)
	b.Installed = ask
	_, _, answered := b.InstalledSince("/dead/site-packages", "gevent")
	assert.False(t, answered)
	known := 0
	for range 20 {
		if _, _, answered := b.InstalledSince("/srv/site-packages", "gevent"); answered {
			known++
		}
	}
	assert.Positive(t, known, "another folder is asked all the same")
}

// TestBesideIsSafe: streams ask side by side, and all wait together as long as one.
func TestBesideIsSafe(t *testing.T) {
	b := beside.NewBeside(300 * time.Millisecond)
	ask, _ := hangs(t)
	b.Installed = ask
	began := time.Now()
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for n := range 500 {
				_, _, answered := b.InstalledSince(fmt.Sprintf("/dead/%d-%d", w, n), "gevent")
				assert.False(t, answered)
			}
		})
	}
	all.Wait()
	assert.Less(t, time.Since(began), 10*time.Second)
}

// TestBesidePanics where it was asked, and can be asked again.
func TestBesidePanics(t *testing.T) {
	b := beside.NewBeside(5 * time.Second)
	b.Installed = func(string, string) (string, time.Time) { panic("look-up") }
	for range 2 {
		assert.PanicsWithValue(t, "look-up", func() { b.InstalledSince("/srv", "gevent") })
	}
}

// TestBesideFixCommand: where nothing answers, it is the command of an environment that is not
// there, and no folder is looked at for it.
func TestBesideFixCommand(t *testing.T) {
	b := beside.NewBeside(100 * time.Millisecond)
	ask, _ := hangs(t)
	b.Installed = ask
	for n := range 100 {
		b.InstalledSince(fmt.Sprintf("/dead/%d", n), "gevent")
	}
	venv := diagnosetest.Tree(t, t.TempDir(), map[string]string{"pipx_metadata.json": "{}", "lib/python3.12/site-packages/": ""})
	pipx := filepath.Join(venv, "lib/python3.12/site-packages")
	assert.Contains(t, beside.NewBeside(5*time.Second).FixCommand(pipx, "gevent>=25.8.1"), "pipx runpip")
	assert.Equal(t, venv+"/bin/python -m pip install -U 'gevent>=25.8.1'", b.FixCommand(pipx, "gevent>=25.8.1"))
	for _, site := range []string{"", "/nowhere/.venv/lib/python3.12/site-packages", "/nowhere/layers/site-packages", "/opt/homebrew/lib/python3.99/site-packages"} {
		assert.Equal(t, fix.Command(site, "gevent>=25.8.1"), b.FixCommand(site, "gevent>=25.8.1"), site)
	}
}
