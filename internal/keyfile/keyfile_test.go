package keyfile

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// cheap is a work factor for tests: a passphrase costs a few milliseconds.
const cheap = 4

func written(t *testing.T, name string) (folder, path string, k *Key) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "keys")
	k, err := Generate(rand.Reader, name, Signing)
	if err != nil {
		t.Fatal(err)
	}
	path, err = Write(folder, k, []byte("open sesame"), cheap)
	if err != nil {
		t.Fatal(err)
	}
	return folder, path, k
}

func code(err error) string {
	var c interface{ Code() string }
	if errors.As(err, &c) {
		return c.Code()
	}
	return ""
}

func TestAKeyComesBackOnlyWithItsPassphrase(t *testing.T) {
	folder, path, k := written(t, "signing-1")
	got, err := Open(path, []byte("open sesame"))
	if err != nil || !got.Private.Equal(k.Private) || got.Public.Use != Signing || got.Name != "signing-1" {
		t.Fatalf("Open = %+v, %v; want the key that was written", got, err)
	}
	if _, err := Open(path, []byte("open sesamE")); code(err) != "key.wrong-passphrase" {
		t.Errorf("another passphrase: %v; want key.wrong-passphrase", err)
	}
	if _, err := Open(path, nil); code(err) != "key.no-passphrase" {
		t.Errorf("no passphrase: %v; want key.no-passphrase", err)
	}
	text, _ := os.ReadFile(path)
	if bytes.Contains(text, []byte(base64.StdEncoding.EncodeToString(k.Private.Seed()))) {
		t.Error("the file holds the private key in clear")
	}
	for _, m := range []struct {
		path string
		want os.FileMode
	}{{folder, 0o700}, {path, 0o600}} {
		if info, _ := os.Stat(m.path); info.Mode().Perm() != m.want {
			t.Errorf("%s has mode %o; want %o", m.path, info.Mode().Perm(), m.want)
		}
	}
}

func TestKeysAreNeverWrittenOver(t *testing.T) {
	folder, path, _ := written(t, "root-1")
	before, _ := os.ReadFile(path)
	k, _ := Generate(rand.Reader, "root-1", Root)
	if _, err := Write(folder, k, []byte("x"), cheap); code(err) != "key.exists" {
		t.Errorf("Write = %v; want key.exists", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file changed")
	}
}

func TestWithoutAPassphraseNothingIsWritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keys")
	k, _ := Generate(rand.Reader, "root-1", Root)
	if _, err := Write(folder, k, nil, cheap); code(err) != "key.no-passphrase" {
		t.Errorf("Write = %v; want key.no-passphrase", err)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("a folder was left behind")
	}
}

func TestAFileOthersCanReadIsNotRead(t *testing.T) {
	_, path, _ := written(t, "root-1")
	os.Chmod(path, 0o640)
	if _, err := Inspect(path); code(err) != "key.permissions" {
		t.Errorf("Inspect = %v; want key.permissions", err)
	}
}

func TestAChangedFileDoesNotOpen(t *testing.T) {
	other, _ := Generate(rand.Reader, "x", Root)
	for _, row := range []struct {
		name   string
		change func(text string) string
	}{
		{"the use in the head is changed", func(s string) string { return strings.Replace(s, "use: signing", "use: root", 1) }},
		{"the public half is another's", func(s string) string {
			i := strings.Index(s, "public: ")
			j := i + strings.IndexByte(s[i:], '\n')
			return s[:i] + "public: " + base64.StdEncoding.EncodeToString(other.Key) + s[j:]
		}},
		{"the encrypted part is cut", func(s string) string { return s[:len(s)-120] }},
		{"it is empty", func(string) string { return "" }},
		{"it is of a newer format", func(s string) string { return strings.Replace(s, "/v1", "/v10", 1) }},
		{"the name is another", func(s string) string { return strings.Replace(s, "name: signing-1", "name: signing-2", 1) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, path, _ := written(t, "signing-1")
			text, _ := os.ReadFile(path)
			os.WriteFile(path, []byte(row.change(string(text))), 0o600)
			if _, err := Open(path, []byte("open sesame")); code(err) != "key.malformed" {
				t.Errorf("Open = %v; want key.malformed", err)
			}
		})
	}
}

func TestListNamesKeysInOrder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keys")
	for _, name := range []string{"signing-1", "root-1"} {
		k, _ := Generate(rand.Reader, name, Root)
		if _, err := Write(folder, k, []byte("x"), cheap); err != nil {
			t.Fatal(err)
		}
	}
	os.WriteFile(filepath.Join(folder, "notes.txt"), nil, 0o600)
	list, err := List(folder)
	if err != nil || len(list) != 2 || list[0].Name != "root-1" || list[1].Name != "signing-1" {
		t.Errorf("List = %v, %v", list, err)
	}
	if list, err := List(filepath.Join(folder, "none")); err != nil || list != nil {
		t.Errorf("List of a missing folder = %v, %v; want none", list, err)
	}
	if _, err := Inspect(filepath.Join(folder, "gone.key")); code(err) != "key.missing" {
		t.Errorf("Inspect of a missing file = %v; want key.missing", err)
	}
}

func TestAPassphraseIsTheFirstLine(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"with a line end", "secret\n", "secret"},
		{"without", "secret", "secret"},
		{"spaces belong to it", " se cret \n", " se cret "},
		{"Windows line ends", "secret\r\nmore\r\n", "secret"},
		{"an empty file is none", "", ""},
		{"too long is none", strings.Repeat("x", maxPassphrase+1), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "pass")
			os.WriteFile(path, []byte(row.text), 0o600)
			got, err := Source{File: path, FD: -1}.Read("", false)
			if string(got) != row.want || (row.want == "") != (code(err) == "key.no-passphrase") {
				t.Errorf("Read = %q, %v; want %q", got, err, row.want)
			}
			fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := (Source{FD: fd}).Read("", false); string(got) != row.want {
				t.Errorf("from a descriptor: %q; want %q", got, row.want)
			}
		})
	}
}

func TestADescriptorGivesOnePassphraseALine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pass")
	os.WriteFile(path, []byte("first\nsecond\r\n\nlast"), 0o600)
	fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"first", "second", "", "last", ""} {
		got, err := Source{FD: fd}.Read("", false)
		if string(got) != want || (want == "") != (code(err) == "key.no-passphrase") {
			t.Errorf("line %d = %q, %v; want %q", i+1, got, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	k, _ := Generate(bytes.NewReader(make([]byte, 64)), "root-1", Root)
	f.Add([]byte(k.head()))
	f.Add([]byte(format + "\nname: a\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, sealed, why := parse(text)
		if why == "" && p.head()+string(sealed) != string(text) {
			t.Errorf("%q is read, and written again as %q", text, p.head())
		}
	})
}
