package installation

import (
	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A question is an [api.Check] that makes sense.
type question struct {
	seat.Question
	person   string
	database string // in place of the person
}

// readQuestion refuses what does not ask exactly one thing. Product code must
// write names in full: a bare name could come to mean another issuer's module
// on the day a second set is activated.
func readQuestion(q api.Check) (question, error) {
	asked := question{person: q.Person, database: q.Database}
	var text string
	for _, of := range []struct {
		ask  seat.Ask
		text string
	}{{seat.AskModule, q.Module}, {seat.AskClient, q.Client}, {seat.AskFeature, q.Feature}} {
		switch {
		case of.text == "":
		case text != "":
			return question{}, &BadQuestionError{Why: "it asks for more than one of module, client and feature"}
		default:
			asked.Ask, text = of.ask, of.text
		}
	}
	switch {
	case text == "":
		return question{}, &BadQuestionError{Why: "it asks for none of module, client and feature"}
	case q.Database != "" && (q.Person != "" || asked.Ask != seat.AskModule):
		return question{}, &BadQuestionError{Why: "for a database it asks for a module, and for nobody besides"}
	case q.Person == "" && q.Database == "" && asked.Ask != seat.AskFeature:
		return question{}, &BadQuestionError{Why: "it does not say for which person"}
	case q.Person != "" && asked.Ask == seat.AskFeature:
		asked.Ask = seat.AskEdit
	}
	var err error
	asked.Name, err = license.ParseName(text)
	return asked, err
}

// Check answers one question of a product from memory, with the present truth:
// every change that was acknowledged before counts. Whoever is told anything but no
// was active.
func (in *Installation) Check(q api.Check) (api.Answer, error) {
	asked, a, err := in.peek(q)
	if err == nil {
		in.saw(asked.person, a.Effect)
	}
	return a, err
}

// Peek is Check for who only wants to know: by it nobody was active.
func (in *Installation) Peek(q api.Check) (api.Answer, error) {
	_, a, err := in.peek(q)
	return a, err
}

func (in *Installation) peek(q api.Check) (question, api.Answer, error) {
	asked, err := readQuestion(q)
	if err != nil {
		return asked, api.Answer{}, err
	}
	if asked.database != "" {
		a, err := in.checkDatabase(asked)
		return asked, a, err
	}
	return asked, in.now.Load().answer(asked), nil
}

// Checks answers many questions of a product as Check does, all from one state.
func (in *Installation) Checks(questions []api.Check) (api.Answers, error) {
	answers, err := in.PeekAll(questions)
	for i, a := range answers.Answers {
		in.saw(questions[i].Person, a.Effect)
	}
	return answers, err
}

// PeekAll is Checks for who only wants to know: by it nobody was active.
func (in *Installation) PeekAll(questions []api.Check) (api.Answers, error) {
	all, databases := make([]question, len(questions)), false
	for i, q := range questions {
		asked, err := readQuestion(q)
		if err != nil {
			return api.Answers{}, err
		}
		all[i], databases = asked, databases || asked.database != ""
	}
	if databases {
		return in.checkAll(all)
	}
	now := in.now.Load()
	answers := api.Answers{Seq: now.seq, Answers: make([]api.Answer, len(questions))}
	for i, asked := range all {
		answers.Answers[i] = now.answer(asked)
	}
	return answers, nil
}

func (m *moment) answer(q question) api.Answer {
	a := m.ask(q)
	out := api.Answer{Effect: a.Effect.String(), Reason: a.Reason.String(), Until: a.Until, Grace: a.Grace, Seq: m.seq}
	if a.Reason == entitle.NoLoginEvent {
		if e, ok := m.index.Closed(q.person); ok {
			out.Expected = e.Expected
		}
	}
	return out
}

func (m *moment) ask(q question) entitle.Answer {
	switch q.Ask {
	case seat.AskClient:
		return m.index.CheckLogin(q.person, q.Name)
	case seat.AskFeature:
		return m.index.CheckSystem(q.Name)
	case seat.AskEdit:
		return m.index.CheckEdit(q.person, q.Name)
	}
	return m.index.Check(q.person, q.Name)
}
