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
		{"a role in the settings", "/settings/roles", []string{"person", "anna", "role", "auditor"}, "role.give"},
		{"a role taken back", "/settings/roles/take", []string{"person", "anna", "role", "auditor"}, "role.take"},
		{"how sets come into force", "/settings/policy", []string{"activation", "ask"}, "set.policy"},
		{"the language of pages", "/settings/defaults", []string{"language", "sv", "theme", "dark"}, "defaults.set"},
		{"that it is collected when people were active", "/settings/activity", []string{"ground", "agreed"}, "activity.set"},
		{"that it is not any longer", "/settings/activity/off", nil, "activity.set"},
		{"a provider", "/settings/providers", []string{"new", "on", "code", "work", "name", "Work", "issuer", "https://id.example.com", "client_id", "pott", "match", "email"}, "provider.put"},
		{"a provider removed", "/settings/providers/work/remove", nil, "provider.remove"},
		{"the address that is asked", "/settings/blockers", []string{"url", "http://127.0.0.1:1/"}, "blockers.set"},
		{"nobody is asked", "/settings/blockers/remove", nil, "blockers.drop"},
		{"who is told of what", "/settings/messages", []string{"was_on", "", "on", "pool auditor"}, "message.rule"},
		{"an address that is called", "/settings/messages/webhooks", []string{"url", "http://127.0.0.1:1/pott"}, "message.webhook-add"},
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
