package host

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestKeysAreMadeOnceForTheirOwnerOnlyAndReadBack(t *testing.T) {
	k := Keys{filepath.Join(t.TempDir(), "keys")}
	if err := k.Make(); err != nil {
		t.Fatal(err)
	}
	ring, err := k.Ring()
	if err != nil || len(ring) != 1 || ring[0].Key == [32]byte{} || ring[0].Retired {
		t.Fatal(len(ring), err)
	}
	if err := k.Make(); !errors.As(err, new(*KeyExistsError)) {
		t.Errorf("a second key: %v", err)
	}
	if again, err := k.Ring(); err != nil || again[0] != ring[0] {
		t.Errorf("the key was replaced, %v", err)
	}
	for path, mode := range map[string]os.FileMode{k.Dir: 0o700, k.path("seal.key"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if err := k.MakeInstallation("nordlys"); err != nil {
		t.Fatal(err)
	}
	if key, err := k.Installation("nordlys"); err != nil || len(key) != 64 {
		t.Error(key, err)
	}
}

func TestAKeyThatIsMissingDamagedOrNoSecretIsRefused(t *testing.T) {
	k := Keys{filepath.Join(t.TempDir(), "keys")}
	if _, err := k.Ring(); !errors.As(err, new(*NoKeyError)) {
		t.Errorf("nothing there: %v", err)
	}
	if err := k.Make(); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Installation("nordlys"); !errors.As(err, new(*NoKeyError)) {
		t.Errorf("no such installation: %v", err)
	}
	os.Rename(k.path("seal.key"), k.path(keyFile("nordlys")))
	if _, err := k.Installation("nordlys"); !errors.As(err, new(*BadKeyError)) {
		t.Errorf("another key under that name: %v", err)
	}
	os.WriteFile(k.path("seal.key"), []byte(sealHead+"\n00\n"), 0o600)
	if _, err := k.Ring(); !errors.As(err, new(*BadKeyError)) {
		t.Errorf("a short key: %v", err)
	}
	os.Chmod(k.Dir, 0o750)
	if _, err := k.Ring(); !errors.As(err, new(*OpenKeysError)) {
		t.Errorf("a directory others can read: %v", err)
	}
}

func TestAFlagBeatsTheSettingsAndTheSettingsBeatTheDefault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server.yaml")
	os.WriteFile(path, []byte("data: /file/data\nlisten: file:1\n"), 0o600)
	file, err := ReadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	got := Config{Listen: "flag:1"}.Over(file).Over(Default("/home/x"))
	if got.Listen != "flag:1" || got.Data != "/file/data" || got.Keys != "/home/x/.local/share/pott/keys" {
		t.Errorf("%+v", got)
	}
}

func TestSettingsThatMakeNoSenseAreRefused(t *testing.T) {
	for name, row := range map[string]struct{ text, why string }{
		"a key nobody knows":       {"colour: red", "colour"},
		"a key twice":              {"data: a\ndata: b", "already"},
		"half a certificate":       {"tls_cert: c", "belong together"},
		"keys beside the data":     {"data: /x\nkeys: /x/", "two directories"},
		"a list where a text is":   {"data: [a]", "string"},
		"something that is no map": {"- data", "Config"},
	} {
		path := filepath.Join(t.TempDir(), "server.yaml")
		os.WriteFile(path, []byte(row.text), 0o600)
		if _, err := ReadConfig(path); err == nil || !strings.Contains(err.Error(), row.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
	path := filepath.Join(t.TempDir(), "empty.yaml")
	os.WriteFile(path, nil, 0o600)
	if c, err := ReadConfig(path); err != nil || !reflect.DeepEqual(c, Config{}) {
		t.Errorf("an empty file: %+v %v", c, err)
	}
}

func TestThePasswordOfADatabaseIsNotShown(t *testing.T) {
	c := Config{Database: "postgres://pott:hunter2@db.example/pott"}
	if place := c.Place(); strings.Contains(place, "hunter2") || !strings.Contains(place, "db.example") {
		t.Error(place)
	}
}

func TestWhatWasMadeForAFailedStartIsTakenAwayAgain(t *testing.T) {
	dir := t.TempDir()
	c := Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}
	undo, err := Make(c, []byte("root"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Make(c, []byte("root")); !errors.As(err, new(*AlreadyMadeError)) {
		t.Errorf("making it twice: %v", err)
	}
	undo()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
