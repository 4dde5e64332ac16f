package installation_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

const sentence = "en lång mening om cyklar"

var office = installation.Visit{Address: "192.0.2.7", Device: "Firefox, Linux"}

// office300 is a house where anna administers and björn has a login and nothing
// else; both have the password sentence.
func signInHouse(t testing.TB, db *sqldb.DB) (*housetest.Fixture, *installation.Installation) {
	t.Helper()
	f := housetest.New(t, db, "acme")
	in := f.Installation("acme")
	for _, user := range []string{"anna", "björn"} {
		_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: user, FirstName: strings.ToUpper(user[:1]) + user[1:], Login: true})
		must(t, err)
		choosePassword(t, in, user, sentence)
	}
	_, err := in.GiveRole(t.Context(), admin, "anna", string(seat.Administrator))
	must(t, err)
	return f, in
}

func choosePassword(t testing.TB, in *installation.Installation, user, password string) installation.Begun {
	t.Helper()
	link, err := in.MakeLink(t.Context(), admin, user)
	must(t, err)
	begun, err := in.SignInLink(t.Context(), office, strings.TrimPrefix(link.Path, installation.LinkPath), password)
	must(t, err)
	return begun
}

func signIn(t testing.TB, in *installation.Installation, user string) installation.Begun {
	t.Helper()
	begun, err := in.SignInPassword(t.Context(), office, user, sentence)
	must(t, err)
	return begun
}

func goodFor(f *housetest.Fixture, in *installation.Installation, cookie string) bool {
	_, ok := in.SignedIn(cookie, f.Clock())
	return ok
}

func TestASessionSaysWhoItIsAndWhatThePersonMayDo(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		f, in := signInHouse(t, db)
		begun := signIn(t, in, "ANNA")
		s, ok := in.SignedIn(begun.Cookie, f.Clock())
		if !ok || s.UserID != "anna" || s.Name != "Anna" || !s.May(seat.MayAdmin) || s.Method != installation.ByPassword || !s.GoodCSRF(begun.Session.CSRF()) {
			t.Fatalf("%v: %+v", ok, s)
		}
		if s.Actor().String() != "person "+s.Person || !s.GoodCSRF(s.CSRF()) || s.GoodCSRF("") || s.GoodCSRF(signIn(t, in, "anna").Session.CSRF()) {
			t.Error("forms are taken from somewhere else, or not from the session's own pages")
		}
		if b := signIn(t, in, "björn").Session; len(b.Scopes) != 0 || b.May(seat.MayRead) || !b.May() {
			t.Errorf("björn may %v", b.Scopes)
		}
		must(t, in.SetPreference(t.Context(), s, api.Preference{Language: "sv", Theme: "dark", Shortcuts: true}))
		if s, _ = in.SignedIn(begun.Cookie, f.Clock()); s.Language != "sv" || s.Theme != "dark" || !s.Shortcuts {
			t.Errorf("preferences %+v", s)
		}
		for _, bad := range []api.Preference{{Language: "la"}, {Theme: "pink"}} {
			if err := in.SetPreference(t.Context(), s, bad); code(err) != "request.bad-value" {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		// A restart ends nothing.
		f.Reopen(t)
		if !goodFor(f, f.Installation("acme"), begun.Cookie) {
			t.Error("a restart signed everybody out")
		}
	})
}

func TestASessionEndsWhenItIsIdleAndWhenItIsOld(t *testing.T) {
	f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	begun := signIn(t, in, "anna")
	start := f.Clock()
	at := func(after time.Duration, cookie string) (*installation.Session, bool) {
		return in.SignedIn(cookie, start.Add(after))
	}
	if _, ok := at(installation.SessionIdle-time.Second, begun.Cookie); !ok {
		t.Error("it ended before it was idle for two hours")
	}
	if _, ok := at(installation.SessionIdle, begun.Cookie); ok {
		t.Error("it did not end when it was idle for two hours")
	}
	cookie := begun.Cookie
	for after := time.Hour; after < installation.SessionLife; after += time.Hour {
		s, ok := at(after, cookie)
		if !ok || s.Cookie == "" {
			t.Fatalf("after %v: %v", after, ok)
		}
		cookie = s.Cookie
	}
	if s, ok := at(installation.SessionLife-time.Minute, cookie); !ok || !s.Until.Equal(start.Add(installation.SessionLife)) {
		t.Errorf("used all the time it lasts %v: %+v", ok, s)
	}
	if _, ok := at(installation.SessionLife, cookie); ok {
		t.Error("it lasted for more than twelve hours")
	}
	if _, ok := at(-10*time.Minute, begun.Cookie); ok {
		t.Error("a clock that was set back made it last longer")
	}
	if s, _ := at(time.Minute, begun.Cookie); s.Cookie != "" {
		t.Error("the cookie is written anew all the time")
	}
}

func TestNobodyMakesASessionWithoutTheKey(t *testing.T) {
	f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	cookie := signIn(t, in, "anna").Cookie
	raw, err := base64.RawURLEncoding.DecodeString(cookie)
	must(t, err)
	for i := range raw {
		forged := append([]byte(nil), raw...)
		forged[i] ^= 1
		if goodFor(f, in, base64.RawURLEncoding.EncodeToString(forged)) {
			t.Errorf("byte %d may be anything", i)
		}
	}
	other, err := f.Create(t.Context(), housetest.Host, installation.New{Name: "birka"})
	must(t, err)
	for what, bad := range map[string]string{
		"nothing": "", "text": "anna", "cut": cookie[:len(cookie)-1], "longer": cookie + "A", "padded": cookie + "=", "twice": cookie + cookie,
		"only a MAC": base64.RawURLEncoding.EncodeToString(raw[len(raw)-32:]), "huge": strings.Repeat("A", 1<<20),
	} {
		if goodFor(f, in, bad) {
			t.Errorf("%s is a session", what)
		}
	}
	if goodFor(f, other, cookie) {
		t.Error("a session of one installation is one of another")
	}
}

func TestASessionEndsAtOnceWithWhatItRestsOn(t *testing.T) {
	for what, end := range map[string]func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error{
		"signing out": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			return in.EndSession(t.Context(), s)
		},
		"the login ends": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			_, err := in.EndLogin(t.Context(), admin, s.UserID)
			return err
		},
		"the login's last day is over": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			_, err := in.GiveLogin(t.Context(), admin, s.UserID, f.Clock().AddDate(0, 0, -1).Format(time.DateOnly))
			return err
		},
		"a role is taken": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			_, err := in.TakeRole(t.Context(), admin, s.UserID, "auditor")
			return err
		},
		"the login ends with another set": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			load(t, f, in, twoSeats(1, 2, ""))
			_, err := in.Activate(t.Context(), admin, "superoffice-1", api.Activate{Choices: []api.Choice{{Do: "end-login", Person: s.UserID}}})
			return err
		},
		"the person leaves": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			_, err := in.RetirePerson(t.Context(), admin, s.UserID)
			return err
		},
		"the person is deleted": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			_, err := in.DeletePerson(t.Context(), admin, s.UserID)
			return err
		},
		"an administrator ends it": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			_, err := in.EndSessions(t.Context(), admin, s.UserID, s.ID, "")
			return err
		},
		"an administrator ends all": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			_, err := in.EndSessions(t.Context(), admin, s.UserID, "", "")
			return err
		},
		"a new password by a link": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			choosePassword(t, in, s.UserID, "en helt annan mening")
			return nil
		},
		"a new password in another browser": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			_, err := in.SetPassword(t.Context(), signIn(t, in, s.UserID).Session, office, sentence, "en helt annan mening")
			return err
		},
		"an administrator removes the password": func(f *housetest.Fixture, in *installation.Installation, s *installation.Session) error {
			_, err := in.RemovePassword(t.Context(), admin, s.UserID, "")
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
			_, err := in.GiveRole(t.Context(), admin, "björn", "auditor")
			must(t, err)
			begun := signIn(t, in, "björn")
			bystander := signIn(t, in, "anna")
			must(t, end(f, in, begun.Session))
			if goodFor(f, in, begun.Cookie) {
				t.Error("it did not end")
			}
			if !goodFor(f, in, bystander.Cookie) {
				t.Error("somebody else was signed out")
			}
			// What was taken comes back; the session does not.
			in.GiveLogin(t.Context(), admin, "björn", "")
			in.GiveRole(t.Context(), admin, "björn", "auditor")
			if what != "the login's last day is over" && goodFor(f, in, begun.Cookie) {
				t.Error("it came back")
			}
		})
	}
}

func TestThoseWhoChangeTheirPasswordStaySignedInThemselves(t *testing.T) {
	f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	other, own := signIn(t, in, "anna"), signIn(t, in, "anna")
	ended, err := in.SetPassword(t.Context(), own.Session, office, sentence, "en helt annan mening")
	if err != nil || ended < 2 || !goodFor(f, in, own.Cookie) || goodFor(f, in, other.Cookie) {
		t.Errorf("%d ended, %v", ended, err)
	}
	if _, err := in.SignInPassword(t.Context(), office, "anna", sentence); code(err) != "signin.refused" {
		t.Errorf("the old password: %v", err)
	}
	who, err := in.SignIn(t.Context(), admin, "anna", own.Session.ID)
	if err != nil || len(who.Sessions) != 1 || !who.Sessions[0].Current || who.Sessions[0].Device != office.Device || who.Password.IsZero() {
		t.Errorf("%+v, %v", who, err)
	}
	for what, c := range map[string]struct{ current, next, code string }{
		"with a wrong one":    {sentence, "en tredje lång mening", "signin.refused"},
		"to a short one":      {"en helt annan mening", "kort", "signin.password-short"},
		"to the own name":     {"en helt annan mening", "annaannaanna", "signin.password-common"},
		"to one without end":  {"en helt annan mening", strings.Repeat("lång ", 500), "signin.password-long"},
		"to a usual one":      {"en helt annan mening", "correct horse battery staple", "signin.password-common"},
		"with none, to a new": {"", "en tredje lång mening", "signin.refused"},
	} {
		if _, err := in.SetPassword(t.Context(), own.Session, office, c.current, c.next); code(err) != c.code {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Whatever is the matter with the records, whoever may sign in does, and nobody
// else.
func TestSigningInWorksWhileNothingMayBeWritten(t *testing.T) {
	for what, break_ := range map[string]func(f *housetest.Fixture, db *sqldb.DB){
		"suspended": func(f *housetest.Fixture, db *sqldb.DB) {
			_, err := f.Suspend(t.Context(), housetest.Host, "acme", "unpaid")
			must(t, err)
		},
		"the tables were changed": func(f *housetest.Fixture, db *sqldb.DB) {
			exec(t, db, "CREATE TRIGGER weapon AFTER INSERT ON session BEGIN SELECT 1; END")
			f.Reopen(t)
		},
		"rows are gone": func(f *housetest.Fixture, db *sqldb.DB) {
			exec(t, db, "DELETE FROM role")
			f.Reopen(t)
		},
		"whose it is was edited": func(f *housetest.Fixture, db *sqldb.DB) {
			exec(t, db, "UPDATE owner SET company = 'Mine'")
			f.Reopen(t)
		},
	} {
		t.Run(what, func(t *testing.T) {
			db := sqldbtest.Open(t, sqldbtest.SQLite(t))
			f, in := signInHouse(t, db)
			before := signIn(t, in, "björn")
			break_(f, db)
			in = f.Installation("acme")
			if !goodFor(f, in, before.Cookie) {
				t.Error("who was signed in is not any more")
			}
			begun := signIn(t, in, "björn")
			if !goodFor(f, in, begun.Cookie) {
				t.Fatal("nobody can sign in")
			}
			if _, err := in.SignInPassword(t.Context(), office, "björn", "en annan mening"); code(err) != "signin.refused" {
				t.Errorf("with another password: %v", err)
			}
			in.EndSession(t.Context(), begun.Session) // where it cannot be written, this server knows it
			if goodFor(f, in, begun.Cookie) {
				t.Error("nobody can sign out")
			}
			if s, ok := in.SignedIn(before.Cookie, f.Clock()); ok {
				in.EndSession(t.Context(), s)
			}
			if goodFor(f, in, before.Cookie) {
				t.Error("who was signed in before cannot sign out")
			}
		})
	}
}

func TestASessionNobodyCouldRecordIsShort(t *testing.T) {
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	f, _ := signInHouse(t, db)
	exec(t, db, "CREATE TRIGGER weapon AFTER INSERT ON session BEGIN SELECT 1; END")
	f.Reopen(t)
	in := f.Installation("acme")
	cookie, start := signIn(t, in, "anna").Cookie, f.Clock()
	for after := time.Hour; after < installation.UnrecordedLife; after += 30 * time.Minute {
		s, ok := in.SignedIn(cookie, start.Add(after))
		if !ok {
			t.Fatalf("it ended after %v", after)
		}
		cookie = s.Cookie
	}
	if _, ok := in.SignedIn(cookie, start.Add(installation.UnrecordedLife)); ok {
		t.Error("it lasts as long as others")
	}
	// It ends with all sessions of the person once something can be written again.
	exec(t, db, "DROP TRIGGER weapon")
	f.Reopen(t)
	in = f.Installation("acme")
	cookie = signIn(t, in, "anna").Cookie
	choosePassword(t, in, "anna", "en helt annan mening")
	if goodFor(f, in, cookie) {
		t.Error("a new password did not end it")
	}
}

// Somebody who can write the database and read all of it, and has no key.
func TestWhoeverWritesTheDatabaseGetsInNowhere(t *testing.T) {
	for what, edit := range map[string]string{
		"a password hash of one's own":     "UPDATE credential SET secret = (SELECT secret FROM credential WHERE person = (SELECT person FROM personal WHERE user_id = 'björn') AND kind = 'password') WHERE kind = 'password' AND person = (SELECT person FROM personal WHERE user_id = 'anna')",
		"a row copied to another person":   "UPDATE credential SET person = (SELECT person FROM personal WHERE user_id = 'anna') WHERE kind = 'password' AND person = (SELECT person FROM personal WHERE user_id = 'björn')",
		"a role of one's own":              "UPDATE role SET person = (SELECT person FROM personal WHERE user_id = 'björn')",
		"another name in the address book": "UPDATE personal SET user_id = 'x' || user_id",
	} {
		t.Run(what, func(t *testing.T) {
			db := sqldbtest.Open(t, sqldbtest.SQLite(t))
			f, in := signInHouse(t, db)
			choosePassword(t, in, "björn", "björns egen mening")
			exec(t, db, edit)
			f.Reopen(t)
			in = f.Installation("acme")
			if b, err := in.SignInPassword(t.Context(), office, "anna", "björns egen mening"); err == nil {
				t.Errorf("björn came in as %+v", b.Session)
			}
			if b, err := in.SignInPassword(t.Context(), office, "björn", "björns egen mening"); err == nil && b.Session.May(seat.MayRead) {
				t.Errorf("björn may %v", b.Session.Scopes)
			}
		})
	}
	t.Run("a session that had ended", func(t *testing.T) {
		db := sqldbtest.Open(t, sqldbtest.SQLite(t))
		f, in := signInHouse(t, db)
		begun := signIn(t, in, "anna")
		exec(t, db, "CREATE TABLE copy AS SELECT * FROM session")
		must(t, in.EndSession(t.Context(), begun.Session))
		exec(t, db, "INSERT INTO session SELECT * FROM copy WHERE id NOT IN (SELECT id FROM session)")
		exec(t, db, "DROP TABLE copy")
		f.Reopen(t)
		if goodFor(f, f.Installation("acme"), begun.Cookie) {
			t.Error("putting the row back brought it back")
		}
	})
}

func exec(t testing.TB, db *sqldb.DB, text string) {
	t.Helper()
	must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), text)
		return err
	}))
}

func TestTwoServersAcceptEachOthersSessions(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		one, in := signInHouse(t, db)
		two := housetest.New(t, db)
		other := two.Installation("acme")
		must(t, two.Refresh(t.Context()))
		begun := signIn(t, in, "anna")
		if !goodFor(two, other, begun.Cookie) {
			t.Error("the second server does not know who has just signed in at the first")
		}
		_, err := other.EndSessions(t.Context(), admin, "anna", "", "")
		must(t, err)
		must(t, one.Refresh(t.Context()))
		if goodFor(one, in, begun.Cookie) || goodFor(two, other, begun.Cookie) {
			t.Error("what one ended goes on at the other")
		}
		if link, err := in.MakeLink(t.Context(), admin, "anna"); err != nil {
			t.Error(err)
		} else {
			must(t, two.Refresh(t.Context()))
			text := strings.TrimPrefix(link.Path, installation.LinkPath)
			_, err1 := other.SignInLink(t.Context(), office, text, "")
			_, err2 := in.SignInLink(t.Context(), office, text, "")
			if err1 != nil || code(err2) != "signin.link-over" {
				t.Errorf("a link was used at two servers: %v, %v", err1, err2)
			}
		}
	})
}

func TestARecoveryTokenIsASessionWithoutAPerson(t *testing.T) {
	f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	if _, err := in.SignInRecovered("pott_recovery_forged", f.Clock()); code(err) != "signin.refused" {
		t.Errorf("a forged one: %v", err)
	}
	if _, err := in.SignInRecovered("", f.Clock()); code(err) != "signin.refused" {
		t.Errorf("none: %v", err)
	}
}
