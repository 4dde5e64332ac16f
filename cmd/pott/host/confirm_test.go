package host

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/internal/installation"
)

func TestAConfirmationIsGoodOnceForOneInstallationAndAQuarterOfAnHour(t *testing.T) {
	c := Config{Data: t.TempDir()}
	now := time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)
	if _, err := Confirm(c, "acme", now); !errors.As(err, new(*NotMadeError)) {
		t.Errorf("without a server: %v", err)
	}
	if err := os.WriteFile(c.root(), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Confirm(c, "../acme", now); err == nil {
		t.Error("a name that leads elsewhere is taken")
	}
	wrong := func(what string, err error) {
		t.Helper()
		if no := new(installation.NotConfirmedError); !errors.As(err, &no) || no.Why != "wrong" {
			t.Errorf("%s: %v", what, err)
		}
	}
	made, err := Confirm(c, "acme", now)
	if err != nil {
		t.Fatal(err)
	}
	wrong("another installation", UseConfirmation(c, "birka", made.Code, now))
	wrong("another code", UseConfirmation(c, "acme", "AAAA-BBBB-CCCC", now))
	wrong("a path", UseConfirmation(c, "acme", "../../root.pub", now))
	wrong("nothing", UseConfirmation(c, "acme", "", now))
	if err := UseConfirmation(c, "acme", " "+strings.ToLower(made.Code)+"\n", now.Add(14*time.Minute)); err != nil {
		t.Errorf("the code: %v", err)
	}
	wrong("a second time", UseConfirmation(c, "acme", made.Code, now))
	if made, err = Confirm(c, "acme", now); err != nil {
		t.Fatal(err)
	}
	wrong("too late", UseConfirmation(c, "acme", made.Code, now.Add(16*time.Minute)))
	files, _ := filepath.Glob(filepath.Join(c.confirmations(), "*"))
	if len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}
