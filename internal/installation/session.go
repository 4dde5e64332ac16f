package installation

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
)

// How long sessions last.
const (
	SessionLife = 12 * time.Hour // from its beginning, whatever happens
	SessionIdle = 2 * time.Hour  // from when it was last used
	// UnrecordedLife is the life of a session that began while nothing could be
	// written: fewer ways there are to end it.
	UnrecordedLife = 2 * time.Hour

	sessionStamp = 5 * time.Minute // how old the time of last use in a cookie may grow
	clockSkew    = 5 * time.Minute // between servers on one database
	catchingUp   = 5 * time.Second // within which another server may not have heard of a session
)

// How somebody signed in.
const (
	ByPassword = "password"
	ByPasskey  = "passkey"
	ByLink     = "link"
	ByProvider = "provider"
	ByRecovery = "recovery"
)

// A Session is a visit of somebody who has signed in. It shows what was so when it
// was asked for: rights are read anew with every request.
type Session struct {
	ID        string
	Person    string // opaque id; "" when Recovered
	UserID    string
	Name      string // first and last name, or the user id
	Roles     []seat.Role
	Scopes    []string // see [seat.Permissions]
	Language  string   // chosen by the person; "": as the browser asks
	Theme     string   // one of [Themes]; "": nothing chosen
	Shortcuts bool     // single letters are shortcuts
	Method    string   // how the person signed in; "" when nobody has recorded it
	Begun     time.Time
	Until     time.Time // when it ends if nothing more happens; zero: not known
	// Recovered says that no record vouches for the visitor, but somebody who can
	// read the server's keys: see [Options.Recovered].
	Recovered bool
	// Cookie is what the cookie is to hold from now on; "": as it is.
	Cookie string

	csrf [32]byte
}

// Actor is who acts in the session.
func (s *Session) Actor() audit.Actor {
	if s.Recovered {
		return audit.Actor{Kind: audit.Host, ID: "recovery " + s.ID}
	}
	return audit.Actor{Kind: audit.Person, ID: s.Person}
}

// May reports whether the visitor may do what needs any one of some scopes. What
// needs none is for everybody who has signed in.
func (s *Session) May(needs ...string) bool { return seat.Reaches(s.Scopes, needs...) }

// CSRF returns what a form of the session must bring along. It is another each
// time, so that how well a page compresses says nothing about it: random bytes, and
// the session's secret hidden by them.
func (s *Session) CSRF() string {
	masked := make([]byte, 2*len(s.csrf))
	pad := masked[:len(s.csrf)]
	rand.Read(pad)
	subtle.XORBytes(masked[len(pad):], s.csrf[:], pad)
	return base64.RawURLEncoding.EncodeToString(masked)
}

// GoodCSRF reports whether a form came from the session's own pages.
func (s *Session) GoodCSRF(text string) bool {
	var masked [2 * len(s.csrf)]byte
	if base64.RawURLEncoding.DecodedLen(len(text)) != len(masked) {
		return false
	}
	if _, err := base64.RawURLEncoding.Strict().Decode(masked[:], []byte(text)); err != nil {
		return false
	}
	var found [len(s.csrf)]byte
	subtle.XORBytes(found[:], masked[:len(found)], masked[len(found):])
	return subtle.ConstantTimeCompare(found[:], s.csrf[:]) == 1
}

// ReceiptKey returns the key that what a page says to the next is signed with.
func (s *Session) ReceiptKey() []byte {
	h := hmac.New(sha256.New, s.csrf[:])
	h.Write([]byte("pott/receipt/v1\n"))
	return h.Sum(nil)
}

// A Begun is a session that was just begun.
type Begun struct {
	Session *Session
	Cookie  string // what the cookie is to hold
}

// SignedIn returns the session a cookie holds, or false when there is none that
// is good now: it was never begun here, was ended, is too old, or the person may
// no longer sign in.
//
// Nothing in the database can make a session: the cookie carries a MAC under a
// key that is kept elsewhere. That is also why signing in works while nothing
// may be written.
func (in *Installation) SignedIn(cookie string, now time.Time) (*Session, bool) {
	return in.visited(cookie, now, true)
}

// LooksOn is [Installation.SignedIn] for what a browser asks by itself, such as
// whether there is news: nobody has used the session with it, so that it ends as if
// nothing had been asked.
func (in *Installation) LooksOn(cookie string, now time.Time) (*Session, bool) {
	return in.visited(cookie, now, false)
}

func (in *Installation) visited(cookie string, now time.Time, used bool) (*Session, bool) {
	if strings.HasPrefix(cookie, RecoveryPrefix) {
		return in.recoverySession(cookie, now)
	}
	t, ok := parseTicket(cookie)
	if !ok {
		return nil, false
	}
	s, missing := in.sessionOf(t, now, used)
	if missing && now.Sub(t.begun) < catchingUp {
		in.catchUp()
		s, _ = in.sessionOf(t, now, used)
	}
	return s, s != nil
}

// WasSignedIn returns the person whose session a cookie held, whether or not that
// has ended, for a day and a half after it began.
func (in *Installation) WasSignedIn(cookie string, now time.Time) (person string, ok bool) {
	t, ok := parseTicket(cookie)
	if !ok || now.Sub(t.begun) > 36*time.Hour {
		return "", false
	}
	in.view(func(v *store.View) error {
		key, known := v.SessionKeyOf(t.key)
		ok = known && t.sealedWith(key, v.Info().ID)
		return nil
	})
	return t.person, ok
}

// catchUp takes over what other servers have written, now.
func (in *Installation) catchUp() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := in.book.Refresh(ctx); err != nil {
		in.options.Log.Warn("what other servers have written cannot be read", "installation", in.name, "err", err)
	}
}

// sessionOf returns the session of a ticket, or nil; used says that somebody uses it
// now. missing says that all is well but that no record of it is here.
func (in *Installation) sessionOf(t ticket, now time.Time, used bool) (s *Session, missing bool) {
	in.view(func(v *store.View) error {
		key, ok := v.SessionKeyOf(t.key)
		if !ok || !t.sealedWith(key, v.Info().ID) || !t.lasts(now) {
			return nil
		}
		p, ok := v.Person(t.person)
		pref, damaged := v.Preference(t.person)
		switch {
		case !ok || !p.CanSignIn(today(v, in.clock(v))):
			return nil
		case !damaged && pref.Generation != int64(t.generation):
			return nil
		}
		method := ""
		if in.forgotten.has(t.id(), now) { // ended here, also where that could not be written
			return nil
		}
		if !t.unrecorded {
			row, ok := v.Session(t.id())
			if !ok {
				missing = true
				return nil
			}
			hash := t.hash()
			if row.Person != t.person || subtle.ConstantTimeCompare(row.Hash[:], hash[:]) != 1 || now.UnixMicro() >= row.Ends {
				return nil
			}
			method = row.Method
		}
		s = in.sessionFor(v, p, pref)
		s.ID, s.Method, s.Begun, s.Until = t.id(), method, t.begun.UTC(), t.until().UTC()
		s.csrf = sha256.Sum256(append([]byte("pott/csrf/v1\n"), t.secret[:]...))
		if used && now.Sub(t.seen) >= sessionStamp {
			t.seen = now
			s.Cookie, s.Until = t.text(key, v.Info().ID), t.until().UTC()
		}
		return nil
	})
	return s, missing
}

// sessionFor says who a session is of.
func (in *Installation) sessionFor(v *store.View, p store.Person, pref store.Preference) *Session {
	s := &Session{Person: p.ID, UserID: p.Personal.UserID, Name: nameOf(p), Language: pref.Language, Theme: pref.Theme, Shortcuts: pref.Shortcuts}
	for _, r := range seat.Roles {
		if v.HasRole(p.ID, r) {
			s.Roles = append(s.Roles, r)
		}
	}
	s.Scopes = seat.Permissions(s.Roles)
	return s
}

// nameOf returns what a person is called.
func nameOf(p store.Person) string {
	if name := strings.TrimSpace(p.Personal.First + " " + p.Personal.Last); name != "" {
		return name
	}
	return p.Personal.UserID
}

// recoverySession returns the session of a recovery token.
func (in *Installation) recoverySession(token string, now time.Time) (*Session, bool) {
	visitor := in.recovered(token, now)
	if visitor == nil {
		return nil, false
	}
	return &Session{ID: visitor.Token, Scopes: visitor.Scopes, Roles: []seat.Role{seat.Administrator}, Recovered: true, Method: ByRecovery,
		csrf: sha256.Sum256([]byte("pott/csrf/v1\n" + token))}, true
}

// SignInRecovered begins a session with a recovery token, which is what the
// cookie then holds. No record is asked and none is written: whoever made the
// token was recorded.
func (in *Installation) SignInRecovered(token string, now time.Time) (Begun, error) {
	token = strings.TrimSpace(token)
	s, ok := in.recoverySession(token, now)
	if !ok {
		return Begun{}, &RefusedError{}
	}
	return Begun{Session: s, Cookie: token}, nil
}

// An arrival is somebody who has shown who it is.
type arrival struct {
	person string
	method string
	device string                   // with what, in words
	with   func(tx *store.Tx) error // what else is written; nil: nothing
	// must says that the person comes in only if that can be written.
	must bool
	// renew says that it ends all sessions there were.
	renew bool
}

// begin begins a session. Where nothing can be written it is begun all the same,
// for a shorter time.
func (in *Installation) begin(ctx context.Context, a arrival) (Begun, error) {
	now := in.options.Now()
	var t ticket
	var key [32]byte
	var id string
	err := in.view(func(v *store.View) (err error) {
		id = v.Info().ID
		t, key, err = in.newTicket(v, a.person, now)
		return err
	})
	if err != nil {
		return Begun{}, err
	}
	if a.renew {
		t.generation++
	}
	if err := in.recordSession(context.WithoutCancel(ctx), t, a); err != nil {
		refused := new(refusedBegin)
		switch {
		case errors.As(err, &refused):
			return Begun{}, refused.err
		case a.must:
			return Begun{}, err
		}
		in.options.Log.Warn("somebody signed in and it could not be recorded", "installation", in.name, "session", t.id(), "err", err)
		t.unrecorded = true
	}
	cookie := t.text(key, id)
	s, ok := in.SignedIn(cookie, now)
	if !ok {
		return Begun{}, &RefusedError{}
	}
	s.Method = a.method
	in.sawSignIn(a.person)
	return Begun{Session: s, Cookie: cookie}, nil
}

// newTicket returns what a new session of a person is known by, once the person
// may sign in.
func (in *Installation) newTicket(v *store.View, person string, now time.Time) (ticket, [32]byte, error) {
	p, ok := v.Person(person)
	if !ok {
		return ticket{}, [32]byte{}, &RefusedError{}
	}
	if err := in.admits(v, p, now); err != nil {
		return ticket{}, [32]byte{}, err
	}
	id, key, ok := v.SessionKey()
	if !ok {
		return ticket{}, key, &RefusedError{}
	}
	pref, _ := v.Preference(person)
	t := ticket{key: id, person: person, generation: uint32(pref.Generation), begun: now.Truncate(time.Microsecond), seen: now}
	rand.Read(t.secret[:])
	return t, key, nil
}

// admits refuses somebody who has shown who it is and may not sign in now.
func (in *Installation) admits(v *store.View, p store.Person, now time.Time) error {
	if !p.CanSignIn(today(v, in.clock(v))) {
		return &NoLoginError{Person: p.Personal.UserID}
	}
	if c := closedFor(v, p, now); c != nil {
		return &ClosedError{Until: timeOf(c.Expected), Event: c.Number}
	}
	return nil
}

// recordSession writes that a session began, in place of those of the person that
// are over.
func (in *Installation) recordSession(ctx context.Context, t ticket, a arrival) error {
	by := audit.Actor{Kind: audit.Person, ID: t.person}
	_, err := in.book.Update(ctx, by, in.present(), func(tx *store.Tx) error {
		tx.Protects() // who comes is written down also while nothing else may be
		p, ok := tx.Person(t.person)
		if !ok {
			return &refusedBegin{&RefusedError{}}
		}
		if err := in.admits(&tx.View, p, t.begun); err != nil {
			return &refusedBegin{err}
		}
		if a.with != nil {
			if err := a.with(tx); err != nil {
				return err
			}
		}
		for _, old := range tx.Sessions(t.person) {
			if old.Ends <= t.begun.UnixMicro() {
				if err := tx.DropSession(old.ID); err != nil {
					return err
				}
			}
		}
		tx.Entry("session.begin", t.person, audit.F("session", t.id()), audit.F("method", a.method))
		return tx.PutSession(store.Session{ID: t.id(), Person: t.person, Hash: t.hash(), Method: a.method, Device: deviceText(a.device),
			Begun: t.begun.UnixMicro(), Ends: t.begun.Add(SessionLife).UnixMicro()})
	})
	return err
}

// deviceText is a device as it is kept: short, and nothing in it that cannot be
// seen.
func deviceText(device string) string {
	if checkText("device", device, 0, 100) != nil {
		return ""
	}
	return device
}

// EndSession ends the session itself: signing out. Where nothing can be written,
// this server knows that it has ended until it would have ended by itself.
func (in *Installation) EndSession(ctx context.Context, s *Session) error {
	if s.Recovered {
		return nil
	}
	in.forgotten.add(s.ID, in.options.Now())
	_, err := in.perform(ctx, Act{By: s.Actor()}, func(tx *store.Tx) (bool, error) {
		row, ok := tx.Session(s.ID)
		if !ok || row.Person != s.Person {
			return false, nil
		}
		tx.Protects()
		tx.Entry("session.end", s.Person, audit.F("session", s.ID), audit.F("sessions", 1))
		return true, tx.DropSession(s.ID)
	})
	return err
}

// endSessions ends all sessions of a person but one, inside an act that takes
// away what they rest on.
func endSessions(tx *store.Tx, person, but string) (ended int, err error) {
	pref, damaged := tx.Preference(person)
	sessions := tx.Sessions(person)
	if pref == (store.Preference{Person: person}) && !damaged && len(sessions) == 0 && len(tx.Credentials(person)) == 0 && len(tx.Providers()) == 0 {
		return 0, nil // nobody could ever have signed in as the person
	}
	for _, s := range sessions {
		if s.ID == but {
			continue
		}
		if err := tx.DropSession(s.ID); err != nil {
			return ended, err
		}
		ended++
	}
	if damaged || but != "" && slices.ContainsFunc(sessions, func(s store.Session) bool { return s.ID == but }) {
		return ended, nil // a session that was never recorded lasts two hours at most
	}
	pref.Generation++
	return ended, tx.PutPreference(pref)
}
