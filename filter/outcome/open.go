package outcome

// openHosts are the hosts at which the operation that goes on has failed, as far as pyinfra has said by now: what it says
// of one of these next may take that back.
type openHosts struct {
	of   map[string]bool
	last string // that came last
}

// add takes a host in; in place of the last one, if there are too many.
func (o *openHosts) add(host string) {
	if o.of[host] {
		return
	}
	if len(o.of) > maxHosts {
		delete(o.of, o.last)
	}
	if o.of == nil {
		o.of = map[string]bool{}
	}
	o.of[host], o.last = true, host
}
