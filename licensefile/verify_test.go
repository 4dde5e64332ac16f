package licensefile_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

func TestWhatIsSealedIsReadAgain(t *testing.T) {
	t.Parallel()
	set := smallSet()
	file := seal(t, set)
	v, err := licensefile.Verify(file, trust(), now)
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	if diff := cmp.Diff(set, v.Set); diff != "" {
		t.Errorf("the set read is not the set sealed (-sealed +read):\n%s", diff)
	}
	if diff := cmp.Diff(string(file), string(v.Bytes())); diff != "" {
		t.Errorf("the file written again differs (-was +is):\n%s", diff)
	}
	if d := must(licensefile.NewDraft(set)); d.Hash() != v.Hash || d.Checkpoint != v.Checkpoint {
		t.Errorf("the draft has hash %s, the file %s", d.Hash(), v.Hash)
	}
	if v.KeyList.Number != 1 || !v.Issuer.Key.Equal(public("acme")) || !v.SigningKey.Key.Equal(public("acme-set")) {
		t.Errorf("vouched for by list %d, issuer %v, signing key %v", v.KeyList.Number, v.Issuer, v.SigningKey)
	}
}

// Whichever single byte of a file is changed: either it is refused, or it was
// in a signature nobody asks for. There is none in this file.
func TestEveryChangedByteIsFound(t *testing.T) {
	t.Parallel()
	file := seal(t, smallSet())
	for i := range file {
		for _, flip := range []byte{0x01, 0x20, 0x80} {
			file[i] ^= flip
			if _, err := licensefile.Verify(file, trust(), now); err == nil {
				t.Errorf("byte %d may be changed to %q", i, file[i])
			}
			file[i] ^= flip
		}
	}
}

func TestEveryTruncationIsFound(t *testing.T) {
	t.Parallel()
	file := seal(t, smallSet())
	for i := range file {
		if _, err := licensefile.Parse(file[:i]); err == nil {
			t.Errorf("the first %d bytes are a file", i)
		}
	}
}

func TestNobodyIsTrustedWithoutSayingSo(t *testing.T) {
	t.Parallel()
	file := seal(t, smallSet())
	roots := trust().Roots
	for name, untrusted := range map[string]licensefile.Trust{
		"the zero trust":                {},
		"roots without a threshold":     {Roots: roots},
		"a threshold without roots":     {Threshold: 1},
		"a negative threshold":          {Roots: roots, Threshold: -1},
		"a threshold above the roots":   {Roots: roots, Threshold: 2},
		"one root twice, two must sign": {Roots: append(roots, roots...), Threshold: 2},
	} {
		_, err := licensefile.Verify(file, untrusted, now)
		if got := code(err); got != "set.untrusted" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// secondList returns signed key lists 1 and 2; the second after a change.
func secondList(change func(*licensefile.KeyList)) [][]byte {
	second := firstList()
	second.Number = 2
	if change != nil {
		change(second)
	}
	return [][]byte{
		must(licensefile.SignKeyList(firstList(), signer("root-1"))),
		must(licensefile.SignKeyList(second, signer("root-1"))),
	}
}

func TestTwoKeyListsWithOneNumberAreAFork(t *testing.T) {
	t.Parallel()
	wider := secondList(func(l *licensefile.KeyList) { l.Issuers[0].Fence.MaxQuantity *= 2 })
	known := trust()
	known.Known = secondList(nil)
	f := must(licensefile.Parse(seal(t, smallSet())))
	cert := f.Certificate.Bytes()

	same := must(f.Rewrap(cert, known.Known...))
	if _, err := licensefile.Verify(same, known, now); err != nil {
		t.Errorf("the known lists are refused: %v", err)
	}
	forked := must(f.Rewrap(cert, wider...))
	_, err := licensefile.Verify(forked, known, now)
	if fork := new(licensefile.ForkedKeyListError); !errors.As(err, &fork) || fork.Number != 2 || fork.Code() != "set.forked-key-list" {
		t.Errorf("another list 2: %v", err)
	}
	_, err = licensefile.Verify(f.Bytes(), known, now)
	if old := new(licensefile.OldKeyListError); !errors.As(err, &old) || old.Highest != 2 {
		t.Errorf("list 1 after list 2: %v", err)
	}
}

func TestAnAcceptedSetOutlivesItsKeysButNotADrop(t *testing.T) {
	t.Parallel()
	file := seal(t, smallSet())
	years := moment("2031-06-10T12:00:00Z") // after every key and the fence
	if _, err := licensefile.Verify(file, trust(), years); code(err) != "set.certificate-expired" {
		t.Errorf("accepting it as new years later: %v", err)
	}
	if _, err := licensefile.VerifyAccepted(file, trust(), now, years); err != nil {
		t.Errorf("years after it was accepted: %v", err)
	}

	learned := func(r licensefile.Revocation) licensefile.Trust {
		known := trust()
		known.Known = secondList(func(l *licensefile.KeyList) { l.Revocations = []licensefile.Revocation{r} })
		known.HighestKeyList = 2
		return known
	}
	refuse := learned(licensefile.Revocation{Key: public("acme-set"), Effect: licensefile.RefuseNew})
	if _, err := licensefile.VerifyAccepted(file, refuse, now, years); err != nil {
		t.Errorf("after its key was revoked for new sets: %v", err)
	}
	drop := learned(licensefile.Revocation{Key: public("acme"), Effect: licensefile.DropOn, Date: date("2026-09-01")})
	if v, err := licensefile.VerifyAccepted(file, drop, now, moment("2026-08-31T23:59:59Z")); err != nil || v.KeyList.Number != 2 {
		t.Errorf("on the day before the drop: %v", err)
	}
	_, err := licensefile.VerifyAccepted(file, drop, now, moment("2026-09-01T00:00:00Z"))
	if r := new(licensefile.RevokedError); !errors.As(err, &r) || r.What != "the issuer key" || r.Date != date("2026-09-01") {
		t.Errorf("on the day of the drop: %v", err)
	}
	if _, err := licensefile.VerifyAccepted(file, licensefile.Trust{}, now, now); code(err) != "set.untrusted" {
		t.Errorf("without trusted roots: %v", err)
	}
}

func TestKeyListsAreVerifiedOnTheirOwn(t *testing.T) {
	t.Parallel()
	lists, err := licensefile.VerifyKeyLists(secondList(nil), trust())
	if err != nil || len(lists) != 2 {
		t.Fatalf("%d lists, %v", len(lists), err)
	}
	stranger := licensefile.Trust{Roots: []licensefile.RootKey{root("stranger")}, Threshold: 1}
	if lists, err := licensefile.VerifyKeyLists(secondList(nil), stranger); lists != nil || code(err) != "set.untrusted" {
		t.Errorf("under another root: %v, %v", lists, err)
	}
	if _, err := licensefile.VerifyKeyLists(secondList(nil)[1:], trust()); code(err) != "set.malformed" {
		t.Errorf("list 2 without list 1: %v", err)
	}
	if _, err := licensefile.VerifyKeyLists(nil, trust()); code(err) != "set.untrusted" {
		t.Errorf("no lists at all: %v", err)
	}
}

func TestASetIsNewThroughItsLastDay(t *testing.T) {
	t.Parallel()
	set := smallSet()
	if err := licensefile.CheckNew(set, date("2027-04-08")); err != nil {
		t.Error(err)
	}
	err := licensefile.CheckNew(set, date("2027-04-09"))
	if diff := cmp.Diff(&licensefile.ExpiredError{End: date("2027-04-08"), Today: date("2027-04-09")}, err); diff != "" {
		t.Error(diff)
	}
	set.Dates = license.Dates{}
	if err := licensefile.CheckNew(set, date("9999-12-31")); err != nil {
		t.Errorf("a set without an end: %v", err)
	}
}

func TestACheckpointIsOfOneKeyAndTheseLines(t *testing.T) {
	t.Parallel()
	f := must(licensefile.Parse(seal(t, smallSet())))
	if err := f.VerifyCheckpoint(public("acme-set")); err != nil {
		t.Error(err)
	}
	if err := f.VerifyCheckpoint(public("acme")); code(err) != "set.bad-signature" {
		t.Errorf("under another key: %v", err)
	}
	f.Lines()[3][12] ^= 1
	if err := f.VerifyCheckpoint(public("acme-set")); code(err) != "set.bad-signature" {
		t.Errorf("after a line was changed in memory: %v", err)
	}
}
