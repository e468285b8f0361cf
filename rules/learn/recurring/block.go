package recurring

// Blocks are found at the end, in a record of lines in order. It need not be of
// the whole log: of each line some occurrences and what comes behind them will
// do, whenever they are.

const (
	maxRecord = 1 << 15 // lines in the record
	// enough is how many occurrences of a line are recorded for its own sake.
	enough = 32
	// behind is how many lines behind one are recorded.
	behind = 48
)

// sources are the lines of the record, by writer.
type sources struct {
	byWriter map[[2]int32]*source
	byHost   []*source // those without a prefix, which is faster
	record   []recordedLine
	epoch    int32 // how many headers of pyinfra there were
	marked   int32 // up to the last record
}

// A source is a writer.
type source struct {
	number int32
	host   bool // it is a host's
	epoch  int32
	open   int32  // so many lines more are recorded
	ended  bool   // a cut is to be recorded before the next line
	before uint64 // key of the line before
	frame  bool   // the line before is a frame of a traceback
}

// A recordedLine is the writer and the id of a line. Id 0 stands for something
// that no block of the writer goes over, source -1 for a header of pyinfra.
type recordedLine struct{ source, id int32 }

// of returns the source of a writer. What pyinfra's headers stand between is no
// block.
func (l *sources) of(dress, host, epoch int32) (source *source) {
	if dress == 0 && int(host) < len(l.byHost) {
		source = l.byHost[host]
	} else {
		source = l.byWriter[[2]int32{dress, host}]
	}
	if source == nil {
		source = l.add([2]int32{dress, host})
	}
	if source.epoch != epoch {
		source.epoch, l.epoch = epoch, epoch
		source.cut()
	}
	return source
}

func (l *sources) add(writer [2]int32) *source {
	if l.byWriter == nil {
		l.byWriter = map[[2]int32]*source{}
	}
	if len(l.byWriter) >= 2*maxWriters {
		writer = [2]int32{maxWriters, maxWriters}
		if source := l.byWriter[writer]; source != nil {
			return source
		}
	}
	source := &source{number: int32(len(l.byWriter)), host: writer[1] > 0}
	l.byWriter[writer] = source
	if writer[0] == 0 {
		for len(l.byHost) <= int(writer[1]) {
			l.byHost = append(l.byHost, nil)
		}
		l.byHost[writer[1]] = source
	}
	return source
}

// cut ends the block that the writer may have begun.
func (l *source) cut() { l.ended, l.before, l.frame = true, 0, false }

// enter records a line, if it is of use.
func (l *sources) enter(source *source, e *recurrence) {
	if e.count == 1 { // which is no part of a block as far as is known
		source.ended = true
		return
	}
	if e.recorded < enough {
		e.recorded++
		source.open = behind
	}
	if source.open == 0 || len(l.record)+2 >= maxRecord {
		source.ended = true
		return
	}
	source.open--
	if l.marked != l.epoch {
		l.marked = l.epoch
		l.record = append(l.record, recordedLine{source: -1})
	}
	if source.ended {
		l.record = append(l.record, recordedLine{source: source.number})
		source.ended = false
	}
	l.record = append(l.record, recordedLine{source.number, e.id})
}
