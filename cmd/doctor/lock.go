package doctor

import (
	"io"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/diagnose"
)

// maxStdin is more than the longest lock file.
const maxStdin = 64 << 20

// lockFiles are the files of --lock; - is standard input.
func (d *options) lockFiles(in cli.IO) (files []diagnose.LockFile) {
	for _, name := range d.locks {
		file := diagnose.LockFile{Name: name}
		if name == "-" {
			file.Data, _ = io.ReadAll(io.LimitReader(in.In, maxStdin)) // what is cut off is no file, and said so
			if file.Data == nil {
				file.Data = []byte{}
			}
		}
		files = append(files, file)
	}
	return files
}
