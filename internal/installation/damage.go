package installation

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/incident"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// A NotConfirmedError is returned for a repair that nobody at the server's
// machine has confirmed.
type NotConfirmedError struct {
	Why string // "missing", "wrong", or "off" when this server takes no confirmations
}

func (e *NotConfirmedError) Error() string {
	return "nobody at the server's machine has confirmed it: the code is " + e.Why
}

// Code returns the stable code of the error.
func (e *NotConfirmedError) Code() string { return "damage.not-confirmed" }

// Damage lists what was found that is not as the server left it.
func (in *Installation) Damage(ctx context.Context, act Act) (api.Damage, error) {
	var answer api.Damage
	err := in.view(func(v *store.View) error {
		answer = api.Damage{AsOf: in.options.Now().UTC(), Seq: v.Seq(), Health: v.Health().String(),
			Writable: v.Health() <= store.Damaged, Items: []api.DamagedPlace{}}
		places := v.Places()
		for _, p := range places {
			answer.Items = append(answer.Items, placeOf(p))
		}
		for _, d := range v.Damage() {
			if !slices.ContainsFunc(places, func(p store.DamagedPlace) bool { return p.Table == d.Table && p.Key == d.Key }) {
				answer.Items = append(answer.Items, placeOf(store.DamagedPlace{Damage: d}))
			}
		}
		if len(answer.Items) == 0 {
			answer.Items = miscounted(v)
		}
		answer.Total = len(answer.Items)
		return nil
	})
	for i := range answer.Items {
		if answer.Items[i].Place == countsPlace {
			continue
		}
		answer.Items[i].Incident = in.incidentOf(answer.Items[i].Place)
	}
	return answer, err
}

func placeOf(p store.DamagedPlace) api.DamagedPlace {
	shown := api.DamagedPlace{Place: p.ID, Table: p.Table, Key: p.Key, What: p.What, Columns: p.Columns, Repairs: []string{}}
	for _, r := range p.Repairs {
		shown.Repairs = append(shown.Repairs, string(r))
	}
	return shown
}

// DamageDetail shows a damaged place and what stands there now.
func (in *Installation) DamageDetail(ctx context.Context, act Act, place string) (api.DamageDetail, error) {
	e, err := in.evidence(ctx, place)
	shown := placeOf(e.DamagedPlace)
	shown.Incident = in.incidentOf(shown.Place)
	return api.DamageDetail{DamagedPlace: shown, Found: e.Found, Seal: e.Seal, WantedVersion: e.WantedVer, Seq: in.now.Load().seq}, err
}

// Repair carries out a decision about a damaged place: what stands there is
// accepted, removed, or put back as it was. What was found is kept in an incident
// file first. Pools are counted anew from records that were checked, in the same
// update. Except at the machine itself it takes a one-time code made there.
func (in *Installation) Repair(ctx context.Context, act Act, place string, r api.Repair) (api.Repaired, error) {
	action, err := readRepair(r)
	if err != nil {
		return api.Repaired{}, err
	}
	evidence, err := in.evidence(ctx, place)
	if err != nil {
		return api.Repaired{}, err
	}
	tried := act
	tried.DryRun = true
	answer, err := in.repair(ctx, tried, place, action, r, "")
	if err != nil || act.DryRun {
		return answer, err
	}
	if act.By.Kind != audit.Host {
		if err := in.confirmed(r.Code); err != nil {
			return api.Repaired{}, err
		}
	}
	path, err := in.keepEvidence(act, action, r.Reason, evidence)
	if err != nil {
		return api.Repaired{}, err
	}
	return in.repair(ctx, act, place, action, r, path)
}

func readRepair(r api.Repair) (store.Repair, error) {
	action := store.Repair(r.Action)
	if action != store.RepairAccept && action != store.RepairRemove && action != store.RepairRestore {
		return "", &license.BadWordError{Word: r.Action, Of: "action", Allowed: "accept, remove, restore"}
	}
	return action, checkText("reason", r.Reason, 1, 500)
}

// confirmed reports whether somebody at the server's machine has agreed.
func (in *Installation) confirmed(code string) error {
	switch {
	case in.options.Confirm == nil:
		return &NotConfirmedError{Why: "off"}
	case code == "":
		return &NotConfirmedError{Why: "missing"}
	}
	return in.options.Confirm(in.Name(), code)
}

// keepEvidence writes what was found into an incident file and returns its path;
// "" on a server that keeps none.
func (in *Installation) keepEvidence(act Act, action store.Repair, reason string, e store.Evidence) (string, error) {
	if in.options.Incidents == "" {
		return "", nil
	}
	row, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return "", err
	}
	return incident.Write(in.options.Incidents, incident.Incident{
		Kind: "repair-" + string(action), At: in.options.Now(), Installation: in.Name(), By: act.By.String(), Reason: reason,
		Facts: map[string]string{"place": e.ID, "table": e.Table, "key": e.Key, "what": e.What},
		Files: map[string][]byte{"row.json": append(row, '\n')},
	})
}

func (in *Installation) repair(ctx context.Context, act Act, place string, action store.Repair, r api.Repair, path string) (api.Repaired, error) {
	var answer api.Repaired
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		answer = api.Repaired{Recounted: []api.Recounted{}, Incident: path}
		tx.Protects()
		places := tx.Places()
		if len(places) == 0 && place == countsPlace {
			places = countsOf(miscounted(&tx.View))
		}
		at := slices.IndexFunc(places, func(p store.DamagedPlace) bool { return p.ID == place })
		if at < 0 {
			return false, &store.UnknownPlaceError{Place: place}
		}
		answer.Place, answer.Left = placeOf(places[at]), len(places)-1
		var err error
		if place == countsPlace {
			err = onlyAccepted(action)
		} else {
			err = in.decide(ctx, tx, places[at], action, r.Values)
		}
		if err != nil {
			return false, err
		}
		answer.Recounted, err = recount(tx, answer.Left == 0)
		if err != nil {
			return false, err
		}
		if answer.Left == 0 {
			if _, err := settle(tx, NoticeDamage, ""); err != nil {
				return false, err
			}
		}
		record(tx, places[at], action, answer, path)
		return true, nil
	})
	if answer.Outcome = outcome; outcome.Changed && !outcome.DryRun {
		in.checkAgain()
	}
	return answer, err
}

// decide stages the decision. A license row is made again from its file: what it
// says stands there, signed.
func (in *Installation) decide(ctx context.Context, tx *store.Tx, p store.DamagedPlace, action store.Repair, values map[string]string) error {
	if p.Table == "license" && action == store.RepairRestore && len(values) == 0 {
		for _, set := range tx.Active().Sets() {
			for i := range set.Licenses {
				if row := projected(set, i); row.Name.Issuer+"/"+license.Issuer(row.Name.Module) == license.Issuer(p.Key) {
					return tx.MendLicense(ctx, p.ID, row)
				}
			}
		}
	}
	if p.Table == "person" && action == store.RepairRemove {
		for _, a := range tx.Assignments(p.Key) {
			if err := tx.EndAssignment(a.Number, "repair"); err != nil {
				return err
			}
		}
	}
	if _, err := tx.Repair(ctx, p.ID, action, values); err != nil {
		return err
	}
	return giveWay(tx, p)
}

// projected is the row of a license of a set in force, with nobody in it yet.
func projected(set *license.Set, i int) store.License {
	l := &set.Licenses[i]
	return store.License{Name: license.NameOf(set.Issuer, l.Module), SetNumber: set.Number, Line: int64(i + 1), Kind: l.Kind,
		Seats: l.Quantity, Unrestricted: l.Unrestricted, OpenEnded: l.OpenEnded, Hidden: l.Hidden}
}

// record writes the entry of a repair: codes, never values.
func record(tx *store.Tx, p store.DamagedPlace, action store.Repair, done api.Repaired, path string) {
	subject, key := "", p.Key
	if p.Table == "person" {
		subject, key = p.Key, ""
	}
	facts := []audit.Fact{audit.F("table", p.Table), audit.F("place", p.ID), audit.F("what", p.What)}
	if key != "" {
		facts = append(facts, audit.F("key", key))
	}
	if path != "" {
		facts = append(facts, audit.F("incident", filepath.Base(path)))
	}
	var counts []string
	for _, c := range done.Recounted {
		counts = append(counts, fmt.Sprintf("%s %d -> %d", c.Name, c.Was, c.Taken))
	}
	if len(counts) > 0 {
		facts = append(facts, audit.F("counts", strings.Join(counts, ", ")))
	}
	tx.Entry("repair."+string(action), subject, facts...)
}
