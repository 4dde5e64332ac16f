package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

var (
	aPassword = Credential{ID: "password.x", Kind: CredentialPassword, Secret: []byte("$argon2id$…"), Data: []byte{}, Created: 5, By: "person x"}
	aPasskey  = Credential{ID: "key.1", Kind: CredentialPasskey, Name: "My phone", Secret: []byte{1, 2}, Data: []byte(`{"host":"pott.example"}`), Created: 6, By: "person x", Used: 8, Count: 3}
	aSession  = Session{ID: "s1", Hash: [32]byte{4}, Method: "password", Device: "Firefox, Linux", Begun: 7, Ends: 900}
	aProvider = Provider{Code: "work", Name: "Work", Issuer: "https://id.example.com", ClientID: "pott", Secret: []byte{5}, Match: "user-id", Claim: "preferred_username", Created: 4, By: "person x"}
)

// stageSignIn stages two ways to sign in, a session, a preference and a provider.
func stageSignIn(tx *Tx, person string) error {
	password, passkey, session := aPassword, aPasskey, aSession
	password.Person, passkey.Person, session.Person = person, person, person
	return errors.Join(tx.PutCredential(password), tx.PutCredential(passkey), tx.PutSession(session),
		tx.PutPreference(Preference{Person: person, Language: "sv", Theme: "dark", Shortcuts: true, Generation: 3}), tx.PutProvider(aProvider))
}

func TestWhatSignsInIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newTestBook(t, db)
		anna, bo := addPerson(t, b, "anna"), addPerson(t, b, "bo")
		do(t, b, func(tx *Tx) error {
			tx.Entry("password.set", anna)
			if err := stageSignIn(tx, anna); err != nil {
				return err
			}
			if n := len(tx.Credentials(anna)); n != 2 {
				t.Errorf("the act itself sees %d credentials", n)
			}
			return nil
		})
		b = reopen(t, b)
		if err := b.View(func(v *View) error {
			password, passkey, session := aPassword, aPasskey, aSession
			password.Person, passkey.Person, session.Person = anna, anna, anna
			if diff := cmp.Diff([]Credential{password, passkey}, v.Credentials(anna)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]Session{session}, v.Sessions(anna)); diff != "" {
				t.Error(diff)
			}
			if p, damaged := v.Preference(anna); damaged || p != (Preference{Person: anna, Language: "sv", Theme: "dark", Shortcuts: true, Generation: 3}) {
				t.Errorf("%+v, %v", p, damaged)
			}
			if diff := cmp.Diff([]Provider{aProvider}, v.Providers()); diff != "" {
				t.Error(diff)
			}
			if len(v.Credentials(bo)) != 0 || len(v.Sessions(bo)) != 0 {
				t.Error("bo has what is anna's")
			}
			if _, _, ok := v.SessionKey(); !ok {
				t.Error("there is no key for sessions")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		do(t, b, func(tx *Tx) error {
			tx.Entry("signin.drop", anna)
			err := errors.Join(tx.DropCredential("key.1"), tx.DropSession("s1"), tx.DropPreference(anna), tx.DropProvider("work"))
			if len(tx.Credentials(anna)) != 1 || len(tx.Sessions(anna)) != 0 || len(tx.Providers()) != 0 {
				t.Error("what was dropped is still there")
			}
			return err
		})
		b = reopen(t, b)
		if err := b.View(func(v *View) error {
			if p, _ := v.Preference(anna); len(v.Credentials(anna)) != 1 || len(v.Sessions(anna)) != 0 || p.Generation != 0 {
				t.Error("what was dropped came back")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
