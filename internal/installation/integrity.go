package installation

import (
	"context"
	"unicode"
	"unicode/utf8"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/installation/store"
)

// Integrity says what is known of the state of the records: what the last full
// check found, and what was found since.
func (in *Installation) Integrity(ctx context.Context, act Act) (api.IntegrityReport, error) {
	rows := in.book.Counted()
	in.verified.mu.Lock()
	last, running, round := in.verified.last, in.verified.running, in.verified.round
	in.verified.mu.Unlock()
	var r api.IntegrityReport
	err := in.view(func(v *store.View) error {
		r = api.IntegrityReport{AsOf: in.options.Now().UTC(), Seq: v.Seq(), Quarantined: len(v.Damage()), Round: round.shown(rows)}
		in.answerWith(&r, v, last, act.Language)
		if running != nil {
			r.Running = &api.IntegrityRun{Started: running.started.UTC(), By: running.by.String(), Read: int(running.read.Load()), Expected: int(running.expected)}
		}
		return nil
	})
	return r, err
}

func (in *Installation) answerWith(r *api.IntegrityReport, v *store.View, last *pass, lang string) {
	answers := []*api.IntegrityAnswer{&r.Rows, &r.Totals, &r.Chain, &r.Rollback, &r.Counts}
	if last == nil {
		why := say(lang, "never-verified", nil)
		for _, a := range answers {
			*a = api.IntegrityAnswer{State: string(fsck.CannotBeChecked), Why: why}
		}
	} else {
		r.Last = &api.IntegrityPass{Started: last.Started.UTC(), Ended: last.Ended.UTC(), By: last.By,
			Rows: last.Report.Checked.Rows, Batches: last.Report.Checked.Batches, Entries: last.Report.Checked.Entries}
		for i, a := range []fsck.Answer{last.Report.Rows, last.Report.Totals, last.Report.Chain, last.Report.Rollback, last.Report.Counts} {
			*answers[i] = in.shownAnswer(a, lang)
		}
	}
	if v.Rollback().Back && r.Rollback.State != string(fsck.Broken) {
		_, why := in.rollback(v, lang)
		r.Rollback = api.IntegrityAnswer{State: string(fsck.Broken), Why: why}
	}
	if said := in.disagreement(v, lang); said != "" && r.Rollback.State == string(fsck.Intact) {
		r.Rollback = api.IntegrityAnswer{State: string(fsck.CannotBeChecked), Why: said}
	}
	if damaged := v.Damage(); len(damaged) > 0 && r.Rows.State != string(fsck.Broken) && r.Totals.State != string(fsck.Broken) {
		r.Rows = foundSince(damaged)
	}
	r.Verdict = string(fsck.Intact)
	for _, a := range answers {
		switch {
		case a.State == string(fsck.Broken):
			r.Verdict, r.Why = a.State, ""
		case a.State == string(fsck.CannotBeChecked) && r.Verdict == string(fsck.Intact):
			r.Verdict, r.Why = a.State, a.Why
		}
	}
}

// asSentence is a reason of fsck as a sentence of a language, "" of none.
func asSentence(lang, why string) string {
	if why == "" {
		return ""
	}
	said, _ := i18n.Told(lang, why)
	first, size := utf8.DecodeRuneInString(said)
	return string(unicode.ToUpper(first)) + said[size:] + "."
}

// mostPlaces is how many places an answer lists.
const mostPlaces = 100

// shownAnswer shows an answer to this installation: of others not even the id.
func (in *Installation) shownAnswer(a fsck.Answer, lang string) api.IntegrityAnswer {
	shown := api.IntegrityAnswer{State: string(a.State), Why: asSentence(lang, a.Why)}
	own := "id=" + in.book.ID()
	for _, p := range a.At {
		if p.Installation == "server" && p.Row != own {
			p.Row, p.Columns = "", nil
		}
		addPlace(&shown, api.IntegrityPlace{Table: p.Table, Row: p.Row, Columns: p.Columns, What: p.What})
	}
	shown.More += a.More
	return shown
}

func addPlace(a *api.IntegrityAnswer, p api.IntegrityPlace) {
	if len(a.Places) >= mostPlaces {
		a.More++
		return
	}
	a.Places = append(a.Places, p)
}

// foundSince is the answer about rows when damage was found after, or beside, the
// last full check.
func foundSince(damaged []store.Damage) api.IntegrityAnswer {
	a := api.IntegrityAnswer{State: string(fsck.Broken)}
	for _, d := range damaged {
		addPlace(&a, api.IntegrityPlace{Table: d.Table, Row: d.Key, Columns: d.Columns, What: d.What})
	}
	return a
}
