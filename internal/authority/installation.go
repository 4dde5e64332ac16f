package authority

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// A Known is an installation that is registered, as it was heard of last.
type Known struct {
	store.Registration
	Replaced bool          // another one has taken its place
	Last     *store.Report // the newest; nil when it has reported nothing
	Alarms   []store.Alarm // newest first
}

// Installation returns the fingerprint of the key.
func (k *Known) Installation() string { return licensefile.Fingerprint(k.Key) }

// Installations returns all registrations, the oldest first.
func (a *Authority) Installations(ctx context.Context) (list []*Known, err error) {
	err = a.record.Look(ctx, func(d *store.Desk) error {
		list = nil
		registrations, err := d.Registrations()
		if err != nil {
			return err
		}
		alarms, err := d.Alarms()
		if err != nil {
			return err
		}
		newest := map[string]int64{}
		for _, r := range registrations {
			newest[r.Name()] = r.Number
		}
		for _, r := range registrations {
			k := &Known{Registration: r, Replaced: newest[r.Name()] != r.Number}
			if k.Last, err = d.Last(r.Number); err != nil {
				return err
			}
			for _, alarm := range alarms {
				if alarm.Registration == r.Number {
					k.Alarms = append(k.Alarms, alarm)
				}
			}
			list = append(list, k)
		}
		return nil
	})
	return list, err
}

// FindInstallation returns the installation written as ISSUER/serial, or whose
// fingerprint is given, with its newest reports, newest first.
func (a *Authority) FindInstallation(ctx context.Context, text string, reports int) (*Known, []store.Report, error) {
	all, err := a.Installations(ctx)
	if err != nil {
		return nil, nil, err
	}
	issuer, serial, _ := strings.Cut(text, "/")
	name := strings.ToUpper(issuer) + "/" + serial
	i := slices.IndexFunc(all, func(k *Known) bool { return !k.Replaced && k.Name() == name || k.Installation() == text })
	if i < 0 {
		return nil, nil, &NotKnownError{text}
	}
	var list []store.Report
	err = a.record.Look(ctx, func(d *store.Desk) error {
		list, err = d.Reports(all[i].Number, reports)
		return err
	})
	return all[i], list, err
}

// A Message is what an installation is shown.
type Message = store.Message

// CheckMessage reports what makes no sense of a message.
func (a *Authority) CheckMessage(m Message) error {
	r := licenseserver.Reply{Messages: m.Texts, Address: m.Address}
	for lang, text := range m.Texts {
		if !slices.Contains(license.Languages, lang) {
			return &license.BadWordError{Word: lang, Of: "language", Allowed: strings.Join(license.Languages, ", ")}
		}
		if err := plain(text); err != nil {
			return &MessageError{Why: fmt.Sprintf("the text in %s: %v", lang, err)}
		}
	}
	if m.Address == "" {
		return nil
	}
	switch {
	case len(m.Texts) == 0:
		return &MessageError{Why: "an address stands beside a text"}
	case !strings.HasPrefix(r.Address, "https://"), plain(r.Address) != nil:
		return &MessageError{Why: "an address to show begins with https://"}
	}
	return nil
}

// Say records what an installation is shown from its next question on. A message
// without texts takes the one before away.
func (a *Authority) Say(ctx context.Context, m Message) error {
	if err := a.CheckMessage(m); err != nil {
		return err
	}
	return a.record.AddMessage(ctx, m)
}

// MayReceipt returns an error unless a key may sign what the license server of an
// issuer answers now.
func (a *Authority) MayReceipt(ctx context.Context, issuer license.Issuer, key ed25519.PublicKey, now time.Time) error {
	c, err := a.chain(ctx, issuer)
	if err != nil {
		return err
	}
	return c.certified(issuer, key, licensefile.TypeReceipt, now)
}
