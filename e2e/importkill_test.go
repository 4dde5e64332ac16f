package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/pott-dev/pott/cmd/pott/host"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/sqldb/sqldbtest"
	"github.com/pott-dev/pott/licensefile"
)

var byHost = installation.Act{By: audit.Actor{Kind: audit.Host, ID: "test"}}

// An import that is killed at any moment leaves nothing half done: what it was to
// bring is there whole or not at all, the same command does it then, and no copy
// of people's records lies about.
func TestAnImportThatIsKilledIsBegunAgain(t *testing.T) {
	rounds := 2
	if proof() {
		rounds = 40
	}
	if testing.Short() {
		rounds = 1
	}
	from := start(t, "", designteamet)
	from.activateHundred(t)
	people := addPeople(t, from.client(t, designteamet.Name), 60)
	from.stop()
	from.open(t)
	file := filepath.Join(t.TempDir(), "designteamet.export")
	if _, err := from.host.Export(t.Context(), designteamet.Name, file, nil, false); err != nil {
		t.Fatal(err)
	}
	if err := from.host.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := host.VerifyBackup(t.Context(), from.config, file, nil)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string][]string{
		"key":         {"--key", filepath.Join(from.config.Keys, "installation-"+designteamet.Name+".key")},
		"fingerprint": {"--fingerprint", licensefile.Fingerprint(whole.Manifest.Signer)},
	}
	sqldbtest.EachDSN(t, func(t *testing.T, dsn string) {
		w := build(t, dsn, nordlys)
		random := rand.New(rand.NewPCG(15, 7))
		took := w.importAs(t, "measured", file, known["key"], 0)
		cut, there := 0, 0
		for round := range rounds {
			for by, how := range known {
				name := fmt.Sprintf("%s-%d", by, round)
				w.importAs(t, name, file, how, time.Duration(random.Int64N(int64(took))))
				w.fsck(t)
				if w.knows(t, name) {
					there++
				} else {
					cut++
					w.importAs(t, name, file, how, 0)
				}
				w.arrived(t, name, people)
				if left, _ := filepath.Glob(filepath.Join(w.config.Data, ".pott-*")); len(left) > 0 && !w.knows(t, name) {
					t.Errorf("%s: %v lie about", name, left)
				}
			}
		}
		w.importAs(t, "last", file, known["fingerprint"], 0)
		if left, _ := filepath.Glob(filepath.Join(w.config.Data, ".pott-*")); len(left) > 0 {
			t.Errorf("in the end %v lie about", left)
		}
		w.fsck(t)
		t.Logf("figure: %d imports killed before they were done and begun again, %d killed after", cut, there)
	})
}

// importAs imports a file as a process of its own, which is killed after a while;
// 0: it is not. It returns how long it took.
func (w *world) importAs(t *testing.T, name, file string, how []string, killed time.Duration) time.Duration {
	t.Helper()
	token := w.path(name + ".token")
	os.Remove(token)
	args := append([]string{"server", "installation", "import", file, "--name", name, "--token-file", token, "--data", w.config.Data, "--keys", w.config.Keys}, how...)
	if w.config.Database != "" {
		args = append(args, "--database", w.config.Database)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if killed > 0 {
		defer time.AfterFunc(killed, cancel).Stop() // SIGKILL: nothing can be tidied up
	}
	begin := time.Now()
	cmd := exec.CommandContext(ctx, "pott", args...)
	cmd.Env = append(os.Environ(), "HOME="+w.dir, "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil && (killed == 0 || ctx.Err() == nil) {
		t.Fatalf("importing %s: %v: %s", name, err, out)
	}
	return time.Since(begin)
}

// knows reports whether the server has an installation.
func (w *world) knows(t *testing.T, name string) bool {
	t.Helper()
	w.open(t)
	defer w.host.Close()
	return w.host.House().Installation(name) != nil
}

// arrived checks that everything is there that was exported.
func (w *world) arrived(t *testing.T, name string, people []string) {
	t.Helper()
	w.open(t)
	defer w.host.Close()
	in := w.host.House().Installation(name)
	if in == nil {
		t.Fatalf("%s is not there", name)
	}
	for _, id := range people {
		if _, err := in.Person(t.Context(), byHost, id); err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
	if s, err := in.Status(t.Context(), byHost); err != nil || len(s.Sets) != 1 || s.People.Total != len(people) {
		t.Errorf("%s: %+v, %v", name, s.Sets, err)
	}
	if _, err := os.Stat(filepath.Join(w.config.Keys, "installation-"+name+".key")); errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s has no key", name)
	}
}
