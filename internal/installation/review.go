package installation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A proposal is a set that may come in force, compared with the one that is.
type proposal struct {
	row    store.Set
	set    *license.Set
	before *license.Active
	next   *license.Active
	plan   *plan // what is done to people with it
	rows   []seat.Row
	short  *seat.TooSmallError // nil when everybody fits
	review seat.Review         // its rows are rows, sorted and explained
	people roll
	used   map[license.Name]int64 // see lately

	agreedBy string // of a set that takes over on its day: who had said so
}

// Review says what would happen if a set were activated now with some choices,
// and changes nothing. A set that does not fit is reviewed like any other.
func (in *Installation) Review(ctx context.Context, act Act, id string, choices api.Choices) (api.Review, error) {
	var review api.Review
	var losses []Loss
	days := in.lastDays(ctx)
	err := in.view(func(v *store.View) error {
		now := in.clock(v)
		p, err := in.propose(ctx, v, id, choices, now)
		if err != nil {
			return err
		}
		p.used = p.lately(v, days.at(v, in.proven(v)))
		if in.hooked(v) {
			losses = p.losses()
		}
		review = api.Review{
			Set: setOf(v, p.row, p.set, now), Replaces: p.replaces(), Fits: !p.review.Blocked(),
			Rows:     p.shown(v, act.Language, func(seat.ReviewRow) bool { return true }),
			Findings: p.findings(act.Language, p.review.Findings), OnlyRaises: p.review.OnlyRaises,
			Effects: p.plan.effects(p, act.Language), Notes: notes(v, p.set, now, act.Language), Seq: v.Seq(),
		}
		for _, row := range p.review.Rows {
			if row.Look == seat.Blocks {
				review.Blocking++
			}
		}
		review.Stored = in.stored(ctx, v, p, now, act.Language)
		review.PlanToken = p.token(v.Seq())
		in.shown.keep(review.PlanToken, p.review.Rows)
		return nil
	})
	if err != nil || len(losses) == 0 {
		return review, err
	}
	found, err := in.Blockers(ctx, act, losses)
	review.Blockers, review.Fits = &found, review.Fits && blockedBy(found) == nil
	return review, err
}

// propose compares a set, with choices, with what is in force. Only the newest
// set of its issuer may be proposed.
func (in *Installation) propose(ctx context.Context, v *store.View, id string, choices api.Choices, now time.Time) (*proposal, error) {
	row, err := findSet(v, id)
	if err != nil {
		return nil, err
	}
	highest := v.HighestSet(row.Issuer, row.Serial)
	past := row.State == store.SetReplaced || row.State == store.SetSuperseded
	if past || row.Number < highest && row.State != store.SetActive {
		return nil, &OlderSetError{Issuer: row.Issuer, Number: row.Number, Highest: highest}
	}
	p, err := in.draw(ctx, v, row, now)
	if err != nil {
		return nil, err
	}
	if p.plan, err = in.choose(v, p, choices, now); err != nil {
		return nil, err
	}
	return p, p.compare(v)
}

// draw begins a proposal: the set as it was received, checked again, and what
// would be in force with it.
func (in *Installation) draw(ctx context.Context, v *store.View, row store.Set, now time.Time) (*proposal, error) {
	file, err := v.SetFile(ctx, row.File)
	if err != nil {
		return nil, err
	}
	f, err := licensefile.VerifyAccepted(file, in.trustAccepted(v), timeOf(row.AcceptedAt), now)
	if err != nil {
		return nil, err
	}
	p := &proposal{row: row, set: &f.Set, before: v.Active(), plan: &plan{}}
	p.next = p.before.With(p.set)
	if len(f.Optional) > 0 {
		unknown := seat.Finding{Reason: seat.NotUnderstood}
		for _, o := range f.Optional {
			unknown.Fields = append(unknown.Fields, seat.Field{Field: o.Name})
		}
		p.review.Findings = append(p.review.Findings, unknown)
	}
	return p, nil
}

// compare fills in the rows, once the plan is made.
func (p *proposal) compare(v *store.View) error {
	unknown := p.review.Findings
	moves := p.people.call(v, p.before, p.next, p.plan)
	var err error
	p.rows, err = seat.Fits(p.before, p.next, p.set.Issuer, seat.After(moves), sites(v, p.next))
	if err != nil && !errors.As(err, &p.short) {
		return err
	}
	p.review = seat.NewReview(p.before, p.next, p.set.Issuer, p.rows, moves, p.plan.acknowledged)
	p.review.Findings = append(p.review.Findings, unknown...)
	p.review.OnlyRaises = p.review.OnlyRaises && len(unknown) == 0
	p.people.name(p.review.Rows)
	return nil
}

func (p *proposal) replaces() string {
	if old := p.before.Set(p.set.Issuer); old != nil && old.Number != p.set.Number {
		return setID(old.Issuer, old.Number)
	}
	return ""
}

// token binds an activation to exactly this comparison, and says at which state
// it was made. Who holds a license is named only when the set is refused, and
// then the token opens nothing.
func (p *proposal) token(seq int64) string {
	plain := slices.Clone(p.review.Rows)
	for i := range plain {
		plain[i].Holders = nil
	}
	rows, err := json.Marshal(struct {
		Rows  any
		Plan  any
		Of    string
		Whole any
	}{plain, p.plan.summary(), p.row.Checkpoint + " " + p.replaces(), p.review.Findings})
	if err != nil {
		panic("installation: a review cannot be written: " + err.Error())
	}
	sum := sha256.Sum256(rows)
	return fmt.Sprintf("%d-%s", seq, hex.EncodeToString(sum[:16]))
}

// shown are the rows in the words of the API.
func (p *proposal) shown(v *store.View, lang string, which func(seat.ReviewRow) bool) []api.ReviewRow {
	rows := []api.ReviewRow{}
	for _, r := range p.review.Rows {
		if !which(r) {
			continue
		}
		row := api.ReviewRow{
			Name: r.Name, DisplayName: p.displayName(r.Name, lang), Kind: r.Kind, Hidden: r.Hidden, Marker: r.Marker, Unrestricted: r.Unrestricted,
			Total: r.Total, InUse: r.InUse, Free: r.Free, Change: r.Change, NewTotal: r.NewTotal, NewFree: r.NewFree,
			Result: string(r.Result), Need: r.Need, Over: r.Release, Holders: r.Holders,
			Look: string(r.Look), Findings: p.findings(lang, r.Findings), Fields: fieldsOf(r.Fields),
		}
		if n, counted := p.used[r.Name]; counted {
			row.ActiveLately = &n
		}
		rows = append(rows, row)
	}
	return rows
}

func (p *proposal) displayName(n license.Name, lang string) string {
	if name := displayName(p.next, n, lang); name != "" {
		return name
	}
	return displayName(p.before, n, lang)
}

// findings says reasons in a language.
func (p *proposal) findings(lang string, all []seat.Finding) []api.Finding {
	var out []api.Finding
	for _, f := range all {
		text := say(lang, "review-"+string(f.Reason), struct {
			Count  int64
			Name   string
			Fields []seat.Field
		}{f.Count, p.called(f.Name, lang), p.fieldsInWords(lang, f.Fields)})
		out = append(out, api.Finding{
			Reason: string(f.Reason), Text: text, Blocks: f.Blocks(), Warns: f.Warns(), Name: f.Name, Count: f.Count,
			People: p.people.some(f, mostNamed), Fields: fieldsOf(f.Fields), Acknowledged: f.Acknowledged,
		})
	}
	return out
}

// fieldsInWords are differences as a finding says them.
func (p *proposal) fieldsInWords(lang string, fields []seat.Field) []seat.Field {
	said := make([]seat.Field, 0, len(fields))
	for _, f := range fields {
		said = append(said, fieldWords(lang, p.set.Issuer, f, func(n license.Name) string { return p.displayName(n, lang) }))
	}
	return said
}

// called returns what people call a license.
func (p *proposal) called(n license.Name, lang string) string {
	if n == (license.Name{}) {
		return ""
	}
	if name := p.displayName(n, lang); name != "" {
		return name
	}
	return n.String()
}

// mostNamed is how many people one finding names.
const mostNamed = 500

func fieldsOf(fields []seat.Field) []api.FieldChange {
	var all []api.FieldChange
	for _, f := range fields {
		all = append(all, api.FieldChange{Field: f.Field, From: f.From, To: f.To})
	}
	return all
}
