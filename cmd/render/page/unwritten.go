//go:build fromfiles

package page

import (
	"bytes"

	"github.com/orbfilter/orbfilter/cmd/render/page/logtext"
)

// In place of written.go, while that is made.

func writeAbove(*bytes.Buffer, *page) {}

func writeBelow(*bytes.Buffer, *page) {}

func writeLogHead(*bytes.Buffer, *logtext.View) {}

func writeLogFoot(*bytes.Buffer) {}
