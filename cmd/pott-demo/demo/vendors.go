// Package demo starts the example vendors and the example customers, complete
// and with temporary keys, so that somebody new sees the main job work on real
// price lists.
package demo

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"time"

	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// Vendors is the authority of the two example vendors. Its keys exist in memory
// only and are gone when the program ends.
type Vendors struct {
	Authority *authority.Authority
	trust     licensefile.Trust
	signing   map[license.Issuer]licensefile.Signer
	receipts  authority.Receipts // what the license servers of both answer with
}

// OpenVendors makes an authority in a directory, with keys and the two example
// catalogues.
func OpenVendors(ctx context.Context, dir string, now time.Time) (*Vendors, error) {
	root, err := newSigner()
	if err != nil {
		return nil, err
	}
	v := &Vendors{
		trust:    licensefile.Trust{Roots: []licensefile.RootKey{{Name: "demo-root", Key: root.Public()}}, Threshold: 1},
		signing:  map[license.Issuer]licensefile.Signer{},
		receipts: authority.Receipts{},
	}
	if v.Authority, err = authority.Open(ctx, filepath.Join(dir, "authority.db"), v.trust); err != nil {
		return nil, err
	}
	if err := v.found(ctx, root, now); err != nil {
		v.Authority.Close()
		return nil, err
	}
	return v, nil
}

func (v *Vendors) found(ctx context.Context, root licensefile.Signer, now time.Time) error {
	today := license.DateOf(now)
	founding := authority.Founding{Roots: []licensefile.Signer{root}}
	certifiers := map[license.Issuer]licensefile.Signer{}
	for _, issuer := range []license.Issuer{"SUPEROFFICE", "AMSYSTEM"} {
		certifier, err := newSigner()
		if err != nil {
			return err
		}
		if v.signing[issuer], err = newSigner(); err != nil {
			return err
		}
		if v.receipts[issuer], err = newSigner(); err != nil {
			return err
		}
		certifiers[issuer] = certifier
		founding.Issuers = append(founding.Issuers, authority.FoundingIssuer{
			Issuer: issuer, Key: certifier, Fence: authority.DefaultFence(today),
			Signing: licensefile.SigningKey{Key: v.signing[issuer].Public(), Type: licensefile.TypeSet, From: today.Add(-1), Through: today.Add(366)},
		})
	}
	if err := v.Authority.Found(ctx, "demo", founding, now); err != nil {
		return err
	}
	for issuer, certifier := range certifiers {
		key := licensefile.SigningKey{Key: v.receipts[issuer].Public(), Type: licensefile.TypeReceipt, From: today.Add(-1), Through: today.Add(366)}
		if _, err := v.Authority.Certify(ctx, "demo", issuer, certifier, key, now); err != nil {
			return err
		}
	}
	for _, vendor := range []string{"superoffice", "amsystem"} {
		if _, _, err := v.Authority.AddCatalogue(ctx, "demo", examples.Bytes(vendor+"/catalogue.yaml"), now); err != nil {
			return fmt.Errorf("catalogue of %s: %w", vendor, err)
		}
	}
	return nil
}

func newSigner() (licensefile.Signer, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return licensefile.NewSigner(key), nil
}

// Issue turns an order into a signed license file.
func (v *Vendors) Issue(ctx context.Context, order []byte, now time.Time) ([]byte, error) {
	p, err := v.Authority.Prepare(ctx, "demo", order, now)
	if err != nil {
		return nil, err
	}
	return v.Authority.Sign(ctx, "demo", p, v.signing[p.Entry.Issuer], now)
}

// IssueExample issues one of the example orders as if it were ordered today.
func (v *Vendors) IssueExample(ctx context.Context, order string, now time.Time) ([]byte, error) {
	file, err := v.Issue(ctx, examples.OrderAt(order, license.DateOf(now)), now)
	if err != nil {
		return nil, fmt.Errorf("order %s: %w", order, err)
	}
	return file, nil
}

// RootFile returns what a customer pins.
func (v *Vendors) RootFile() []byte { return v.trust.RootFile() }

// Close gives up the authority's database.
func (v *Vendors) Close() error { return v.Authority.Close() }
