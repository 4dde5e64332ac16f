package web_test

import (
	"regexp"
	"testing"
)

var entryLink = regexp.MustCompile(`href="/acme(/audit/[0-9-]+)"`)

func TestAReceiptLeadsToWhatIsOnRecord(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn("karin")
	r.get("/users/uma")
	for _, test := range []struct {
		name, path string
		fields     []string
		action     string
	}{
		{"a plan", "/users/uma/plans", []string{"was", "", "plan:SUPEROFFICE:plans", "superoffice.sales"}, "plan.set"},
		{"a role", "/users/bo/role", []string{"do", "give", "role", "auditor"}, "role.give"},
		{"details", "/users/uma/details", []string{"user_id", "uma", "first_name", "Uma", "last_name", "Eka"}, "person.change"},
		{"somebody new", "/users/new", []string{"user_id", "nina", "first_name", "Nina"}, "person.add"},
		{"a notification", "/status/events/new", []string{"type", "message", "text-en", "Coffee", "do", "start"}, "event.start"},
	} {
		s := r.send(test.path, test.fields...)
		m := entryLink.FindStringSubmatch(s.body)
		if m == nil {
			t.Errorf("%s: no link to the entry: %s", test.name, s.text())
			continue
		}
		r.get(m[1]).says(t, test.action, "karin")
	}
}

func TestAFileOfHoldersIsOnRecord(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn("olle")
	for _, path := range []string{"/licenses/holders.csv?license=superoffice.sales", "/licenses/holders.json?license=superoffice.sales"} {
		r.get(path)
	}
	if got := len(r.get("/audit?action=people.export").table("Who did what")); got != 2 {
		t.Errorf("%d entries of two files", got)
	}
}
