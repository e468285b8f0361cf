package logs

import "os"

// keepOwner does nothing: a file has the owner of who makes it.
func keepOwner(*os.File, os.FileInfo) {}
