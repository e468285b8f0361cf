package logs

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// A Copy is a file in the making that holds the logs of a source, rewritten. It
// appears under its name at once and whole, or not at all.
type Copy struct {
	source *Source
	path   string
	dir    string
	temps  *Temporaries

	mu    sync.Mutex
	parts map[*Log]*Part
}

// Copy begins a copy that is to have this name. What has the name is replaced at
// the end.
func (s *Source) Copy(path string, temps *Temporaries) (*Copy, error) {
	dir, err := folder(path)
	if err != nil {
		return nil, plainError(err)
	}
	return &Copy{source: s, path: path, dir: dir, temps: temps, parts: map[*Log]*Part{}}, nil
}

// A Part is what is written of one log.
type Part struct {
	log    *Log
	file   *os.File
	buffer *bufio.Writer
	pack   packer
	sum    sum // of the text
	packed counter
	keep   bool
}

// Part begins to write a log. The logs of a source may be written side by side.
func (c *Copy) Part(l *Log) (*Part, error) {
	f, err := c.temps.create(c.dir)
	if err != nil {
		return nil, plainError(err)
	}
	p := &Part{log: l, file: f, buffer: bufio.NewWriterSize(f, block)}
	p.packed.to = p.buffer
	if p.pack, err = newPacker(&p.packed, l); err != nil {
		c.temps.remove(f)
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.parts[l] = p
	return p, nil
}

// Write writes text.
func (p *Part) Write(text []byte) (int, error) {
	p.sum.add(text)
	n, err := p.pack.Write(text)
	return n, plainError(err)
}

// Keep says that the text is the one that came: the log is then copied as it is.
func (p *Part) Keep() { p.keep = true }

// Close ends the log.
func (p *Part) Close() error {
	return plainError(errors.Join(p.pack.Close(), p.buffer.Flush()))
}

// Leave takes a log out of the copy: in an archive, it is copied as it is.
func (c *Copy) Leave(l *Log) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.parts[l]; p != nil {
		c.temps.remove(p.file)
		delete(c.parts, l)
	}
}

// Commit ends the copy. before is called when it is whole, and may still prevent
// that it gets its name; nil: nobody does.
func (c *Copy) Commit(before func() error) (err error) {
	defer c.Discard()
	file := (*os.File)(nil)
	if c.source.Kind == Zip {
		file, err = c.archive()
	} else {
		file, err = c.single()
	}
	if err == nil {
		err = likeIt(file, c.source.File.Info)
	}
	if err == nil && before != nil {
		err = before()
	}
	if err == nil {
		err = c.temps.put(file.Name(), c.path)
	}
	return plainError(err)
}

// Discard removes what was written, unless it has its name.
func (c *Copy) Discard() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for l, p := range c.parts {
		c.temps.remove(p.file)
		delete(c.parts, l)
	}
}

// Changed reports whether any log has been rewritten.
func (c *Copy) Changed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.parts {
		if !p.keep {
			return true
		}
	}
	return false
}

// single returns the file of a source that is one log.
func (c *Copy) single() (*os.File, error) {
	p := c.parts[c.source.Logs[0]]
	if p == nil {
		return nil, errors.New("there is nothing to write")
	}
	if !p.keep || c.source.Kind == Plain {
		return p.file, nil
	}
	if err := p.file.Truncate(0); err != nil {
		return nil, err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return p.file, c.raw(p.file)
}

// raw copies the file as it is.
func (c *Copy) raw(to io.Writer) error {
	from, err := os.Open(c.source.File.Path)
	if err != nil {
		return err
	}
	defer from.Close()
	_, err = io.Copy(to, from)
	return err
}

// archive puts the members together, in their order. What was not rewritten is
// copied as it is, and so is what could not be read.
func (c *Copy) archive() (_ *os.File, err error) {
	f, err := c.temps.create(c.dir)
	if err != nil {
		return nil, err
	}
	whole := &Part{file: f} // so that it is removed if it gets no name
	c.mu.Lock()
	c.parts[&Log{}] = whole
	c.mu.Unlock()
	buffer := bufio.NewWriterSize(f, block)
	z := zip.NewWriter(buffer)
	written := map[*zip.File]*Part{}
	for l, p := range c.parts {
		written[l.member] = p
	}
	for _, m := range c.source.zip.File {
		if p := written[m]; p != nil && !p.keep {
			err = p.into(z)
		} else {
			err = z.Copy(m)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return f, errors.Join(z.SetComment(c.source.zip.Comment), z.Close(), buffer.Flush())
}

// into puts a member into an archive.
func (p *Part) into(z *zip.Writer) error {
	h := p.log.member.FileHeader
	h.CRC32, h.UncompressedSize64, h.CompressedSize64 = p.sum.crc, p.sum.n, p.packed.n
	w, err := z.CreateRaw(&h)
	if err != nil {
		return err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(w, p.file)
	return err
}
