package scan

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestBarText(t *testing.T) {
	for name, c := range map[string]struct {
		bar     *bar
		columns int
		want    string
	}{
		"half way":          {&bar{files: 4, done: 1, total: 200 << 20, read: 100 << 20}, 80, "1/4 files [===============               ] 50 % of 200 MiB, 50.0 MiB/s, 2s left"},
		"a file has grown":  {&bar{files: 1, total: 1000, read: 3000}, 60, "0/1 files [====================] 100 % of 1000 B, 1.5 KiB/s"},
		"an end not known":  {&bar{files: 2, done: 1, total: -1, read: 5 << 10}, 60, "1/2 files 5.0 KiB, 2.5 KiB/s"},
		"no room for a bar": {&bar{files: 2, total: 1 << 30, read: 1 << 20}, 10, "0/2 files []  0 % of 1.0 GiB, 512 KiB/s, 34m6s left"},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.bar.text(2*time.Second, c.columns)
			assert.Equal(t, c.want, got)
			if c.columns > 20 {
				assert.Less(t, len(got), c.columns, "the last column stays free")
			}
		})
	}
}
