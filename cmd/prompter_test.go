package cmd_test

import (
	"bufio"
	"fmt"
	"os"
	"time"
)

// prompter asks as often as it is answered. A prompt has no line end, and
// says when it was written.
func prompter() {
	answers := bufio.NewScanner(os.Stdin)
	for {
		fmt.Printf("since %d continue? ", time.Now().UnixNano())
		if !answers.Scan() || answers.Text() == "no" {
			return
		}
	}
}
