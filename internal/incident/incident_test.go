package incident

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

var found = Incident{
	Kind: "rolled-back", At: time.Date(2026, 6, 1, 10, 0, 0, 0, time.FixedZone("", 7200)), Installation: "design", By: "system",
	Facts: map[string]string{"from": "900", "to": "850"}, Files: map[string][]byte{"row": {0, 255}},
}

func TestAnIncidentIsAFileOfItsOwnForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "incidents")
	first, err := Write(dir, found)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Write(dir, found)
	if err != nil || second == first {
		t.Errorf("the second: %s, %v", second, err)
	}
	if !regexp.MustCompile(`/20260601T080000Z-rolled-back-[a-z2-7]{8}\.json$`).MatchString(first) {
		t.Errorf("the file is %s", first)
	}
	text, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Format string
		Incident
	}
	if err := json.Unmarshal(text, &read); err != nil || read.Format != "pott-incident/v1" || read.Facts["from"] != "900" || string(read.Files["row"]) != "\x00\xff" {
		t.Errorf("read back: %+v, %v", read, err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, first: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestWhatIsFoundAtEveryStartIsKeptOnce(t *testing.T) {
	dir := t.TempDir()
	for i, want := range []bool{true, false} {
		path, made, err := WriteOnce(dir, found, "900-850")
		if err != nil || made != want || filepath.Base(path) != "rolled-back-design-900-850.json" {
			t.Errorf("time %d: %s, %v, %v", i, path, made, err)
		}
	}
	if _, made, err := WriteOnce(dir, found, "900-851"); err != nil || !made {
		t.Errorf("another: %v, %v", made, err)
	}
}

func TestAnIncidentStaysInItsDirectory(t *testing.T) {
	for _, kind := range []string{"", "../x", "A", "a/b", "-a"} {
		i := found
		i.Kind = kind
		if _, err := Write(t.TempDir(), i); !errors.As(err, new(*KindError)) {
			t.Errorf("%q: %v", kind, err)
		}
		if _, _, err := WriteOnce(t.TempDir(), i, "x"); !errors.As(err, new(*KindError)) {
			t.Errorf("once, %q: %v", kind, err)
		}
	}
	if _, _, err := WriteOnce(t.TempDir(), found, "../x"); !errors.As(err, new(*KindError)) {
		t.Error(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	if _, err := Write(file, found); err == nil {
		t.Error("a file is no directory, and nothing was said")
	}
}
