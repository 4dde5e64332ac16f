package web_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/housetest"
)

func TestWhileNobodySignsInTheDoorCountsDownAndSaysWhen(t *testing.T) {
	w := newWorld(t)
	acme := w.Installation("acme")
	until := w.Clock().Add(25 * time.Minute).UTC().Format(time.RFC3339)
	_, err := acme.StartEvent(t.Context(), installation.Act{By: housetest.Host}, api.NewEvent{Type: "no-login", Expected: until})
	w.must(err)
	door := w.nobody().get("/signin")
	if n := strings.Count(door.body, `data-countdown="`+until+`"`); n == 0 {
		t.Errorf("the door counts nothing down: %s", door.text())
	}
	if !regexp.MustCompile(`<time datetime="` + until + `">[^<]*14:25`).MatchString(door.body) {
		t.Error("without a script it does not say until when")
	}
	if !strings.Contains(door.body, `hidden><span role="timer"></span>`) {
		t.Error("what only a script fills in is not hidden, or would be read aloud every second")
	}
	w.Set(w.Clock().Add(26 * time.Minute))
	if page := w.nobody().get("/signin"); strings.Contains(page.body, "data-countdown") {
		t.Error("it counts down to what has passed")
	}
}
