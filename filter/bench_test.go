package filter_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// manyRules are n rules as people write them, each with a text of its own: six
// in ten for single lines, the others for blocks, warnings and tracebacks.
func manyRules(t testing.TB, n int) *rules.Set {
	r := rand.New(rand.NewPCG(1, 2))
	set := rules.NewSet()
	for i := range n {
		a, b := filtertest.Phrase(r, 4), filtertest.Phrase(r, 3)
		match := map[int]string{
			6: fmt.Sprintf("{block: ['%s \\S+', '.*%s']}", a, b),
			7: fmt.Sprintf("{repeat: '%s'}", a),
			8: fmt.Sprintf("{python-warning: {category: DeprecationWarning, message: '%s'}}", a),
			9: fmt.Sprintf("{python-unraisable: {object: '<function own_%d at .*>', frames: ['own_%d\\.py'], error: 'OwnError: %s'}}", i, i, a),
		}[i%10]
		if match == "" {
			match = fmt.Sprintf(`{line: '^(?:\[[^\]]+\] )?%s: \d+ %s$'}`, a, b)
		}
		rule, err := rules.Parse("r.yaml", fmt.Appendf(nil, "id: r%d\ntitle: t\nseverity: noise\nmatch: %s\nsamples: [{text: x}]\n", i, match))
		require.NoError(t, err)
		require.NoError(t, set.Add(rule))
	}
	return set
}

func BenchmarkRules20(b *testing.B)  { benchmarkRules(b, manyRules(b, 20)) }
func BenchmarkRules200(b *testing.B) { benchmarkRules(b, manyRules(b, 200)) }

func benchmarkRules(b *testing.B, set *rules.Set) {
	log := filtertest.CleanLog(b)
	b.SetBytes(int64(len(log)))
	f := filter.New(set, filtertest.Nowhere, filter.Options{})
	for b.Loop() {
		filtertest.Pump(f, log)
	}
}

// BenchmarkRulesRatio is how many times as long a clean log takes with 200
// rules as with 20. It must not be more than 1.3.
func BenchmarkRulesRatio(b *testing.B) {
	b.Run("long literals", func(b *testing.B) { ratio(b, manyRules(b, 20), manyRules(b, 200)) })
	b.Run("and a short one", func(b *testing.B) { ratio(b, withShort(b, manyRules(b, 20)), withShort(b, manyRules(b, 200))) })
}

// withShort adds a rule whose literal has three bytes.
func withShort(b *testing.B, set *rules.Set) *rules.Set {
	rule, err := rules.Parse("s.yaml", []byte("id: short\ntitle: t\nseverity: noise\nmatch: {line: 'E42\\d'}\nsamples: [{text: E421}]\n"))
	require.NoError(b, err)
	require.NoError(b, set.Add(rule))
	return set
}

func ratio(b *testing.B, few, many *rules.Set) {
	log := filtertest.CleanLog(b)
	filters := [2]*filter.Filter{filter.New(few, filtertest.Nowhere, filter.Options{}), filter.New(many, filtertest.Nowhere, filter.Options{})}
	best := [2]time.Duration{time.Hour, time.Hour}
	for b.Loop() { // in turn, so that what disturbs one disturbs the other
		for i, f := range filters {
			best[i] = min(best[i], filtertest.Pump(f, log))
		}
	}
	b.ReportMetric(float64(best[1])/float64(best[0]), "times-as-long")
	b.ReportMetric(float64(len(log))/best[1].Seconds()/1e6, "MB/s")
}

// TestManyRulesCostLittle is the promise behind BenchmarkRulesRatio. Other
// programs on the machine may spoil a measurement, so that one that is good is
// enough.
func TestManyRulesCostLittle(t *testing.T) {
	testrun.Long(t)
	few, many, log := manyRules(t, 20), manyRules(t, 200), filtertest.CleanLog(t)
	filters := [2]*filter.Filter{filter.New(few, filtertest.Nowhere, filter.Options{}), filter.New(many, filtertest.Nowhere, filter.Options{})}
	best := [2]time.Duration{time.Hour, time.Hour}
	times := func() float64 { return float64(best[1]) / float64(best[0]) }
	for i := 0; i < 20 || i < 500 && times() > 1.3; i++ {
		for i, f := range filters {
			best[i] = min(best[i], filtertest.Pump(f, log))
		}
	}
	require.LessOrEqual(t, times(), 1.3)
}
