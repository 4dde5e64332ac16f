package installation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// Load receives a set, or key lists without one: see [Installation.learnLists].
//
// Of a set it checks that it is genuine, for this installation, newer than what
// was accepted before and not past its end, and stores the file as it came. It
// changes nothing that is in force but by the key lists it brings, unless the set
// only raises, adds or extends and the policy lets such sets come in force by
// themselves. Older sets of the issuer wait no longer. The same set again is
// already so; if it had been withdrawn, it waits again.
//
// The errors are those of [licensefile.Verify] and [licensefile.CheckNew],
// [OtherSerialError], [OtherKeyError], [DemoError], [OlderSetError] and
// [EquivocationError]; after the last, and after a genuine
// [licensefile.ForkedKeyListError], the refused file is kept as evidence.
func (in *Installation) Load(ctx context.Context, act Act, file []byte) (api.LoadedSet, error) {
	if isKeyLists(file) {
		return in.learnLists(ctx, act, file)
	}
	return in.loadSet(ctx, act, file, licenseserver.Mark{})
}

// loadSet is [Installation.Load] of a set; see [Installation.mayLoad] for said.
func (in *Installation) loadSet(ctx context.Context, act Act, file []byte, said licenseserver.Mark) (api.LoadedSet, error) {
	var trust licensefile.Trust
	var now time.Time
	err := in.view(func(v *store.View) error {
		now, trust = in.latest(v), in.trust(v)
		return nil
	})
	if err != nil {
		return api.LoadedSet{}, err
	}
	// The signatures are checked before the update: it is the slow part, and the
	// update makes everybody else wait.
	verified, err := licensefile.Verify(file, trust, now)
	if err != nil {
		return api.LoadedSet{}, in.keepFork(ctx, act, file, err)
	}
	var answer api.LoadedSet
	answer.Outcome, err = in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		// Somebody else's set may have brought newer key lists meanwhile.
		if t := in.trust(&tx.View); t.HighestKeyList != trust.HighestKeyList || !maps.Equal(t.HighestCertificates, trust.HighestCertificates) {
			if _, err := licensefile.Verify(file, t, now); err != nil {
				return false, err
			}
		}
		return in.load(tx, act, verified, file, said, now, &answer)
	})
	if other := new(EquivocationError); errors.As(err, &other) && !act.DryRun {
		if kept := in.keepOther(ctx, act, verified, file, other); kept != nil {
			return api.LoadedSet{}, kept
		}
	}
	return answer, err
}

func (in *Installation) load(tx *store.Tx, act Act, f *licensefile.Verified, file []byte, said licenseserver.Mark, now time.Time, answer *api.LoadedSet) (bool, error) {
	set := &f.Set
	answer.Notes = notes(&tx.View, set, now, act.Language)
	for _, row := range tx.Sets() {
		if row.Checkpoint == f.Hash {
			answer.Already, answer.Set = true, setOf(&tx.View, row, set, now)
			if row.State == store.SetWithdrawn {
				return in.waitAgain(tx, row, set, now, answer)
			}
			return in.rewrap(tx, act, row, f, file, now, answer)
		}
	}
	if err := in.mayLoad(&tx.View, f, said, now); err != nil {
		return false, err
	}
	row := store.Set{
		Checkpoint: f.Hash, Issuer: set.Issuer, Number: set.Number, Serial: set.Serial, State: store.SetLoaded,
		File: store.FileHash(file), Certificates: certificates(f), LoadedAt: now.UnixMicro(), AcceptedAt: now.UnixMicro(),
	}
	answer.Already, answer.Set, answer.Activated = false, setOf(&tx.View, row, set, now), nil
	tx.PutSetFile(file)
	tx.RaiseMark(set.Issued) // it is signed, so that day has come
	tx.RaiseCertificate(set.Issuer, licensefile.Fingerprint(f.Issuer.Key), f.Certificate.Number)
	if err := tx.PutSet(row); err != nil {
		return false, err
	}
	if err := learn(tx, f.KeyLists, now); err != nil {
		return false, err
	}
	tx.Entry("set.load", "", audit.F("set", setID(set.Issuer, set.Number)), audit.F("checkpoint", f.Hash), audit.F("serial", set.Serial))
	if err := supersede(tx, row); err != nil {
		return false, err
	}
	var err error
	if answer.Activated, err = in.byItself(context.Background(), tx, act, f.Hash, now); answer.Activated != nil {
		answer.Set = answer.Activated.Set
	}
	return true, err
}

// waitAgain lets a set wait again that had been withdrawn and was not overtaken.
func (in *Installation) waitAgain(tx *store.Tx, row store.Set, set *license.Set, now time.Time, answer *api.LoadedSet) (bool, error) {
	if row.Number < tx.HighestSet(row.Issuer, row.Serial) {
		return false, &OlderSetError{Issuer: row.Issuer, Number: row.Number, Highest: tx.HighestSet(row.Issuer, row.Serial)}
	}
	row.State = store.SetLoaded
	answer.Set = setOf(&tx.View, row, set, now)
	tx.Entry("set.load", "", audit.F("set", setID(row.Issuer, row.Number)), audit.F("checkpoint", row.Checkpoint), audit.F("again", "withdrawn"))
	return true, tx.PutSet(row)
}

// rewrap keeps a set that was received before in its new file, when that says
// more of the keys than the old one: it brings newer certificates or key lists,
// or a key that the old one was made with is revoked.
func (in *Installation) rewrap(tx *store.Tx, act Act, row store.Set, f *licensefile.Verified, file []byte, now time.Time, answer *api.LoadedSet) (bool, error) {
	issuer, by := row.Issuer, licensefile.Fingerprint(f.Issuer.Key)
	newer := f.KeyList.Number > tx.HighestKeyList() || f.Certificate.Number > tx.HighestCertificates()[by] ||
		row.State == store.SetActive && in.backing(&tx.View, issuer) != backing{}
	if !newer || row.State == store.SetReplaced || row.State == store.SetSuperseded || row.File == store.FileHash(file) {
		return false, nil
	}
	row.File, row.Certificates, row.AcceptedAt = tx.PutSetFile(file), certificates(f), now.UnixMicro()
	tx.RaiseCertificate(issuer, by, f.Certificate.Number)
	if err := tx.PutSet(row); err != nil {
		return false, err
	}
	if err := learn(tx, f.KeyLists, now); err != nil {
		return false, err
	}
	tx.Entry("set.rewrap", "", audit.F("set", setID(issuer, row.Number)), audit.F("checkpoint", f.Hash), audit.F("file", row.File))
	answer.Set = setOf(&tx.View, row, &f.Set, now)
	answer.Notes = append(answer.Notes, api.Note{Code: "set-rewrapped", Text: say(act.Language, "set-rewrapped", nil)})
	return true, nil
}

// mayLoad refuses a genuine set that is not for this installation or not newer.
// said is what the issuer's license server named as the newest set; zero: nobody
// was asked.
func (in *Installation) mayLoad(v *store.View, f *licensefile.Verified, said licenseserver.Mark, now time.Time) error {
	set, info := &f.Set, v.Info()
	switch {
	case info.Serial != "" && set.Serial != info.Serial:
		return &OtherSerialError{Serial: set.Serial, Company: set.Company, Want: info.Serial}
	case set.Installation != "" && set.Installation != in.fingerprint(v):
		return &OtherKeyError{Installation: set.Installation, Want: in.fingerprint(v)}
	case set.Demo && !info.Demo:
		return &DemoError{Issuer: set.Issuer, Number: set.Number}
	}
	for _, row := range v.Sets() {
		if row.Issuer == set.Issuer && row.Serial == set.Serial && row.Number == set.Number {
			return &EquivocationError{Issuer: set.Issuer, Number: set.Number, Accepted: row.Checkpoint, Refused: f.Hash}
		}
	}
	if err := mayFollow(v, f, said); err != nil {
		return err
	}
	today, err := set.Today(now)
	if err != nil {
		return err
	}
	return licensefile.CheckNew(*set, today)
}

// keepOther keeps a second set under a number that was used: whoever looks into
// it needs both.
func (in *Installation) keepOther(ctx context.Context, act Act, f *licensefile.Verified, file []byte, e *EquivocationError) error {
	_, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		if _, err := tx.SetFile(ctx, store.FileHash(file)); err == nil {
			return false, nil // kept before
		}
		tx.PutSetFile(file)
		tx.Entry("set.equivocation", "", audit.F("set", setID(e.Issuer, e.Number)), audit.F("accepted", e.Accepted),
			audit.F("refused", f.Hash), audit.F("file", store.FileHash(file)))
		return true, nil
	})
	return err
}

// clockSlack is how far a set may be issued ahead of the clock before that is
// worth a note. From a day on it is refused.
const clockSlack = 5 * time.Minute

// notes says what an administrator should know of a set before activating it.
func notes(v *store.View, set *license.Set, now time.Time, lang string) []api.Note {
	all := []api.Note{}
	if ahead := set.Issued.Sub(now); ahead > clockSlack {
		all = append(all, api.Note{Code: "set.clock-differs",
			Text: say(lang, "clock-differs", struct {
				Issued, Now time.Time
			}{set.Issued.UTC(), now.UTC()}),
			With: map[string]string{"issued": set.Issued.UTC().Format(time.RFC3339), "now": now.UTC().Format(time.RFC3339)}})
	}
	if was := v.Info().Company; was != "" && was != set.Company {
		all = append(all, api.Note{Code: "set.new-company-name",
			Text: say(lang, "new-company-name", struct{ Company, Was string }{set.Company, was}),
			With: map[string]string{"company": set.Company, "was": was}})
	}
	for _, row := range v.Sets() {
		before := row.Issuer == set.Issuer && row.Serial == set.Serial && row.Number == set.Number-1
		if before && set.Previous != "" && row.Checkpoint != set.Previous {
			all = append(all, api.Note{Code: "set.other-previous",
				Text: say(lang, "other-previous", struct {
					Number int64
					Issuer license.Issuer
				}{row.Number, row.Issuer}),
				With: map[string]string{"accepted": row.Checkpoint, "issuers": set.Previous}})
		}
	}
	return all
}

// certificates identifies the certificate and the key list a set was accepted
// with.
func certificates(f *licensefile.Verified) []string {
	var hashes []string
	for _, text := range [][]byte{f.Certificate.Bytes(), f.KeyList.Bytes()} {
		sum := sha256.Sum256(text)
		hashes = append(hashes, hex.EncodeToString(sum[:]))
	}
	return hashes
}
