package authority

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A KeyListChange is what the next key list says otherwise than the one before.
type KeyListChange struct {
	Grants         []licensefile.IssuerGrant // a grant of a key that is there gets the new fence
	Ungrants       []Ungrant
	AddRoots       []licensefile.RootKey // one that was announced is announced no longer
	DropRoots      []string              // names
	NextRoots      []licensefile.RootKey // to announce
	DropNextRoots  []string
	Threshold      int // 0: as before
	Revoke         []licensefile.Revocation
	Algorithms     []licensefile.Algorithm // one that is there gets the new day
	DropAlgorithms []string
	Through        *license.Date // nil: as before; zero: no end
}

// An Ungrant takes a key from an issuer.
type Ungrant struct {
	Issuer license.Issuer
	Key    ed25519.PublicKey // nil for every key of the issuer
}

// DraftKeyList returns the next key list with a change. It refuses what no
// verifier would read, and what would give one key two uses.
func (a *Authority) DraftKeyList(ctx context.Context, change KeyListChange, now time.Time) (*KeyListDraft, error) {
	l, err := a.NextKeyList(ctx, now)
	if err != nil {
		return nil, err
	}
	// The slices are the list's own from here on.
	l.Roots, l.NextRoots = slices.Clone(l.Roots), slices.Clone(l.NextRoots)
	l.Issuers, l.Revocations, l.Algorithms = slices.Clone(l.Issuers), slices.Clone(l.Revocations), slices.Clone(l.Algorithms)
	for _, step := range []func(*licensefile.KeyList) error{change.revoke, change.ungrant, change.grant, change.roots, change.rest} {
		if err := step(l); err != nil {
			return nil, err
		}
	}
	return NewKeyListDraft(l)
}

func (c *KeyListChange) revoke(l *licensefile.KeyList) error {
	earliest := license.DateOf(l.Issued).Add(licensefile.MinNotice)
	for _, r := range c.Revoke {
		if contains(l.Roots, r.Key) {
			return &KeyTakenError{Key: licensefile.Fingerprint(r.Key), As: "a root"}
		}
		if r.Effect == licensefile.DropOn && r.Date.Before(earliest) {
			return &NoticeError{Date: r.Date, Earliest: earliest}
		}
		l.Revocations = append(slices.DeleteFunc(l.Revocations, func(o licensefile.Revocation) bool { return o.Key.Equal(r.Key) }), r)
	}
	return nil
}

func (c *KeyListChange) ungrant(l *licensefile.KeyList) error {
	for _, u := range c.Ungrants {
		before := len(l.Issuers)
		l.Issuers = slices.DeleteFunc(l.Issuers, func(g licensefile.IssuerGrant) bool {
			return g.Issuer == u.Issuer && (u.Key == nil || g.Key.Equal(u.Key))
		})
		if len(l.Issuers) == before {
			return &NotListedError{What: "issuer", Name: string(u.Issuer), Where: fmt.Sprintf("key list %d", l.Number-1)}
		}
	}
	return nil
}

func (c *KeyListChange) grant(l *licensefile.KeyList) error {
	for _, g := range c.Grants {
		i := slices.IndexFunc(l.Issuers, func(o licensefile.IssuerGrant) bool { return o.Issuer == g.Issuer && o.Key.Equal(g.Key) })
		if i >= 0 && l.Revocation(g.Key) == nil {
			l.Issuers[i].Fence = g.Fence
			continue
		}
		if as := usedAs(l, g.Key); as != "" {
			return &KeyTakenError{Key: licensefile.Fingerprint(g.Key), As: as}
		}
		l.Issuers = append(l.Issuers, g)
	}
	return nil
}

func (c *KeyListChange) roots(l *licensefile.KeyList) error {
	named := func(name string) func(licensefile.RootKey) bool {
		return func(r licensefile.RootKey) bool { return r.Name == name }
	}
	drop := func(roots *[]licensefile.RootKey, names []string, what string) error {
		for _, name := range names {
			if !slices.ContainsFunc(*roots, named(name)) {
				return &NotListedError{What: what, Name: name, Where: fmt.Sprintf("key list %d", l.Number-1)}
			}
			*roots = slices.DeleteFunc(*roots, named(name))
		}
		return nil
	}
	if err := drop(&l.Roots, c.DropRoots, "root"); err != nil {
		return err
	}
	for _, r := range c.AddRoots {
		l.NextRoots = slices.DeleteFunc(l.NextRoots, func(o licensefile.RootKey) bool { return o.Key.Equal(r.Key) })
		if err := free(l, r); err != nil {
			return err
		}
		l.Roots = append(l.Roots, r)
	}
	if err := drop(&l.NextRoots, c.DropNextRoots, "root to come"); err != nil {
		return err
	}
	for _, r := range c.NextRoots {
		if err := free(l, r); err != nil {
			return err
		}
		l.NextRoots = append(l.NextRoots, r)
	}
	if c.Threshold != 0 {
		l.Threshold = c.Threshold
	}
	if l.Threshold < 1 || l.Threshold > min(len(l.Roots), licensefile.MaxThreshold) {
		return &ThresholdError{Threshold: l.Threshold, Roots: len(l.Roots), Most: licensefile.MaxThreshold}
	}
	return nil
}

// free returns an error when the key or the name of a root is taken.
func free(l *licensefile.KeyList, r licensefile.RootKey) error {
	as := usedAs(l, r.Key)
	if as == "" && slices.ContainsFunc(slices.Concat(l.Roots, l.NextRoots), func(o licensefile.RootKey) bool { return o.Name == r.Name }) {
		as = "another root's name: " + r.Name
	}
	if as != "" {
		return &KeyTakenError{Key: licensefile.Fingerprint(r.Key), As: as}
	}
	return nil
}

func (c *KeyListChange) rest(l *licensefile.KeyList) error {
	same := func(name string) func(licensefile.Algorithm) bool {
		return func(a licensefile.Algorithm) bool { return a.Name == name }
	}
	for _, name := range c.DropAlgorithms {
		if !slices.ContainsFunc(l.Algorithms, same(name)) {
			return &NotListedError{What: "algorithm", Name: name, Where: fmt.Sprintf("key list %d", l.Number-1)}
		}
		l.Algorithms = slices.DeleteFunc(l.Algorithms, same(name))
	}
	for _, a := range c.Algorithms {
		l.Algorithms = append(slices.DeleteFunc(l.Algorithms, same(a.Name)), a)
	}
	if c.Through != nil {
		l.Through = *c.Through
	}
	return nil
}

// KeyListChanges says in English what a key list says otherwise than the one
// before it, which is nil for the first; one line for each change.
func KeyListChanges(before, after *licensefile.KeyList) []string {
	if before == nil {
		before = &licensefile.KeyList{}
	}
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	differences(before.Roots, after.Roots, licensefile.RootKey.String, func(sign string, r licensefile.RootKey) {
		say("%s root %s %s", sign, r.Name, licensefile.Fingerprint(r.Key))
	})
	differences(before.NextRoots, after.NextRoots, licensefile.RootKey.String, func(sign string, r licensefile.RootKey) {
		say("%s root to come %s %s", sign, r.Name, licensefile.Fingerprint(r.Key))
	})
	if before.Threshold != after.Threshold {
		say("* threshold %d, was %d", after.Threshold, before.Threshold)
	}
	differences(before.Issuers, after.Issuers, func(g licensefile.IssuerGrant) string { return fmt.Sprintf("%s %x %+v", g.Issuer, g.Key, g.Fence) },
		func(sign string, g licensefile.IssuerGrant) {
			say("%s issuer %s %s: %s", sign, g.Issuer, licensefile.Fingerprint(g.Key), FenceText(g.Fence))
		})
	differences(before.Revocations, after.Revocations, func(r licensefile.Revocation) string { return fmt.Sprintf("%x %s %s", r.Key, r.Effect, r.Date) },
		func(sign string, r licensefile.Revocation) {
			say("%s revocation %s %s", sign, licensefile.Fingerprint(r.Key), strings.TrimSpace(fmt.Sprint(r.Effect, " ", r.Date)))
		})
	differences(before.Algorithms, after.Algorithms, func(a licensefile.Algorithm) string { return fmt.Sprintf("%s %s", a.Name, a.From) },
		func(sign string, a licensefile.Algorithm) {
			say("%s signatures of type %s required from %s", sign, a.Name, a.From)
		})
	switch {
	case before.Through == after.Through:
	case after.Through.IsZero():
		say("* no last day, was %s", before.Through)
	default:
		say("* last day %s", after.Through)
	}
	return lines
}

// differences calls say with "-" for what is only in before, and with "+" for
// what is only in after.
func differences[T any](before, after []T, text func(T) string, say func(sign string, v T)) {
	in := func(list []T, v T) bool {
		return slices.ContainsFunc(list, func(o T) bool { return text(o) == text(v) })
	}
	for _, v := range before {
		if !in(after, v) {
			say("-", v)
		}
	}
	for _, v := range after {
		if !in(before, v) {
			say("+", v)
		}
	}
}

// FenceText says in English what a fence allows, on one line.
func FenceText(f licensefile.Fence) string {
	var kinds []string
	for _, k := range f.Kinds {
		kinds = append(kinds, k.String())
	}
	text := fmt.Sprintf("modules %s; kinds %s; at most %d of one and %d in all; %d days, until %s; key %s through %s",
		strings.Join(f.Modules, ", "), strings.Join(kinds, ", "), f.MaxQuantity, f.MaxTotal, f.MaxTermDays, f.LastDate, f.From, f.Through)
	for _, extra := range []struct {
		on   bool
		what string
	}{{f.Unrestricted, "unrestricted licenses"}, {f.NoExpiry, "sets without an end"}, {f.Clients, "ways to sign in"}} {
		if extra.on {
			text += "; " + extra.what
		}
	}
	return text
}
