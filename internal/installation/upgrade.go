package installation

import (
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/entitle"
	"github.com/pott-dev/pott/license"
)

// MayUpgrade says whether a version released on a day may be installed: for the
// issuer that is named, or for every issuer whose set is in force. Without a day
// it is today. Only the maintenance date counts, good through the whole day.
func (in *Installation) MayUpgrade(version, released, issuer string) (api.Upgrade, error) {
	if err := checkText("version", version, 0, 100); err != nil {
		return api.Upgrade{}, err
	}
	date, err := readDay("date", released)
	if err != nil {
		return api.Upgrade{}, err
	}
	now := in.now.Load()
	out := api.Upgrade{Version: version, Released: date, Seq: now.seq, Issuers: []api.IssuerUpgrade{}}
	all := now.index.MayUpgrade(date)
	if issuer != "" {
		i, err := license.ParseIssuer(strings.ToUpper(issuer))
		if err != nil {
			return api.Upgrade{}, err
		}
		all = []entitle.Upgrade{now.index.MayUpgradeFor(i, date)}
	}
	out.Allowed = len(all) > 0
	for _, u := range all {
		row := api.IssuerUpgrade{Issuer: string(u.Issuer), Allowed: u.Allowed, Reason: u.Reason.String(), Maintenance: u.Maintenance}
		if u.Set != 0 {
			row.Set = setID(u.Issuer, u.Set)
		}
		out.Issuers = append(out.Issuers, row)
		out.Allowed = out.Allowed && u.Allowed
	}
	return out, nil
}
