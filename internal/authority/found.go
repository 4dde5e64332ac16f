package authority

import (
	"context"
	"time"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// A Founding is the keys a new authority starts with.
type Founding struct {
	Roots   []licensefile.Signer // of the trusted roots; as many as the threshold asks for
	Issuers []FoundingIssuer
}

// A FoundingIssuer is a vendor under the new root.
type FoundingIssuer struct {
	Issuer  license.Issuer
	Key     licensefile.Signer // signs its certificates
	Fence   licensefile.Fence  // what it may issue
	Signing licensefile.SigningKey
}

// Found makes an empty authority ready to issue: it signs key list 1, which
// names the issuers, and certificate 1 of each issuer.
func (a *Authority) Found(ctx context.Context, by string, f Founding, now time.Time) error {
	list, err := a.NextKeyList(ctx, now)
	if err != nil {
		return err
	}
	for _, i := range f.Issuers {
		list.Issuers = append(list.Issuers, licensefile.IssuerGrant{Issuer: i.Issuer, Key: i.Key.Public(), Fence: i.Fence})
	}
	d, err := NewKeyListDraft(list)
	if err != nil {
		return err
	}
	for _, root := range f.Roots {
		if d, err = a.ApproveKeyList(ctx, by, d, root, now); err != nil {
			return err
		}
	}
	if err := a.AddKeyList(ctx, by, d.Bytes(), now); err != nil {
		return err
	}
	for _, i := range f.Issuers {
		if _, err := a.Certify(ctx, by, i.Issuer, i.Key, i.Signing, now); err != nil {
			return err
		}
	}
	return nil
}
