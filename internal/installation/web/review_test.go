package web_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
	"github.com/pott-dev/pott/internal/installation/web"
	"github.com/pott-dev/pott/license"
)

// offer is the next set of the world, with some quantities changed; below 0 takes
// a license away.
func (w *world) offer(changes map[license.Module]int64) license.Set {
	sets, err := w.Installation("acme").Sets(w.t.Context(), installation.Act{})
	w.must(err)
	next := w.set
	next.Number, next.Previous = sets.Items[0].Number+1, sets.Items[0].Checkpoint
	next.Issued = housetest.Noon
	next.Licenses = nil
	for _, l := range w.set.Licenses {
		n, changed := changes[l.Module]
		if changed && n < 0 {
			continue
		}
		if changed {
			l.Quantity = n
		}
		next.Licenses = append(next.Licenses, l)
	}
	return next
}

// waits loads a set that waits for review.
func (w *world) waits(set license.Set) {
	w.t.Helper()
	_, err := w.Installation("acme").Load(w.t.Context(), installation.Act{By: housetest.Host}, w.Vendors.File(w.t, set))
	w.must(err)
}

// holds is how many people have a plan.
func (w *world) holds(plan string) int {
	w.t.Helper()
	list, err := w.Installation("acme").People(w.t.Context(), installation.Act{}, installation.PeopleFilter{Plan: plan})
	w.must(err)
	return list.Total
}

// inForce is the id of the set in force.
func (w *world) inForce() string {
	w.t.Helper()
	status, err := w.Installation("acme").Status(w.t.Context(), installation.Act{})
	w.must(err)
	return status.Sets[0].ID
}

// fields are the hidden fields and their values of the form that has a button
// with a text, alternating.
func (s *shown) fields(t testing.TB, button string) []string {
	t.Helper()
	for _, form := range s.all("form") {
		if !strings.Contains(wordsOf(form), button) {
			continue
		}
		var fields []string
		for _, n := range within(form, "input") {
			if attribute(n, "type") == "hidden" && attribute(n, "name") != "csrf" {
				fields = append(fields, attribute(n, "name"), attribute(n, "value"))
			}
		}
		return append(fields, "")[:len(fields)]
	}
	t.Fatalf("%s has no form with a button %q", s.path, button)
	return nil
}

func (s *shown) all(tag string) []*html.Node { return within(s.tree, tag) }

func within(n *html.Node, tag string) []*html.Node {
	var all []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == tag {
			all = append(all, d)
		}
	}
	return all
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func wordsOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// reopen closes the house and opens it again, with a door of its own.
func (w *world) reopen() {
	w.t.Helper()
	w.Reopen(w.t)
	w.server.Config.Handler = web.New(w.House, web.Options{Version: "test", Pseudo: true, Log: slog.New(slog.NewTextHandler(w.log, nil))})
}

// number is the number of a person, as forms carry it.
func (w *world) number(user string) string {
	w.t.Helper()
	p, err := w.Installation("acme").Person(w.t.Context(), installation.Act{}, user)
	w.must(err)
	return fmt.Sprint(p.Number)
}

func TestTheReviewLeadsToTheSetThatWaitsOrSaysThatNoneDoes(t *testing.T) {
	w := newWorld(t)
	r := w.host()
	r.get("/licenses/review").says(t, "No set is waiting", "Load a license")
	w.waits(w.offer(map[license.Module]int64{"gadget": 1}))
	if s := r.get("/licenses/review"); s.path != "/licenses/review/superoffice-2" {
		t.Errorf("it leads to %s", s.path)
	}
}

func TestTheReviewShowsWhatChangesAndAsFilesTheSame(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sales": 1, "gadget": 3, "service": -1}))
	r := w.host()
	s := r.get("/licenses/review/superoffice-2")
	s.says(t, "Review set superoffice-2", "SuperOffice AS", "Acme AB", "1600070120", "Genuine", "The sales", "1 too many", "Choose who to change",
		"1 row must be resolved first", "Show all 9", "Does a quantity look wrong", "Ask the issuer for a correction")
	s.lacks(t, "The user")
	rows := strings.Count(s.body, `<tr id="row-`)
	read, err := csv.NewReader(strings.NewReader(r.get("/licenses/review/superoffice-2.csv").body)).ReadAll()
	if err != nil || len(read)-1 != rows {
		t.Errorf("%d rows on the page, %v: %v", rows, read, err)
	}
	var doc struct{ Rows []api.ReviewRow }
	w.must(json.Unmarshal([]byte(r.get("/licenses/review/superoffice-2.json").body), &doc))
	if len(doc.Rows) != rows {
		t.Errorf("%d rows on the page, %d in JSON", rows, len(doc.Rows))
	}
	all := r.get("/licenses/review/superoffice-2?all=1")
	if n := strings.Count(all.body, `<tr id="row-`); n != 9 {
		t.Errorf("all are %d rows", n)
	}
	if s := r.get("/licenses/review/superoffice-2?sort=name"); strings.Index(s.body, "The gadget") > strings.Index(s.body, "The sales") {
		t.Error("by name, gadget stands before sales")
	}
}

func TestASetThatDoesNotFitIsNotActivated(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sales": 1}))
	r := w.host()
	s := r.get("/licenses/review/superoffice-2")
	if !regexp.MustCompile(`<button[^>]*aria-disabled="true" aria-describedby="activate-why">`).MatchString(s.body) {
		t.Error("the button does not say why it cannot work")
	}
	s = r.send("/licenses/review/superoffice-2", s.fields(t, "Activate set superoffice-2")...)
	if s.status != http.StatusUnprocessableEntity || !strings.Contains(s.body, `href="#row-0"`) && !strings.Contains(s.body, `href="#row-`) {
		t.Errorf("%d %s", s.status, s.text())
	}
	s.says(t, "1 thing to correct", "The sales: 1 too many")
	if w.inForce() != "superoffice-1" {
		t.Error("it was activated")
	}
}

func TestASetThatFitsIsActivatedAndUndone(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sales": 2}))
	r := w.host()
	s := r.get("/licenses/review/superoffice-2")
	s.says(t, "Full: no spare left")
	s = r.send("/licenses/review/superoffice-2", s.fields(t, "Activate set superoffice-2")...)
	s.says(t, "Set superoffice-2 is active.", "Undo", "See the changes")
	if s.path != "/licenses/history" || w.inForce() != "superoffice-2" {
		t.Errorf("%s, %s in force", s.path, w.inForce())
	}
	s = r.send("/licenses/history/roll-back", s.fields(t, "Undo")...)
	s.says(t, "Set superoffice-1 is in force again")
	if w.inForce() != "superoffice-1" {
		t.Errorf("%s in force", w.inForce())
	}
}

func TestPeopleAreFreedAndTheSetActivatedInOneStep(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sales": 1}))
	r := w.host()
	free := "/licenses/review/superoffice-2/superoffice.sales"
	s := r.get(free)
	s.says(t, "Free 1 The sales", "2 people use it, the new set has room for 1", "0 of 1 chosen, 1 more needed", "Anna Berg", "Bo Ågren", "The sales, by hand",
		"Switch to The service (2 spare)", "Take back The sales, keep the person")
	fields := s.fields(t, "Review and go on")
	if s := r.send(free, append(fields, "go", "review")...); s.status != http.StatusUnprocessableEntity {
		t.Errorf("with nobody chosen: %d at %s", s.status, s.path)
	} else {
		s.says(t, "0 of 1 chosen, 1 more needed")
	}
	anna := w.number("anna")
	s = r.send(free, append(fields, "p", anna, "do-"+anna, "switch~superoffice.sales~superoffice.service", "go", "review")...)
	if !strings.HasPrefix(s.path, "/licenses/review/superoffice-2?c=switch") {
		t.Fatalf("at %s: %s", s.path, s.text())
	}
	s.says(t, "1 person changes with it", "anna", "The service", "Go on to the summary")
	apply := regexp.MustCompile(`href="/acme(/licenses/review/superoffice-2/apply[^"]*)"`).FindStringSubmatch(s.body)
	s = r.get(html.UnescapeString(apply[1]))
	s.says(t, "Free 1 and activate", "1 person is changed in one step")
	s = r.send("/licenses/review/superoffice-2/apply", s.fields(t, "Free 1 and activate")...)
	s.says(t, "1 place freed and set superoffice-2 activated.")
	if w.holds("sales") != 1 || w.holds("service") != 1 || w.inForce() != "superoffice-2" {
		t.Errorf("%d on sales, %d on service, %s", w.holds("sales"), w.holds("service"), w.inForce())
	}
	r.get("/licenses/history").says(t, "superoffice-2", "By hand", "can be put in force again")
	s = r.get("/licenses/history/roll-back?issuer=SUPEROFFICE")
	s.says(t, "Go back to set superoffice-1", "1 person is as before")
	s = r.send("/licenses/history/roll-back", s.fields(t, "Go back to superoffice-1")...)
	s.says(t, "superoffice-1 is in force again")
	if w.holds("sales") != 2 || w.inForce() != "superoffice-1" {
		t.Errorf("after going back %d on sales, %s", w.holds("sales"), w.inForce())
	}
	r.get("/licenses/history").says(t, "No way back")
}

func TestNothingIsFreedWhenTheActivationFails(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sales": 1}))
	r := w.host()
	choice := "c=" + url.QueryEscape("remove~superoffice.sales~~"+w.number("anna"))
	s := r.get("/licenses/review/superoffice-2/apply?" + choice)
	fields := s.fields(t, "Free 1 and activate")
	// Meanwhile a newer set has come, and this one may not be activated any longer.
	w.waits(w.offer(map[license.Module]int64{"sales": 1}))
	if s := r.send("/licenses/review/superoffice-2/apply", fields...); s.status < 400 {
		t.Errorf("%d at %s", s.status, s.path)
	}
	if w.holds("sales") != 2 || w.inForce() != "superoffice-1" {
		t.Errorf("%d on sales, %s in force", w.holds("sales"), w.inForce())
	}
}

func TestWhoActivatesWhatHasChangedIsToldAndAskedAgain(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sales": 2, "gadget": 3}))
	r := w.host()
	fields := r.get("/licenses/review/superoffice-2").fields(t, "Activate set superoffice-2")
	_, err := w.Installation("acme").GiveExtra(t.Context(), installation.Act{By: housetest.Host}, "anna", "gadget", 1, "")
	w.must(err)
	s := r.send("/licenses/review/superoffice-2", fields...)
	if s.status != http.StatusConflict || w.inForce() != "superoffice-1" {
		t.Errorf("%d, %s in force", s.status, w.inForce())
	}
	s.says(t, "This changed while you had it open", "The gadget: 0 needed before, 1 now", "Extra given")
	r.send("/licenses/review/superoffice-2", s.fields(t, "Activate set superoffice-2")...).says(t, "Set superoffice-2 is active.")
}

func TestAFeatureIsTurnedOffOnlyWhenSomebodySaysSo(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sale": -1}))
	r := w.host()
	s := r.get("/licenses/review/superoffice-2")
	s.says(t, "Turned off for everyone", "may be turned off for everyone", "1 row must be resolved first")
	s = r.get("/licenses/review/superoffice-2?ok=superoffice.sale")
	s.lacks(t, "must be resolved first")
	r.send("/licenses/review/superoffice-2", s.fields(t, "Activate set superoffice-2")...).says(t, "Set superoffice-2 is active.")
}

func TestEverybodyIsMovedInOneChoice(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sales": -1}))
	r := w.host()
	s := r.get("/licenses/review/superoffice-2")
	s.says(t, "2 people lose this")
	free := "/licenses/review/superoffice-2/superoffice.sales"
	s = r.get(free)
	s.says(t, "Move everybody on The sales (2) to", "Move all 2 with the activation")
	s = r.send(free, append(s.fields(t, "Move all 2"), "to", "superoffice.service")...)
	if want := "/licenses/review/superoffice-2?c=" + url.QueryEscape("switch~superoffice.sales~superoffice.service~all"); s.path != want {
		t.Fatalf("at %s: %s", s.path, s.text())
	}
	s.says(t, "2 people change with it")
	r.get(free+strings.TrimPrefix(s.path, "/licenses/review/superoffice-2")).says(t, "Everybody moves from The sales to The service", "Moves with everybody", "Done, 2 chosen")
}

func TestASuggestionIsALinkAndTakesWhoCannotSignInFirst(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sales": 1}))
	_, err := w.Installation("acme").EndLogin(t.Context(), installation.Act{By: housetest.Host}, "bo")
	w.must(err)
	r := w.host()
	free := "/licenses/review/superoffice-2/superoffice.sales"
	r.get(free).says(t, "Suggest 1")
	s := r.get(free + "?suggest=1")
	if want := url.QueryEscape("remove~superoffice.sales~~" + w.number("bo")); !strings.Contains(s.path, want) {
		t.Errorf("it leads to %s, not to %s", s.path, want)
	}
	s.says(t, "Done, 1 chosen")
}

func TestAChoiceThatCannotBeCarriedOutIsSaidAndLeftOut(t *testing.T) {
	w := newWorld(t)
	w.waits(w.offer(map[license.Module]int64{"sales": 1}))
	r := w.host()
	path := "/licenses/review/superoffice-2?c=" + url.QueryEscape("remove~superoffice.service~~"+w.number("anna"))
	s := r.get(path)
	s.says(t, "Anna Berg: The person does not have", "Leave this choice out")
	for _, bad := range []string{"c=x", "c=remove~superoffice.sales~~1-99999999999", "c=remove~superoffice.sales~~0", "c=remove~superoffice.sales~~", "ok=%20"} {
		if s := r.get("/licenses/review/superoffice-2?" + bad); s.status < 400 || s.status >= 500 {
			t.Errorf("%s: %d", bad, s.status)
		}
	}
}

func TestASetThatBeginsLaterIsAgreedTo(t *testing.T) {
	w := newWorld(t)
	next := w.offer(map[license.Module]int64{"sales": 2})
	next.Start = license.Date{Year: 2026, Month: 7, Day: 1}
	w.waits(next)
	r := w.host()
	s := r.get("/licenses/review/superoffice-2")
	s.says(t, "Begins 1 July 2026", "Let it take over on 1 July 2026")
	s = r.send("/licenses/review/superoffice-2", s.fields(t, "Let it take over")...)
	s.says(t, "Set superoffice-2 takes over on 1 July 2026", "Agreed: it takes over on 1 July 2026")
	s = r.send("/licenses/review/superoffice-2/withdraw", s.fields(t, "Let it no longer wait")...)
	s.says(t, "does not wait any longer")
}

func TestWhoHasSomethingInHandIsMarkedBeforeBeingChosen(t *testing.T) {
	w := newWorld(t)
	w.AskHost(func(_ context.Context, _ string, questions []api.BlockerQuestion) (answer api.BlockersAnswer, err error) {
		for _, q := range questions {
			if q.Person == "bo" {
				answer.People = append(answer.People, api.PersonBlockers{Person: q.Person, Blockers: []api.Blocker{{Text: "7 open requests", Link: "https://crm.acme.example/requests", Blocks: true}}})
			}
		}
		return answer, nil
	})
	w.reopen()
	w.waits(w.offer(map[license.Module]int64{"sales": 1}))
	r := w.host()
	free := "/licenses/review/superoffice-2/superoffice.sales"
	s := r.get(free)
	s.says(t, "7 open requests", "Hand over", "Hand over first")
	bo := w.number("bo")
	if strings.Contains(s.body, `name="p" value="`+bo+`"`) {
		t.Error("bo can be chosen")
	}
	if s := r.get(free + "?suggest=1"); !strings.Contains(s.path, "~"+w.number("anna")) {
		t.Errorf("suggested: %s", s.path)
	}
	// Whoever writes the address by hand is told, and nothing is activated.
	s = r.get("/licenses/review/superoffice-2?c=" + url.QueryEscape("remove~superoffice.sales~~"+bo))
	s.says(t, "1 person still has something in hand", "bo: 7 open requests")
	s = r.send("/licenses/review/superoffice-2", s.fields(t, "Activate set")...)
	if s.status < 400 || w.holds("sales") != 2 {
		t.Errorf("%d, %d on sales", s.status, w.holds("sales"))
	}
}

func TestChoicesOfOneHundredPeopleStandInAShortAddress(t *testing.T) {
	w := newWorld(t)
	in, host := w.Installation("acme"), installation.Act{By: housetest.Host}
	big := w.offer(map[license.Module]int64{"sales": 200, "sale-cal": 300, "user": 400, "service": 200})
	w.waits(big)
	w.set = big
	for i := range 150 {
		_, err := in.AddPerson(t.Context(), host, api.NewPerson{UserID: fmt.Sprintf("p%03d", i), Login: true, Plan: "sales"})
		w.must(err)
	}
	w.waits(w.offer(map[license.Module]int64{"sales": 30}))
	r := w.host()
	free := "/licenses/review/superoffice-3/superoffice.sales"
	s := r.get(free)
	s.says(t, "Free 122 The sales", "1 to 50 of 152", "Keep these, more people")
	s = r.get(free + "?suggest=1")
	if len(s.path) > 400 {
		t.Errorf("an address of %d letters: %s", len(s.path), s.path)
	}
	s.says(t, "Done, 122 chosen")
	// Another page is shown, and what was chosen on this one stays.
	fields := s.fields(t, "Review and go on")
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i] == "row" {
			fields = append(fields, "p", fields[i+1], "do-"+fields[i+1], "remove~superoffice.sales~")
		}
	}
	s = r.send(free, append(fields, "go", "page:2")...)
	s.says(t, "51 to 100 of 152", "Done,")
	r.send(free, append(s.fields(t, "Review and go on"), "go", "review")...)
}
