package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pott-dev/pott/internal/installation/store"
)

// What a server needs after a power cut is brought to the disk when it is made:
// the files and the names they are found under.
func TestMakingAServerBringsFilesAndTheirNamesToTheDisk(t *testing.T) {
	dir := t.TempDir()
	c := Config{Data: filepath.Join(dir, "server", "data"), Keys: filepath.Join(dir, "secret", "keys")}
	var brought []string
	fsync = func(f *os.File) error {
		brought = append(brought, f.Name())
		return f.Sync()
	}
	defer func() { fsync = (*os.File).Sync }()
	if _, err := Make(c, []byte("root")); err != nil {
		t.Fatal(err)
	}
	names := func(path string) int { return slices.Index(brought, path) }
	for file, directories := range map[string][]string{
		c.root():                      {c.Data, filepath.Dir(c.Data), dir},
		Keys{c.Keys}.path("seal.key"): {c.Keys, filepath.Dir(c.Keys), dir},
	} {
		if names(file) < 0 {
			t.Errorf("%s is not brought to the disk", file)
		}
		for _, d := range directories {
			if last := len(brought) - 1 - slices.Index(reversed(brought), d); names(d) < 0 || last < names(file) {
				t.Errorf("%s does not say on the disk what is in it: %v", d, brought)
			}
		}
	}
}

func reversed(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

func TestADiskThatRefusesLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	fsync = func(f *os.File) error {
		if filepath.Base(f.Name()) == "root.pub" {
			return errors.New("input/output error")
		}
		return f.Sync()
	}
	defer func() { fsync = (*os.File).Sync }()
	_, err := Make(Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}, []byte("root"))
	if !errors.As(err, new(*FileError)) {
		t.Errorf("a disk that fails: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The key of an installation goes only when the installation is certainly not
// there.
func TestTheKeyOfAnInstallationThatMayBeThereIsKept(t *testing.T) {
	for _, row := range []struct {
		what  string
		err   error
		there bool
		gone  bool
	}{
		{"refused by a rule", &store.InstallationExistsError{Name: "acme"}, false, true},
		{"stored and not opened", errors.New("no such zone"), true, false},
		{"the answer was lost", fmt.Errorf("creating: %w", &store.UnknownOutcomeError{Seq: 2}), false, false},
	} {
		if got := surelyNotMade(row.err, row.there); got != row.gone {
			t.Errorf("%s: the key goes: %v", row.what, got)
		}
	}
}
