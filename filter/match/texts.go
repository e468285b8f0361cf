package match

import (
	"github.com/orbfilter/orbfilter/filter/match/memory"
	"github.com/orbfilter/orbfilter/filter/match/site"
	"github.com/orbfilter/orbfilter/filter/plan"
)

// Texts are what is remembered of texts alone, in the eyes of a plan: it saves time, and makes no difference. One matcher may go on with what another one
// has remembered that is done, or has been told to let go of it. NewTexts makes them.
type Texts struct {
	answers  memory.Answers
	looks    int // counts the texts that were looked at
	openings openings
	files    site.Files
	singleOf map[string]single
}

// NewTexts returns those of which there are none yet.
func NewTexts(p *plan.Plan) *Texts {
	return &Texts{answers: memory.NewAnswers(p.Steps + 1), files: site.NewFiles(), singleOf: map[string]single{}}
}

// LetGo lets go of what the matcher remembers of texts, so that another one may go on with it.
func (m *Matcher) LetGo() { m.Texts = NewTexts(m.plan) }
