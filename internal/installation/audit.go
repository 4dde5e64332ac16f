package installation

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
)

// An AuditFilter chooses entries. Empty fields choose all.
type AuditFilter struct {
	Person string // user id or # and number
	Action string // such as plan.set; one that ends with a dot stands for all that begin with it
	After  string // the next of the page before
	Limit  int
}

// Audit returns one page of who did what, newest first.
func (in *Installation) Audit(ctx context.Context, act Act, f AuditFilter) (api.List[api.AuditEntry], error) {
	list := api.List[api.AuditEntry]{AsOf: in.options.Now().UTC(), Items: []api.AuditEntry{}}
	want := store.AuditFilter{Newest: true, Action: f.Action, Limit: f.Limit}
	if want.Limit == 0 {
		want.Limit = defaultPage
	}
	if f.After != "" {
		if n, err := fmt.Sscanf(f.After, "%d-%d", &want.After.Seq, &want.After.N); n != 2 || err != nil {
			return list, &BadValueError{Field: "after", Why: "it is not the next of a page"}
		}
	}
	userIDs := map[string]string{}
	err := in.view(func(v *store.View) error {
		list.Seq = v.Seq()
		for p := range v.People() {
			userIDs[p.ID] = p.Personal.UserID
		}
		if f.Person == "" {
			return nil
		}
		p, err := findPerson(v, f.Person)
		want.Subject = p.ID
		return err
	})
	if err != nil {
		return list, err
	}
	entries, err := in.book.AuditEntries(ctx, want)
	for _, e := range entries {
		list.Items = append(list.Items, entryOf(e, userIDs))
	}
	if len(entries) == want.Limit {
		last := entries[len(entries)-1]
		list.Next = strconv.FormatInt(last.Seq, 10) + "-" + strconv.FormatInt(last.N, 10)
	}
	return list, err
}

func entryOf(e audit.Entry, userIDs map[string]string) api.AuditEntry {
	out := api.AuditEntry{
		Seq: e.Seq, N: e.N, At: timeOf(e.At), Actor: strings.TrimSpace(string(e.Actor.Kind) + " " + e.Actor.ID),
		Action: e.Action, Subject: e.Subject, Person: userIDs[e.Subject], Facts: map[string]string{},
	}
	for _, f := range e.Facts {
		out.Facts[f.Key] = f.Value
	}
	return out
}

// VerifyAudit follows the chain of entries from its beginning. It says nothing
// about other records, and cannot notice that a whole database was rolled back.
func (in *Installation) VerifyAudit(ctx context.Context, act Act) (api.AuditVerdict, error) {
	chain, err := in.book.VerifyChain(ctx)
	var damaged *store.DamagedError
	switch {
	case errors.As(err, &damaged):
		return api.AuditVerdict{Verdict: "broken", Entries: chain.Entries, Links: chain.Batches, Seq: chain.Batches,
			Where: damaged.Table + " " + damaged.Key, Note: damaged.What}, nil
	case err != nil:
		return api.AuditVerdict{}, err
	}
	return api.AuditVerdict{Verdict: "intact", Entries: chain.Entries, Links: chain.Batches, Seq: chain.Batches,
		Note: "the chain of entries only: pott fsck checks everything"}, nil
}
