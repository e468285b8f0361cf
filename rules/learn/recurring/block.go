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

// recurringLanes are the lines of the record, by writer.
type recurringLanes struct {
	byWriter map[[2]int32]*recurringLane
	byHost   []*recurringLane // those without a prefix, which is faster
	record   []recordedLine
	epoch    int32 // how many headers of pyinfra there were
	marked   int32 // up to the last record
}

// A recurringLane is a writer.
type recurringLane struct {
	number int32
	host   bool // it is a host's
	epoch  int32
	open   int32  // so many lines more are recorded
	ended  bool   // a cut is to be recorded before the next line
	before uint64 // key of the line before
	frame  bool   // the line before is a frame of a traceback
}

// A recordedLine is the writer and the id of a line. Id 0 stands for something
// that no block of the writer goes over, lane -1 for a header of pyinfra.
type recordedLine struct{ lane, id int32 }

// of returns the lane of a writer. What pyinfra's headers stand between is no
// block.
func (l *recurringLanes) of(dress, host, epoch int32) (lane *recurringLane) {
	if dress == 0 && int(host) < len(l.byHost) {
		lane = l.byHost[host]
	} else {
		lane = l.byWriter[[2]int32{dress, host}]
	}
	if lane == nil {
		lane = l.add([2]int32{dress, host})
	}
	if lane.epoch != epoch {
		lane.epoch, l.epoch = epoch, epoch
		lane.cut()
	}
	return lane
}

func (l *recurringLanes) add(writer [2]int32) *recurringLane {
	if l.byWriter == nil {
		l.byWriter = map[[2]int32]*recurringLane{}
	}
	if len(l.byWriter) >= 2*maxWriters {
		writer = [2]int32{maxWriters, maxWriters}
		if lane := l.byWriter[writer]; lane != nil {
			return lane
		}
	}
	lane := &recurringLane{number: int32(len(l.byWriter)), host: writer[1] > 0}
	l.byWriter[writer] = lane
	if writer[0] == 0 {
		for len(l.byHost) <= int(writer[1]) {
			l.byHost = append(l.byHost, nil)
		}
		l.byHost[writer[1]] = lane
	}
	return lane
}

// cut ends the block that the writer may have begun.
func (l *recurringLane) cut() { l.ended, l.before, l.frame = true, 0, false }

// enter records a line, if it is of use.
func (l *recurringLanes) enter(lane *recurringLane, e *recurrence) {
	if e.count == 1 { // which is no part of a block as far as is known
		lane.ended = true
		return
	}
	if e.recorded < enough {
		e.recorded++
		lane.open = behind
	}
	if lane.open == 0 || len(l.record)+2 >= maxRecord {
		lane.ended = true
		return
	}
	lane.open--
	if l.marked != l.epoch {
		l.marked = l.epoch
		l.record = append(l.record, recordedLine{lane: -1})
	}
	if lane.ended {
		l.record = append(l.record, recordedLine{lane: lane.number})
		lane.ended = false
	}
	l.record = append(l.record, recordedLine{lane.number, e.id})
}
