package installation

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/password"
	"github.com/pott-dev/pott/internal/seat"
)

// A Visit is where somebody who signs in comes from.
type Visit struct {
	Address string // IP address, without port
	Device  string // in words, such as "Firefox, Linux"; see [Session]
}

// hashing is how many passwords are hashed at the same time, and waiting how many
// wait for that: each takes 19 MiB.
const (
	hashing = 4
	waiting = 64
)

var (
	hashers = make(chan struct{}, hashing)
	queue   = make(chan struct{}, hashing+waiting)
)

// hashed runs a hash when it is its turn.
func hashed(ctx context.Context, do func()) error {
	select {
	case queue <- struct{}{}:
	default:
		return &BusyError{}
	}
	defer func() { <-queue }()
	select {
	case hashers <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-hashers }()
	do()
	return nil
}

// SignInPassword lets somebody in by user id and password. It takes the same time
// and says the same whether nobody has the user id, the person has no password or
// it is another one.
func (in *Installation) SignInPassword(ctx context.Context, from Visit, userID, secret string) (Begun, error) {
	person, text := in.passwordOf(userID)
	weak, err := in.checkPassword(ctx, from, cmp.Or(person, "?"+store.FoldUserID(cut(userID, maxUserID))), text, secret)
	if err != nil {
		in.gate.refused.add(person, err, in.options.Now())
		return Begun{}, err
	}
	a := arrival{person: person, method: ByPassword, device: from.Device}
	if weak {
		stronger := ""
		if err := hashed(ctx, func() { stronger = password.Hash(secret) }); err == nil {
			a.with = func(tx *store.Tx) error { return rehash(tx, person, text, stronger) }
		}
	}
	return in.begin(ctx, a)
}

// passwordOf returns the person who has a user id, and the text that is kept of
// the password; "" for what there is not.
func (in *Installation) passwordOf(userID string) (person, text string) {
	in.view(func(v *store.View) error {
		p, ok := v.PersonByUserID(userID)
		if !ok {
			return nil
		}
		person = p.ID
		if c, ok := v.Credential(store.PasswordOf(p.ID)); ok && c.Person == p.ID && c.Kind == store.CredentialPassword {
			text = string(c.Secret)
		}
		return nil
	})
	return person, text
}

// checkPassword refuses a password that is not the one a text was kept of, and
// anybody who has tried too often. weak says that the text was made with less work
// than is usual today.
func (in *Installation) checkPassword(ctx context.Context, from Visit, who, text, secret string) (weak bool, err error) {
	now, address := in.options.Now(), network(from.Address)
	counted := in.gate.counted(who, address, now)
	if wait := max(in.gate.users.Wait(counted, now), in.gate.addresses.Wait(address, now)); wait > 0 {
		return false, tooMany(wait)
	}
	if wait := max(in.gate.users.Try(counted, now), in.gate.addresses.Try(address, now)); wait > 0 {
		return false, tooMany(wait) // somebody else was quicker
	}
	good := false
	if len(secret) > password.Most {
		secret, text = "", "" // nobody's, and it takes as long
	}
	if err := hashed(ctx, func() { good, weak = password.Verify(text, secret) }); err != nil {
		in.gate.users.Excuse(counted)
		in.gate.addresses.Excuse(address)
		return false, err
	}
	if !good {
		return false, &RefusedError{}
	}
	in.gate.users.Forget(counted)
	in.gate.known.met(who, address, now)
	in.gate.addresses.Excuse(address) // other attempts from there still count
	return weak, nil
}

func tooMany(wait time.Duration) error {
	return &TooManyError{Seconds: int64((wait + time.Second - 1) / time.Second)}
}

// network is what attempts are counted by: an IPv4 address, or the network an
// IPv6 address is one of.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}

func cut(s string, most int) string { return s[:min(len(s), most)] }

// rehash keeps a password with as much work as is usual today, unless it was
// changed meanwhile.
func rehash(tx *store.Tx, person, text, stronger string) error {
	c, ok := tx.Credential(store.PasswordOf(person))
	if !ok || string(c.Secret) != text {
		return nil
	}
	c.Secret = []byte(stronger)
	return tx.PutCredential(c)
}

// LeastPassword is how many characters a password needs.
const LeastPassword = password.Least

// judge refuses a password the person may not choose.
func judge(p store.Person, company, secret string) error {
	own := []string{p.Personal.UserID, p.Personal.First, p.Personal.Last, p.Personal.Email, company}
	switch password.Judge(secret, own...) {
	case password.Short:
		return &ShortPasswordError{Least: password.Least}
	case password.Long:
		return &LongPasswordError{Most: password.Most}
	case password.Common:
		return &CommonPasswordError{}
	}
	return nil
}

// fresh is how long after signing in somebody may change how to sign in without
// showing anything more.
const fresh = 30 * time.Minute

// Fresh reports whether a session is young enough to change how its person signs
// in.
func (in *Installation) Fresh(s *Session) bool {
	return !s.Recovered && in.options.Now().Sub(s.Begun) < fresh
}

// SetPassword chooses the password of the person a session is of. Who has one
// shows it; who has none has signed in lately. All other sessions of the person
// end.
func (in *Installation) SetPassword(ctx context.Context, s *Session, from Visit, current, next string) (ended int, err error) {
	_, text := in.passwordOf(s.UserID)
	switch {
	case s.Recovered:
		return 0, &UnknownPersonError{}
	case text == "" && !in.Fresh(s):
		return 0, &SignInAgainError{}
	case text != "":
		if _, err := in.checkPassword(ctx, from, s.Person, text, current); err != nil {
			return 0, err
		}
	}
	hash, err := in.newHash(ctx, s.Person, next)
	if err != nil {
		return 0, err
	}
	_, err = in.perform(ctx, Act{By: s.Actor()}, func(tx *store.Tx) (bool, error) {
		c, _ := tx.Credential(store.PasswordOf(s.Person))
		if string(c.Secret) != text {
			return false, &StaleError{} // somebody else has changed it meanwhile
		}
		ended, err = putPassword(tx, s.Person, hash, s.ID)
		return true, err
	})
	return ended, err
}

// newHash returns what is to be kept of a password the person may choose.
func (in *Installation) newHash(ctx context.Context, person, secret string) (hash string, err error) {
	if err := in.view(func(v *store.View) error {
		p, ok := v.Person(person)
		if !ok {
			return &UnknownPersonError{}
		}
		return judge(p, v.Info().Company, secret)
	}); err != nil {
		return "", err
	}
	err = hashed(ctx, func() { hash = password.Hash(secret) })
	return hash, err
}

// putPassword keeps a person's password and ends all sessions but one.
func putPassword(tx *store.Tx, person, hash, but string) (ended int, err error) {
	tx.Protects() // whoever fears for the password changes it at once
	c := store.Credential{ID: store.PasswordOf(person), Person: person, Kind: store.CredentialPassword,
		Secret: []byte(hash), Created: tx.Now().UnixMicro(), By: tx.By().String()}
	if err := tx.PutCredential(c); err != nil {
		return 0, err
	}
	ended, err = endSessions(tx, person, but)
	tx.Entry("password.set", person, audit.F("sessions", ended))
	return ended, err
}

// dropSignIn ends all sessions of somebody who has left or was deleted, and
// removes every way to sign in.
func dropSignIn(tx *store.Tx, person string) error {
	credentials := tx.Credentials(person)
	ended, err := endSessions(tx, person, "")
	for _, c := range credentials {
		err = errors.Join(err, tx.DropCredential(c.ID))
	}
	if len(credentials) > 0 || ended > 0 {
		tx.Entry("signin.drop", person, audit.F("credentials", len(credentials)), audit.F("sessions", ended))
	}
	return err
}

// refusals are attempts to sign in that were refused and have not been recorded
// yet. They are counted, so that nobody floods the audit trail by failing.
type refusals struct {
	mu       sync.Mutex
	people   map[string]int // by opaque id
	unknown  int
	first    time.Time // of those counted; zero: there are none
	recorded time.Time // when some were last
}

const (
	refusalsSoon  = time.Minute      // how long the first of them waits
	refusalsOften = 10 * time.Minute // how often they are recorded at most
	refusalsMost  = 20               // how many people are named each time
)

func (r *refusals) add(person string, err error, now time.Time) {
	if _, ok := err.(*RefusedError); !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first.IsZero() {
		r.first = now
	}
	if person == "" {
		r.unknown++
		return
	}
	if r.people == nil {
		r.people = map[string]int{}
	}
	r.people[person]++
}

// A refusal is what is recorded of one person, or of everybody not named.
type refusal struct {
	person   string
	attempts int
}

// take returns what is to be recorded now, the most attempts first, and forgets
// it.
func (r *refusals) take(now time.Time) []refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first.IsZero() || now.Sub(r.first) < refusalsSoon || now.Sub(r.recorded) < refusalsOften {
		return nil
	}
	var list []refusal
	for person, n := range r.people {
		list = append(list, refusal{person, n})
	}
	slices.SortFunc(list, func(x, y refusal) int { return cmp.Or(y.attempts-x.attempts, cmp.Compare(x.person, y.person)) })
	rest := refusal{attempts: r.unknown}
	for _, x := range list[min(len(list), refusalsMost):] {
		rest.attempts += x.attempts
	}
	list = list[:min(len(list), refusalsMost)]
	if rest.attempts > 0 {
		list = append(list, rest)
	}
	r.people, r.unknown, r.first, r.recorded = nil, 0, time.Time{}, now
	return list
}

// RecordRefusals writes into the audit trail how often signing in was refused
// lately. Where nothing can be written it is logged.
func (in *Installation) RecordRefusals(ctx context.Context) {
	list := in.gate.refused.take(in.options.Now())
	if len(list) == 0 {
		return
	}
	_, err := in.book.Update(ctx, audit.Actor{}, in.present(), func(tx *store.Tx) error {
		tx.Protects()
		for _, r := range list {
			tx.Entry("signin.refused", r.person, audit.F("attempts", r.attempts))
		}
		return nil
	})
	if err != nil {
		in.options.Log.Warn("signing in was refused, and it could not be recorded", "installation", in.name, "refusals", list, "err", err)
	}
}

func (h *House) recordRefusals(ctx context.Context) {
	for _, name := range h.Names() {
		if in := h.Installation(name); in != nil {
			in.RecordRefusals(ctx)
		}
	}
}

// A DoorNotice is something people should know before they sign in.
type DoorNotice struct {
	Closed bool // nobody but administrators may sign in
	Text   string
	Lang   string    // of Text, where people wrote it; "" is the one asked for
	Until  time.Time // zero: nobody said
}

// DoorNotices are the messages to everybody that are in effect, and whatever keeps
// people from signing in.
func (in *Installation) DoorNotices(language string) []DoorNotice {
	var all []DoorNotice
	in.view(func(v *store.View) error {
		now := in.clock(v)
		for _, e := range openEvents(v) {
			closed := e.Type == seat.NoSignIn
			forAll := e.Type == seat.Message && len(e.Audience.Words()) == 0
			if e.InEffect(now.UnixMicro()) && (closed || forAll) {
				all = append(all, DoorNotice{Closed: closed, Text: in.eventOf(v, e, language).Text, Lang: eventLanguage(v, e, language), Until: timeOf(e.Expected)})
			}
		}
		return nil
	})
	return all
}
