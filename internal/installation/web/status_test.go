package web_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

func TestTheStatusPageNeverCallsWhatWasNotCheckedIntact(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/status").says(t, "Acme AB", "1600070120", "Cannot be checked", "No full check has been made yet", "Never", "The clock is right", "Nothing to tell")
	if strings.Contains(r.last.body, `class="state ok"><svg class="icon icon-ok" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><circle cx="10" cy="10" r="8"></circle><path d="M6 10.5l2.700 2.700L14 7.500"></path></svg>Intact`) {
		t.Error("something is called intact")
	}
	r.send("/status/check").says(t, "The check has begun")
	_, err := w.Installation("acme").Verify(t.Context(), host)
	w.must(err)
	r.get("/status").says(t, "Intact", "records,")
	r.get("/status?lang=sv").says(t, "Intakt", "Senaste fullständiga kontroll")
}

func TestAnEventIsPreviewedStartedChangedAndEnded(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/status/events/new")
	fields := []string{"type", "maintenance", "from", "", "expected", "2026-06-10T20:00", "text-en", "Upgrade", "text-sv", "Uppgradering", "audience-internal", "on"}
	r.send("/status/events/new", append(fields, "do", "preview")...).says(t, "This is how it will look", "Upgrade", "Internal people", "Running")
	if list, err := w.Installation("acme").Events(t.Context(), host, true, 10, ""); err != nil || list.Total != 0 {
		t.Fatalf("a preview starts it: %+v, %v", list, err)
	}
	r.send("/status/events/new", append(fields, "do", "start")...).says(t, "The notification has started", "Upgrade", "Running", "Maintenance")
	rows := r.last.table("System notifications")
	if len(rows) != 1 || len(rows[0]) != 7 || !strings.Contains(rows[0][5], "20:00") || rows[0][6] != "Internal people" {
		t.Errorf("%q", rows)
	}
	w.Set(housetest.Noon.Add(9 * time.Hour))
	r = w.host()
	r.get("/status").says(t, "Overdue")
	if !strings.Contains(r.last.body, "A notification you started should be over.") {
		t.Error("whoever started it is not reminded")
	}
	r.get("/status/events/1?lang=sv").says(t, "Uppgradering", "Försenad")
	r.get("/status/events/1")
	r.send("/status/events/1", "expected", "2026-06-11T08:00", "text-en", "Longer", "audience-internal", "on").says(t, "was changed", "Longer", "Running")
	r.send("/status/events/1", "expected", "soon").says(t, "thing to correct")
	if r.last.status != http.StatusUnprocessableEntity || !strings.Contains(r.last.body, "<title>Error:") {
		t.Errorf("nonsense: %d", r.last.status)
	}
	r.send("/status/events/1/end", "reason", "done").says(t, "has ended", "Nothing to tell")
	r.get("/status?ended=1").says(t, "Ended", "Longer")
}

func TestWhatTellsOfAStateIsNotEndedByHandAndSaysWhy(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	w.attack("UPDATE assignment SET quantity = 2 WHERE number = 1")
	w.must(acme.LookOnce(t.Context()))
	r := w.host()
	r.get("/status").says(t, "From the server", "1 record was changed")
	r.get("/status/events/1").says(t, "It tells of a state and is over when that is", "System")
	for _, path := range []string{"/status", "/status/events/1", "/status/events.csv"} {
		if strings.Contains(r.get(path).body, "system notice") {
			t.Errorf("%s names who began it as records do", path)
		}
	}
	r.get("/status/events/1")
	if !strings.Contains(r.last.body, `aria-disabled="true"`) || strings.Contains(r.last.body, " disabled") {
		t.Error("the button is not one that says why")
	}
	r.send("/status/events/1/end").says(t, "thing to correct")
}

func TestDamageIsSeenAndRepairedAfterAPreview(t *testing.T) {
	w := newWorld(t)
	w.KeepFiles(t)
	w.Reopen(t)
	w.restart()
	acme := w.Installation("acme")
	w.attack("UPDATE assignment SET quantity = 2 WHERE number = 1")
	w.must(acme.LookOnce(t.Context()))
	r := w.host()
	banner := r.get("/status/damage").body
	if !strings.Contains(banner, "1 record was changed outside the system and does not count any more.") {
		t.Errorf("no banner: %s", banner)
	}
	r.last.says(t, "assignment 1", "Edited", "quantity", "Incident file")
	d, err := acme.Damage(t.Context(), host)
	w.must(err)
	place := "/status/damage/" + d.Items[0].Place
	r.get(place).says(t, "As it stands now", "Restore what stood there before", "Preview the repair")
	if s := w.host().get(place + "/incident"); !strings.Contains(s.body, `"what": "edited"`) || !strings.Contains(s.header.Get("Content-Disposition"), "damage-acme-") {
		t.Errorf("the incident: %s", s.body)
	}
	r.get(place)
	r.send(place, "action", "remove", "reason", "", "do", "preview").says(t, "thing to correct")
	r.send(place, "action", "remove", "reason", "by hand", "do", "preview").says(t, "Nothing is changed yet", "One-time code")
	if d, err := acme.Damage(t.Context(), host); err != nil || d.Total != 1 {
		t.Fatalf("a preview repairs: %+v %v", d, err)
	}
	r.send(place, "action", "remove", "reason", "by hand", "code", housetest.Code, "do", "repair").says(t, "The record is repaired", "Nothing is damaged")
	if strings.Contains(r.get("/status").body, "does not count any more") {
		t.Error("the banner stays")
	}
}

func TestABannerTellsOfTheWorstAndIsHiddenForAWhile(t *testing.T) {
	w := newWorld(t)
	_, err := w.Installation("acme").StartEvent(t.Context(), host, api.NewEvent{Type: "message", Texts: map[string]string{"en": "Cake at three"}})
	w.must(err)
	r := w.host()
	if s := r.get("/help"); !strings.Contains(s.body, "Cake at three") || !strings.Contains(s.body, "Remind me in 1 day") {
		t.Errorf("no message: %s", s.body)
	}
	w.Set(time.Date(2027, 3, 20, 12, 0, 0, 0, time.UTC)) // a week before the expiry
	r = w.host()
	s := r.get("/help")
	if !strings.Contains(s.body, "Your license ends on 27 March 2027, in 7 days.") {
		t.Fatalf("%s", s.body)
	}
	item := hiddenField(s.body, "item")
	if s = r.send("/snooze", "item", item, "to", "/help"); strings.Contains(s.body, "Your license ends") || !strings.Contains(s.body, "Cake at three") {
		t.Errorf("hidden, and yet: %s", s.body)
	}
	w.Set(time.Date(2027, 3, 25, 12, 0, 0, 0, time.UTC)) // the next step
	r.enter(housetest.Recovery)
	if s = r.get("/help"); !strings.Contains(s.body, "in 2 days") {
		t.Errorf("it does not come back: %s", s.body)
	}
	w.Set(time.Date(2027, 4, 2, 12, 0, 0, 0, time.UTC))
	r.enter(housetest.Recovery)
	if s = r.get("/help"); !strings.Contains(s.body, "The license ended on 27 March 2027. Everything works until 8 April 2027.") {
		t.Errorf("in grace: %s", s.body)
	}
	w.Set(time.Date(2027, 4, 20, 12, 0, 0, 0, time.UTC))
	r.enter(housetest.Recovery)
	// The last day of the grace is good through its whole day.
	if s = r.get("/help"); !strings.Contains(s.body, "Read-only since 9 April 2027.") {
		t.Errorf("past the grace: %s", s.body)
	}
}

func TestStatusSaysWhetherMailsCanBeSent(t *testing.T) {
	w := newWorld(t)
	w.host().get("/status").says(t, "E-mail No mail server is set")
}

func hiddenField(body, name string) string {
	_, rest, _ := strings.Cut(body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func TestAnOpenPageHearsOfWhatIsNew(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	_, err := acme.StartEvent(t.Context(), host, api.NewEvent{Type: "message", Texts: map[string]string{"en": "First"}})
	w.must(err)
	r := w.host()
	if s := r.get("/status"); !strings.Contains(s.body, `data-live="1"`) {
		t.Fatalf("the page does not know what it shows: %s", s.body)
	}
	if s := r.get("/status/live.json?after=1"); strings.TrimSpace(s.body) != `{"new":0}` {
		t.Errorf("nothing is new: %s", s.body)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	request, err := http.NewRequestWithContext(ctx, "GET", r.base+"/status/live?after=1", nil)
	w.must(err)
	answer, err := r.http.Do(request)
	w.must(err)
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("%s", kind)
	}
	_, err = acme.StartEvent(t.Context(), host, api.NewEvent{Type: "message", Texts: map[string]string{"en": "Second"}})
	w.must(err)
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if text != `{"new":1,"text":"1 new notification","show":"Show 1 new"}` {
				t.Errorf("%s", text)
			}
			return
		}
	}
	t.Errorf("the stream ended without a word: %v", lines.Err())
}
