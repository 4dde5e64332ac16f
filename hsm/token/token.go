//go:build cgo

// Package token signs with Ed25519 keys that never leave a PKCS#11 token.
//
// It logs in to one token, finds the keys on it by their labels, makes new ones
// that cannot be taken out, and signs with plain Ed25519. What a key may sign is
// not decided here: that is the signer's business.
package token

import (
	"fmt"
	"sync"

	"github.com/miekg/pkcs11"
)

// A Token is a token that somebody is logged in to. Its methods may be called
// from several goroutines; the token does one thing at a time.
type Token struct {
	label   string
	driver  *pkcs11.Ctx
	session pkcs11.SessionHandle
	one     sync.Mutex
}

// An Access says what a login is for.
type Access uint

// A login to sign or look cannot change the token.
const (
	ReadOnly  Access = pkcs11.CKF_SERIAL_SESSION
	ReadWrite Access = pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION
)

// Open loads a driver, which is the path of a shared library, and logs in to the
// token with that label. The PIN is tried once: tokens lock themselves after a
// few wrong ones.
func Open(driver, label string, pin []byte, access Access) (*Token, error) {
	if len(pin) == 0 {
		return nil, &PINError{label, "no PIN was given", "it is the PIN of the token's user, not the security officer's"}
	}
	c := pkcs11.New(driver)
	if c == nil {
		return nil, &DriverError{Driver: driver, Doing: "loading it", Why: "it is missing, or no PKCS#11 driver"}
	}
	t := &Token{label: label, driver: c}
	if err := c.Initialize(); err != nil {
		c.Destroy()
		return nil, &DriverError{driver, "starting it", reason(err)}
	}
	if err := t.login(driver, pin, access); err != nil {
		c.Finalize()
		c.Destroy()
		return nil, err
	}
	return t, nil
}

func (t *Token) login(driver string, pin []byte, access Access) error {
	slot, err := t.slot(driver)
	if err != nil {
		return err
	}
	if t.session, err = t.driver.OpenSession(slot, uint(access)); err != nil {
		return &DriverError{driver, "opening the token " + t.label, reason(err)}
	}
	if err := t.driver.Login(t.session, pkcs11.CKU_USER, string(pin)); err != nil {
		return loginError(t.label, err)
	}
	return nil
}

// slot returns where the token is. Two tokens of one label are refused: a key
// must not depend on the order in which they are found.
func (t *Token) slot(driver string) (uint, error) {
	slots, err := t.driver.GetSlotList(true)
	if err != nil {
		return 0, &DriverError{driver, "listing tokens", reason(err)}
	}
	missing := &NoTokenError{Driver: driver, Label: t.label}
	var found []uint
	for _, slot := range slots {
		info, err := t.driver.GetTokenInfo(slot)
		if err != nil || info.Flags&pkcs11.CKF_TOKEN_INITIALIZED == 0 {
			continue
		}
		if info.Label == t.label {
			found = append(found, slot)
		}
		missing.Known = append(missing.Known, info.Label)
	}
	switch len(found) {
	case 0:
		return 0, missing
	case 1:
		return found[0], nil
	}
	return 0, &DriverError{driver, "finding the token", fmt.Sprintf("%d tokens are called %q", len(found), t.label)}
}

// Close logs out.
func (t *Token) Close() {
	t.one.Lock()
	defer t.one.Unlock()
	t.driver.Logout(t.session)
	t.driver.CloseSession(t.session)
	t.driver.Finalize()
	t.driver.Destroy()
}
