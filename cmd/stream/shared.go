package stream

import "github.com/orbfilter/orbfilter/cmd/cli"

// Shared are the parts of the shared flags that a stream takes. Of makes it.
type Shared struct {
	*cli.Loading
	*cli.Results
	*cli.Colour
	*cli.Formatting
	*cli.Volume
	*cli.Streaming
	*cli.Origin // what is complained of is said again at the end
}

// Of returns the parts of flags that a stream takes.
func Of(o *cli.Flags) Shared {
	return Shared{&o.Loading, &o.Results, &o.Colour, &o.Formatting, &o.Volume, &o.Streaming, &o.Origin}
}

// RunShared are those that run takes.
type RunShared struct {
	Shared
	*cli.Verbosity
}
