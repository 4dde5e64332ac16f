package housetest

import (
	"context"
	"testing"

	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
	"github.com/pott-dev/pott/licenseserver"
)

// Address is where tests say that license servers are.
const Address = "https://licenses.example"

// receipts is the key that the license server of an issuer answers with.
func receipts(issuer license.Issuer) licensefile.Signer { return signer("receipts " + string(issuer)) }

// AskWith opens the house again so that license servers are asked through ask;
// the settings of the host name one for each of the issuers.
func (f *Fixture) AskWith(t testing.TB, ask func(ctx context.Context, url string, request []byte) ([]byte, error), issuers ...license.Issuer) {
	t.Helper()
	f.options.Ask, f.options.Authorities = ask, map[license.Issuer]string{}
	for _, issuer := range issuers {
		f.options.Authorities[issuer] = Address
	}
	f.Reopen(t)
}

// Reply signs what the license server of an issuer answers.
func (v Vendors) Reply(r *licenseserver.Reply) ([]byte, error) {
	return v.ReplyWith(receipts(r.Issuer), r)
}

// ReplyWith signs a reply with a key of the caller's, under the certificate that
// does not name it unless it is the right one.
func (v Vendors) ReplyWith(key licensefile.Signer, r *licenseserver.Reply) ([]byte, error) {
	return licenseserver.SignReply(r, key, v.keys[r.Issuer].certificate, v.lists...)
}
