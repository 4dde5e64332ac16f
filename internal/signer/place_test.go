package signer

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestASocketIsForItsUserAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), "run")
	socket := filepath.Join(dir, "socket")
	l, err := Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, socket: 0o600} {
		if info, _ := os.Stat(path); info.Mode().Perm() != want {
			t.Errorf("%s has mode %04o, want %04o", path, info.Mode().Perm(), want)
		}
	}
	if err := reachable(socket); err != nil {
		t.Errorf("reachable = %v", err)
	}
	for path, mode := range map[string]os.FileMode{dir: 0o711, socket: 0o660} {
		info, _ := os.Stat(path)
		os.Chmod(path, mode)
		if err := reachable(socket); code(err) != "signer.open-to-others" {
			t.Errorf("%s with mode %04o: %v", path, mode, err)
		}
		os.Chmod(path, info.Mode().Perm())
	}
	if _, err := Listen(socket); code(err) != "signer.running" {
		t.Errorf("a second signer: %v", err)
	}
	l.Close()
	if err := reachable(socket); code(err) != "signer.unreachable" {
		t.Errorf("after it is gone: %v", err)
	}
}

func TestASocketIsMadeOnlyWhereOthersCannotReach(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	socket := filepath.Join(dir, "socket")

	os.Chmod(dir, 0o755)
	if _, err := Listen(socket); code(err) != "signer.open-to-others" {
		t.Errorf("in an open folder: %v", err)
	}
	os.Chmod(dir, 0o700)

	if err := os.WriteFile(socket, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(socket); code(err) != "signer.open-to-others" {
		t.Errorf("over a file: %v", err)
	}
	if text, _ := os.ReadFile(socket); string(text) != "kept" {
		t.Error("the file was touched")
	}
	if err := reachable(socket); code(err) != "signer.unreachable" {
		t.Errorf("a file is no socket: %v", err)
	}
	os.Remove(socket)

	// What a killed signer left behind is replaced.
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	left.Close()
	l, err := Listen(socket)
	if err != nil {
		t.Fatalf("beside a socket left behind: %v", err)
	}
	l.Close()

	if _, err := Listen(filepath.Join(dir, strings.Repeat("x", maxSocket))); code(err) != "signer.open-to-others" {
		t.Errorf("a path that is too long: %v", err)
	}
	if _, err := Listen(filepath.Join(dir, "a", "b", "socket")); code(err) != "signer.open-to-others" {
		t.Errorf("in a folder without a parent: %v", err)
	}
}

func TestARecordOnlyGrows(t *testing.T) {
	t.Parallel()
	path := filepath.Join(folder(t), "record")
	r, err := OpenRecord(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %04o", info.Mode().Perm())
	}
	k := key("root-1", "pott-key-list/v1")
	e := entryOf(moment, "sign", &k, "pott-key-list/v1", []byte(keyList))
	if err := r.write(e); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenRecord(path); code(err) != "signer.record" {
		t.Errorf("while another has it: %v", err)
	}
	r.Close()
	const want = `{"at":"2026-06-10T12:00:00.000000005Z","act":"sign","key":"root-1","public":"cm9vdC0x` // the seed is not the public half
	text, _ := os.ReadFile(path)
	if !strings.HasPrefix(string(text), want[:strings.Index(want, "cm9v")]) || strings.Contains(string(text), "cm9vdC0x") || !strings.HasSuffix(string(text), "\"}\n") {
		t.Errorf("the record holds %q", text)
	}

	// A line that a power loss cut in two stays, and the next begins a new one.
	os.WriteFile(path, append(text, `{"at":"2026`...), 0o600)
	if r, err = OpenRecord(path); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range 2 {
		if err := r.write(e); err != nil {
			t.Fatal(err)
		}
	}
	after, _ := os.ReadFile(path)
	if want := string(text) + `{"at":"2026` + "\n" + string(text) + string(text); string(after) != want {
		t.Errorf("the record holds\n%s\nwant\n%s", after, want)
	}
}

func TestARecordOthersCouldForgeIsRefused(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	path := filepath.Join(dir, "record")
	os.WriteFile(path, nil, 0o600)
	os.Chmod(path, 0o660)
	if _, err := OpenRecord(path); code(err) != "signer.open-to-others" {
		t.Errorf("a file others may write: %v", err)
	}
	for _, path := range []string{dir, "/dev/null", filepath.Join(dir, "none", "record")} {
		if _, err := OpenRecord(path); code(err) != "signer.record" {
			t.Errorf("%s: %v", path, err)
		}
	}
}
