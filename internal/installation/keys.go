package installation

import (
	"context"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Keys returns whom the installation believes: the pinned roots, the issuers of
// the newest key list, and how each set in force leads back to them. The files
// are checked for it, so that what it says of them is true at the moment it names.
func (in *Installation) Keys(ctx context.Context, act Act) (api.Keys, error) {
	var out api.Keys
	err := in.view(func(v *store.View) error {
		now := in.clock(v)
		out = api.Keys{AsOf: now.UTC(), Threshold: max(1, in.root.Threshold), Roots: []string{}, Issuers: []api.IssuerKeys{}, Revoked: []api.RevokedKey{}, Own: in.fingerprint(v)}
		for _, root := range in.root.Roots {
			out.Roots = append(out.Roots, licensefile.Fingerprint(root.Key))
		}
		lists := v.KeyLists()
		if len(lists) == 0 {
			return nil
		}
		newest := lists[len(lists)-1]
		list, err := licensefile.ParseKeyList(newest.Note)
		if err != nil {
			return err
		}
		out.List, out.Issued, out.Learned = list.Number, list.Issued.UTC(), timeOf(newest.LearnedAt)
		sets := in.setKeys(ctx, v, now, act.Language)
		for _, grant := range list.Issuers {
			key := licensefile.Fingerprint(grant.Key)
			k := api.IssuerKeys{Issuer: string(grant.Issuer), Key: key, From: grant.Fence.From, Through: grant.Fence.Through,
				Modules: grant.Fence.Modules, Revoked: list.Revocation(grant.Key) != nil, Sets: []api.SetKeys{}}
			for _, s := range sets {
				if s.issuer == grant.Issuer && (s.by == key || s.by == "") {
					k.Sets = append(k.Sets, s.SetKeys)
				}
			}
			out.Issuers = append(out.Issuers, k)
		}
		for _, r := range list.Revocations {
			out.Revoked = append(out.Revoked, api.RevokedKey{Key: licensefile.Fingerprint(r.Key), Effect: string(r.Effect), On: r.Date})
		}
		return nil
	})
	return out, err
}

// A checkedSet is a set in force with the key of the issuer it leads back to; ""
// when it does not.
type checkedSet struct {
	api.SetKeys
	issuer license.Issuer
	by     string
}

// setKeys checks the file of every set in force again.
func (in *Installation) setKeys(ctx context.Context, v *store.View, now time.Time, lang string) []checkedSet {
	var all []checkedSet
	for _, row := range v.Sets() {
		if row.State != store.SetActive {
			continue
		}
		s := checkedSet{SetKeys: api.SetKeys{Set: setID(row.Issuer, row.Number), Checked: now.UTC()}, issuer: row.Issuer}
		if set := v.Active().Set(row.Issuer); set != nil {
			s.Notice = in.notice(v, set, now, lang)
		}
		file, err := v.SetFile(ctx, row.File)
		if err == nil {
			var f *licensefile.Verified
			if f, err = licensefile.VerifyAccepted(file, in.trustAccepted(v), timeOf(row.AcceptedAt), now); err == nil {
				s.Key, s.by, s.Good = licensefile.Fingerprint(f.SigningKey.Key), licensefile.Fingerprint(f.Issuer.Key), true
				s.Through = f.SigningKey.Through.String()
			}
		}
		all = append(all, s)
	}
	return all
}
