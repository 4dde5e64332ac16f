package installation_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
)

func TestAStrangerLearnsNothingFromARefusal(t *testing.T) {
	_, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "cecilia", Login: true})
	must(t, err)
	for _, who := range []string{"anna", "nobody", "cecilia", "", "#1", strings.Repeat("x", 5000), "\x00\xff"} {
		_, err := in.SignInPassword(t.Context(), installation.Visit{Address: who}, who, "en annan mening")
		if code(err) != "signin.refused" {
			t.Errorf("%.20q: %v", who, err)
		}
	}
	// Who has shown who it is hears more.
	_, err = in.EndLogin(t.Context(), admin, "björn")
	must(t, err)
	if _, err := in.SignInPassword(t.Context(), office, "björn", sentence); code(err) != "signin.no-login" {
		t.Errorf("without a login: %v", err)
	}
}

func TestGuessingWaitsLongerEachTimeAndNeverForEver(t *testing.T) {
	f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	refused, waits := 0, []int64{}
	for i := range 20 {
		from := installation.Visit{Address: fmt.Sprintf("203.0.113.%d", i)}
		_, err := in.SignInPassword(t.Context(), from, "anna", "en annan mening")
		if many, ok := err.(*installation.TooManyError); ok {
			waits = append(waits, many.Seconds)
			f.Set(f.Clock().Add(time.Duration(many.Seconds) * time.Second))
			continue
		}
		refused++
	}
	if refused < 10 || len(waits) < 5 || waits[0] != 1 || waits[len(waits)-1] <= waits[0] {
		t.Errorf("%d were refused, waits %v", refused, waits)
	}
	for range 40 {
		_, err := in.SignInPassword(t.Context(), installation.Visit{Address: "2001:db8::1"}, "anna", "x")
		if many, ok := err.(*installation.TooManyError); ok && many.Seconds > 300 {
			t.Fatalf("it waits %d seconds", many.Seconds)
		} else if ok {
			f.Set(f.Clock().Add(time.Duration(many.Seconds) * time.Second))
		}
	}
	f.Set(f.Clock().Add(6 * time.Minute))
	signIn(t, in, "anna")
}

func TestOneAddressTriesManyPeople(t *testing.T) {
	_, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	stopped := 0
	for i := range 80 {
		address := fmt.Sprintf("2001:db8:1:2::%x", i) // one network
		if _, err := in.SignInPassword(t.Context(), installation.Visit{Address: address}, fmt.Sprint("user", i), "x"); code(err) == "signin.too-many" {
			stopped++
		}
	}
	if stopped == 0 {
		t.Error("one network may try as many people as it likes")
	}
	signIn(t, in, "anna") // from elsewhere
}

// Many at once are no more attempts than one after another, and take no more
// memory than there is.
func TestManyGuessesAtOnce(t *testing.T) {
	_, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := map[string]int{}
	for i := range 100 {
		wg.Go(func() {
			_, err := in.SignInPassword(t.Context(), installation.Visit{Address: fmt.Sprintf("198.51.100.%d", i)}, "anna", "en annan mening")
			mu.Lock()
			codes[code(err)]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if codes["signin.refused"] > 7 || codes["signin.too-many"] < 80 {
		t.Errorf("%v", codes)
	}
}

func TestRefusalsAreCountedInTheAuditTrailAndDoNotFloodIt(t *testing.T) {
	f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	for i := range 60 {
		from := installation.Visit{Address: fmt.Sprintf("198.51.100.%d", i)}
		in.SignInPassword(t.Context(), from, "stranger"+fmt.Sprint(i), "x")
		if i < 4 {
			in.SignInPassword(t.Context(), from, "anna", "x")
		}
	}
	entries := func() []api.AuditEntry {
		in.RecordRefusals(t.Context())
		list, err := in.Audit(t.Context(), admin, installation.AuditFilter{Action: "signin.refused"})
		must(t, err)
		return list.Items
	}
	if n := len(entries()); n != 0 {
		t.Errorf("%d entries at once", n)
	}
	f.Set(f.Clock().Add(2 * time.Minute))
	got := entries()
	if len(got) != 2 {
		t.Fatalf("%d entries: %+v", len(got), got)
	}
	if text := fmt.Sprintf("%+v", got); !strings.Contains(text, "60") || !strings.Contains(text, "4") || strings.Contains(text, "stranger") {
		t.Errorf("they say %s", text)
	}
	in.SignInPassword(t.Context(), office, "stranger", "x")
	f.Set(f.Clock().Add(2 * time.Minute))
	if n := len(entries()); n != 2 {
		t.Errorf("%d entries two minutes later", n)
	}
	f.Set(f.Clock().Add(10 * time.Minute))
	if n := len(entries()); n != 3 {
		t.Errorf("%d entries after ten minutes", n)
	}
}

func TestNobodyButAdministratorsSignsInWhileSigningInIsClosed(t *testing.T) {
	_, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	_, err := in.StartEvent(t.Context(), admin, api.NewEvent{Type: "no-login", Texts: map[string]string{"en": "Back soon"}})
	must(t, err)
	if _, err := in.SignInPassword(t.Context(), office, "björn", sentence); code(err) != "signin.closed" {
		t.Errorf("björn: %v", err)
	}
	signIn(t, in, "anna")
}

func TestALinkWorksOnceForADayAndOnlyTheNewest(t *testing.T) {
	f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	link := func() string {
		l, err := in.MakeLink(t.Context(), admin, "björn")
		must(t, err)
		return strings.TrimPrefix(l.Path, installation.LinkPath)
	}
	if l, err := in.MakeLink(t.Context(), installation.Act{By: admin.By, DryRun: true}, "björn"); err != nil || l.Path != "" || !l.DryRun {
		t.Errorf("a preview gives %+v, %v", l, err)
	}
	first, second := link(), link()
	for range 3 { // looking does not use it up
		if who, err := in.LookAtLink(second); err != nil || who.UserID != "björn" {
			t.Errorf("%+v, %v", who, err)
		}
	}
	for what, text := range map[string]string{"a replaced one": first, "none": "", "half": second[:20], "another spelling": second + "=", "a forged one": strings.Repeat("A", 43)} {
		if _, err := in.SignInLink(t.Context(), office, text, ""); code(err) != "signin.link-over" {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := in.LookAtLink(text); code(err) != "signin.link-over" {
			t.Errorf("looking at %s: %v", what, err)
		}
	}
	if _, err := in.SignInLink(t.Context(), office, second, "kort"); code(err) != "signin.password-short" {
		t.Errorf("with a bad password: %v", err)
	}
	begun, err := in.SignInLink(t.Context(), office, second, "")
	if err != nil || begun.Session.UserID != "björn" || begun.Session.Method != installation.ByLink {
		t.Fatalf("%+v, %v", begun, err)
	}
	signIn(t, in, "björn") // the password is as it was
	if _, err := in.SignInLink(t.Context(), office, second, ""); code(err) != "signin.link-over" {
		t.Errorf("a second time: %v", err)
	}
	late := link()
	f.Set(f.Clock().Add(installation.LinkLife))
	if _, err := in.SignInLink(t.Context(), office, late, ""); code(err) != "signin.link-over" {
		t.Errorf("a day later: %v", err)
	}
	if who, err := in.SignIn(t.Context(), admin, "björn", ""); err != nil || !who.Link.IsZero() {
		t.Errorf("a link that is over is listed: %+v, %v", who, err)
	}
	_, err = in.RetirePerson(t.Context(), admin, "björn")
	must(t, err)
	if _, err := in.MakeLink(t.Context(), admin, "björn"); code(err) != "person.gone" {
		t.Errorf("for somebody who has left: %v", err)
	}
}

func TestALinkThatCannotBeUsedUpLetsNobodyIn(t *testing.T) {
	db := sqldbtest.Open(t, sqldbtest.SQLite(t))
	f, in := signInHouse(t, db)
	l, err := in.MakeLink(t.Context(), admin, "björn")
	must(t, err)
	exec(t, db, "CREATE TRIGGER weapon AFTER INSERT ON session BEGIN SELECT 1; END")
	f.Reopen(t)
	if _, err := f.Installation("acme").SignInLink(t.Context(), office, strings.TrimPrefix(l.Path, installation.LinkPath), ""); code(err) != "storage.schema-changed" {
		t.Errorf("%v", err)
	}
}

func TestWhoIsNoAdministratorDoesNotChangeWhatAnAdministratorIsRecognizedBy(t *testing.T) {
	_, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	act := installation.Act{By: admin.By, Lacks: []string{api.ScopeAdmin, api.ScopeActivate}}
	address := "evil@example.com"
	if _, err := in.ChangePerson(t.Context(), act, "anna", api.PersonPatch{Email: &address}); code(err) != "person.role-holder" {
		t.Errorf("anna's address: %v", err)
	}
	if _, err := in.ChangePerson(t.Context(), act, "björn", api.PersonPatch{Email: &address}); err != nil {
		t.Errorf("björn's address: %v", err)
	}
	name := "Berg"
	if _, err := in.ChangePerson(t.Context(), act, "anna", api.PersonPatch{LastName: &name}); err != nil {
		t.Errorf("anna's last name: %v", err)
	}
	if _, err := in.ChangePerson(t.Context(), admin, "anna", api.PersonPatch{Email: &address}); err != nil {
		t.Errorf("an administrator: %v", err)
	}
}

func TestTheOnlyWayToSignInIsNotRemovedByItsOwner(t *testing.T) {
	_, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	s := signIn(t, in, "björn").Session
	if _, err := in.RemovePassword(t.Context(), installation.Act{By: s.Actor()}, "björn", s.ID); code(err) != "credential.last" {
		t.Errorf("%v", err)
	}
	if _, err := in.RemovePasskey(t.Context(), installation.Act{By: s.Actor()}, "björn", "key.0", s.ID); code(err) != "credential.unknown" {
		t.Errorf("%v", err)
	}
	if _, err := in.EndSessions(t.Context(), admin, "björn", "0000000000000000", ""); code(err) != "session.unknown" {
		t.Errorf("%v", err)
	}
	anna := signIn(t, in, "anna").Session
	if _, err := in.EndSessions(t.Context(), admin, "björn", anna.ID, ""); code(err) != "session.unknown" {
		t.Errorf("somebody else's session: %v", err)
	}
}

func TestWhoSignedInLongAgoSignsInAgainToChangeHow(t *testing.T) {
	f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	_, err := in.AddPerson(t.Context(), admin, api.NewPerson{UserID: "cecilia", Login: true})
	must(t, err)
	begun := choosePassword(t, in, "cecilia", "") // has no password yet
	f.Set(f.Clock().Add(time.Hour))
	s, ok := in.SignedIn(begun.Cookie, f.Clock())
	if !ok {
		t.Fatal("the session ended")
	}
	if _, err := in.SetPassword(t.Context(), s, office, "", sentence); code(err) != "signin.again" {
		t.Errorf("a password: %v", err)
	}
	if _, err := in.BeginPasskey(s, "https://pott.example"); code(err) != "signin.again" {
		t.Errorf("a passkey: %v", err)
	}
}

// Whoever fails again and again at somebody's user id does not keep that person out
// where the person has come in from before.
func TestAStrangerKeepsNobodyOut(t *testing.T) {
	f, in := signInHouse(t, sqldbtest.Open(t, sqldbtest.SQLite(t)))
	signIn(t, in, "anna")
	guessed := 0
	for i := range 40 { // whenever it is possible again
		from := installation.Visit{Address: fmt.Sprintf("203.0.113.%d", i)}
		_, err := in.SignInPassword(t.Context(), from, "anna", "en annan mening")
		if many := new(installation.TooManyError); errors.As(err, &many) {
			signIn(t, in, "anna") // while they wait
			f.Set(f.Clock().Add(time.Duration(many.Seconds) * time.Second))
		} else {
			guessed++
		}
	}
	if guessed > 24 {
		t.Errorf("strangers have guessed %d times", guessed)
	}
	// Whoever stands where the person does waits like everybody.
	stopped := false
	for range 8 {
		_, err := in.SignInPassword(t.Context(), office, "anna", "en annan mening")
		stopped = stopped || code(err) == "signin.too-many"
	}
	if !stopped {
		t.Error("a known network may guess as often as it likes")
	}
}
