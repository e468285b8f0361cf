package rules

import "errors"

// A Document is a rule file that was read, and knows where everything stands in it.
type Document struct {
	Rule  *Rule
	shape *shape
}

// ReadDocument reads a rule file. The error says what is wrong with it, and where; nil:
// there is a rule.
func ReadDocument(f File) (d *Document, wrong *FileError) {
	if err, ok := errors.AsType[*FileError](f.err); ok {
		return nil, err
	}
	src := newSource(f.Name, f.Data)
	defer func() {
		if p := recover(); p != nil {
			d, wrong = nil, src.fail(pos{}, "this cannot be read as YAML, and not be said why (%v)", p)
		}
	}()
	rule, shape, err := src.read()
	if err != nil {
		return nil, err
	}
	return &Document{rule, shape}, nil
}

// Fail returns the error that something is wrong with a field, such as "samples[0].text",
// at its place.
func (d *Document) Fail(field, format string, args ...any) *FileError {
	return d.shape.fail(d.shape.place(field), format, args...)
}

// At reports whether an error is at the place of a field.
func (d *Document) At(field string, err *FileError) bool {
	at := d.shape.place(field)
	return err.Line == at.line && err.Column == at.column
}
