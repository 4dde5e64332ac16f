package installation

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/licensefile"
)

const keyListFormat = "pott-key-list/"

// isKeyLists reports whether a file begins as key lists do that come without a
// set.
func isKeyLists(file []byte) bool { return bytes.HasPrefix(file, []byte(keyListFormat)) }

// splitKeyLists takes a file of key lists apart: signed lists 1 to N, with one
// blank line between two.
func splitKeyLists(file []byte) ([][]byte, error) {
	if len(file) > licensefile.MaxBytes {
		return nil, &licensefile.TooLargeError{What: "the file", Unit: "bytes", Limit: licensefile.MaxBytes, Got: int64(len(file))}
	}
	var lists [][]byte
	for len(lists) <= licensefile.MaxKeyLists {
		end := bytes.Index(file, []byte("\n\n"+keyListFormat))
		if end < 0 {
			return append(lists, file), nil
		}
		lists, file = append(lists, file[:end+1]), file[end+2:]
	}
	return nil, &licensefile.TooLargeError{What: "the file", Unit: "key lists", Limit: licensefile.MaxKeyLists, Got: int64(len(lists))}
}

// learnLists receives key lists without a set, so that a revocation reaches an
// installation that gets no new set: checks that they lead back to the pinned
// root and carry on from those known, and stores the new ones. The answer's notes
// say what they mean for the sets in force.
//
// The errors are those of [licensefile.VerifyKeyLists]; after a genuine
// [licensefile.ForkedKeyListError] the refused file is kept as evidence.
func (in *Installation) learnLists(ctx context.Context, act Act, file []byte) (api.LoadedSet, error) {
	texts, err := splitKeyLists(file)
	if err != nil {
		return api.LoadedSet{}, err
	}
	var answer api.LoadedSet
	answer.Outcome, err = in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		was := tx.HighestKeyList()
		lists, err := licensefile.VerifyKeyLists(texts, in.trust(&tx.View))
		if err != nil {
			return false, err
		}
		newest := lists[len(lists)-1].Number
		answer = api.LoadedSet{Already: newest == was && !in.lost(&tx.View).keyLists, Keys: &api.LoadedKeys{Number: newest, Was: was}, Notes: []api.Note{}}
		missing := in.lost(&tx.View).keyLists
		if err := learn(tx, lists, tx.Now()); err != nil {
			return false, err
		}
		answer.Notes = in.effects(&tx.View, tx.Now(), act.Language)
		return newest > was || missing, nil
	})
	if err != nil {
		return api.LoadedSet{}, in.keepFork(ctx, act, file, err)
	}
	return answer, nil
}

// learn stores the key lists that were not known, and says so in the records.
func learn(tx *store.Tx, lists []*licensefile.KeyList, now time.Time) error {
	known := map[int64]bool{} // a database that was put back may lack some that are remembered
	for _, list := range tx.KeyLists() {
		known[list.Number] = true
	}
	for _, list := range lists {
		if known[list.Number] {
			continue
		}
		hash, err := list.Hash()
		if err != nil {
			return err
		}
		if err := tx.PutKeyList(store.KeyList{Number: list.Number, Note: list.Bytes(), LearnedAt: now.UnixMicro()}); err != nil {
			return err
		}
		tx.Entry("keys.learn", "", audit.F("number", list.Number), audit.F("hash", hash), audit.F("revocations", len(list.Revocations)))
	}
	return nil
}

// effects are what the key lists known mean for the sets in force.
func (in *Installation) effects(v *store.View, now time.Time, lang string) []api.Note {
	notes := []api.Note{}
	for _, set := range v.Active().Sets() {
		if n := in.notice(v, set, now, lang); n != nil {
			with := map[string]string{"set": setID(set.Issuer, set.Number), "key": n.Key}
			if !n.On.IsZero() {
				with["on"] = n.On.String()
			}
			notes = append(notes, api.Note{Code: n.Code, Text: n.Text, With: with})
		}
	}
	return notes
}

// keepFork keeps a file that brought another key list under a number that was
// used, when enough roots have signed that one too: whoever looks into it needs
// both. It returns the refusal it was called with.
func (in *Installation) keepFork(ctx context.Context, act Act, file []byte, refused error) error {
	fork := new(licensefile.ForkedKeyListError)
	if act.DryRun || !errors.As(refused, &fork) {
		return refused
	}
	texts, err := keyListsOf(file)
	if err != nil {
		return refused
	}
	lists, err := licensefile.VerifyKeyLists(texts, licensefile.Trust{Roots: in.root.Roots, Threshold: in.root.Threshold})
	if err != nil || int64(len(lists)) < fork.Number {
		return refused // anybody could have made it
	}
	hash, err := lists[fork.Number-1].Hash()
	if err != nil {
		return refused
	}
	_, err = in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		if _, err := tx.SetFile(ctx, store.FileHash(file)); err == nil {
			return false, nil // kept before
		}
		tx.PutSetFile(file)
		tx.Entry("keys.fork", "", audit.F("number", fork.Number), audit.F("accepted", knownHash(&tx.View, fork.Number)),
			audit.F("refused", hash), audit.F("file", store.FileHash(file)))
		return true, nil
	})
	if err != nil {
		return err
	}
	return refused
}

// keyListsOf returns the signed key lists of a file of either kind.
func keyListsOf(file []byte) ([][]byte, error) {
	if isKeyLists(file) {
		return splitKeyLists(file)
	}
	f, err := licensefile.Parse(file)
	if err != nil {
		return nil, err
	}
	var texts [][]byte
	for _, l := range f.KeyLists {
		texts = append(texts, l.Bytes())
	}
	return texts, nil
}

// knownHash returns the hash of a key list that is known, or "".
func knownHash(v *store.View, number int64) string {
	for _, known := range v.KeyLists() {
		if known.Number != number {
			continue
		}
		if l, err := licensefile.ParseKeyList(known.Note); err == nil {
			hash, _ := l.Hash()
			return hash
		}
	}
	return ""
}

// trust is what a set is checked against: the pinned roots, and what was learned
// since. Of key lists that are damaged only those before count.
func (in *Installation) trust(v *store.View) licensefile.Trust {
	t := in.root
	t.Known, t.HighestKeyList = nil, v.HighestKeyList()
	for i, list := range v.KeyLists() {
		if list.Number != int64(i+1) {
			break
		}
		t.Known = append(t.Known, list.Note)
	}
	t.HighestCertificates = v.HighestCertificates()
	return t
}

// trustAccepted is what a set that was accepted is checked against again. Key
// lists that a restore lost do not take it out of force: they are asked for. Where
// their table is damaged, somebody may have taken one away that revokes a key.
func (in *Installation) trustAccepted(v *store.View) licensefile.Trust {
	t := in.trust(v)
	if !slices.ContainsFunc(v.Damage(), func(d store.Damage) bool { return d.Table == "key_list" }) {
		t.HighestKeyList = int64(len(t.Known))
	}
	return t
}
