package printing_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/printing"
	"github.com/pott-dev/pott/internal/paper"
	"github.com/pott-dev/pott/license"
)

// Noon in Stockholm is ten in the morning in Greenwich.
var (
	noon  = time.Date(2026, 6, 10, 10, 0, 0, 0, time.UTC)
	karin = printing.Reader{Lang: "en", Name: "Karin Öst"}
	acme  = api.Installation{Name: "acme", Company: "Acme AB", Serial: "1600070120", TimeZone: "Europe/Stockholm", Fingerprint: "own-key", Roots: []string{"root-1", "root-2"}}
)

// write writes a value with its kind, as "crit: 3".
func write(v paper.Value) string {
	text := v.Text
	if v.None {
		text = "–"
	}
	if v.Kind != "" {
		text = v.Kind + ": " + text
	}
	if v.Sub != "" {
		text += " (" + v.Sub + ")"
	}
	return text
}

// rows writes the cells of a table, row by row.
func rows(t *testing.T, d paper.Document, heading string) (all []string) {
	t.Helper()
	i := slices.IndexFunc(d.Parts, func(p paper.Part) bool { return p.Heading == heading })
	if i < 0 || d.Parts[i].Table == nil {
		t.Fatalf("there is no table under %q", heading)
	}
	table := d.Parts[i].Table
	line := func(cells []string) { all = append(all, strings.Join(cells, " | ")) }
	var heads []string
	for _, c := range table.Columns {
		heads = append(heads, c.Head)
	}
	line(heads)
	for _, r := range table.Rows {
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, write(c))
		}
		line(cells)
	}
	return all
}

// facts are all facts of a document, by name.
func facts(d paper.Document) map[string]string {
	all := map[string]string{}
	for _, p := range d.Parts {
		for _, f := range p.Facts {
			var values []string
			for _, v := range f.Values {
				values = append(values, write(v))
			}
			all[f.Name] = strings.Join(values, ", ")
		}
	}
	return all
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func name(module license.Module) license.Name { return license.NameOf("ACME", module) }

func report() api.Report {
	days := 41
	return api.Report{
		Status: api.Status{Installation: acme, Now: noon, Sets: []api.SetStatus{
			{ID: "acme-1", State: "ok", Expiry: license.Date{Year: 2026, Month: 7, Day: 21}, DaysLeft: &days},
			{ID: "maps-3", State: "read-only"},
		}},
		Sets: []api.Set{
			{ID: "acme-1", Issuer: "ACME", IssuerName: "Acme Software", Checkpoint: "c1", Issued: noon},
			{ID: "maps-3", Issuer: "MAPS", Checkpoint: "c3", Issued: noon},
			{ID: "quiz-2", Issuer: "QUIZ", Checkpoint: "c2", Issued: noon, Notice: &api.KeyNotice{Text: "Its key was revoked."}},
		},
		Keys: []api.SetKeys{{Set: "acme-1", Key: "k1", Good: true}, {Set: "maps-3", Key: "k3"}, {Set: "quiz-2", Key: "k2", Good: true}},
		Licenses: []api.ReportLicense{
			{License: api.License{Name: name("mail"), DisplayName: "Mail", Seats: 5, Taken: 8, Over: 3, State: api.PoolOver}, Peak: api.PeakRow{Peak: 9, At: noon}},
			{License: api.License{Name: name("sales"), DisplayName: "Sales", Seats: 1200, Taken: 1000, Free: 200, State: api.PoolSpare}, Peak: api.PeakRow{Peak: 1100, At: noon.Add(-time.Hour)}},
			{License: api.License{Name: name("scan"), Seats: 1000, Taken: 4, State: api.PoolByUse}},
			{License: api.License{Name: name("user"), DisplayName: "User", Seats: 0, Taken: 7, State: api.PoolNoLimit}},
		},
		Over:      1,
		People:    api.ReportPeople{All: 1300, SignIn: 1200, OnPlans: 1100, Counted: 1150, Plans: true},
		Databases: []api.Database{{Name: "Oslo", Licenses: []api.Holding{{Name: name("print"), DisplayName: "Print", Quantity: 3}}}, {Name: "Bergen", Number: 2}},
		Integrity: api.IntegrityReport{Verdict: "broken", Why: "The disk is away", Rows: api.IntegrityAnswer{State: "intact"}, Totals: api.IntegrityAnswer{State: "broken"}},
		Head:      api.Head{Head: "head-of-all"},
	}
}

func TestTheReportSaysEachNumberInItsPlace(t *testing.T) {
	d := printing.Report(karin, report())
	same(t, "sets", []string{
		"License set | Issuer | Issued | Valid until | Signature",
		"acme-1 (c1) | Acme Software | 10 Jun 2026, 12:00 | ok: 21 Jul 2026 (in 41 days) | ok: Genuine (Signed with key k1)",
		"maps-3 (c3) | MAPS | 10 Jun 2026, 12:00 | crit: No end date | crit: Not genuine (Signed with key k3)",
		"quiz-2 (c2) | QUIZ | 10 Jun 2026, 12:00 | – | crit: Its key was revoked. (Signed with key k2)",
	}, rows(t, d, "License sets in force"))
	same(t, "licenses", []string{
		"Name | Purchased | In use | Spare | Over | Peak, 90 days | Peak on",
		"Mail (acme.mail) | 5 | 8 | 0 | crit: 3 | 9 | 10 Jun 2026, 12:00",
		"Sales (acme.sales) | 1,200 | 1,000 | 200 | 0 | 1,100 | 10 Jun 2026, 11:00",
		"acme.scan (acme.scan) | Billed by use | 4 | – | – | 0 | –",
		"User (acme.user) | No limit | 7 | – | – | 0 | –",
	}, rows(t, d, "Licenses"))
	same(t, "databases", []string{"Name of the database | Site licenses", "Oslo (Central database) | Print × 3", "Bergen (Satellite, number 2) | –"}, rows(t, d, "Databases"))
	said := facts(d)
	for fact, want := range map[string]string{
		"Owner": "Acme AB", "Serial number": "1600070120", "People: Everybody": "1,300", "People: Can log in": "1,200", "People: On paid plans": "1,100",
		"Head of the audit trail": "head-of-all", "Root keys": "root-1, root-2",
	} {
		if said[fact] != want {
			t.Errorf("%s is %q, want %q, of %q", fact, said[fact], want, said)
		}
	}
	var says []string
	for _, p := range d.Parts {
		for _, v := range p.Says {
			says = append(says, write(v))
		}
	}
	same(t, "verdicts", []string{"crit: 1 license has more in use than was purchased.", "crit: Broken. The disk is away"}, says)
	if d.Lang != "en" || !d.Made.Equal(noon) || !strings.Contains(d.Foot, "Acme AB · 1600070120") || !strings.Contains(d.Lead[0], "Karin Öst") || d.Page(2, 3) != "Page 2 of 3" {
		t.Errorf("it says of itself %+v", d)
	}
}

// Where there is no plan to be on, nobody is told that none are on one.
func TestAReportWithoutPlansCountsWhoTakesASeat(t *testing.T) {
	r := report()
	r.People.OnPlans, r.People.Plans = 0, false
	said := facts(printing.Report(karin, r))
	if _, plans := said["People: On paid plans"]; plans || said["People: Take a seat"] != "1,150" {
		t.Errorf("%q", said)
	}
}

func TestWhereNothingIsOverAndAllIsIntactTheReportSaysSo(t *testing.T) {
	r := report()
	r.Over, r.Integrity = 0, api.IntegrityReport{Verdict: "intact"}
	var says []string
	for _, p := range printing.Report(karin, r).Parts {
		for _, v := range p.Says {
			says = append(says, write(v))
		}
	}
	same(t, "verdicts", []string{"ok: No license has more in use than was purchased.", "ok: Intact"}, says)
}

func record() api.ActivationRecord {
	return api.ActivationRecord{
		AsOf: noon, Installation: acme, Who: "Karin Öst", AgreedBy: "Olle Ek", Acknowledged: []string{"Quotes", "Scan"},
		Activation: api.Activation{Number: 2, Set: "acme-2", From: noon.Add(-48 * time.Hour), Until: noon.Add(-time.Hour), How: "roll-back", By: "person 1", Replaced: "acme-1", Reported: true},
		Set:        api.Set{ID: "acme-2", Issuer: "ACME", Company: "Acme AB", Serial: "1600070120", Checkpoint: "c2", Issued: noon, Accepted: noon.Add(time.Hour)},
		Key:        &api.SetKeys{Set: "acme-2", Key: "k2", Good: true},
		Difference: api.SetDifference{From: "acme-1", To: "acme-2", Same: 7, Fields: []api.FieldChange{{Field: "expiry", From: "2026-07-21", To: "2027-07-21"}}, Licenses: []api.LicenseDifference{
			{Name: name("sales"), DisplayName: "Sales", Became: "changed", Fields: []api.FieldChange{{Field: "quantity", From: "1200", To: "900"}, {Field: "group", To: "line"}}},
			{Name: name("map"), Became: "added", Fields: []api.FieldChange{{Field: "quantity", To: "4"}, {Field: "kind", To: "user"}}},
		}},
		People: []api.RecordPerson{
			{Number: 5, Person: "bo", Name: "Bo Ågren", Released: []api.Holding{{Name: name("sales"), DisplayName: "Sales"}}, Given: []api.Holding{{Name: name("map")}}, LoginEnded: true},
			{Number: 6, Given: []api.Holding{{Name: name("map")}}},
		},
		Entry: &api.AuditDetail{AuditEntry: api.AuditEntry{Seq: 12, N: 3}, Hash: "link-12"},
		Head:  api.Head{Head: "head-of-all"},
	}
}

func TestARecordSaysWhatWasAndWhatBecame(t *testing.T) {
	d := printing.Record(karin, record())
	same(t, "licenses", []string{
		"License | Became | Earlier | Later | What else changed",
		"Sales (acme.sales) | Changed | 1,200 | 900 | group: – → line",
		"map (acme.map) | Added | – | 4 | –",
	}, rows(t, d, "Its rows"))
	same(t, "people", []string{
		"Person | Gives back | Gets | Login",
		"Bo Ågren (bo) | Sales | acme.map | Ended",
		"#6 | – | acme.map | –",
	}, rows(t, d, "People"))
	said := facts(d)
	for fact, want := range map[string]string{
		"From": "8 Jun 2026, 12:00", "Until": "10 Jun 2026, 11:00", "By": "Karin Öst", "Replaced": "acme-1", "Agreed by": "Olle Ek",
		"Fingerprint of what was signed": "c2", "Issuer told": "Yes", "Entry": "#12-3", "Hash over it and everything before": "link-12",
	} {
		if said[fact] != want {
			t.Errorf("%s is %q, want %q, of %q", fact, said[fact], want, said)
		}
	}
	if !strings.Contains(strings.Join(slices.Sorted(maps.Values(said)), "|"), "Quotes and Scan") {
		t.Errorf("what was acknowledged is not among %q", said)
	}
	newest := record()
	newest.Activation.Until, newest.AgreedBy, newest.Acknowledged, newest.People, newest.Entry = time.Time{}, "", nil, nil, nil
	d = printing.Record(karin, newest)
	if said := facts(d); said["Until"] != "ok: In force" || len(said["Agreed by"]) > 0 {
		t.Errorf("of one that is in force: %q", said)
	}
}
