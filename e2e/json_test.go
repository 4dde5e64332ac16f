package e2e

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott-demo/demo"
	"github.com/pott-dev/pott/cmd/pott/command"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/client"
)

// A case of a command: how it succeeds and how it is refused. $DIR is the
// directory of the world. An empty good means that the command cannot be run
// here; scripts run it.
type jsonCase struct{ good, bad string }

var jsonCases = map[string]jsonCase{
	"status":                      {"status", "--server http://127.0.0.1:1 status"},
	"attention":                   {"attention", "--server http://127.0.0.1:1 attention"},
	"license ls":                  {"license ls --hidden", "--server http://127.0.0.1:1 license ls"},
	"license show":                {"license show sale-cal", "license show gold"},
	"license holders":             {"license holders sale-cal", "license holders gold"},
	"license history":             {"license history sale-cal", "license history gold"},
	"set ls":                      {"set ls", "--token-file $DIR/nothing set ls"},
	"set show":                    {"set show superoffice-1", "set show superoffice-9"},
	"set inspect":                 {"set inspect $DIR/renewal.pott", "set inspect $DIR/root.pub"},
	"set verify":                  {"set verify $DIR/renewal.pott --root $DIR/root.pub", "set verify $DIR/root.pub --root $DIR/root.pub"},
	"set load":                    {"set load $DIR/renewal.pott", "set load $DIR/root.pub"},
	"set review":                  {"set review superoffice-2 --acknowledge target-sale-u --acknowledge aichatbot", "set review superoffice-9"},
	"set activate":                {"set activate superoffice-2 --yes --acknowledge target-sale-u --acknowledge aichatbot", "set activate superoffice-2"},
	"set roll-back":               {"set roll-back --yes", "set roll-back nobody --yes"},
	"set remove":                  {"", "set remove superoffice-1 --yes"},
	"set withdraw":                {"set withdraw superoffice-2", "set withdraw superoffice-1"},
	"set diff":                    {"set diff superoffice-1 superoffice-2", "set diff superoffice-1 superoffice-9"},
	"set record":                  {"set record 1", "set record 99"},
	"report":                      {"report", "--server http://127.0.0.1:1 report"},
	"user messages":               {"user messages anna", "user messages nobody"},
	"set history":                 {"set history", "set history --wat"},
	"set policy":                  {"set policy ask", "set policy never"},
	"set keys":                    {"set keys", "--server http://127.0.0.1:1 set keys"},
	"set superfluous":             {"set superfluous sales-premium superoffice-2 --suggest", "set superfluous sales-premium superoffice-9"},
	"profile show":                {"profile show team", "profile show nosuch"},
	"database show":               {"database show 0", "database show 99"},
	"damage incident":             {"", "damage incident 000000000000"},
	"message show":                {"message show", "--server http://127.0.0.1:1 message show"},
	"message rule":                {"message rule pool auditor on", "message rule rain auditor on"},
	"message webhook add":         {"message webhook add http://127.0.0.1:1/pott", "message webhook add ftp://x/"},
	"message webhook rm":          {"", "message webhook rm nosuch"},
	"message test":                {"", "message test --webhook nosuch"},
	"view ls":                     {"view ls", "--server http://127.0.0.1:1 view ls"},
	"view save":                   {"view save Sales --query group=Sales --shared", "view save Sales --query %zz"},
	"view rm":                     {"", "view rm nosuch"},
	"activity show":               {"activity show", "--server http://127.0.0.1:1 activity show"},
	"activity on":                 {"activity on --ground agreed", "activity on --ground agreed --was what=1"},
	"activity off":                {"activity off --yes", "activity off"},
	"defaults show":               {"defaults show", "--server http://127.0.0.1:1 defaults show"},
	"defaults set":                {"defaults set --language sv --theme dark", "defaults set --theme pink"},
	"user ls":                     {"user ls", "user ls --holds gold"},
	"user show":                   {"user show anna", "user show nobody"},
	"user add":                    {"user add extra --login", "user add anna"},
	"user change":                 {"user change anna --first Anna", "user change anna"},
	"user rm":                     {"user rm extra --yes", "user rm anna"},
	"user approve":                {"user approve anna", "user approve nobody"},
	"user refuse":                 {"", "user refuse bo"},
	"user retire":                 {"user retire bo", "user retire nobody"},
	"user restore":                {"user restore bo", "user restore nobody"},
	"user link":                   {"user link bo", "user link nobody"},
	"user signin":                 {"user signin bo", "user signin nobody"},
	"user sign-out":               {"user sign-out bo", "user sign-out bo --session nothing"},
	"user forget":                 {"user forget bo", "user forget bo --passkey nothing"},
	"provider ls":                 {"provider ls", "provider ls --wat"},
	"provider add":                {"provider add work --issuer http://127.0.0.1:1 --client-id pott", "provider add work --issuer ftp://example.com --client-id pott"},
	"provider rm":                 {"", "provider rm nothing"},
	"provider test":               {"", "provider test nothing"},
	"role ls":                     {"role ls", "role ls --wat"},
	"role give":                   {"role give bo auditor", "role give nobody auditor"},
	"role take":                   {"role take bo auditor", "role take bo king"},
	"database ls":                 {"database ls --removed", "database ls --wat"},
	"database add":                {"database add Oslo", "database add 12"},
	"database rename":             {"database rename 0 Stockholm", "database rename 9 Stockholm"},
	"database remove":             {"database remove Oslo --yes", "database remove 0 --yes"},
	"database assign":             {"", "database assign 0 sale-cal"},
	"database release":            {"database release 0 sale-cal", "database release 9 sale-cal"},
	"database why":                {"database why 0 visible-for", "database why 0 gold"},
	"database check":              {"database check 0 superoffice.visible-for", "database check 0 gold"},
	"user offer":                  {"user offer anna", "user offer nobody"},
	"user arrange":                {"user arrange anna visible-for sales-premium", "user arrange anna gold"},
	"user licenses":               {"user licenses anna", "user licenses nobody"},
	"blockers show":               {"blockers show", "blockers show --wat"},
	"blockers set":                {"blockers set http://127.0.0.1:1/ --timeout 100ms", "blockers set http://crm.example/"},
	"blockers rm":                 {"blockers rm", "blockers rm --wat"},
	"blockers ask":                {"blockers ask anna", "blockers ask nobody"},
	"may-upgrade":                 {"may-upgrade 12.1 --date 2026-01-01", "may-upgrade --date never"},
	"user erase":                  {"user erase anna --dry-run --yes", "user erase nobody --yes"},
	"user import":                 {"user import $DIR/people.csv", "user import $DIR/root.pub"},
	"user export":                 {"user export --header sv", "user export --sort shoe"},
	"user template":               {"user template --excel", "--server http://127.0.0.1:1 user template"},
	"user bulk":                   {"user bulk give-login anna", "user bulk give anna"},
	"job ls":                      {"job ls", "--server http://127.0.0.1:1 job ls"},
	"job show":                    {"", "job show nosuch"},
	"job wait":                    {"", "job wait nosuch"},
	"job cancel":                  {"", "job cancel nosuch"},
	"job undo":                    {"", "job undo nosuch"},
	"job errors":                  {"", "job errors nosuch"},
	"user plan set":               {"user plan set anna service-premium", "user plan set anna gold"},
	"user plan add":               {"user plan add bo sales-premium", "user plan add anna sales-premium"},
	"user plan rm":                {"user plan rm bo sales-premium", "user plan rm nobody sales-premium"},
	"user extra add":              {"user extra add anna visible-for", "user extra add anna sale-cal"},
	"user extra rm":               {"user extra rm anna visible-for", "user extra rm nobody visible-for"},
	"user profile set":            {"user profile set anna team", "user profile set anna nosuch"},
	"user login set":              {"user login set anna", "user login set anna --valid-through never"},
	"user login end":              {"user login end anna", "user login end nobody"},
	"user why":                    {"user why anna quote-cal", "user why anna"},
	"user check":                  {"user check anna superoffice.quote-cal", "user check anna"},
	"profile ls":                  {"profile ls", "profile ls --wat"},
	"profile set":                 {"profile set team visible-for", "profile set team gold"},
	"profile rm":                  {"profile rm spare", "profile rm nosuch"},
	"count":                       {"count", "count --wat"},
	"what-if":                     {"what-if end-login~anna", "what-if nothing"},
	"peaks":                       {"peaks", "peaks --from soon"},
	"event ls":                    {"event ls --ended", "event ls --limit many"},
	"event start":                 {"event start message --text Lunch", "event start message"},
	"event show":                  {"event show 1", "event show 99"},
	"event change":                {"event change 1 --text Dinner", "event change 1"},
	"event end":                   {"event end 1", "event end 99"},
	"authority ls":                {"authority ls", "authority ls --wat"},
	"authority register":          {"", "authority register superoffice ABCD"},
	"authority fetch":             {"", "authority fetch superoffice"},
	"authority request":           {"authority request superoffice --file $DIR/x.request", "authority request superoffice --file $DIR/renewal.pott"},
	"owner change":                {"", "owner change 1600070121 --code ABCDEFGHIJKLMNOP --issuer superoffice --yes"},
	"audit ls":                    {"audit ls", "audit ls --limit many"},
	"audit show":                  {"audit show 1", "audit show 9999"},
	"audit head":                  {"audit head", "audit head --server http://127.0.0.1:1"},
	"audit compare":               {"", "audit compare 1/seats/2"},
	"audit verify":                {"audit verify", "audit verify --wat"},
	"audit proof":                 {"audit proof --file $DIR/x.proof", "audit proof --from soon --file $DIR/y.proof"},
	"token ls":                    {"token ls", "token ls --wat"},
	"token add":                   {"token add x --scope read", "token add x --scope everything"},
	"token rm":                    {"token rm $TOKEN", "token rm nosuch"},
	"context ls":                  {"context ls", "context ls --wat"},
	"context show":                {"context show", "context show --context nosuch"},
	"context use":                 {"context use work", "context use nosuch"},
	"context add":                 {"context add work", "context add work --token-file -"},
	"context rm":                  {"context rm work", "context rm nosuch"},
	"server init":                 {"server init acme --company Acme --root $DIR/root.pub --data $DIR/d --keys $DIR/k --token-file $DIR/acme.token", "server init acme --company Acme --root $DIR/root.pub --data $DIR/d --keys $DIR/k --token-file $DIR/acme.token"},
	"server add":                  {"server add more --company More --data $DIR/d --keys $DIR/k --token-file $DIR/more.token", "server add more --company More --data $DIR/d --keys $DIR/k --token-file $DIR/again.token"},
	"server head":                 {"server head --data $DIR/d --keys $DIR/k", "server head --data $DIR/nothing --keys $DIR/k"},
	"server clone":                {"", "server clone --as-test --to $DIR/copy --data $DIR/nothing --keys $DIR/k --token-file $DIR/copy.token"},
	"server migrate":              {"server migrate --data $DIR/d --keys $DIR/k", "server migrate --data $DIR/nothing --keys $DIR/k"},
	"server check-config":         {"server check-config $DIR/server.yaml", "server check-config $DIR/nothing.yaml"},
	"server serve":                {"", "server serve --data $DIR/nothing --keys $DIR/k"},
	"integrity show":              {"", "--server http://127.0.0.1:1 integrity show"},
	"integrity check":             {"", "integrity check --wat"},
	"damage ls":                   {"damage ls", "--server http://127.0.0.1:1 damage ls"},
	"damage show":                 {"", "damage show 000000000000"},
	"damage repair":               {"", "damage repair 000000000000 accept --reason x"},
	"server confirm":              {"server confirm acme --data $DIR/d --keys $DIR/k", "server confirm acme --data $DIR/nothing --keys $DIR/k"},
	"server seal status":          {"server seal status --data $DIR/d --keys $DIR/k", "server seal status --data $DIR/d --keys $DIR/nothing"},
	"server seal rotate":          {"server seal rotate --data $DIR/d --keys $DIR/k", "server seal rotate --data $DIR/d --keys $DIR/nothing"},
	"server seal retire":          {"", "server seal retire 00000000 --data $DIR/d --keys $DIR/k"},
	"fsck":                        {"fsck --data $DIR/d --keys $DIR/k", "fsck --data $DIR/d --keys $DIR/nothing"},
	"completion":                  {"completion zsh", "completion sh"},
	"version":                     {"version", "version --wat"},
	"clock show":                  {"clock", "clock --server http://127.0.0.1:1"},
	"clock confirm":               {"", "clock confirm --code AAAA-BBBB-CCCC"},
	"server clock confirm":        {"server clock confirm --data $DIR/d --keys $DIR/k", "server clock confirm --data $DIR/nothing --keys $DIR/k"},
	"server backup make":          {"server backup make $DIR/kept.backup --data $DIR/d --keys $DIR/k", "server backup make $DIR/nothing/kept.backup --data $DIR/d --keys $DIR/k"},
	"server backup verify":        {"server backup verify $DIR/kept.backup --keys $DIR/k", "server backup verify $DIR/root.pub --keys $DIR/k"},
	"server restore from":         {"", "server restore from $DIR/root.pub --data $DIR/d --keys $DIR/k"},
	"server installation ls":      {"server installation ls --data $DIR/d --keys $DIR/k", "server installation ls --data $DIR/nothing --keys $DIR/k"},
	"server installation add":     {"server installation add third --company Third --token-file $DIR/third.token --data $DIR/d --keys $DIR/k", "server installation add third --company Third --token-file $DIR/fourth.token --data $DIR/d --keys $DIR/k"},
	"server installation suspend": {"server installation suspend third --reason bill --data $DIR/d --keys $DIR/k", "server installation suspend nobody --reason bill --data $DIR/d --keys $DIR/k"},
	"server installation resume":  {"server installation resume third --data $DIR/d --keys $DIR/k", "server installation resume nobody --data $DIR/d --keys $DIR/k"},
	"server installation export":  {"server installation export third $DIR/third.export --data $DIR/d --keys $DIR/k", "server installation export nobody --data $DIR/d --keys $DIR/k"},
	"server installation import":  {"server installation import $DIR/third.export --name fourth --key $DIR/k/installation-third.key --token-file $DIR/fourth.token --data $DIR/d --keys $DIR/k", "server installation import $DIR/nothing --fingerprint 0 --token-file $DIR/none.token --data $DIR/d --keys $DIR/k"},
	"server installation rm":      {"server installation rm third --reason over --export $DIR/third.export --data $DIR/d --keys $DIR/k", "server installation rm nobody --reason over --without-export nobody --data $DIR/d --keys $DIR/k"},
	"server doctor":               {"", "server doctor --wat"},
	"server move":                 {"", "server move --to file --data $DIR/d --keys $DIR/k"},
	"server recover":              {"server recover acme --token-file $DIR/recovered.token --data $DIR/d --keys $DIR/k", "server recover nobody --token-file $DIR/other.token --data $DIR/d --keys $DIR/k"},
	"server restore head":         {"", "server restore head --administrator anna --reason x --data $DIR/d --keys $DIR/k"},
	"server restore accept":       {"server restore accept --administrator anna --reason x --data $DIR/d --keys $DIR/k --dry-run", "server restore accept --administrator anna --reason x --data $DIR/nothing --keys $DIR/k"},
}

func TestUnderJSONEveryCommandAnswersWithOneDocumentOrRefusesWithOneObject(t *testing.T) {
	w := start(t, "", designteamet)
	w.write(t, "renewal.pott", nil)
	w.write(t, "people.csv", []byte("user_id;group\nimported;Sales\n"))
	w.write(t, "server.yaml", []byte("listen: 127.0.0.1:7070\n"))
	c := w.client(t, designteamet.Name)
	if _, err := demo.Activate(t.Context(), c, w.issue(t, "designteamet/order-1.yaml")); err != nil {
		t.Fatal(err)
	}
	w.write(t, "renewal.pott", w.issue(t, "designteamet/order-2.yaml"))
	for _, id := range []string{"anna", "bo"} {
		if _, err := c.AddPerson(t.Context(), api.NewPerson{UserID: id, Login: true}, false); err != nil {
			t.Fatal(err)
		}
	}
	for _, code := range []string{"team", "spare"} {
		if _, err := c.PutProfile(t.Context(), code, api.ProfileBody{Modules: []string{}}, client.Taking{}); err != nil {
			t.Fatal(err)
		}
	}
	made, err := c.AddToken(t.Context(), api.NewToken{Name: "old", Scopes: []string{api.ScopeRead}}, false)
	if err != nil {
		t.Fatal(err)
	}
	words := func(line string) []string {
		words := strings.Fields(strings.NewReplacer("$DIR", w.dir, "$TOKEN", made.Token.ID).Replace(line))
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], "~", " ") // one word with a space in it
		}
		return words
	}
	// A context must be there before it can be used, and used before it is
	// forgotten, so contexts are run in that order.
	order := command.Commands()
	for _, path := range order {
		if _, ok := jsonCases[path]; !ok {
			t.Errorf("nothing is said of pott %s", path)
		}
	}
	w.pott(designteamet.Name, "context", "add", "work", "--server", w.server, "--token-file", w.path("designteamet.token"))
	for _, path := range order {
		if good := jsonCases[path].good; good != "" {
			w.tries(t, path, words(good))
			answers(t, path, w.pott(designteamet.Name, append(words(good), "--json")...))
		}
		refuses(t, path, w.pott(designteamet.Name, append(words(jsonCases[path].bad), "--json")...))
	}
	w.saysDoors(t, 20)
}

// saysDoors reports entries of which it is not on record through which door they
// came, and whether at least so many came through the command.
func (w *world) saysDoors(t *testing.T, least int) {
	t.Helper()
	for door, wants := range map[string]func(n int) bool{
		string(audit.NoDoor):    func(n int) bool { return n == 0 },
		string(audit.ByCommand): func(n int) bool { return n >= least },
		string(audit.ByAPI):     func(n int) bool { return n > 0 }, // the test itself
		string(audit.ByHost):    func(n int) bool { return n > 0 }, // how it was made
	} {
		list, err := w.client(t, designteamet.Name).Audit(t.Context(), client.AuditFilter{Door: door, Page: client.Page{Limit: 1000}})
		if err != nil {
			t.Fatal(err)
		}
		if !wants(len(list.Items)) {
			t.Errorf("%d entries of door %s: %+v", len(list.Items), door, list.Items[:min(len(list.Items), 3)])
		}
	}
}

// tries runs a command as a dry run, where there is one, and checks that nothing
// is different afterwards.
func (w *world) tries(t *testing.T, path string, words []string) {
	t.Helper()
	help := w.pott(designteamet.Name, append(strings.Fields(path), "--help")...)
	if !strings.Contains(help.stdout, "--dry-run") {
		return
	}
	state := func() string {
		st, err := w.client(t, designteamet.Name).Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(st.Seq, w.files(t))
	}
	before := state()
	answers(t, path+" --dry-run", w.pott(designteamet.Name, append(words, "--dry-run", "--json")...))
	if after := state(); after != before {
		t.Errorf("pott %s --dry-run: was %s, is %s", path, before, after)
	}
}

// files lists what stands in the directory of the world outside the server's
// own. Anchors are left out: whoever has read the database may remember how far it
// was.
func (w *world) files(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if path == w.config.Data {
			return fs.SkipDir
		}
		if err == nil && !d.IsDir() && filepath.Ext(path) != ".anchor" {
			if info, err := d.Info(); err == nil {
				files = append(files, fmt.Sprint(path, info.Size()))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func answers(t *testing.T, path string, r run) {
	t.Helper()
	var doc struct{ Schema int }
	switch {
	case r.exit != 0 || r.stderr != "":
		t.Errorf("pott %s: exit %d, stderr %q", path, r.exit, r.stderr)
	case json.Unmarshal([]byte(r.stdout), &doc) != nil || doc.Schema != 1:
		t.Errorf("pott %s: stdout is not one document of schema 1: %q", path, r.stdout)
	}
}

func refuses(t *testing.T, path string, r run) {
	t.Helper()
	if r.exit == 0 {
		t.Errorf("pott %s: was not refused: %q", path, r.stdout)
		return
	}
	if r.stdout != "" {
		t.Errorf("pott %s: refused, and still prints %q", path, r.stdout)
	}
	e := r.refusal(t)
	if e.Exit != r.exit || e.Code == "" || e.Message == "" || e.Code == "internal" {
		t.Errorf("pott %s: exit %d, error %+v", path, r.exit, e)
	}
}
