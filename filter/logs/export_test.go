package logs

// SetFloor sets from how many bytes on a log may be a bomb.
func (s *Source) SetFloor(n int64) { s.floor = n }
