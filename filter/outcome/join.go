package outcome

// kept is what an outcome keeps of its runs, to be joined with that of another stream.
type kept struct {
	whole  bool // one has begun with its beginning
	tail   bool // of one only what comes later was seen
	undone bool // one that began has not come to its results
	runs   int
}

func (k *kept) merge(l kept) {
	*k = kept{k.whole || l.whole, k.tail || l.tail, k.undone || l.undone, k.runs + l.runs}
}

// Join adds the outcome of the other stream of the same command. pyinfra writes to
// stderr what it says of a run, and that it was interrupted to stdout; so do deploy files
// and connectors. What looks like the end of a run there, behind no beginning, is
// something that they print, if the run itself is in the other stream.
func (o *Outcome) Join(p Outcome) {
	end := o.end.join(p.end)
	defer func() { o.end = end }()
	if p.whole && !o.whole {
		*o, p = p, *o
	}
	switch {
	case !o.whole || p.whole:
		o.Merge(p)
		return
	case p.Interrupted > 0 && o.undone: // what came behind it in this stream is not known
		o.Verdict = Worse(o.Verdict, Verdict{Failed: Yes, Reason: interruption, Line: p.Interrupted, Operation: p.Verdict.Operation})
	case p.Interrupted == 0 && !p.tail:
		o.Merge(p)
		return
	}
	o.Lost += p.Lost
	o.Record = o.Record.join(p.Record)
}
