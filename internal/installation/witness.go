package installation

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/incident"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licenseserver"
)

// PrintedHead returns where the record stands, to be kept elsewhere.
func (in *Installation) PrintedHead() api.Head {
	h := printed(in.book.ID(), "seats", in.name, in.book.Head())
	return api.Head{Head: h.String(), Seq: h.Seq}
}

// headIn is PrintedHead of a state; "" when nobody can speak for it.
func (in *Installation) headIn(v *store.View) string {
	h := v.Head()
	if h.Seq == 0 {
		return ""
	}
	return printed(in.book.ID(), "seats", "", h).String()
}

// CompareHead compares a head that somebody kept with the record. When the record
// ends before it, or has something else there, administrators are told who says
// so, it is kept in an incident file, and nothing is called intact any more. That
// is all: whoever says it may lie, so it stops nothing and is no reason to read
// only. Who wants to know more checks with pott fsck --head.
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
	answer := api.ComparedHead{Kept: kept.Seq, Outcome: api.Outcome{DryRun: act.DryRun, Seq: in.now.Load().seq}}
	answer.Verdict, answer.Changed, err = in.weigh(ctx, act, testimony{by: act.By.ID, text: body.Head, seq: kept.Seq, same: func(at store.Head) bool {
		return printed(in.book.ID(), "seats", "", at).Fingerprint == kept.Fingerprint
	}})
	return answer, err
}

// SawHead is CompareHead for a head that a program tells by itself when it
// connects. What is no head of this installation says nothing.
func (in *Installation) SawHead(ctx context.Context, act Act, head string) {
	if _, err := in.CompareHead(ctx, act, api.CompareHead{Head: head}); err != nil && ctx.Err() == nil {
		in.options.Log.Warn("a program has told where the record stood, and that cannot be compared", "installation", in.name, "who", act.By.ID, "err", err)
	}
}

// remembered compares what the license server of an issuer has on record of this
// installation, from what it told itself, with the record.
func (in *Installation) remembered(ctx context.Context, issuer license.Issuer, last licenseserver.Place) {
	_, _, err := in.weigh(ctx, Act{By: theServer}, testimony{by: string(issuer), text: last.String(), seq: last.Seq, same: func(at store.Head) bool {
		return hex.EncodeToString(at.Epoch[:]) == last.Epoch && hex.EncodeToString(at.Link[:]) == last.Head
	}})
	if err != nil && ctx.Err() == nil {
		in.options.Log.Warn("what a license server remembers cannot be compared", "installation", in.name, "issuer", issuer, "err", err)
	}
}

// A testimony is what somebody outside remembers of a place of the record.
type testimony struct {
	by   string // the id of a token, or an issuer
	text string
	seq  int64
	same func(at store.Head) bool
}

// weigh compares a testimony with the journal, and tells when they differ:
// once for each witness, so that saying it often, or otherwise, changes nothing.
func (in *Installation) weigh(ctx context.Context, act Act, w testimony) (verdict string, told bool, err error) {
	at, found, err := in.book.HeadAt(ctx, w.seq)
	if err != nil {
		return "", false, err
	}
	verdict = w.judge(at, found)
	n := Notice{Code: NoticeWitness, About: w.by, Why: fmt.Sprint(w.seq)}
	if verdict == api.HeadAgrees || act.DryRun || in.isKnown(n) {
		return verdict, false, nil
	}
	in.options.Log.Error("somebody remembers another record than this one", "installation", in.name, "who", w.by, "head", w.text, "verdict", verdict)
	if in.options.Incidents != "" {
		in.writeOnce(incident.Incident{Kind: "witness", At: in.options.Now(), Installation: in.name, By: w.by,
			Facts: map[string]string{"head": w.text, "seq": fmt.Sprint(w.seq), "verdict": verdict, "ends": fmt.Sprint(in.book.Head().Seq)}}, digest(w.by+w.text))
	}
	in.Raise(ctx, n)
	return verdict, true, nil
}

// judge compares a testimony with the first batch that is not before it.
func (w testimony) judge(at store.Head, found bool) string {
	switch {
	case !found:
		return api.HeadBehind
	case at.Seq > w.seq: // a restore skipped it, and said so
		return api.HeadAgrees
	case !w.same(at):
		return api.HeadAnotherHistory
	}
	return api.HeadAgrees
}

// isKnown reports whether a notice is open, stored or not, whatever it says.
func (in *Installation) isKnown(n Notice) bool {
	_, open := in.openOrUnstored(n)
	return open
}

// disagreement is what those outside say who remember another record, in a
// language; "" while nobody does.
func (in *Installation) disagreement(v *store.View, lang string) string {
	var said []string
	for _, e := range v.Events() {
		if e.Ended == 0 && e.Code == NoticeWitness {
			said = append(said, noticeText(e, lang))
		}
	}
	in.noticeMu.Lock()
	defer in.noticeMu.Unlock()
	for _, e := range in.unstored {
		if e.Code == NoticeWitness {
			said = append(said, noticeText(e, lang))
		}
	}
	return strings.Join(said, " ")
}

// settleWitnesses ends what was told of witnesses who remember more than the
// record: somebody has taken it into use as it is, and the record says so.
func (in *Installation) settleWitnesses(ctx context.Context) {
	var about []string
	if in.view(func(v *store.View) error {
		for _, e := range v.Events() {
			if e.Ended == 0 && e.Code == NoticeWitness {
				about = append(about, e.About)
			}
		}
		return nil
	}) != nil {
		return
	}
	for _, by := range about {
		in.Clear(ctx, NoticeWitness, by)
	}
}
