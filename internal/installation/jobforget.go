package installation

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// eraseFromJobs takes a person out of what is kept of jobs: nothing there says
// any longer who it was, and nothing that was done to the person can be undone.
func (in *Installation) eraseFromJobs(ctx context.Context, tx *store.Tx, p store.Person) error {
	if in.supposed != nil {
		return nil
	}
	heads, err := in.book.FirstBoxes(ctx, jobPlace)
	if err != nil {
		return err
	}
	drafts, err := in.book.FirstBoxes(ctx, "draft/")
	if err != nil {
		return err
	}
	forgetDrafts(tx, drafts, tx.Now().Add(undoFor))
	waiting, err := in.book.FirstBoxes(ctx, formPlace)
	if err != nil {
		return err
	}
	forgetForms(tx, waiting, tx.Now().Add(undoFor))
	number := "#" + strconv.FormatInt(p.Number, 10)
	for _, head := range heads {
		boxes, err := in.book.Boxes(ctx, head.Place)
		if err != nil {
			return err
		}
		rows := rowsAbout(boxes, p)
		for _, b := range boxes {
			var changed bool
			switch {
			case b.Part == jobHeadPart:
			case b.Part < jobDonePart:
				b.Plain, changed = altered(b.Plain, func(t *task) bool {
					is := rows[t.Row] || t.Who == number || store.FoldUserID(t.Who) == store.FoldUserID(p.Personal.UserID)
					if is {
						*t = task{Row: t.Row, Who: number}
					}
					return is
				})
			default:
				b.Plain, changed = altered(b.Plain, func(d *done) bool {
					is := d.about(p)
					if is {
						d.forget()
					}
					return is
				})
			}
			if changed {
				tx.PutBox(b)
			}
		}
	}
	return nil
}

// about reports whether a row of a job is about a person.
func (d *done) about(p store.Person) bool {
	return d.ID == p.ID || store.FoldUserID(d.Person) == store.FoldUserID(p.Personal.UserID)
}

// forget takes out of a row who it was about.
func (d *done) forget() {
	d.Person, d.Before, d.After, d.ID, d.Number = "", nil, "", "", 0
	if d.Problem != nil {
		d.Problem = &api.Refused{Code: d.Problem.Code}
	}
}

// forgetErased takes out of the rows of a job who was erased while it ran.
func forgetErased(v *store.View, rows []done) {
	for i := range rows {
		if p, ok := v.PersonByNumber(rows[i].Number); ok && p.Erased != 0 {
			rows[i].forget()
		}
	}
}

// rowsAbout returns which rows of a job are about a person, who may have had
// another user id then.
func rowsAbout(boxes []store.Box, p store.Person) map[int]bool {
	rows := map[int]bool{}
	for _, b := range boxes {
		var some []done
		if b.Part < jobDonePart || json.Unmarshal(b.Plain, &some) != nil {
			continue
		}
		for _, d := range some {
			if d.about(p) {
				rows[d.Row] = true
			}
		}
	}
	return rows
}

// altered changes some items of a list.
func altered[T any](plain []byte, change func(*T) bool) (after []byte, changed bool) {
	var list []T
	if json.Unmarshal(plain, &list) != nil {
		return plain, false
	}
	for i := range list {
		changed = change(&list[i]) || changed
	}
	if !changed {
		return plain, false
	}
	return asJSON(list), true
}

// forgetJobs forgets the rows of jobs that can no longer be undone, and jobs that
// are old.
func (in *Installation) forgetJobs(ctx context.Context) error {
	heads, err := in.book.FirstBoxes(ctx, jobPlace)
	if err != nil {
		return err
	}
	now := in.present()
	if err := in.forgetOldDrafts(ctx, now.Add(-undoFor)); err != nil {
		return err
	}
	for _, b := range heads {
		var h jobHead
		if json.Unmarshal(b.Plain, &h) != nil || in.jobs.get(h.ID) != nil {
			continue
		}
		age := now.Sub(cmp.Or(h.Finished, h.Heard, h.Created))
		if age > undoFor {
			if err := in.forgetJob(ctx, h, now, age > JobsKept); err != nil {
				return err
			}
		}
	}
	return nil
}

func (in *Installation) forgetJob(ctx context.Context, h jobHead, now time.Time, whole bool) error {
	boxes, err := in.book.Boxes(ctx, jobPlace+h.ID)
	if err != nil {
		return err
	}
	boxes = slices.DeleteFunc(boxes, func(b store.Box) bool { return b.Part == jobHeadPart && !whole })
	if len(boxes) == 0 {
		return nil
	}
	_, err = in.book.Update(ctx, audit.Actor{Kind: audit.System, ID: "jobs"}, now, func(tx *store.Tx) error {
		tx.Protects()
		for _, b := range boxes {
			tx.DropBox(b.Place, b.Part)
		}
		tx.Entry("job.forget", "", audit.F("job", h.ID), audit.F("whole", whole))
		return nil
	})
	return err
}

// forgetJobs forgets what is over in every installation.
func (h *House) forgetJobs(ctx context.Context) {
	for _, name := range h.Names() {
		if in := h.Installation(name); in != nil {
			if err := in.forgetJobs(ctx); err != nil && ctx.Err() == nil {
				h.options.Log.Warn("old jobs could not be forgotten", "installation", name, "err", err)
			}
		}
	}
}

func (in *Installation) forgetOldDrafts(ctx context.Context, before time.Time) error {
	drafts, err := in.book.FirstBoxes(ctx, "draft/")
	old := slices.ContainsFunc(drafts, func(b store.Box) bool {
		var d draft
		return json.Unmarshal(b.Plain, &d) != nil || d.Made.Before(before)
	})
	if err != nil {
		return err
	}
	waiting, err := in.book.FirstBoxes(ctx, formPlace)
	old = old || slices.ContainsFunc(waiting, func(b store.Box) bool {
		var who formDraft
		return json.Unmarshal(b.Plain, &who) != nil || who.Made.Before(before)
	})
	if err != nil || !old {
		return err
	}
	_, err = in.book.Update(ctx, audit.Actor{Kind: audit.System, ID: "jobs"}, in.present(), func(tx *store.Tx) error {
		tx.Protects()
		forgetDrafts(tx, drafts, before)
		forgetForms(tx, waiting, before)
		tx.Entry("people.draft-forget", "")
		return nil
	})
	return err
}
