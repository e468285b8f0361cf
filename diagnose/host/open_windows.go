package host

// Windows has no pipes and devices among files.
const (
	noWait     = 0
	folderOnly = 0
)
