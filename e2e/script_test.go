package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/cmd/pott-demo/demo"
	"github.com/pott-dev/pott/examples"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/sqldb"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// TestCommands runs every script of testdata/script against a server of its
// own. A script finds the installation designteamet with nothing in it (its
// administrator's token is set) and nordlys, complete; license files, good and
// bad; and these commands besides the ordinary ones:
//
//	exits N pott ARGS   the command ends with exactly this exit code
//	attack SQL          something is done in the database, past the server
//	clock DAYS          the server is stopped, and started again so many days later
//	people              adds five people with a login
//	halt                stops the server (stop would end the script)
//	proves FILE NAME    the file proves a module, to whoever has the root
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: func(env *testscript.Env) error { return setUp(t, env) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"clock": func(ts *testscript.TestScript, _ bool, args []string) {
				days, err := strconv.Atoi(args[0])
				ts.Check(err)
				w := ts.Value(worldKey{}).(*world)
				w.stop()
				w.ahead.Add(int64(days) * int64(24*time.Hour))
				w.open(t) // somebody at the host says that the days have passed
				_, err = w.host.ConfirmClock(t.Context(), audit.Actor{Kind: audit.Host, ID: "test"}, false)
				ts.Check(errors.Join(err, w.host.Close()))
				w.serve(t)
			},
			"people": func(ts *testscript.TestScript, _ bool, _ []string) {
				w := ts.Value(worldKey{}).(*world)
				for _, id := range []string{"anna", "bo", "cilla", "dag", "eva"} {
					_, err := w.client(t, designteamet.Name).AddPerson(t.Context(), api.NewPerson{UserID: id, FirstName: id, Login: true}, false)
					ts.Check(err)
				}
			},
			"proves": proves,
			"attack": func(ts *testscript.TestScript, _ bool, args []string) {
				w := ts.Value(worldKey{}).(*world)
				db, err := sqldb.Open(t.Context(), w.path("data/pott.db"))
				ts.Check(err)
				_, err = db.Exec(t.Context(), args[0])
				ts.Check(errors.Join(err, db.Close()))
			},
			"halt": func(ts *testscript.TestScript, _ bool, _ []string) { ts.Value(worldKey{}).(*world).stop() },
		},
	})
}

type worldKey struct{}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v: %v", args[1:], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v ends with exit code %d, not %d", args[1:], got, want)
	}
}

func proves(ts *testscript.TestScript, _ bool, args []string) {
	w := ts.Value(worldKey{}).(*world)
	root, err := os.ReadFile(w.path("root.pub"))
	ts.Check(err)
	trust, err := licensefile.ParseRootFile(root)
	ts.Check(err)
	proved, err := licensefile.VerifyProof([]byte(ts.ReadFile(args[0])), trust, time.Now())
	ts.Check(err)
	if string(proved.License.Module) != args[1] {
		ts.Fatalf("%s proves %s, not %s", args[0], proved.License.Module, args[1])
	}
}

// keyLists are the key lists of a license file, as they are handed out alone.
func keyLists(file []byte) ([]byte, error) {
	f, err := licensefile.Parse(file)
	if err != nil {
		return nil, err
	}
	var lists [][]byte
	for _, l := range f.KeyLists {
		lists = append(lists, l.Bytes())
	}
	return bytes.Join(lists, []byte{'\n'}), nil
}

// bound is the renewal under another serial number, naming the installation's key.
func bound(t *testing.T, w *world) ([]byte, error) {
	status, err := w.client(t, designteamet.Name).Status(t.Context())
	if err != nil {
		return nil, err
	}
	order := bytes.Replace(startingIn(0), []byte("1600070120"), []byte("1600065823"), 1)
	order = bytes.Replace(order, []byte("generation:"), fmt.Appendf(nil, "installation: %s\ngeneration:", status.Installation.Fingerprint), 1)
	return w.vendors.Issue(t.Context(), order, time.Now())
}

// startingIn is the renewal, beginning so many days from now.
func startingIn(days int) []byte {
	order := examples.OrderAt("designteamet/order-2.yaml", license.DateOf(time.Now()))
	start := fmt.Appendf(nil, "start: %s\ngeneration:", license.DateOf(time.Now()).Add(days))
	order = bytes.Replace(order, []byte("generation:"), start, 1)
	return regexp.MustCompile(`(?m)^number:.*\n`).ReplaceAll(order, nil)
}

func setUp(t *testing.T, env *testscript.Env) error {
	w := start(t, "", designteamet, nordlys)
	env.Values[worldKey{}] = w
	nord := w.client(t, nordlys.Name)
	other, err := demo.OpenVendors(t.Context(), t.TempDir(), time.Now())
	if err != nil {
		return err
	}
	t.Cleanup(func() { other.Close() })
	foreign, err := other.IssueExample(t.Context(), "designteamet/order-1.yaml", time.Now())
	if err != nil {
		return err
	}
	first, nordfile := w.issue(t, "designteamet/order-1.yaml"), w.issue(t, "nordlys/order-1.yaml")
	others := bytes.Replace(examples.OrderAt("designteamet/order-1.yaml", license.DateOf(time.Now())), []byte("1600070120"), []byte("1600065823"), 1)
	early, err := w.vendors.Issue(t.Context(), others, time.Now().Add(72*time.Hour))
	if err != nil {
		return err
	}
	renewal := w.issue(t, "designteamet/order-2.yaml")
	later, err := w.vendors.Issue(t.Context(), startingIn(30), time.Now())
	if err != nil {
		return err
	}
	moved, err := bound(t, w)
	if err != nil {
		return err
	}
	keys, err := keyLists(first)
	if err != nil {
		return err
	}
	others, err = keyLists(foreign)
	if err != nil {
		return err
	}
	files := map[string][]byte{
		"keys.pott": keys, "foreign-keys.pott": others,
		"early.pott": early, "later.pott": later, "moved.pott": moved,
		"crlf.pott":  bytes.ReplaceAll(first, []byte("\n"), []byte("\r\n")),
		"first.pott": first, "renewal.pott": renewal, "nordlys.pott": nordfile,
		"foreign.pott":   foreign,
		"truncated.pott": first[:len(first)/2],
		"damaged.pott":   bytes.Replace(first, []byte("Designteamet"), []byte("Designteamxt"), 1),
		"edited.pott":    bytes.Replace(first, []byte(`"quantity":21`), []byte(`"quantity":99`), 1),
		"empty.pott":     nil,
		"binary.pott":    {0, 1, 2, 3},
		"large.pott":     bytes.Repeat([]byte("x"), 9<<20),
	}
	for name, data := range files {
		w.write(t, name, data)
	}
	if _, err := demo.Activate(t.Context(), nord, nordfile); err != nil {
		return err
	}
	if err := demo.SeedNordlys(t.Context(), nord, time.Now()); err != nil {
		return err
	}
	for _, scope := range []string{api.ScopeRead, api.ScopeCheck, api.ScopeAssign, api.ScopeActivate} {
		made, err := w.client(t, designteamet.Name).AddToken(t.Context(), api.NewToken{Name: scope, Scopes: []string{scope}}, false)
		if err != nil {
			return err
		}
		w.write(t, scope+".token", []byte(made.Secret+"\n"))
	}
	for name, value := range map[string]string{
		"POTT_SERVER": w.server, "POTT_INSTALLATION": designteamet.Name, "POTT_TOKEN_FILE": w.path(designteamet.Name + ".token"),
		"F": w.dir, "HOME": w.dir, "XDG_CONFIG_HOME": w.path("config"), "LC_ALL": "C", "NORDLYS_TOKEN": w.path(nordlys.Name + ".token"),
	} {
		env.Setenv(name, value)
	}
	return nil
}
