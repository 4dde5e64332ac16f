package web

import (
	"maps"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/page"
	"github.com/pott-dev/pott/license"
)

func (v *visit) titledDamage(title string) {
	v.titled("status", title)
	v.Command = "pott damage ls"
	v.crumbs(page.Link{Text: v.Say("status.title"), Path: "/status"}, page.Link{Text: v.Say("damage.title"), Path: "/status/damage"})
}

// A damageView is everything that is not as it was written.
type damageView struct {
	damage api.Damage
	asks   []string // who may repair, when the reader may not
}

func showDamage(v *visit) error {
	d, err := v.in.Damage(v.ctx(), v.act)
	if err != nil {
		return err
	}
	x := damageView{damage: d}
	if !v.may(api.ScopeAdmin) {
		x.asks = v.in.WhoMay(api.ScopeAdmin)
	}
	v.titledDamage(v.Say("damage.title"))
	v.Crumbs, v.Wide, v.AsOf = v.Crumbs[:1], true, d.AsOf
	return v.show(damagePage(v, x))
}

// A repairView is a damaged place and what is decided about it.
type repairView struct {
	detail               api.DamageDetail
	action, reason, code string
	faults               page.Faults
	preview              *api.Repaired
}

func (x repairView) columns() []string { return slices.Sorted(maps.Keys(x.detail.Found)) }

func recordName(p api.DamagedPlace) string { return strings.TrimSpace(p.Table + " " + p.Key) }

// recordTitle is what people call a record: the license it is about, else as the
// tables have it.
func (v *visit) recordTitle(p api.DamagedPlace) string {
	issuer, module, ok := strings.Cut(p.Key, "/")
	if p.Table != "license" || !ok {
		return recordName(p)
	}
	return v.Say("damage.of-license", "Name", v.called(license.NameOf(license.Issuer(issuer), license.Module(module))))
}

func (v *visit) repairView() (repairView, error) {
	d, err := v.in.DamageDetail(v.ctx(), v.act, v.r.PathValue("place"))
	if err != nil {
		return repairView{}, err
	}
	v.titledDamage(v.recordTitle(d.DamagedPlace))
	v.Command = "pott damage show " + d.Place
	return repairView{detail: d}, nil
}

func showDamagedPlace(v *visit) error {
	x, err := v.repairView()
	if err != nil {
		return err
	}
	return v.show(damagedPlacePage(v, x))
}

// repairPlace shows what a repair would do, and does it when that was seen.
func repairPlace(v *visit) error {
	x, err := v.repairView()
	if err != nil {
		return err
	}
	x.action, x.reason, x.code = v.form("action"), v.form("reason"), v.form("code")
	act := v.act
	act.DryRun = v.form("do") != "repair"
	done, err := v.in.Repair(v.ctx(), act, x.detail.Place, api.Repair{Action: x.action, Reason: x.reason, Code: x.code})
	if err != nil {
		x.faults = page.Faults{v.faultAt(err, map[string]string{"action": "action-0", "reason": "reason", "code": "code"})}
		return v.wrong(damagedPlacePage(v, x))
	}
	if act.DryRun {
		x.preview = &done
		return v.show(damagedPlacePage(v, x))
	}
	return v.done("/status/damage", page.Receipt{Title: v.Say("damage.done"), Text: v.recordTitle(done.Place), Items: v.effects(done),
		Links: v.recorded(done.Outcome)})
}

// effects says what a repair does beyond its record.
func (v *visit) effects(r api.Repaired) []string {
	var all []string
	for _, n := range r.Recounted {
		all = append(all, v.Say("damage.recounted", "Name", v.called(n.Name), "Was", n.Was, "Taken", n.Taken))
	}
	if r.Left > 0 {
		all = append(all, v.Say("damage.left", "N", r.Left))
	}
	return all
}

func (v *visit) repairOptions(x repairView) []page.Option {
	var all []page.Option
	for _, action := range []string{"restore", "remove", "accept"} {
		if slices.Contains(x.detail.Repairs, action) {
			words := v.words(map[string]string{"restore": "damage.restore", "remove": "damage.remove", "accept": "damage.accept"}[action],
				map[string]string{"restore": "damage.restore-hint", "remove": "damage.remove-hint", "accept": "damage.accept-hint"}[action])
			all = append(all, page.Option{Value: action, Text: words[0], Hint: words[1], Chosen: action == x.action})
		}
	}
	return all
}

func serveIncident(v *visit) error {
	name, text, err := v.in.Incident(v.ctx(), v.act, v.r.PathValue("place"))
	if err != nil {
		return err
	}
	return v.download(name, "application/json", text)
}
