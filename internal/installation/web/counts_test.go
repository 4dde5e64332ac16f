package web_test

import (
	"regexp"
	"strconv"
	"testing"

	"golang.org/x/net/html"

	"github.com/pott-dev/pott/api"
)

var numberLink = regexp.MustCompile(`<a href="/acme(/users[^"]*)">([0-9]+)</a>`)

func TestEveryNumberOfPeopleLeadsToAsManyPeople(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	for _, p := range []api.NewPerson{{UserID: "sync", Kind: "system"}, {UserID: "web", Kind: "anonymous"}, {UserID: "gone", Login: true}, {UserID: "late", Login: true, ValidThrough: "2026-01-01"}} {
		_, err := acme.AddPerson(t.Context(), host, p)
		w.must(err)
	}
	_, err := acme.RetirePerson(t.Context(), host, "gone")
	w.must(err)
	r := w.visitor("karin")
	for _, page := range []string{"/", "/status"} {
		found := numberLink.FindAllStringSubmatch(r.get(page).body, -1)
		if len(found) != 3 {
			t.Errorf("%s has %d numbers of people", page, len(found))
		}
		for _, m := range found {
			list := r.get(html.UnescapeString(m[1]))
			if got := strconv.Itoa(len(list.table("pe"))); got != m[2] {
				t.Errorf("%s: %s leads to %s with %s people", page, m[2], m[1], got)
			}
		}
	}
	r.get("/users?plan=%2A").says(t, "2 people", "Anna Berg", "Bo Ågren")
	r.last.lacks(t, "Karin Lind sales")
}

func TestWhatNeedsAttentionIsAllShownOnAsking(t *testing.T) {
	w := newWorld(t)
	for range 9 {
		_, err := w.Installation("acme").StartEvent(t.Context(), host, api.NewEvent{Type: "message", Texts: map[string]string{"en": "News"}})
		w.must(err)
	}
	r := w.visitor("karin")
	items := func() int { return len(regexp.MustCompile(`id="attention-[0-9]+"`).FindAllString(r.last.body, -1)) }
	if r.get("/"); items() != 7 {
		t.Errorf("%d items first", items())
	}
	if r.get("/?all=1"); items() != 9 {
		t.Errorf("%d items of nine", items())
	}
}
