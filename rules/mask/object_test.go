package mask_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/rules/mask"
)

// How grave an object of JSON says that it is, in words and in the numbers of several programs.
func TestLevelOfObject(t *testing.T) {
	for object, want := range map[string]string{
		`{"level":"error"}`: "ERROR", `{"log":{"level":"warn"}}`: "WARN", `{"log.level" : "Info"}`: "INFO", `{"severityText":"FATAL"}`: "FATAL", `{"level":30}`: "30", `{"level":40}`: "40", `{"level":50}`: "ERROR", `{"level":60}`: "ERROR",
		`{"level":0}`: "ERROR", `{"level":"3"}`: "ERROR", `{"level":4}`: "4", `{"level":7}`: "7", `{"level":10}`: "10", `{"level":20}`: "20", `{"severityNumber":16}`: "16", `{"severityNumber":17}`: "ERROR", `{"severity_number":24}`: "ERROR", `{"severityNumber":1}`: "1",
		`{"severity":17}`: "ERROR", `{"levelno":40}`: "ERROR", `{"levelno":30}`: "30", `{"@l":"Error"}`: "ERROR", `{"PRIORITY":"6"}`: "6",
	} {
		level, has := mask.LevelOfObject(object)
		assert.True(t, has, object)
		assert.Equal(t, want, level, object)
		assert.Equal(t, want, mask.LevelIn(object), object)
	}
	for _, object := range []string{`{"msg":"level: error"}`, `{"msg":"\"level\":\"error\""}`, `{"level":1234567}`, `{"sublevel":"error"}`, `{"levels":"error"}`, `{"level":{"x":1}}`, `{}`, ``} {
		_, has := mask.LevelOfObject(object)
		assert.False(t, has, object)
	}
}
