package installation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// Authorities returns what is known of the license servers of all issuers that
// have one, or that a set in force is of.
func (in *Installation) Authorities(ctx context.Context, act Act) (api.List[api.Authority], error) {
	var list api.List[api.Authority]
	err := in.view(func(v *store.View) error {
		every := func(license.Issuer) bool { return true }
		list = api.List[api.Authority]{AsOf: in.options.Now().UTC(), Seq: v.Seq(), Items: in.authorities(v, every, act.Language)}
		list.Total = len(list.Items)
		return nil
	})
	return list, err
}

// authorities shows the license servers of some issuers.
func (in *Installation) authorities(v *store.View, which func(license.Issuer) bool, lang string) []api.Authority {
	items := []api.Authority{}
	for _, issuer := range in.issuers(v) {
		a, known := v.Authority(issuer)
		if address := in.authorityAddress(v, issuer); (known || address != "") && which(issuer) {
			items = append(items, in.shownAuthority(v, a, lang))
		}
	}
	return items
}

// concerned reports whether an issuer has something to do with this installation:
// the settings of a server may name the license servers of its other customers.
func concerned(v *store.View, issuer license.Issuer) bool {
	_, known := v.Authority(issuer)
	return known || v.Active().Set(issuer) != nil
}

// issuers are all whose license servers are known, by name.
func (in *Installation) issuers(v *store.View) []license.Issuer {
	var all []license.Issuer
	for issuer := range in.options.Authorities {
		all = append(all, issuer)
	}
	for _, set := range v.Active().Sets() {
		all = append(all, set.Issuer)
	}
	for _, a := range v.Authorities() {
		all = append(all, a.Issuer)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (in *Installation) shownAuthority(v *store.View, a store.Authority, lang string) api.Authority {
	out := api.Authority{
		Issuer: string(a.Issuer), Address: in.authorityAddress(v, a.Issuer), Serial: a.Serial, Registered: timeOf(a.Registered),
		Asked: timeOf(a.Asked), Answered: timeOf(a.Answered), Failures: int(a.Failures), Error: a.Error, Refused: string(a.Refused), Status: string(a.Status),
		Message: messageIn(a.Messages, lang), MessageAddress: a.Address, NewSerial: a.NewSerial, NewCompany: a.NewCompany, ClockDifference: a.Clock,
	}
	if a.Offered > 0 {
		out.Newest = setID(a.Issuer, a.Offered)
	}
	if a.Reported.Number > 0 {
		out.Reported = setID(a.Issuer, a.Reported.Number)
	}
	if next := in.asking(v, a).Next(); !next.IsZero() && out.Address != "" {
		out.Next = next.UTC()
	}
	called := license.Issuer(issuerName(v.Active(), a.Issuer))
	if a.Error != "" {
		out.ErrorText = say(lang, "authority-failed", struct {
			Issuer license.Issuer
			Why    string
			Since  time.Time
		}{called, a.Why, timeOf(a.Answered)})
	} else if a.Status != "" {
		out.StatusText = say(lang, "authority-"+string(a.Status), struct {
			Issuer             license.Issuer
			Set, Serial        string
			Company, Refused   string
			NewSerial, NewName string
		}{called, out.Newest, v.Info().Serial, a.Company, string(a.Refused), a.NewSerial, a.NewCompany})
	}
	return out
}

// messageIn returns a message in a language, or in any that it has.
func messageIn(texts license.Texts, lang string) string { return texts[messageLanguage(texts, lang)] }

// messageLanguage is the language of what messageIn returns.
func messageLanguage(texts license.Texts, lang string) string {
	for _, l := range append([]string{lang, "en"}, license.Languages...) {
		if texts[l] != "" {
			return l
		}
	}
	return ""
}

// asking is when the license server of an issuer is asked by itself: from the
// next check of the set in force on.
func (in *Installation) asking(v *store.View, a store.Authority) seat.Asking {
	asks := seat.Asking{Last: timeOf(a.Asked), Of: v.Info().ID + " " + string(a.Issuer)}
	set := v.Active().Set(a.Issuer)
	switch {
	case set == nil && a.Registered != 0:
		asks.From = timeOf(a.Registered)
	case set != nil && !set.Dates.NextCheck.IsZero():
		if zone, err := set.Location(); err == nil {
			asks.From = set.Dates.NextCheck.Midnight(zone)
		}
	}
	return asks
}

// Register makes this installation known at the license server of an issuer, with
// the one-time code of the agreement. Doing it again with the same code is
// already so.
//
// The errors are [BadCodeError], those of [Installation.Fetch], and
// [RefusedByAuthorityError].
func (in *Installation) Register(ctx context.Context, act Act, r api.Register) (api.Registered, error) {
	issuer, err := readIssuer(r.Issuer)
	if err != nil {
		return api.Registered{}, err
	}
	code := licenseserver.TrimCode(r.Code)
	if code == "" {
		return api.Registered{}, &BadCodeError{}
	}
	if r.Serial != "" {
		if err := license.CheckSerial(r.Serial); err != nil {
			return api.Registered{}, err
		}
	}
	if err := in.mayRegister(issuer, r.Serial); err != nil {
		return api.Registered{}, asTyped(err, r.Issuer)
	}
	if act.DryRun {
		return in.wouldRegister(act, issuer), nil
	}
	in.askMu.Lock()
	defer in.askMu.Unlock()
	q, err := in.askServer(ctx, issuer, licenseserver.Register, func(q *licenseserver.Request) {
		q.Code, q.Serial = code, cmp.Or(q.Serial, r.Serial)
	})
	if err != nil {
		return api.Registered{}, err
	}
	if q.reply.Refused != "" {
		return api.Registered{}, refusedBy(q)
	}
	var answer api.Registered
	answer.Outcome, err = in.heard(ctx, act, q, func(tx *store.Tx, a *store.Authority) error {
		a.Serial, a.Registered = q.asked.Serial, tx.Now().UnixMicro()
		if owner := tx.Info().Owner; owner.Serial == "" {
			owner.Serial = a.Serial
			if err := tx.SetOwner(owner); err != nil {
				return err
			}
		}
		tx.Entry("installation.register", "", audit.F("issuer", issuer), audit.F("serial", a.Serial), audit.F("key", in.fingerprint(&tx.View)))
		answer.Authority = in.shownAuthority(&tx.View, *a, act.Language)
		return nil
	})
	return answer, err
}

// mayRegister refuses a serial number where the installation has another.
func (in *Installation) mayRegister(issuer license.Issuer, serial string) error {
	return in.view(func(v *store.View) error {
		own := v.Info().Serial
		switch {
		case own == "" && serial == "":
			return &NoSerialError{Issuer: issuer}
		case own != "" && serial != "" && own != serial:
			return &OtherSerialError{Serial: serial, Company: v.Info().Company, Want: own}
		}
		_, err := in.askable(v, issuer)
		return err
	})
}

func (in *Installation) wouldRegister(act Act, issuer license.Issuer) (answer api.Registered) {
	in.view(func(v *store.View) error {
		a, _ := v.Authority(issuer)
		answer.Outcome = api.Outcome{Changed: true, DryRun: true, Seq: v.Seq()}
		answer.Authority = in.shownAuthority(v, a, act.Language)
		return nil
	})
	return answer
}

// readIssuer reads an issuer in any letter case. A refusal repeats what was typed.
func readIssuer(text string) (license.Issuer, error) {
	issuer, err := license.ParseIssuer(strings.ToUpper(text))
	if bad := (*license.BadNameError)(nil); errors.As(err, &bad) {
		return "", &license.BadNameError{Text: text, Why: bad.Why}
	}
	return issuer, err
}

// asTyped lets a refusal repeat the issuer as it was typed.
func asTyped(err error, text string) error {
	if text == "" {
		return err
	}
	if e := (*NoAuthorityError)(nil); errors.As(err, &e) && e.Issuer != "" {
		return &NoAuthorityError{Issuer: license.Issuer(text)}
	}
	if e := (*NoSerialError)(nil); errors.As(err, &e) {
		return &NoSerialError{Issuer: license.Issuer(text)}
	}
	return err
}

func refusedBy(q *exchange) error {
	return &RefusedByAuthorityError{Issuer: q.asked.Issuer, Why: string(q.reply.Refused), Serial: q.asked.Serial}
}

// heard stores what a license server said, together with what more does with it,
// and learns the key lists it came with.
func (in *Installation) heard(ctx context.Context, act Act, q *exchange, more func(*store.Tx, *store.Authority) error) (api.Outcome, error) {
	if act.DryRun {
		return api.Outcome{DryRun: true, Seq: in.now.Load().seq}, nil
	}
	if err := in.setRight(ctx, act, q); err != nil {
		return api.Outcome{}, err
	}
	return in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		if err := learn(tx, q.receipt.KeyLists, tx.Now()); err != nil {
			return false, err
		}
		tx.RaiseCertificate(q.asked.Issuer, licensefile.Fingerprint(q.receipt.Issuer.Key), q.receipt.Certificate.Number)
		a, _ := tx.Authority(q.asked.Issuer)
		hear(&a, q)
		a.Asked, a.Answered = tx.Now().UnixMicro(), tx.Now().UnixMicro()
		if err := more(tx, &a); err != nil {
			return false, err
		}
		var err error
		if a.Refused != "" {
			_, err = raise(tx, Notice{Code: NoticeFetchFails, About: string(a.Issuer), Why: string(a.Refused)})
		} else {
			_, err = settle(tx, NoticeFetchFails, string(a.Issuer))
		}
		if err != nil {
			return false, err
		}
		return true, tx.PutAuthority(a)
	})
}

// setRight confirms a clock that nobody has confirmed with the time of a reply.
func (in *Installation) setRight(ctx context.Context, act Act, q *exchange) error {
	_, err := in.confirmDoubted(ctx, act, ClockReceipt{Time: q.reply.Made, From: string(q.asked.Issuer)})
	return err
}

// hear takes over what a reply says.
func hear(a *store.Authority, q *exchange) {
	r := q.reply
	a.Failures, a.Error, a.Why = 0, "", ""
	a.Refused, a.Status, a.Messages, a.Address = r.Refused, r.Status, r.Messages, r.Address
	a.Offered, a.Company, a.NewSerial, a.NewCompany = r.Set.Number, r.Company, r.NewSerial, r.NewCompany
	a.Clock = q.difference()
	if r.Refused == licenseserver.NotRegistered || r.Refused == licenseserver.Replaced {
		a.Serial, a.Registered = "", 0
	}
}

// failed stores that a license server was asked in vain, and tells administrators
// when it happens again.
func (in *Installation) failed(ctx context.Context, act Act, issuer license.Issuer, failure error) error {
	if act.DryRun {
		return nil
	}
	_, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		a, _ := tx.Authority(issuer)
		a.Asked, a.Failures = tx.Now().UnixMicro(), a.Failures+1
		a.Error, a.Why = codeOf(failure), failure.Error()
		if a.Failures > 1 {
			if _, err := raise(tx, Notice{Code: NoticeFetchFails, About: string(issuer), Why: a.Error}); err != nil {
				return false, err
			}
		}
		tx.Entry("set.fetch", "", audit.F("issuer", issuer), audit.F("error", a.Error))
		return true, tx.PutAuthority(a)
	})
	return err
}

// Fetch asks the license server of an issuer, or of every issuer when none is
// named, whether there is anything new, and receives it: see [Installation.Load].
// Of several issuers it answers for each what came of it; of one it returns the
// error.
//
// The errors are [NoAuthorityError], [NoSerialError], [NoKeyError],
// [UnreachableAuthorityError], [RefusedByAuthorityError], those of
// [licenseserver.OpenReply] and those of [Installation.Load].
func (in *Installation) Fetch(ctx context.Context, act Act, issuerText string) (api.Fetched, error) {
	answer := api.Fetched{Items: []api.FetchedSet{}, Outcome: api.Outcome{DryRun: act.DryRun}}
	issuers, err := in.toFetch(issuerText)
	if err != nil {
		return answer, err
	}
	for _, issuer := range issuers {
		item, err := in.fetch(ctx, act, issuer)
		if err != nil && (len(issuers) == 1 || ctx.Err() != nil) {
			return answer, asTyped(err, issuerText)
		}
		answer.Items = append(answer.Items, withError(item, act, err))
		answer.Changed = answer.Changed || item.Set != nil && !item.Already
	}
	answer.Seq = in.now.Load().seq
	return answer, nil
}

// withError says in the answer for one license server why it came to nothing.
func withError(item api.FetchedSet, act Act, err error) api.FetchedSet {
	if err != nil {
		text, _ := i18n.Sentence(act.Language, codeOf(err), err)
		item.Error, item.ErrorText = codeOf(err), text.Detail
	}
	return item
}

// toFetch returns the issuers that are meant: the one named, or all that have
// something to do with this installation and can be asked.
func (in *Installation) toFetch(text string) (issuers []license.Issuer, err error) {
	if text != "" {
		issuer, err := readIssuer(text)
		return []license.Issuer{issuer}, err
	}
	err = in.view(func(v *store.View) error {
		for _, issuer := range in.issuers(v) {
			if in.authorityAddress(v, issuer) != "" && concerned(v, issuer) {
				issuers = append(issuers, issuer)
			}
		}
		return nil
	})
	if err == nil && len(issuers) == 0 {
		err = &NoAuthorityError{}
	}
	return issuers, err
}

// fetch asks one license server and receives what is new. What comes of it is
// stored, a failure too.
func (in *Installation) fetch(ctx context.Context, act Act, issuer license.Issuer) (api.FetchedSet, error) {
	in.askMu.Lock()
	defer in.askMu.Unlock()
	item := api.FetchedSet{Issuer: string(issuer)}
	var receives func(number int64) bool
	err := in.view(func(v *store.View) error {
		receives = unseen(v, issuer)
		_, err := in.askable(v, issuer)
		return err
	})
	if err != nil {
		return item, err // nobody was asked
	}
	q, err := in.askServer(ctx, issuer, licenseserver.Ping, nil)
	if err == nil && receives(q.reply.Set.Number) && q.reply.Refused == "" {
		q, err = in.askServer(ctx, issuer, licenseserver.Fetch, nil)
	}
	if err == nil && q.reply.Refused != "" {
		if _, err := in.heard(ctx, act, q, in.fetchEntry(act, q, &item)); err != nil {
			return item, err
		}
		return item, refusedBy(q)
	}
	if err == nil && q.reply.File != nil {
		err = in.receive(ctx, act, q, &item)
	}
	if err != nil {
		if ctx.Err() != nil {
			return item, err
		}
		return item, errors.Join(err, in.failed(ctx, act, issuer, err))
	}
	_, err = in.heard(ctx, act, q, in.fetchEntry(act, q, &item))
	if act.DryRun {
		a := store.Authority{Issuer: issuer}
		hear(&a, q)
		err = in.view(func(v *store.View) error {
			item.Authority = in.shownAuthority(v, a, act.Language)
			return nil
		})
	}
	return item, err
}

// receive loads a set that was fetched.
func (in *Installation) receive(ctx context.Context, act Act, q *exchange, item *api.FetchedSet) error {
	loaded, err := in.loadSet(ctx, act, q.reply.File, q.reply.Set)
	if err != nil {
		return err
	}
	item.Set, item.Already, item.Activated, item.Notes = &loaded.Set, loaded.Already, loaded.Activated, loaded.Notes
	return nil
}

func (in *Installation) fetchEntry(act Act, q *exchange, item *api.FetchedSet) func(*store.Tx, *store.Authority) error {
	return func(tx *store.Tx, a *store.Authority) error {
		facts := []audit.Fact{audit.F("issuer", a.Issuer), audit.F("status", a.Status)}
		if a.Refused != "" {
			facts = append(facts, audit.F("refused", a.Refused))
		}
		if item.Set != nil {
			facts = append(facts, audit.F("set", item.Set.ID))
		}
		tx.Entry("set.fetch", "", facts...)
		item.Authority = in.shownAuthority(&tx.View, *a, act.Language)
		return nil
	}
}
