package anchor

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, dir string) *Dir {
	t.Helper()
	d, err := Open(dir, "one")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func write(t *testing.T, f *File, text string) {
	t.Helper()
	if err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func slots(t *testing.T, dir string) map[string]string {
	t.Helper()
	read, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for name, slot := range read {
		texts[name] = string(slot)
	}
	return texts
}

// The slot that is known to be on disk is never the one being written.
func TestASlotOnDiskIsLeftAloneUntilTheOtherIsOnDiskToo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "anchors")
	d := open(t, dir)
	f := d.File("abc", "seats", -1)
	for _, step := range []struct {
		write string
		sync  bool
		want  map[string]string
	}{
		{"first", false, map[string]string{"abc.seats.one.1.anchor": "first"}},
		{"2nd", true, map[string]string{"abc.seats.one.1.anchor": "2nd"}},
		{"third", false, map[string]string{"abc.seats.one.1.anchor": "2nd", "abc.seats.one.0.anchor": "third"}},
		{"4th", false, map[string]string{"abc.seats.one.1.anchor": "2nd", "abc.seats.one.0.anchor": "4th"}},
		{"", true, map[string]string{"abc.seats.one.1.anchor": "2nd", "abc.seats.one.0.anchor": "4th"}},
		{"", true, map[string]string{"abc.seats.one.1.anchor": "2nd", "abc.seats.one.0.anchor": "4th"}},
		{"5th", false, map[string]string{"abc.seats.one.1.anchor": "5th", "abc.seats.one.0.anchor": "4th"}},
	} {
		if step.write != "" {
			write(t, f, step.write)
		}
		if step.sync {
			if err := d.Sync(); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(step.want, slots(t, dir)); diff != "" {
			t.Errorf("after %+v (-want +got):\n%s", step, diff)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory: %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(filepath.Join(dir, "abc.seats.one.1.anchor")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the slot: %v, %v", info.Mode(), err)
	}
}

func TestTheSlotThatWasNewestIsNotWrittenFirst(t *testing.T) {
	for newest, want := range map[int]string{0: "abc.seats.one.1.anchor", 1: "abc.seats.one.0.anchor"} {
		dir := t.TempDir()
		write(t, open(t, dir).File("abc", "seats", newest), "next")
		if diff := cmp.Diff(map[string]string{want: "next"}, slots(t, dir)); diff != "" {
			t.Errorf("newest %d (-want +got):\n%s", newest, diff)
		}
	}
}

func TestOnlySlotsAreRead(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"abc.seats.one.2.anchor", "abc.seats.one.0.anchor~", "note.txt", "../x", ".seats.one.0.anchor", "abc.seats.o/e.0.anchor"} {
		if _, ok := ParseName(name); ok {
			t.Errorf("%q is taken for a slot", name)
		}
	}
	os.WriteFile(filepath.Join(dir, "note.txt"), []byte("x"), 0o600)
	os.WriteFile(filepath.Join(dir, "abc.server.two.0.anchor"), make([]byte, maxSlot+4096), 0o600)
	os.Mkdir(filepath.Join(dir, "abc.server.two.1.anchor"), 0o700)
	read := slots(t, dir)
	if n := len(read["abc.server.two.0.anchor"]); len(read) != 1 || n < maxSlot || n > maxSlot+4096 {
		t.Errorf("read %d files, %d bytes", len(read), n)
	}
	if read, err := Read(filepath.Join(dir, "nothing")); err != nil || len(read) != 0 {
		t.Errorf("no directory: %v, %v", read, err)
	}
}

func TestRemovingForgetsOneInstallationOfThisNode(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	gone := d.File("abc", "seats", -1)
	write(t, gone, "x")
	write(t, d.File("def", "seats", -1), "y")
	os.WriteFile(filepath.Join(dir, "abc.seats.two.0.anchor"), []byte("z"), 0o600)
	if err := d.Remove("abc"); err != nil {
		t.Fatal(err)
	}
	write(t, gone, "again")
	if err := d.Sync(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(map[string]string{"def.seats.one.1.anchor": "y", "abc.seats.two.0.anchor": "z"}, slots(t, dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestADiskThatFailsIsToldAndTriedAgain(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	f := d.File("abc", "seats", -1)
	blocked := filepath.Join(dir, "abc.seats.one.1.anchor")
	os.Mkdir(blocked, 0o700)
	if err := f.Write([]byte("x")); err == nil {
		t.Error("nothing was written, and nothing said")
	}
	os.Remove(blocked)
	write(t, f, "x")
	var none *Dir
	if none.File("abc", "seats", 0).Write(nil) != nil || none.Close() != nil || none.Remove("abc") != nil {
		t.Error("no directory must be no error")
	}
	if _, err := Open(dir, "../x"); !errors.As(err, new(*NodeError)) {
		t.Errorf("a node named ../x: %v", err)
	}
}
