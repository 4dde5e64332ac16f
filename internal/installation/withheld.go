package installation

import (
	"cmp"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/license"
)

// withheld says why nothing of a set in force can be given, nil when it can.
// module is the one of the set that is asked about, "" for all of it.
func (in *Installation) withheld(v *store.View, set *license.Set, module license.Module, now time.Time, lang string) *api.Withheld {
	w := seat.Withheld(set, setState(set, now), in.outages(v, now)(set.Issuer))
	if w == nil {
		return nil
	}
	out := &api.Withheld{Code: w.Code, Since: w.Since}
	if n := in.notice(v, set, now, lang); w.Code != (&seat.ReadOnlyError{}).Code() && n != nil {
		out.Text = n.Text
		return out
	}
	note := "withheld"
	if out.SignIn = module != "" && seat.SignsIn(set, module); out.SignIn {
		note = "withheld-sign-in"
	}
	out.Text = say(lang, note, struct {
		Issuer string
		Since  license.Date
	}{cmp.Or(set.IssuerName, string(set.Issuer)), w.Since})
	return out
}
