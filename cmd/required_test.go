package cmd_test

import "os"

// required: where it is CI that tests, a test that cannot run for want of something has failed.
func required() bool { return os.Getenv("CI") != "" || os.Getenv("ORBFILTER_LIVE_REQUIRED") != "" }
