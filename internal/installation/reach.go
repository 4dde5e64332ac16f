package installation

import (
	"context"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licenseserver"
)

// Reached is how the license server of an issuer answers now.
type Reached struct {
	Issuer     license.Issuer
	Address    string
	Registered bool                  // as the installation knows it
	Refused    licenseserver.Refusal // "": it does not refuse
	Status     licenseserver.Status  // "" when it did not answer
	Difference int64                 // its clock minus this one's, in seconds
	Err        error                 // why there is no genuine answer
}

// Reach asks every license server that has to do with the installation whether it
// is there and knows it. Nothing is stored.
func (in *Installation) Reach(ctx context.Context) (list []Reached) {
	in.askMu.Lock()
	defer in.askMu.Unlock()
	in.view(func(v *store.View) error {
		for _, issuer := range in.issuers(v) {
			a, _ := v.Authority(issuer)
			if address := in.authorityAddress(v, issuer); address != "" && concerned(v, issuer) {
				list = append(list, Reached{Issuer: issuer, Address: address, Registered: a.Registered != 0})
			}
		}
		return nil
	})
	for i := range list {
		q, err := in.askServer(ctx, list[i].Issuer, licenseserver.Ping, nil)
		if list[i].Err = err; err == nil {
			list[i].Refused, list[i].Status, list[i].Difference = q.reply.Refused, q.reply.Status, q.difference()
		}
	}
	return list
}
