package installation

import (
	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
)

// unknownDatabase is why a database that is not there may use nothing.
const unknownDatabase = "database-unknown"

// checkDatabase answers whether a database may use a module.
func (in *Installation) checkDatabase(q question) (a api.Answer, err error) {
	err = in.view(func(v *store.View) error {
		a = in.answerDatabase(v, q)
		return nil
	})
	return a, err
}

// checkAll answers questions of which some are about databases, all from one
// state: while it is looked at, no other can come.
func (in *Installation) checkAll(questions []question) (answers api.Answers, err error) {
	err = in.view(func(v *store.View) error {
		now := in.now.Load()
		answers = api.Answers{Seq: now.seq, Answers: make([]api.Answer, len(questions))}
		for i, q := range questions {
			if q.database != "" {
				answers.Answers[i] = in.answerDatabase(v, q)
			} else {
				answers.Answers[i] = now.answer(q)
			}
		}
		return nil
	})
	return answers, err
}

func (in *Installation) answerDatabase(v *store.View, q question) api.Answer {
	d, err := findDatabase(v, q.database)
	if err != nil {
		return api.Answer{Effect: api.Deny, Reason: unknownDatabase, Seq: v.Seq()}
	}
	return answerOf(in.siteStanding(v, d, in.clock(v)).Why(q.Name), v.Seq())
}

// whyDatabase is the same with everything that led to it.
func (in *Installation) whyDatabase(v *store.View, q question, act Act) api.Why {
	w := api.Why{Paths: []api.Path{}, Missing: []api.Missing{}}
	words := teller{v, v.Active(), act.Language, act.Lacks}
	d, err := findDatabase(v, q.database)
	if err != nil {
		w.Answer = api.Answer{Effect: api.Deny, Reason: unknownDatabase, Seq: v.Seq()}
		w.Missing = append(w.Missing, api.Missing{Fact: unknownDatabase, Text: words.say(unknownDatabase, nil), With: map[string]string{"database": q.database}})
		return w
	}
	t := in.siteStanding(v, d, in.clock(v)).Why(q.Name)
	w.Answer = answerOf(t, v.Seq())
	words.trace(&w, t)
	return w
}

func answerOf(t seat.Trace, seq int64) api.Answer {
	return api.Answer{Effect: string(t.Effect), Reason: t.Reason, Until: t.Until, Grace: t.Grace, Seq: seq}
}
