package token_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"sync"
	"testing"

	"github.com/pott-dev/pott/hsm/softhsmtest"
	"github.com/pott-dev/pott/hsm/token"
	"github.com/pott-dev/pott/licensefile"
)

func open(t *testing.T, on *softhsmtest.Token, access token.Access) *token.Token {
	t.Helper()
	tok, err := token.Open(on.Driver, softhsmtest.Label, []byte(softhsmtest.PIN), access)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestAKeyIsMadeOnATokenAndSignsFromThere(t *testing.T) {
	on := softhsmtest.New(t)
	if on == nil {
		return
	}
	tok := open(t, on, token.ReadWrite)
	made, err := tok.Generate("root-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tok.Generate("acme-signing-1"); err != nil {
		t.Fatal(err)
	}
	if e := (*token.ExistsError)(nil); true {
		if _, err := tok.Generate("root-1"); !errors.As(err, &e) {
			t.Errorf("a second root-1: %v", err)
		}
	}
	tok.Close()

	// It is there for the next login, which cannot change the token.
	tok = open(t, on, token.ReadOnly)
	defer tok.Close()
	keys, err := tok.Keys()
	if err != nil || len(keys) != 2 || keys[0].Name != "acme-signing-1" || keys[1].Name != "root-1" {
		t.Fatalf("Keys = %v, %v", keys, err)
	}
	k, err := tok.Key("root-1")
	if err != nil || !k.Public().Equal(made.Public()) || k.MayLeave() {
		t.Fatalf("Key = %+v, %v", k, err)
	}
	if err := licensefile.CheckKey(k.Public()); err != nil {
		t.Error(err)
	}
	var _ licensefile.Signer = k
	for _, text := range [][]byte{nil, []byte("a"), []byte("pott-key-list/v1\n"), bytes.Repeat([]byte("x"), 8<<20)} {
		signature, err := k.Sign(text)
		if err != nil || !ed25519.Verify(k.Public(), text, signature) {
			t.Errorf("%d bytes: signature %x, %v", len(text), signature, err)
		}
		if again, err := k.Sign(text); err != nil || !bytes.Equal(signature, again) {
			t.Errorf("%d bytes: signed again it is %x, %v", len(text), again, err)
		}
	}
	if _, err := tok.Generate("another"); err == nil {
		t.Error("a login to look made a key")
	}
	if e := (*token.NoKeyError)(nil); true {
		if _, err := tok.Key("nobody"); !errors.As(err, &e) {
			t.Errorf("Key of nobody = %v", err)
		}
	}
	if e := (*token.NameError)(nil); true {
		if _, err := tok.Generate("a b"); !errors.As(err, &e) {
			t.Errorf("a name with a space: %v", err)
		}
	}
}

func TestSeveralMaySignAtOnce(t *testing.T) {
	on := softhsmtest.New(t)
	if on == nil {
		return
	}
	tok := open(t, on, token.ReadWrite)
	defer tok.Close()
	k, err := tok.Generate("root-1")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 20 {
				text := []byte{byte(i), byte(j)}
				if signature, err := k.Sign(text); err != nil || !ed25519.Verify(k.Public(), text, signature) {
					t.Errorf("%v: %v", text, err)
				}
			}
		})
	}
	group.Wait()
}

func TestATokenOpensOnlyToItsLabelAndPIN(t *testing.T) {
	on := softhsmtest.New(t)
	if on == nil {
		return
	}
	softhsmtest.Init(t, "twice")
	softhsmtest.Init(t, "twice")
	for _, row := range []struct {
		name, driver, label, pin string
		is                       func(error) bool
	}{
		{"another PIN", on.Driver, softhsmtest.Label, "1234", is[*token.PINError]},
		{"no PIN", on.Driver, softhsmtest.Label, "", is[*token.PINError]},
		{"another label", on.Driver, "none", softhsmtest.PIN, is[*token.NoTokenError]},
		{"a label that two have", on.Driver, "twice", softhsmtest.PIN, is[*token.DriverError]},
	} {
		_, err := token.Open(row.driver, row.label, []byte(row.pin), token.ReadOnly)
		var hinted interface{ Hint() string }
		if !row.is(err) || !errors.As(err, &hinted) || hinted.Hint() == "" && row.name != "a label that two have" {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	// None of that leaves the driver unusable.
	open(t, on, token.ReadOnly).Close()
}

func TestADriverThatIsNoneIsNamed(t *testing.T) {
	for _, path := range []string{"/nowhere/driver.so", "/dev/null", "token_test.go"} {
		if _, err := token.Open(path, "pott", []byte("1234"), token.ReadOnly); !is[*token.DriverError](err) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}
