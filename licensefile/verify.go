package licensefile

import (
	"crypto/ed25519"
	"time"

	"github.com/pott-dev/pott/license"
)

// MaxAhead is how far ahead of the clock a set may be issued, so that two
// clocks need not agree.
const MaxAhead = 24 * time.Hour

// Verified is a license file that is genuine: made by an issuer the trusted
// roots know, inside what the roots let it grant. Only [Verify] and
// [VerifyAccepted] make one.
type Verified struct {
	*File
	KeyList    *KeyList // the newest, whose word counts
	Issuer     IssuerGrant
	SigningKey SigningKey
}

// Verify checks everything a customer must check before accepting a file as
// new, at the time now: the chain from the trusted roots, the fence of the
// issuer, revocations, and that the keys are valid now and were when the set
// was issued. It does not ask who the set is for, whether it is newer than the
// one in use ([license.Set.Number]) or whether its last day has passed
// ([CheckNew]).
func Verify(file []byte, trust Trust, now time.Time) (*Verified, error) {
	f, err := Parse(file)
	if err != nil {
		return nil, err
	}
	return f.verify(trust, now)
}

func (f *File) verify(trust Trust, now time.Time) (*Verified, error) {
	if err := trust.verifyLists(f.KeyLists); err != nil {
		return nil, err
	}
	v, err := f.link(f.KeyLists[len(f.KeyLists)-1], now)
	if err != nil {
		return nil, err
	}
	if highest := trust.HighestCertificates[Fingerprint(v.Issuer.Key)]; f.Certificate.Number < highest {
		return nil, &OldCertificateError{f.Set.Issuer, f.Certificate.Number, highest}
	}
	if err := v.refuseRevoked(); err != nil {
		return nil, err
	}
	if err := v.accept(now); err != nil {
		return nil, err
	}
	return v, nil
}

// VerifyAccepted checks a stored file again that [Verify] accepted at the time
// accepted. Keys that have expired since do no harm, the key lists may be older
// than what is known, and of the revocations in trust.Known only those that
// drop accepted sets by now count.
func VerifyAccepted(file []byte, trust Trust, accepted, now time.Time) (*Verified, error) {
	f, err := Parse(file)
	if err != nil {
		return nil, err
	}
	newest := f.KeyLists[len(f.KeyLists)-1]
	if len(trust.Known) > len(f.KeyLists) {
		lists, err := VerifyKeyLists(trust.Known, trust)
		if err != nil {
			return nil, err
		}
		newest = lists[len(lists)-1]
		trust.Known = trust.Known[:len(f.KeyLists)]
	}
	trust.HighestKeyList = 0
	if err := trust.verifyLists(f.KeyLists); err != nil {
		return nil, err
	}
	v, err := f.link(f.KeyLists[len(f.KeyLists)-1], accepted)
	if err != nil {
		return nil, err
	}
	if err := v.accept(accepted); err != nil {
		return nil, err
	}
	v.KeyList = newest
	if err := v.dropped(license.DateOf(now.UTC())); err != nil {
		return nil, err
	}
	return v, nil
}

// CheckNew returns an [ExpiredError] when the last day of a set is before today,
// which is a date in the set's time zone: such a set is not accepted as new.
func CheckNew(set license.Set, today license.Date) error {
	if end := set.Dates.End(); !end.IsZero() && today.After(end) {
		return &ExpiredError{End: end, Today: today}
	}
	return nil
}

// link checks the signatures from the key list to the checkpoint: exactly three
// levels, each by a key that the level above names for it.
func (f *File) link(list *KeyList, now time.Time) (*Verified, error) {
	issued, today := license.DateOf(f.Set.Issued.UTC()), license.DateOf(now.UTC())
	for _, a := range list.Algorithms {
		// The day of acceptance counts too: whoever can forge Ed25519 writes the
		// day of issue that suits.
		if !issued.Before(a.From) || !today.Before(a.From) {
			return nil, &VersionError{Needs: "signatures of type " + a.Name, Line: list.note.line + 1}
		}
	}
	grant, err := f.grant(list)
	if err != nil {
		return nil, err
	}
	key, err := f.signingKey()
	if err != nil {
		return nil, err
	}
	if findRoot(list.Roots, key.Key) != nil || isIssuerKey(list, key.Key) {
		return nil, &SignatureError{What: "the certificate", Why: "it names a root or issuer key as a signing key"}
	}
	return &Verified{File: f, KeyList: list, Issuer: *grant, SigningKey: *key}, nil
}

func isIssuerKey(list *KeyList, key ed25519.PublicKey) bool {
	for i := range list.Issuers {
		if list.Issuers[i].Key.Equal(key) {
			return true
		}
	}
	return false
}

// grant finds the issuer's key that signed the certificate: the first in the
// order of the list. A false signature of any of them refuses the set.
func (f *File) grant(list *KeyList) (signed *IssuerGrant, err error) {
	named := false
	for i := range list.Issuers {
		g := &list.Issuers[i]
		if g.Issuer != f.Set.Issuer {
			continue
		}
		named = true
		ok, err := f.Certificate.note.verify(issuerKeyName(g.Issuer), g.Key)
		if err != nil {
			return nil, &SignatureError{What: "the certificate", Why: err.Error()}
		}
		if ok && signed == nil {
			signed = g
		}
	}
	if signed == nil {
		return nil, &UnknownIssuerError{Issuer: f.Set.Issuer, KeyList: list.Number, Named: named}
	}
	return signed, nil
}

// signingKey finds the key for sets that signed the checkpoint: the first in the
// order of the certificate. A false signature of any of them refuses the set.
func (f *File) signingKey() (signed *SigningKey, err error) {
	name := checkpointName(f.Set.Issuer, f.Set.Serial, f.Set.Number)
	for i := range f.Certificate.SigningKeys {
		k := &f.Certificate.SigningKeys[i]
		if k.Type != TypeSet {
			continue
		}
		ok, err := f.checkpoint.verify(name, k.Key)
		if err != nil {
			return nil, &SignatureError{What: "the checkpoint", Why: err.Error()}
		}
		if ok && signed == nil {
			signed = k
		}
	}
	if signed == nil {
		return nil, &SignatureError{What: "the checkpoint", Why: "it is not signed with a key that the certificate names for sets"}
	}
	return signed, nil
}

// refuseRevoked refuses new sets of revoked keys, whatever the effect.
func (v *Verified) refuseRevoked() error {
	if v.Certificate.revoked(v.SigningKey.Key) {
		return &RevokedError{What: "the signing key", Key: v.SigningKey.Key, Effect: RefuseNew}
	}
	return v.revocation(func(*Revocation) bool { return true })
}

// dropped refuses an accepted set whose keys are revoked from a day on.
func (v *Verified) dropped(today license.Date) error {
	return v.revocation(func(r *Revocation) bool { return r.Effect == DropOn && !today.Before(r.Date) })
}

func (v *Verified) revocation(counts func(*Revocation) bool) error {
	for _, k := range []struct {
		what string
		key  ed25519.PublicKey
	}{{"the issuer key", v.Issuer.Key}, {"the signing key", v.SigningKey.Key}} {
		if r := v.KeyList.Revocation(k.key); r != nil && counts(r) {
			return &RevokedError{What: k.what, Key: k.key, Effect: r.Effect, Date: r.Date}
		}
	}
	return nil
}

// accept checks times and the fence, as of the moment the set is accepted.
func (v *Verified) accept(now time.Time) error {
	issued := v.Set.Issued
	if issued.After(now.Add(MaxAhead)) {
		return &NotYetValidError{Issued: issued, Now: now}
	}
	fence := &v.Issuer.Fence
	issuedOn, today := license.DateOf(issued.UTC()), license.DateOf(now.UTC())
	for _, w := range []CertificateExpiredError{
		{What: "the key list", Through: v.KeyList.Through},
		{What: "the issuer", From: fence.From, Through: fence.Through},
		{What: "the signing key", From: v.SigningKey.From, Through: v.SigningKey.Through},
	} {
		// The first day is asked of the issue only: at acceptance the clock may
		// be a day behind.
		if !w.From.IsZero() && issuedOn.Before(w.From) {
			w.Day = issuedOn
			return &w
		}
		for _, day := range []license.Date{issuedOn, today} {
			if !w.Through.IsZero() && day.After(w.Through) {
				w.Day = day
				return &w
			}
		}
	}
	if err := fence.Check(v.Set); err != nil {
		return err
	}
	if _, err := v.Set.Location(); err != nil {
		return &UnknownTimeZoneError{TimeZone: v.Set.TimeZone}
	}
	return nil
}
