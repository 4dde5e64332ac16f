package web_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/license"
)

func TestEveryListIsAFileToo(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	host := installation.Act{By: housetest.Host}
	_, err := acme.StartEvent(t.Context(), host, api.NewEvent{Type: "maintenance"})
	w.must(err)
	_, err = acme.MakeToken(t.Context(), host, api.NewToken{Name: "=intranet", Scopes: []string{"read"}})
	w.must(err)
	_, err = acme.PutProvider(t.Context(), host, "work", api.ProviderBody{Name: "Work", Issuer: "https://id.example.com", ClientID: "pott", Match: "user-id"})
	w.must(err)
	karin := w.as("karin")
	karin.get("/users")
	karin.send("/users/bulk/apply", "act", "retire", "who", "bo")
	next := w.offer(map[license.Module]int64{"gadget": 1})
	w.waits(next)
	jobs, err := acme.Jobs(t.Context(), host)
	w.must(err)
	job := "/users/bulk/jobs/" + jobs.Items[0].ID
	for _, test := range []struct {
		page, file string
		head, row  string
		people     bool // the file is on record
	}{
		{"/users", "/users", "Name,User ID", "Anna Berg,anna", true},
		{"/users?tab=other", "", "", "", false},
		{"/licenses", "/licenses", "Name,Code name", "The sales,superoffice.sales", false},
		{"/licenses/keys", "/licenses/keys", "Issuer,Fingerprint", "SUPEROFFICE,", false},
		{"/licenses/history", "/licenses/history", "License set,From", "superoffice-1,", true},
		{"/licenses/history/superoffice-1..superoffice-2", "/licenses/history/superoffice-1..superoffice-2", "License,License (code)", "changed,", false},
		{"/status", "/status/events", "Number,Event", "1,Maintenance,maintenance", true},
		{"/status/databases", "/status/databases", "Number,Name", "0,", false},
		{"/audit", "/audit", "Number,Time", ",Role given,role.give,", true},
		{"/settings/roles", "/settings/roles", "Person,Role", "karin,Administrator,administrator", true},
		{"/settings/tokens", "/settings/tokens", "What it is for", "'=intranet,", false},
		{"/settings/providers", "/settings/providers", "Name,Short name", "Work,work", false},
		{"/users/anna/history", "/users/anna/history", "License,License (code)", "The sales,superoffice.sales", true},
		{"/users/anna/uses", "/users/anna/uses", "License,License (code)", "allow", true},
		{"/users/bulk", "/users/bulk/jobs", "Begun,Job", "Change of many people,change", true},
		{job, job, "Row,Person", "1,bo,Changed,changed", true},
		{"/search?q=anna", "/search", "What,Name", "Anna Berg,anna,http://", true},
	} {
		page := karin.get(test.page)
		if test.file == "" {
			continue
		}
		if !strings.Contains(page.body, `href="/acme`+test.file+`.csv`) || !strings.Contains(page.body, "excel=1") || !strings.Contains(page.body, test.file+`.json`) {
			t.Errorf("%s does not offer its files", test.page)
		}
		_, query, _ := strings.Cut(test.page, "?")
		before := w.exports(karin)
		file := karin.get(test.file + ".csv?" + query)
		if file.status != http.StatusOK || !strings.HasPrefix(file.header.Get("Content-Type"), "text/csv") {
			t.Errorf("%s.csv: %d %v", test.file, file.status, file.header)
			continue
		}
		rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
		if err != nil || !strings.HasPrefix(file.body, test.head) || !strings.Contains(file.body, test.row) || len(rows) < 2 {
			t.Errorf("%s.csv: %v: %s", test.file, err, file.body)
		}
		if got := w.exports(karin) - before; (got == 1) != test.people || got > 1 {
			t.Errorf("%s.csv is on record %d times", test.file, got)
		}
		if excel := karin.get(test.file + ".csv?excel=1&" + query).body; !strings.HasPrefix(excel, "\ufeff"+strings.SplitN(test.head, ",", 2)[0]) || !strings.Contains(excel, ";") {
			t.Errorf("%s.csv for a spreadsheet: %.80q", test.file, excel)
		}
		if doc := karin.get(test.file + ".json?" + query); doc.status != http.StatusOK || !json.Valid([]byte(doc.body)) {
			t.Errorf("%s.json: %d %.200s", test.file, doc.status, doc.body)
		}
	}
	// What a role may not see it gets no file of.
	for _, path := range []string{"/settings/roles.csv", "/settings/tokens.json", "/settings/messages.csv"} {
		if s := w.as("olle").get(path); s.status != http.StatusForbidden {
			t.Errorf("an auditor is answered %d at %s", s.status, path)
		}
	}
	if s := w.nobody().get("/users/anna/history.csv"); s.status == http.StatusOK && strings.HasPrefix(s.body, "License") {
		t.Error("nobody gets a file")
	}
}

// exports is how many files with people are on record.
func (w *world) exports(r *reader) int {
	w.t.Helper()
	n := 0
	for _, action := range []string{"people.export", "audit.export"} {
		list, err := w.Installation("acme").Audit(w.t.Context(), installation.Act{By: housetest.Host}, installation.AuditFilter{Action: action, Limit: 500})
		w.must(err)
		n += len(list.Items)
	}
	return n
}
