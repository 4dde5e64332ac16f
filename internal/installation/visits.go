package installation

import (
	"context"
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// SignIn says how a person may sign in and where the person is signed in. current
// is the session that asks; "": none does.
func (in *Installation) SignIn(ctx context.Context, act Act, person, current string) (api.SignIn, error) {
	var answer api.SignIn
	err := in.view(func(v *store.View) error {
		p, err := findPerson(v, person)
		if err != nil {
			return err
		}
		now := in.options.Now().UnixMicro()
		answer = api.SignIn{Person: p.Personal.UserID, Passkeys: []api.Passkey{}, Sessions: []api.Session{}}
		for _, c := range v.Credentials(p.ID) {
			switch {
			case c.Kind == store.CredentialPassword:
				answer.Password = timeOf(c.Created)
			case c.Kind == store.CredentialPasskey:
				answer.Passkeys = append(answer.Passkeys, api.Passkey{ID: c.ID, Name: c.Name, Created: timeOf(c.Created), Used: timeOf(c.Used)})
			case c.Kind == store.CredentialLink && now < c.Expires:
				answer.Link = timeOf(c.Expires)
			}
		}
		for _, s := range v.Sessions(p.ID) {
			if now < s.Ends {
				answer.Sessions = append(answer.Sessions, api.Session{ID: s.ID, Method: s.Method, Device: s.Device,
					Begun: timeOf(s.Begun), Ends: timeOf(s.Ends), Current: s.ID == current})
			}
		}
		return nil
	})
	return answer, err
}

// EndSessions ends one session of a person, or with an empty id all of them but
// one, which may be empty too.
func (in *Installation) EndSessions(ctx context.Context, act Act, person, id, but string) (api.ChangedSignIn, error) {
	return in.changeSignIn(ctx, act, person, func(tx *store.Tx, p store.Person) (changed bool, ended int, err error) {
		if id == "" {
			ended, err = endSessions(tx, p.ID, but)
			tx.Entry("session.end", p.ID, audit.F("sessions", ended))
			return true, ended, err
		}
		s, ok := tx.Session(id)
		if !ok || s.Person != p.ID {
			return false, 0, &UnknownSessionError{Session: id}
		}
		tx.Entry("session.end", p.ID, audit.F("session", id), audit.F("sessions", 1))
		return true, 1, tx.DropSession(id)
	})
}

// RemovePassword removes a person's password, and ends all sessions but one.
func (in *Installation) RemovePassword(ctx context.Context, act Act, person, but string) (api.ChangedSignIn, error) {
	return in.removeCredential(ctx, act, person, store.CredentialPassword, "", but)
}

// RemovePasskey removes a passkey of a person, and ends all sessions but one.
func (in *Installation) RemovePasskey(ctx context.Context, act Act, person, id, but string) (api.ChangedSignIn, error) {
	return in.removeCredential(ctx, act, person, store.CredentialPasskey, id, but)
}

func (in *Installation) removeCredential(ctx context.Context, act Act, person, kind, id, but string) (api.ChangedSignIn, error) {
	return in.changeSignIn(ctx, act, person, func(tx *store.Tx, p store.Person) (changed bool, ended int, err error) {
		credentials := tx.Credentials(p.ID)
		i := slices.IndexFunc(credentials, func(c store.Credential) bool {
			return c.Kind == kind && (c.ID == id || kind == store.CredentialPassword)
		})
		switch {
		case i < 0 && kind == store.CredentialPassword:
			return false, 0, nil
		case i < 0:
			return false, 0, &UnknownCredentialError{Credential: id}
		case act.by(p) && len(tx.Providers()) == 0 && !slices.ContainsFunc(credentials, func(c store.Credential) bool {
			return c.Kind != store.CredentialLink && c.ID != credentials[i].ID
		}):
			return false, 0, &LastCredentialError{}
		}
		if err := tx.DropCredential(credentials[i].ID); err != nil {
			return false, 0, err
		}
		ended, err = endSessions(tx, p.ID, but)
		facts := []audit.Fact{audit.F("sessions", ended)}
		if kind == store.CredentialPasskey {
			facts = append(facts, audit.F("passkey", id))
		}
		tx.Entry(kind+".remove", p.ID, facts...)
		return true, ended, err
	})
}

func (in *Installation) changeSignIn(ctx context.Context, act Act, person string, change func(tx *store.Tx, p store.Person) (bool, int, error)) (api.ChangedSignIn, error) {
	var answer api.ChangedSignIn
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		p, err := findPerson(&tx.View, person)
		if err != nil {
			return false, err
		}
		tx.Protects()
		answer.Person = p.Personal.UserID
		changed, ended, err := change(tx, p)
		answer.Ended = ended
		return changed, err
	})
	answer.Outcome = outcome
	return answer, err
}

// SetPreference says how the person of a session wants the pages to be.
func (in *Installation) SetPreference(ctx context.Context, s *Session, want api.Preference) error {
	switch {
	case s.Recovered:
		return &UnknownPersonError{}
	case want.Language != "" && !slices.Contains(license.Languages, want.Language):
		return &BadValueError{Field: "language", Why: "use one of sv, en, nb, da, de, nl"}
	case want.Theme != "" && !slices.Contains(Themes, want.Theme):
		return &BadValueError{Field: "theme", Why: "use one of system, light, dark, contrast"}
	}
	_, err := in.perform(ctx, Act{By: s.Actor()}, func(tx *store.Tx) (bool, error) {
		old, _ := tx.Preference(s.Person)
		next := old
		next.Language, next.Theme, next.Shortcuts = want.Language, want.Theme, want.Shortcuts
		if next == old {
			return false, nil
		}
		tx.Entry("preference.set", s.Person, audit.F("language", want.Language), audit.F("theme", want.Theme), audit.F("shortcuts", want.Shortcuts))
		return true, tx.PutPreference(next)
	})
	return err
}
