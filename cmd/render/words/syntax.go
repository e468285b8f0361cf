package words

// What text is written in decides how a command is broken that stands in it.
const (
	PlainText = "text" // for people: by an escape sequence that nobody sees
	JSONText  = "json" // by an escape in a string
	XMLText   = "xml"  // and HTML: by a reference
	AsItIs    = ""     // not at all
)
