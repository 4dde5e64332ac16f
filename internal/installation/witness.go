package installation

import (
	"context"
	"fmt"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
)

// PrintedHead returns where the record stands, to be kept elsewhere.
func (in *Installation) PrintedHead() api.Head {
	h := printed(in.book.ID(), "seats", in.name, in.book.Head())
	return api.Head{Head: h.String(), Seq: h.Seq}
}

// CompareHead compares a head that somebody kept with the record. When the record
// ends before it, or has something else there, administrators are told who says
// so. That is all: whoever says it may lie, so it stops nothing and is no reason to
// read only. Who wants to know more checks with pott fsck --head.
//
// Anything that is no head of this installation is a [*BadHeadError].
func (in *Installation) CompareHead(ctx context.Context, act Act, body api.CompareHead) (api.ComparedHead, error) {
	kept, err := ParsePrintedHead(body.Head)
	if err != nil {
		return api.ComparedHead{}, err
	}
	if kept.Installation != in.book.ID() || kept.Ledger != "seats" {
		return api.ComparedHead{}, &BadHeadError{Head: body.Head, Why: "it is of another installation"}
	}
	at, found, err := in.book.HeadAt(ctx, kept.Seq)
	if err != nil {
		return api.ComparedHead{}, err
	}
	answer := api.ComparedHead{Verdict: judgeHead(kept, in.book.ID(), at, found), Kept: kept.Seq, Outcome: api.Outcome{DryRun: act.DryRun, Seq: in.now.Load().seq}}
	if answer.Verdict == api.HeadAgrees || act.DryRun {
		return answer, nil
	}
	// One notice for each that says so: saying it often, or otherwise, changes nothing.
	told := false
	if err := in.view(func(v *store.View) error {
		_, told = openNotice(v, NoticeWitness, act.By.ID)
		return nil
	}); err != nil || told {
		return answer, err
	}
	in.Raise(ctx, Notice{Code: NoticeWitness, About: act.By.ID, Why: fmt.Sprint(kept.Seq)})
	answer.Changed = true
	return answer, nil
}

// judgeHead compares a head that was kept with the first batch that is not before
// it.
func judgeHead(kept PrintedHead, id string, at store.Head, found bool) string {
	switch {
	case !found:
		return api.HeadBehind
	case at.Seq > kept.Seq: // a restore skipped it, and said so
		return api.HeadAgrees
	case printed(id, "seats", "", at).Fingerprint != kept.Fingerprint:
		return api.HeadAnotherHistory
	}
	return api.HeadAgrees
}
