package licensefile_test

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A vendor is the roots and the issuer together over the years: what they have
// published so far, and what goes into the next file.
type vendor struct {
	lists [][]byte // signed, 1 to N
	last  *licensefile.KeyList
	cert  *licensefile.Certificate
	by    string // the issuer's key that signs certificates
	set   string // the signing key
	day   time.Time
}

func years(n int) time.Time { return now.AddDate(n, 0, 0) }

// founded is a vendor with one root that published key list 1.
func founded() *vendor {
	list := firstList()
	list.Issuers[0].Fence.Through = date("2040-12-31")
	list.Issuers[0].Fence.LastDate = date("2042-12-31")
	v := &vendor{by: "acme", set: "acme-set", day: now}
	v.cert = certificate()
	v.cert.SigningKeys[0].Through = date("2040-12-31")
	v.last = list
	v.lists = [][]byte{must(licensefile.SignKeyList(list, signer("root-1")))}
	return v
}

// next returns a copy of the newest list with the next number, to be changed.
func (v *vendor) next() *licensefile.KeyList {
	l := *v.last
	l.Number++
	l.Issued = v.day
	l.Roots, l.NextRoots = slices.Clone(l.Roots), nil
	l.Issuers, l.Revocations = slices.Clone(l.Issuers), slices.Clone(l.Revocations)
	return &l
}

// sign signs a list with roots by name, each under the name it has in the list
// or in the one before.
func (v *vendor) sign(l *licensefile.KeyList, names ...string) []byte {
	known := append(slices.Clone(l.Roots), v.last.Roots...)
	var signed []byte
	for _, name := range names {
		i := slices.IndexFunc(known, func(k licensefile.RootKey) bool { return k.Key.Equal(public(name)) })
		if i < 0 {
			known = append(known, root(name)) // a stranger signs too
			i = len(known) - 1
		}
		if signed == nil {
			signed = must(licensefile.SignKeyList(l, signer(name)))
		} else {
			signed = must(licensefile.CosignKeyList(signed, known[i], signer(name)))
		}
	}
	return signed
}

// publish signs the next list and makes it the newest. The first of names must
// be a root of the list itself.
func (v *vendor) publish(l *licensefile.KeyList, names ...string) {
	v.lists = append(slices.Clone(v.lists), v.sign(l, names...))
	v.last = l
}

// file makes set number n with everything as it is now.
func (v *vendor) file(n int64) []byte {
	set := smallSet()
	set.Number, set.Issued = n, v.day
	set.Dates = license.Dates{Expiry: license.DateOf(v.day).Add(365)}
	if n > 1 {
		set.Previous = strings.Repeat("ab", 32)
	}
	return v.fileOf(set)
}

func (v *vendor) fileOf(set license.Set) []byte {
	cert := must(licensefile.SignCertificate(v.cert, signer(v.by)))
	return must(must(licensefile.NewDraft(set)).Seal(signer(v.set), cert, v.lists...))
}

// An installation remembers what it accepted, and nothing else.
type site struct{ trust licensefile.Trust }

func newSite() *site {
	return &site{licensefile.Trust{Roots: []licensefile.RootKey{root("root-1")}, Threshold: 1, HighestCertificates: map[string]int64{}}}
}

// accept takes a file as new.
func (s *site) accept(file []byte, at time.Time) error {
	v, err := licensefile.Verify(file, s.trust, at)
	if err != nil {
		return err
	}
	s.trust.Known = nil
	for _, l := range v.KeyLists {
		s.trust.Known = append(s.trust.Known, l.Bytes())
	}
	s.trust.HighestCertificates[licensefile.Fingerprint(v.Issuer.Key)] = v.Certificate.Number
	return nil
}

func wantCode(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("%s: %s, want %s: %v", what, got, want, err)
	}
}

// thirdGeneration is a vendor whose root was replaced twice: one key, then two
// of three others, then two of three of which one stayed.
func thirdGeneration() *vendor {
	v := founded()
	v.day = years(1)
	l := v.next()
	l.NextRoots = []licensefile.RootKey{root("root-2"), root("root-3"), root("root-4")}
	v.publish(l, "root-1")

	v.day = years(2)
	l = v.next()
	l.Roots, l.Threshold = []licensefile.RootKey{root("root-2"), root("root-3"), root("root-4")}, 2
	v.publish(l, "root-2", "root-4", "root-1")

	v.day = years(4)
	l = v.next()
	l.Roots = []licensefile.RootKey{root("root-4"), root("root-5"), root("root-6")}
	v.publish(l, "root-4", "root-6", "root-3")
	return v
}

func TestWhoeverSawOnlyTheFirstRootAcceptsSetsUnderTheThird(t *testing.T) {
	t.Parallel()
	v := thirdGeneration()
	s := newSite()
	wantCode(t, "the first file after four years", s.accept(v.file(7), v.day), "ok")
	if got := len(s.trust.Known); got != 4 {
		t.Errorf("%d key lists are known", got)
	}
	// Step by step it is the same.
	s = newSite()
	wantCode(t, "the first set", s.accept(founded().file(1), now), "ok")
	wantCode(t, "the set of four years later", s.accept(v.file(2), v.day), "ok")
	wantCode(t, "the first set again, as new", s.accept(founded().file(1), v.day), "set.old-key-list")
}

// What a thief can do with a root that was replaced: nothing that anyone who
// saw the newer list believes, and nothing without the quorum of the list
// before.
func TestAStolenOldRoot(t *testing.T) {
	t.Parallel()
	honest := thirdGeneration()
	rival := func(s *site, change func(v *vendor)) error {
		v := founded()
		change(v)
		return s.accept(v.file(8), years(4))
	}
	grab := func(v *vendor) *licensefile.KeyList {
		l := v.next()
		l.Roots, l.Threshold = []licensefile.RootKey{root("mallory")}, 1
		l.Issuers[0].Key = public("mallory-acme")
		v.by = "mallory-acme"
		return l
	}
	informed := newSite()
	wantCode(t, "the honest file", informed.accept(honest.file(7), honest.day), "ok")

	err := rival(informed, func(v *vendor) { v.publish(grab(v), "mallory", "root-1") })
	wantCode(t, "a rival list 2 for somebody who knows list 4", err, "set.old-key-list")

	err = rival(informed, func(v *vendor) {
		v.publish(grab(v), "mallory", "root-1")
		for range 3 { // on to number 5
			v.publish(v.next(), "mallory")
		}
	})
	wantCode(t, "a rival line of five lists", err, "set.forked-key-list")

	err = rival(informed, func(v *vendor) {
		*v = *thirdGeneration()
		l := grab(v)
		v.publish(l, "mallory", "root-1", "root-2", "root-3")
	})
	wantCode(t, "list 5 signed by all who are roots no more", err, "set.untrusted")

	err = rival(informed, func(v *vendor) {
		*v = *thirdGeneration()
		v.publish(grab(v), "mallory", "root-5")
	})
	wantCode(t, "list 5 signed by one of the two that must", err, "set.untrusted")

	// Whoever never saw a newer list cannot know better. The specification says so.
	err = rival(newSite(), func(v *vendor) { v.publish(grab(v), "mallory", "root-1") })
	wantCode(t, "a rival list 2 for somebody who never saw list 2", err, "ok")
}

func TestTwoListsUnderOneNumberAreRefused(t *testing.T) {
	t.Parallel()
	v := thirdGeneration()
	s := newSite()
	wantCode(t, "list 4", s.accept(v.file(7), v.day), "ok")
	other := *v
	other.lists = v.lists[:3]
	l := *v.last
	l.Issuers = slices.Clone(l.Issuers)
	l.Issuers[0].Fence.MaxQuantity++
	other.lists = append(slices.Clone(other.lists), v.sign(&l, "root-4", "root-6", "root-3"))
	err := s.accept(other.file(8), v.day)
	wantCode(t, "another list 4, signed by the roots themselves", err, "set.forked-key-list")
}

func TestChangingTheRootsNeedsTheOldQuorumAndTheNew(t *testing.T) {
	t.Parallel()
	for name, try := range map[string]struct {
		change func(l *licensefile.KeyList)
		names  []string
		want   string
	}{
		"two of the three roots sign":                    {func(*licensefile.KeyList) {}, []string{"root-4", "root-5"}, "ok"},
		"one of them":                                    {func(*licensefile.KeyList) {}, []string{"root-4"}, "set.untrusted"},
		"a threshold of one is asked for by one":         {func(l *licensefile.KeyList) { l.Threshold = 1 }, []string{"root-4"}, "set.untrusted"},
		"a threshold of one is agreed on by two":         {func(l *licensefile.KeyList) { l.Threshold = 1 }, []string{"root-4", "root-5"}, "ok"},
		"a threshold of three, signed by two":            {func(l *licensefile.KeyList) { l.Threshold = 3 }, []string{"root-4", "root-5"}, "set.untrusted"},
		"a threshold of three, signed by three":          {func(l *licensefile.KeyList) { l.Threshold = 3 }, []string{"root-4", "root-5", "root-6"}, "ok"},
		"a new root and one old one":                     {func(l *licensefile.KeyList) { l.Roots = append(l.Roots, root("root-7")) }, []string{"root-7", "root-4"}, "set.untrusted"},
		"new roots, signed by the old ones only":         {func(l *licensefile.KeyList) { l.Roots = []licensefile.RootKey{root("root-4"), root("root-8")} }, []string{"root-4", "root-5", "root-6"}, "set.untrusted"},
		"new roots, signed by both":                      {func(l *licensefile.KeyList) { l.Roots = []licensefile.RootKey{root("root-7"), root("root-8")} }, []string{"root-7", "root-8", "root-5", "root-6"}, "ok"},
		"new roots, signed by themselves and strangers":  {func(l *licensefile.KeyList) { l.Roots = []licensefile.RootKey{root("root-7"), root("root-8")} }, []string{"root-7", "root-8", "root-1", "root-2"}, "set.untrusted"},
		"one root counts once, whatever it calls itself": {renamed, []string{"root-4", "root-4 as root-5"}, "set.untrusted"},
	} {
		v := thirdGeneration()
		l := v.next()
		try.change(l)
		var signed []byte
		if names := try.names; len(names) == 2 && names[1] == "root-4 as root-5" {
			signed = must(licensefile.CosignKeyList(v.sign(l, "root-4"), licensefile.RootKey{Name: root("root-5").Name, Key: public("root-4")}, signer("root-4")))
		} else {
			signed = v.sign(l, names...)
		}
		v.lists = append(slices.Clone(v.lists), signed)
		wantCode(t, name, newSite().accept(v.file(8), v.day), try.want)
	}
}

// renamed gives the root that stayed a second name in the new list.
func renamed(l *licensefile.KeyList) { l.Roots[0].Name = root("root-5").Name + "-new" }

func TestNoListIsLeftOut(t *testing.T) {
	t.Parallel()
	v := thirdGeneration()
	f := must(licensefile.Parse(v.file(7)))
	cert := f.Certificate.Bytes()
	for name, lists := range map[string][][]byte{
		"list 2 left out":       {v.lists[0], v.lists[2], v.lists[3]},
		"list 1 left out":       v.lists[1:],
		"the newest only":       v.lists[3:],
		"two lists swapped":     {v.lists[0], v.lists[2], v.lists[1], v.lists[3]},
		"a list twice":          {v.lists[0], v.lists[0], v.lists[1], v.lists[2], v.lists[3]},
		"number 6 after number": append(slices.Clone(v.lists), must(licensefile.SignKeyList(func() *licensefile.KeyList { l := v.next(); l.Number++; return l }(), signer("root-4")))),
	} {
		if _, err := f.Rewrap(cert, lists...); code(err) != "set.malformed" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARevokedKeySignsNothingNew(t *testing.T) {
	t.Parallel()
	for name, revoke := range map[string]func(v *vendor){
		"the signing key, by its issuer": func(v *vendor) {
			v.cert.Number++
			v.cert.SigningKeys = append(v.cert.SigningKeys, licensefile.SigningKey{Key: public("acme-set-2"), Type: licensefile.TypeSet, From: date("2026-01-02"), Through: date("2040-12-31")})
			v.cert.Revoked = []ed25519.PublicKey{public("acme-set")}
		},
		"the signing key, by the roots": func(v *vendor) {
			l := v.next()
			l.Revocations = []licensefile.Revocation{{Key: public("acme-set"), Effect: licensefile.RefuseNew}}
			v.publish(l, "root-4", "root-5")
		},
		"the issuer's key": func(v *vendor) {
			l := v.next()
			l.Revocations = []licensefile.Revocation{{Key: public("acme"), Effect: licensefile.RefuseNew}}
			v.publish(l, "root-4", "root-5")
		},
		"the issuer's key, to be dropped later": func(v *vendor) {
			l := v.next()
			l.Revocations = []licensefile.Revocation{{Key: public("acme"), Effect: licensefile.DropOn, Date: license.DateOf(v.day).Add(licensefile.MinNotice)}}
			v.publish(l, "root-4", "root-5")
		},
	} {
		v := thirdGeneration()
		before := v.file(7)
		revoke(v)
		// The thief does not stop at what the issuer's own program refuses.
		f := must(licensefile.Parse(before))
		file := must(f.Rewrap(must(licensefile.SignCertificate(v.cert, signer(v.by))), v.lists...))
		wantCode(t, name, newSite().accept(file, v.day), "set.revoked")

		// Who accepted the set before keeps it, also with the newer lists.
		s := newSite()
		wantCode(t, name+", before", s.accept(before, v.day), "ok")
		s.trust.Known = v.lists
		_, err := licensefile.VerifyAccepted(before, s.trust, v.day, v.day)
		wantCode(t, name+", accepted before", err, "ok")
	}
}

func TestAStolenIssuerKeyStaysInsideItsFence(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*license.Set){
		"more seats":        func(s *license.Set) { s.Licenses[1].Quantity = 10_000_001 },
		"a longer term":     func(s *license.Set) { s.Dates.Expiry = license.DateOf(s.Issued).Add(1101) },
		"beyond the end":    func(s *license.Set) { s.Issued = years(13); s.Dates.Expiry = date("2043-01-01") },
		"another's modules": func(s *license.Set) { s.Licenses[0].Module = "others-server" },
		"without an end":    func(s *license.Set) { s.Dates = license.Dates{} },
		"unrestricted":      func(s *license.Set) { s.Licenses[1].Unrestricted = true },
	} {
		v := thirdGeneration()
		l := v.next()
		l.Issuers[0].Fence.NoExpiry, l.Issuers[0].Fence.Unrestricted = false, false
		l.Issuers[0].Fence.Modules = []string{"server", "user", "web", "sales", "no-plan"}
		v.publish(l, "root-4", "root-5")
		// The thief names a signing key of its own.
		v.cert.Number = 99
		v.cert.SigningKeys[0].Key = public("mallory")
		v.set = "mallory"
		stolen := smallSet()
		stolen.Licenses = slices.DeleteFunc(stolen.Licenses, func(l license.License) bool { return l.Unrestricted })
		stolen.Issued, stolen.Dates = v.day, license.Dates{Expiry: license.DateOf(v.day).Add(365)}
		wantCode(t, "inside the fence", newSite().accept(v.fileOf(stolen), v.day), "ok")
		set(&stolen)
		wantCode(t, name, newSite().accept(v.fileOf(stolen), stolen.Issued), "set.outside-fence")
	}
	// And it speaks for nobody else.
	v := thirdGeneration()
	l := v.next()
	l.Issuers = append(l.Issuers, licensefile.IssuerGrant{Issuer: "OTHER", Key: public("other"), Fence: l.Issuers[0].Fence})
	v.publish(l, "root-4", "root-5")
	v.cert.Issuer = "OTHER"
	set := smallSet()
	set.Issuer, set.Issued, set.Dates = "OTHER", v.day, license.Dates{Expiry: license.DateOf(v.day).Add(365)}
	wantCode(t, "in the name of another issuer", newSite().accept(v.fileOf(set), v.day), "set.unknown-issuer")
}

// Whoever stole an issuer key can spend its numbers. The key that replaces it
// begins with numbers of its own.
func TestAThiefCannotSpendTheNumbersOfTheNextKey(t *testing.T) {
	t.Parallel()
	v := thirdGeneration()
	s := newSite()
	v.cert.Number = 1<<53 - 1
	wantCode(t, "what the thief certified", s.accept(v.file(1), v.day), "ok")
	l := v.next()
	l.Revocations = append(l.Revocations, licensefile.Revocation{Key: l.Issuers[0].Key, Effect: licensefile.RefuseNew})
	second := l.Issuers[0]
	second.Key = public("acme-2")
	l.Issuers = append(l.Issuers, second)
	v.publish(l, "root-4", "root-5")
	wantCode(t, "the stolen key again", s.accept(v.file(2), v.day), "set.revoked")
	v.by, v.cert.Number = "acme-2", 2
	wantCode(t, "the key that replaces it", s.accept(v.file(3), v.day), "ok")
	v.cert.Number = 1
	wantCode(t, "an older certificate of that key", s.accept(v.file(4), v.day), "set.old-certificate")
}

// While keys are being replaced, the old and the new work side by side.
func TestKeysOverlapDuringRotation(t *testing.T) {
	t.Parallel()
	v := thirdGeneration()
	l := v.next()
	second := l.Issuers[0]
	second.Key = public("acme-2")
	l.Issuers = append(l.Issuers, second)
	v.publish(l, "root-4", "root-5")
	s := newSite()
	number := int64(1)
	try := func(what, by, set string, certificate int64, want string) {
		t.Helper()
		v.by, v.set, v.cert.Number = by, set, certificate
		wantCode(t, what, s.accept(v.file(number), v.day), want)
		number++
	}
	try("the old issuer key and signing key", "acme", "acme-set", 1, "ok")
	try("the new issuer key", "acme-2", "acme-set", 1, "ok")
	v.cert.SigningKeys = append(v.cert.SigningKeys, licensefile.SigningKey{Key: public("acme-set-2"), Type: licensefile.TypeSet, From: date("2026-01-02"), Through: date("2040-12-31")})
	try("the new issuer key and signing key", "acme-2", "acme-set-2", 2, "ok")
	try("the new issuer key and the old signing key", "acme-2", "acme-set", 2, "ok")
	try("the old issuer key and the new signing key", "acme", "acme-set-2", 2, "ok")
	try("the certificate of before", "acme", "acme-set", 1, "set.old-certificate")

	v.cert.Number = 2
	l = v.next()
	l.Issuers = l.Issuers[1:]
	v.publish(l, "root-4", "root-5")
	try("the old issuer key when it is gone", "acme", "acme-set-2", 2, "set.unknown-issuer")
	try("the new issuer key when the old is gone", "acme-2", "acme-set-2", 2, "ok")
}

func TestADropWorksFromItsDateOn(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"acme", "acme-set"} {
		v := thirdGeneration()
		s := newSite()
		file := v.file(7)
		wantCode(t, "accepted", s.accept(file, v.day), "ok")
		drop := license.DateOf(v.day).Add(30)
		l := v.next()
		l.Revocations = []licensefile.Revocation{{Key: public(key), Effect: licensefile.DropOn, Date: drop}}
		v.publish(l, "root-4", "root-5")
		s.trust.Known = v.lists
		for _, at := range []struct {
			days int
			want string
		}{{0, "ok"}, {29, "ok"}, {30, "set.revoked"}, {400, "set.revoked"}} {
			_, err := licensefile.VerifyAccepted(file, s.trust, v.day, v.day.AddDate(0, 0, at.days))
			wantCode(t, key, err, at.want)
		}
	}
}

func TestAcceptedSetsSurviveTheirKeys(t *testing.T) {
	t.Parallel()
	v := thirdGeneration()
	s := newSite()
	file := v.file(7)
	wantCode(t, "accepted", s.accept(file, v.day), "ok")
	// A new generation: other roots, another issuer key, and an end of the list.
	l := v.next()
	l.Roots, l.Threshold = []licensefile.RootKey{root("root-9")}, 1
	l.Issuers[0].Key = public("acme-3")
	l.Through = license.DateOf(v.day).Add(1)
	v.publish(l, "root-9", "root-4", "root-5")
	s.trust.Known = v.lists
	for _, later := range []time.Time{v.day, years(20)} {
		got, err := licensefile.VerifyAccepted(file, s.trust, v.day, later)
		wantCode(t, later.String(), err, "ok")
		if err == nil && got.KeyList.Number != 5 {
			t.Errorf("list %d counts", got.KeyList.Number)
		}
	}
	wantCode(t, "as new, after all keys have ended", newSite().accept(file, years(20)), "set.certificate-expired")
}
