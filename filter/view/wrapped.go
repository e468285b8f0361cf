package view

import (
	"bytes"
	"slices"
	"strconv"
)

// A line that is an object of JSON with a text in it is seen as that text: what stands in front of it in the object is
// its prefix, and what is behind it is its line end. So what stays of a text stays in its object, and a clean copy is
// JSON as well. The names in the object say who has written it.

// textKeys are the keys of texts; the first that an object has is taken. With a dot: in an object with that key.
var textKeys = []string{
	"log",                              // Docker's json-file, Fluent Bit, Fluentd: https://docs.docker.com/engine/logging/drivers/json-file/
	"MESSAGE",                          // journalctl -o json: https://systemd.io/JOURNAL_EXPORT_FORMATS/
	"message",                          // Vector, Logstash and ECS, stern, Winston: https://www.elastic.co/docs/reference/ecs/ecs-base
	"msg",                              // Logrus, slog, GitLab's runner: https://docs.gitlab.com/runner/configuration/advanced-configuration/
	"body.stringValue", "body", "Body", // OpenTelemetry: https://opentelemetry.io/docs/specs/otel/logs/data-model/
	"line",                               // Loki's logcli -o jsonl: https://grafana.com/docs/loki/latest/query/logcli/
	"textPayload", "jsonPayload.message", // Google Cloud: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
	"@message",                             // Terraform, CloudWatch: https://developer.hashicorp.com/terraform/internals/machine-readable-ui
	"text", "event", "_raw", "result._raw", // Loguru, Splunk
	"logEvents.message", // CloudWatch's subscriptions: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
}

// writerKeys are those of names that say who writes.
var writerKeys = [...]string{
	"stream", "source", "_HOSTNAME", "_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER", "CONTAINER_NAME", "CONTAINER_ID", "container_id", "container_name",
	"container", "containerName", "pod", "pod_name", "podName", "namespace", "namespace_name", "host", "hostname", "host.name", "container.name",
	"container.id", "pod.name", "service", "service.name", "job", "job_id", "job-id", "unit", "file", "tag",
	"kubernetes.pod_name", "kubernetes.container_name", "kubernetes.namespace_name", "docker.container_id",
	"labels.pod_name", "labels.container_name", "labels.namespace_name", "labels.pod", "labels.container", "labels.job", "labels.filename",
}

// timeKeys are those of the time at which a line was written; the first that an object has is taken.
var timeKeys = []string{"time", "__REALTIME_TIMESTAMP", "timestamp", "@timestamp", "ts", "date", "timeUnixNano", "Timestamp", "observedTimeUnixNano", "datetime", "asctime"}

// partialKeys are those that say, if they are true, that the text goes on in the next line, and lastKeys that it does not all the same.
var (
	partialKeys = []string{"partial_message", "CONTAINER_PARTIAL_MESSAGE"}
	lastKeys    = []string{"partial_last", "CONTAINER_PARTIAL_LAST"}
)

// longestResource is how much of a resource tells it from others.
const longestResource = 512

// dockerPart is how long the parts are, in bytes, that Docker cuts lines into.
const dockerPart = 16 << 10

// placeOf returns the place of a member in a list of keys; -1: it is in none.
func placeOf(m *member, keys []string) int {
	for i, k := range keys {
		if len(m.parent) == 0 && k == string(m.key) ||
			len(m.parent) > 0 && len(k) == len(m.parent)+1+len(m.key) && k[:len(m.parent)] == string(m.parent) && k[len(m.parent)] == '.' && k[len(m.parent)+1:] == string(m.key) {
			return i
		}
	}
	return -1
}

// A wrapper is what the object around a text says.
type wrapper struct {
	whole    []byte // the line
	texts    []Span // in it: of one key, in order
	ends     []int  // where in decoded each of them ends; one that is empty is none
	text     Span   // the last of them
	first    int    // where the first of them begins
	array    bool   // it is an array of bytes
	best     int    // place of the key of the text; len(textKeys): there is none
	mixed    bool   // there are several, of several writers
	when     int    // place of the key of the time
	stamp    []byte
	time     Span
	names    [len(writerKeys)]Span
	resource Span // what OpenTelemetry says of who writes
	partial  bool // the text goes on in the next line
	last     bool // it does not all the same

	key     []byte // the dress of what is in front of the text
	decoded []byte // the text
	places  []int  // decoded[i] is at places[i] in raw
	at      int    // so much of decoded was looked at
	parts   []string
}

// bytesKey is the key of a text that may be an array of bytes.
const bytesKey = "MESSAGE"

// unwrap finds the text in an object that the text of the view is.
func (v *Line) unwrap() bool {
	if len(v.Text) == 0 || v.Text[0] != '{' {
		return false
	}
	from, w := v.At(0), &v.wrapper
	*w = wrapper{whole: w.whole, texts: w.texts[:0], ends: w.ends[:0], best: len(textKeys), when: len(timeKeys), key: w.key[:0], stamp: w.stamp[:0], decoded: w.decoded[:0], places: w.places[:0], parts: w.parts}
	object := v.Raw[from:v.After(len(v.Text)-1)] // with an escape sequence in it, it is none
	n := readObject(object, func(m member) { w.take(object, &m) })
	if len(bytes.TrimSpace(object[n:])) > 0 || w.best == len(textKeys) || w.mixed && len(w.texts) > 1 {
		return false
	}
	for i := range w.texts {
		w.texts[i].From, w.texts[i].To = w.texts[i].From+from, w.texts[i].To+from
	}
	if !w.decodeAll(v.Raw) {
		return false
	}
	w.stamp = appendTimeOf(append(w.stamp, v.stamp...), object[w.time.From:w.time.To])
	w.key = append(append(w.key, v.key...), "json"...)
	for i := range w.names {
		if name := w.names[i]; name.To > 0 {
			w.key = append(append(append(append(w.key, ' '), writerKeys[i]...), '='), object[name.From:name.To]...)
		}
	}
	if r := w.resource; r.To > r.From {
		w.key = append(append(w.key, " resource="...), bytes.ReplaceAll(object[r.From:min(r.To, r.From+longestResource)], []byte("\n"), nil)...)
	}
	w.key = append(w.key, '\n')
	return true
}

// take takes in a member of the object.
func (w *wrapper) take(object []byte, m *member) {
	value := object[m.From:m.To]
	if i := placeOf(m, textKeys); i >= 0 && i <= w.best && (m.kind == stringValue || m.kind == arrayValue && textKeys[i] == bytesKey) {
		if i < w.best || len(m.parent) == 0 { // of a key that is there twice the last counts
			w.texts = w.texts[:0]
		}
		w.best, w.texts, w.array = i, append(w.texts, m.Span), m.kind == arrayValue
	}
	if string(m.key) == "attributes" && string(m.parent) == "resource" { // OpenTelemetry's writers
		w.mixed = w.mixed || w.resource.To > 0 && !bytes.Equal(object[w.resource.From:w.resource.To], value)
		w.resource = m.Span
	}
	if m.kind == arrayValue || m.kind == objectValue {
		return
	}
	if i := placeOf(m, writerKeys[:]); i >= 0 && len(value) <= longestField {
		w.mixed = w.mixed || w.names[i].To > 0 && !bytes.Equal(object[w.names[i].From:w.names[i].To], value)
		w.names[i] = m.Span
	}
	if i := placeOf(m, timeKeys); i >= 0 && i < w.when {
		w.when, w.time = i, m.Span
	}
	w.partial = w.partial || placeOf(m, partialKeys) >= 0 && string(value) == "true"
	w.last = w.last || placeOf(m, lastKeys) >= 0 && string(value) == "true"
}

// decodeAll reads the texts, one behind the other. One that is empty is no line.
func (w *wrapper) decodeAll(raw []byte) bool {
	w.text, w.first = w.texts[0], w.texts[0].From
	for _, t := range w.texts {
		if t.To == t.From {
			continue
		}
		if w.text = t; !w.decode(raw) {
			return false
		}
		if len(w.ends) == 0 {
			w.first = w.text.From
		}
		w.ends = append(w.ends, len(w.decoded))
	}
	return true
}

// decode reads a text.
func (w *wrapper) decode(raw []byte) bool {
	if w.array {
		return w.decodeArray(raw)
	}
	for i := w.text.From; i < w.text.To; {
		n := 1
		if raw[i] == '\\' {
			n = escapedLen(raw[i:])
			w.decoded = appendEscaped(w.decoded, raw[i:], n)
		} else {
			w.decoded = append(w.decoded, raw[i])
		}
		for len(w.places) < len(w.decoded) {
			w.places = append(w.places, i)
		}
		i += n
	}
	return true
}

// decodeArray is for an array of bytes.
func (w *wrapper) decodeArray(raw []byte) bool {
	blank := func(i int) bool { return bytes.IndexByte([]byte(", \t"), raw[i]) >= 0 } // the bracket behind them is none
	for blank(w.text.From) {
		w.text.From++
	}
	for i := w.text.From; i < w.text.To; {
		n := figuresLen(raw[i:w.text.To])
		c, err := strconv.ParseUint(string(raw[i:i+n]), 10, 8)
		if err != nil {
			return false
		}
		w.decoded, w.places = append(w.decoded, byte(c)), append(w.places, i)
		for i += n; blank(i); {
			i++
		}
	}
	return true
}

// goesOn reports whether the text goes on in the next line of its writer.
func (w *wrapper) goesOn() bool {
	if bytes.HasSuffix(w.decoded, []byte("\n")) || len(w.ends) > 1 {
		return false
	}
	return w.partial && !w.last || textKeys[w.best] == "log" && len(w.decoded) >= dockerPart
}

// First makes v the view of raw, one line or frame; of a text in an object, of the first line or frame in it. As long as the
// view is Inner, Next makes it that of the next one.
func (v *Line) First(raw []byte) {
	if v.open(Known, raw) {
		v.part(Known)
		return
	}
	v.lookPlain(Known, raw)
}

// Next is for the next line or frame of what First was called for.
func (v *Line) Next() { v.part(Known) }

// open reports whether raw is wrapped. If so, part makes v the view of the first line or frame in it.
func (v *Line) open(prefixes *layouts, raw []byte) bool {
	if !MayBeWrapped(raw) {
		return false
	}
	v.begin(raw)
	v.takePrefixes(prefixes)
	v.whole = raw
	return v.unwrap()
}

// lookLast makes v the view of the last line or frame with text in it, or of the last.
func (v *Line) lookLast(prefixes *layouts) {
	w, best := &v.wrapper, 0
	for more := true; more; more = v.Inner {
		from := w.at
		if v.part(prefixes); len(bytes.TrimSpace(v.Text)) > 0 {
			best = from
		}
	}
	w.at = best
	v.part(prefixes)
}

// part makes v the view of the next line, or frame, of a wrapped text.
func (v *Line) part(prefixes *layouts) {
	w, raw := &v.wrapper, v.whole
	from, to := 0, len(raw)
	at, n := w.at, w.cut()
	if w.at += n; at > 0 {
		from = w.begin(raw, at)
	}
	if w.at < len(w.decoded) {
		to = w.begin(raw, w.at)
	}
	v.reset(raw[from:to])
	v.Wrapped, v.Inner, v.Bytes = true, to < len(raw), w.array
	v.wrappedText(at, n, from)
	if v.stamp = w.stamp; at == 0 {
		v.Prefix = w.first
	} else if w.array {
		v.Prefix = v.places[0]
	}
	v.key = append(v.key[:0], w.key...)
	v.takePrefixes(prefixes)
	v.dress()
	if at == 0 {
		v.goOn()
	}
	v.finish()
}

// wrappedText makes n bytes of the decoded text, from a place on, those of the view, which begins at a place in raw.
func (v *Line) wrappedText(at, n, from int) {
	w := &v.wrapper
	text, pos := w.decoded[at:at+n], w.places[at:at+n]
	if from > 0 || w.array {
		v.places = v.places[:0]
		for i, p := range pos {
			if w.array && i > 0 { // it takes the comma along
				p = v.behind(pos[i-1]-from) + from
			}
			v.places = append(v.places, p-from)
		}
		pos = v.places
	}
	last := slices.Index(w.ends, at+n) // of a text
	v.ended = !v.Inner || last >= 0 || bytes.HasSuffix(text, []byte("\n"))
	if v.Tail = len(v.Raw); last >= 0 || !v.Inner {
		v.Tail = w.textTo(last) - from
	}
	v.End = v.Tail
	if end := endLen(text); end > 0 {
		text, pos, v.End = text[:n-end], pos[:n-end], pos[n-end]
	}
	v.Text, v.pos = text, pos
	if bytes.IndexByte(text, Esc) >= 0 {
		v.hideIn(text, pos)
	}
	v.breakSpaces()
}

// textTo is where in raw a text ends, of those that are not empty; -1: the last.
func (w *wrapper) textTo(n int) int {
	if n < 0 {
		return w.text.To
	}
	for _, t := range w.texts {
		if t.To == t.From {
			continue
		}
		if n--; n < 0 {
			return t.To
		}
	}
	return w.text.To
}

// goOn notes whether the text goes on one before, and whether another goes on it.
func (v *Line) goOn() {
	const most = 16 // writers
	w := &v.wrapper
	i := slices.Index(w.parts, string(w.key))
	v.GoesOn = v.GoesOn || i >= 0
	switch goes := w.goesOn(); {
	case goes && i < 0 && len(w.parts) < most:
		w.parts = append(w.parts, string(w.key))
	case !goes && i >= 0:
		w.parts = slices.Delete(w.parts, i, i+1)
	}
}

// begin returns where in raw a place of the decoded text begins that is behind others.
func (w *wrapper) begin(raw []byte, i int) int {
	if w.array {
		return afterNumber(raw, w.places[i-1])
	}
	return w.places[i]
}

// afterNumber returns where the number ends that comes next from a place on.
func afterNumber(raw []byte, at int) int {
	for at < len(raw) && !isDigit(raw[at]) {
		at++
	}
	return at + figuresLen(raw[at:])
}

// cut returns how much of the text that is left is a line, or a frame.
func (w *wrapper) cut() int {
	rest := w.decoded[w.at:]
	if i := slices.IndexFunc(w.ends, func(end int) bool { return end > w.at }); i >= 0 {
		rest = w.decoded[w.at:w.ends[i]]
	}
	n, _ := FrameLen(rest, 0)
	if i := bytes.IndexByte(rest, '\n') + 1; i > 0 && (n == 0 || i < n) {
		n = i
	}
	if n == 0 {
		return len(rest)
	}
	return n
}
