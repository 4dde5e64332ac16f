package installation

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// A form that was sent when the session had just ended waits for its sender in two
// parts: who and when, which is looked at often, and what was typed.
const (
	formPlace = "form/"
	formLife  = 24 * time.Hour
	// mostForms wait at a time, and mostFormsEach of one person; the oldest go first.
	mostForms     = 200
	mostFormsEach = 10
)

// A formDraft is who sent a form, and when.
type formDraft struct {
	Owner string // opaque id
	Made  time.Time
}

// A WaitingForm is what somebody typed and could not send.
type WaitingForm struct {
	Path string
	Form url.Values
}

// KeepForm keeps what somebody typed for a day, encrypted, and returns how only that
// person finds it again, on every server of the database.
func (in *Installation) KeepForm(ctx context.Context, person string, form WaitingForm) (string, error) {
	waiting, err := in.book.FirstBoxes(ctx, formPlace)
	if err != nil {
		return "", err
	}
	id := store.NewID()
	_, err = in.book.Update(ctx, audit.Actor{Kind: audit.Person, ID: person}, in.present(), func(tx *store.Tx) error {
		for _, place := range tooManyForms(waiting, person, tx.Now()) {
			dropForm(tx, place)
		}
		tx.PutBox(store.Box{Place: formPlace + id, Plain: asJSON(formDraft{person, tx.Now()})})
		tx.PutBox(store.Box{Place: formPlace + id, Part: 1, Plain: asJSON(form)})
		tx.Entry("form.keep", person)
		return nil
	})
	return id, err
}

// tooManyForms are the places of forms that give way to one more of a person: those
// that are over, and the oldest where there are too many.
func tooManyForms(waiting []store.Box, person string, now time.Time) (places []string) {
	type kept struct {
		place string
		formDraft
	}
	var all []kept
	for _, b := range waiting {
		k := kept{place: b.Place}
		if json.Unmarshal(b.Plain, &k.formDraft) != nil || now.Sub(k.Made) >= formLife {
			places = append(places, b.Place)
			continue
		}
		all = append(all, k)
	}
	slices.SortFunc(all, func(x, y kept) int { return cmp.Or(y.Made.Compare(x.Made), cmp.Compare(x.place, y.place)) })
	mine := 1
	for i, k := range all {
		if k.Owner == person {
			mine++
		}
		if i+1 >= mostForms || k.Owner == person && mine > mostFormsEach {
			places = append(places, k.place)
		}
	}
	return places
}

func dropForm(tx *store.Tx, place string) {
	tx.DropBox(place, 0)
	tx.DropBox(place, 1)
}

// Form returns what a person typed and could not send; false when there is no such
// form of that person's.
func (in *Installation) Form(ctx context.Context, person, id string) (WaitingForm, bool) {
	var who formDraft
	var form WaitingForm
	boxes, err := in.book.Boxes(ctx, formPlace+id)
	if err != nil || len(boxes) != 2 || strings.ContainsAny(id, "/~") || json.Unmarshal(boxes[0].Plain, &who) != nil || json.Unmarshal(boxes[1].Plain, &form) != nil {
		return WaitingForm{}, false
	}
	return form, person != "" && who.Owner == person && in.present().Sub(who.Made) < formLife
}

// DropForm forgets a form that its sender has sent by now.
func (in *Installation) DropForm(ctx context.Context, person, id string) error {
	if _, ok := in.Form(ctx, person, id); !ok {
		return nil
	}
	_, err := in.book.Update(ctx, audit.Actor{Kind: audit.Person, ID: person}, in.present(), func(tx *store.Tx) error {
		dropForm(tx, formPlace+id)
		tx.Entry("form.drop", person)
		return nil
	})
	return err
}

// forgetForms forgets forms that were kept before a moment.
func forgetForms(tx *store.Tx, waiting []store.Box, before time.Time) {
	for _, b := range waiting {
		var who formDraft
		if json.Unmarshal(b.Plain, &who) != nil || who.Made.Before(before) {
			dropForm(tx, b.Place)
		}
	}
}
