package fsck

import (
	"errors"
	"fmt"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// A writer writes rows of one table as acts do. Every sealed table has one, so
// that the mutation matrix covers it.
type writer struct {
	// put writes row n: for the first time in round 0, and over it in every
	// later round. What it writes differs from round to round.
	put func(f *filler, tx *store.Tx, n, round int) error
	// drop deletes row n; nil where rows are ended and never deleted.
	drop func(f *filler, tx *store.Tx, n int) error
	// single says that the table has one row at most.
	single bool
	// fixed says that rows are never written over.
	fixed bool
}

// writers are the writers of all tables of the ledger seats.
var writers = map[string]writer{
	"activation": {put: func(f *filler, tx *store.Tx, n, round int) error {
		number := int64(100 + n)
		return tx.PutActivation(store.Activation{Number: number, Issuer: "OTHER", SetNumber: number, Checkpoint: fmt.Sprint(n), From: 1,
			Until: int64(2 + round), How: store.ByHand, By: "host test"})
	}},
	"assignment": {put: func(f *filler, tx *store.Tx, n, round int) error {
		number, ok := f.kept[keptRow{"assignment", n}].(int64)
		switch {
		case round == 0:
			number, err := tx.Assign(seat.Assignment{Person: fmt.Sprintf("nobody%d", n), Name: license.NameOf("OTHER", "thing"), Quantity: 1, Source: seat.Direct})
			f.keep("assignment", n, number)
			return err
		case !ok:
			return errors.New("it was never put")
		case round == 1:
			return tx.EndAssignment(number, "moved")
		}
		return tx.EndAssignment(number, "moved again")
	}},
	"authority": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutAuthority(store.Authority{Issuer: license.Issuer(fmt.Sprintf("OTHER%d", n)), Serial: "1600065823", Asked: int64(1 + round), Status: "ok"})
	}},
	"credential": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutCredential(store.Credential{ID: fmt.Sprintf("matrix%d", n), Person: "nobody", Kind: store.CredentialPassword, Name: fmt.Sprint(round), Secret: []byte{1}, Data: []byte{2}, Created: 1, By: "1"})
	}, drop: func(f *filler, tx *store.Tx, n int) error { return tx.DropCredential(fmt.Sprintf("matrix%d", n)) }},
	"database": {put: func(f *filler, tx *store.Tx, n, round int) error {
		d := store.Database{Database: seat.Database{Name: fmt.Sprintf("site %d, round %d", n, round)}, Created: 1}
		if round > 0 {
			d.Number, _ = f.kept[keptRow{"database", n}].(int64)
		}
		number, err := tx.PutDatabase(d, round == 0)
		f.keep("database", n, number)
		return err
	}},
	"event": {put: func(f *filler, tx *store.Tx, n, round int) error {
		_, err := tx.PutEvent(store.Event{Event: seat.Event{Number: int64(100 + n), Type: seat.NoSignIn, Ending: seat.Free, StartedBy: "1", Started: 1, From: int64(2 + round)},
			Texts: license.Texts{"en": "Back soon"}})
		return err
	}},
	"hook": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutHook(store.Hook{Name: fmt.Sprintf("hook%d", n), URL: "https://crm.example.com/", Timeout: int64(1 + round), Unreachable: "warn"})
	}, drop: func(f *filler, tx *store.Tx, n int) error { return tx.DropHook(fmt.Sprintf("hook%d", n)) }},
	"key_list": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutKeyList(store.KeyList{Number: int64(100 + n), Note: fmt.Appendf(nil, "note %d", n), LearnedAt: int64(1 + round)})
	}},
	"license": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutLicense(store.License{Name: license.NameOf("OTHER", license.Module(fmt.Sprintf("m%d", n))), SetNumber: int64(round + 1), Kind: license.User})
	}},
	"license_set": {put: func(f *filler, tx *store.Tx, n, round int) error {
		hash := tx.PutSetFile(fmt.Appendf(nil, "file %d", n))
		return tx.PutSet(store.Set{Checkpoint: fmt.Sprintf("c%d", n), Issuer: "OTHER", Number: int64(n + 1), Serial: "1600065823", State: "replaced", File: hash,
			Certificates: []string{"c1"}, LoadedAt: int64(1 + round), From: 1})
	}},
	"message_choice": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutMessageChoice(store.MessageChoice{Person: fmt.Sprintf("matrix%d", n), Off: []string{"pool", fmt.Sprint(round)}})
	}, drop: func(f *filler, tx *store.Tx, n int) error {
		return tx.PutMessageChoice(store.MessageChoice{Person: fmt.Sprintf("matrix%d", n)})
	}},
	"activity_policy": {single: true, put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.CollectActivity(store.ActivityPolicy{Ground: fmt.Sprintf("ground %d of %d", round, n), From: int64(1 + round)})
	}},
	"snooze": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutSnooze(store.Snooze{Person: fmt.Sprintf("matrix%d", n), Until: map[string]int64{"expires:OTHER:2026-11-01:0:14": int64(1 + round)}})
	}, drop: func(f *filler, tx *store.Tx, n int) error {
		return tx.PutSnooze(store.Snooze{Person: fmt.Sprintf("matrix%d", n)})
	}},
	"message_out": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutOutMessage(store.OutMessage{ID: fmt.Sprintf("matrix%d", n), Kind: "pool", About: "OTHER.thing", Level: 1, Channel: "mail", Target: "nobody", Made: 1, Due: 2, Tries: int64(round), Error: "it is away"})
	}, drop: func(f *filler, tx *store.Tx, n int) error { return tx.DropOutMessage(fmt.Sprintf("matrix%d", n)) }},
	"message_rule": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutMessageRule(store.MessageRule{Kind: fmt.Sprintf("matrix%d", n), Reader: "auditor", On: round%2 == 0})
	}, drop: func(f *filler, tx *store.Tx, n int) error {
		return tx.DropMessageRule(fmt.Sprintf("matrix%d", n), "auditor")
	}},
	"message_told": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutToldMessage(store.ToldMessage{Kind: "pool", About: fmt.Sprintf("matrix%d", n), Level: int64(1 + round), At: 1, Facts: []audit.Fact{audit.F("count", 3)}})
	}, drop: func(f *filler, tx *store.Tx, n int) error {
		return tx.DropToldMessage("pool", fmt.Sprintf("matrix%d", n))
	}},
	"owner": {single: true, put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.SetOwner(store.Owner{Company: fmt.Sprintf("Company %d", round), Serial: "1600065823", TimeZone: "UTC", Language: "en", SiteKey: []byte{1, 2, 3}})
	}},
	"person": {put: func(f *filler, tx *store.Tx, n, round int) error {
		p := store.Person{Person: seat.Person{Kind: license.Internal, Login: round%2 == 0}, Personal: store.Personal{UserID: fmt.Sprintf("matrix%d", n)}}
		if round > 0 {
			id, _ := f.kept[keptRow{"person", n}].(string)
			old, ok := tx.Person(id)
			if !ok {
				return errors.New("there is no such person")
			}
			p.ID, p.Personal = id, old.Personal
		}
		p, err := tx.PutPerson(p)
		if round == 0 {
			f.keep("person", n, p.ID)
		}
		return err
	}},
	"person_past": {fixed: true, put: func(f *filler, tx *store.Tx, n, round int) error {
		p := store.Person{Person: seat.Person{ID: store.NewID(), Kind: license.Internal}, Personal: store.Personal{UserID: fmt.Sprintf("past%d", n)}}
		for _, p.Former = range []bool{false, true} {
			if _, err := tx.PutPerson(p); err != nil {
				return err
			}
		}
		return nil
	}},
	"profile_past": {fixed: true, put: func(f *filler, tx *store.Tx, n, round int) error {
		code := fmt.Sprintf("past%d", n)
		return errors.Join(tx.PutProfile(store.Profile{Code: code}), tx.PutProfile(store.Profile{Code: code, Modules: []license.Name{license.NameOf("ACME", "case")}}))
	}},
	"preference": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutPreference(store.Preference{Person: fmt.Sprintf("matrix%d", n), Language: "sv", Generation: int64(round)})
	}, drop: func(f *filler, tx *store.Tx, n int) error { return tx.DropPreference(fmt.Sprintf("matrix%d", n)) }},
	"profile": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutProfile(store.Profile{Code: fmt.Sprintf("matrix%d", n), Name: fmt.Sprintf("Round %d", round)})
	}, drop: func(f *filler, tx *store.Tx, n int) error { return tx.DropProfile(fmt.Sprintf("matrix%d", n)) }},
	"provider": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutProvider(store.Provider{Code: fmt.Sprintf("matrix%d", n), Name: fmt.Sprint(round), Issuer: "https://id.example.com", Secret: []byte{3}, Match: "email", Created: 1, By: "1"})
	}, drop: func(f *filler, tx *store.Tx, n int) error { return tx.DropProvider(fmt.Sprintf("matrix%d", n)) }},
	"role": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.GiveRole(store.Role{Person: fmt.Sprintf("matrix%d", n), Role: seat.Auditor, From: int64(1 + round)})
	}, drop: func(f *filler, tx *store.Tx, n int) error {
		return tx.TakeRole(fmt.Sprintf("matrix%d", n), seat.Auditor)
	}},
	"session": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutSession(store.Session{ID: fmt.Sprintf("matrix%d", n), Person: "nobody", Hash: [32]byte{7, byte(n)}, Method: "password", Device: fmt.Sprint(round), Begun: 1, Ends: 2})
	}, drop: func(f *filler, tx *store.Tx, n int) error { return tx.DropSession(fmt.Sprintf("matrix%d", n)) }},
	"set_agreement": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutAgreement(store.Agreement{Checkpoint: fmt.Sprintf("c%d", n), At: int64(1 + round), By: "host test",
			Choices: []store.AgreedChoice{{Person: int64(n), Choice: seat.Choice{Do: seat.EndLogin}}}, Effects: []seat.Agreed{{Person: int64(n), LoginEnds: true}}})
	}},
	"set_policy": {single: true, put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.SetPolicy([]store.Policy{store.Automatic, store.Ask}[round%2])
	}},
	"site_assignment": {put: func(f *filler, tx *store.Tx, n, round int) error {
		if number, ok := f.kept[keptRow{"site_assignment", n}].(int64); ok && round > 0 {
			return tx.EndSite(number, "moved")
		}
		number, err := tx.AssignSite(seat.SiteAssignment{Database: 7, Name: license.NameOf("OTHER", "thing"), Quantity: 1})
		f.keep("site_assignment", n, number)
		return err
	}},
	"token": {put: func(f *filler, tx *store.Tx, n, round int) error {
		return tx.PutToken(store.Token{ID: fmt.Sprintf("matrix%d", n), Name: fmt.Sprintf("round %d", round), Hash: [32]byte{9, byte(n), f.hash}, Scopes: []string{"check"}, Created: 1, CreatedBy: "1"})
	}},
}

type keptRow struct {
	table string
	n     int
}

func (f *filler) keep(table string, n int, what any) {
	if f.kept == nil {
		f.kept = map[keptRow]any{}
	}
	f.kept[keptRow{table, n}] = what
}

// put writes row n of a table in an act of its own.
func (f *filler) put(table string, n, round int) error {
	_, err := f.book.Update(f.t.Context(), testBy, testNow, func(tx *store.Tx) error {
		tx.Entry("matrix.put", "", audit.F("table", table))
		return writers[table].put(f, tx, n, round)
	})
	return err
}
