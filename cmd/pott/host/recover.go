package host

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation"
	"github.com/pott-dev/pott/internal/installation/store"
)

// A recovery token opens one installation as its administrator, for a short
// time. It trusts whoever can read the keys directory, and nothing in the
// database: not the tokens there, nor that anything there is as it was written.
//
//	pott_recovery_<until><random>_<mac>
//	until   4 bytes, seconds since 1970 UTC, exclusive
//	random  4 bytes
//	mac     HMAC-SHA-256(recovery key, "pott/recovery/v1\n" ‖ u32 length of the name ‖ name ‖ until ‖ random)
//
// All in lower-case hex. The recovery key stands in recovery.key in the keys
// directory and is made when the first token is; whoever removes the file ends
// all of them at once.
const recoveryHead = "pott-recovery-key-v1"

const (
	recoveryIDLen = 16
	recoveryLen   = len(installation.RecoveryPrefix) + recoveryIDLen + 1 + 2*sha256.Size
)

// MaxRecovery is the longest a recovery token may be good for.
const MaxRecovery = 24 * time.Hour

// A Recovery is a recovery token that was made.
type Recovery struct {
	ID    string
	Token string
	Until time.Time
}

// NewRecovery makes a recovery token, and keeps in the keys directory that it
// did, for whom and when. How long it is good is cut to [MaxRecovery].
func (k Keys) NewRecovery(name, by string, now time.Time, good time.Duration) (Recovery, error) {
	key, err := k.recoveryKey()
	if err != nil {
		return Recovery{}, err
	}
	until := now.Add(min(good, MaxRecovery)).Truncate(time.Second)
	id := binary.BigEndian.AppendUint32(nil, uint32(until.Unix()))
	id = append(id, make([]byte, 4)...)
	rand.Read(id[4:])
	r := Recovery{ID: hex.EncodeToString(id), Until: until}
	r.Token = installation.RecoveryPrefix + r.ID + "_" + hex.EncodeToString(recoveryMAC(key, name, id))
	return r, k.logRecovery(r, name, by, now)
}

// recoveryKey returns the recovery key, which is made when there is none.
func (k Keys) recoveryKey() ([32]byte, error) {
	key, err := k.read("recovery.key", recoveryHead)
	if none := new(NoKeyError); !errors.As(err, &none) {
		return key, err
	}
	if err := k.checkMode(); err != nil {
		return key, err // the directory itself is not there
	}
	err = k.write("recovery.key", recoveryHead)
	if there := new(KeyExistsError); err != nil && !errors.As(err, &there) { // somebody else was quicker
		return key, err
	}
	return k.read("recovery.key", recoveryHead)
}

func recoveryMAC(key [32]byte, name string, id []byte) []byte {
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte("pott/recovery/v1\n"))
	mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(name))))
	mac.Write([]byte(name))
	mac.Write(id)
	return mac.Sum(nil)
}

// Recovered returns the id of a recovery token that is good at an installation
// at a moment.
func (k Keys) Recovered(name, token string, now time.Time) (id string, ok bool) {
	rest, found := strings.CutPrefix(token, installation.RecoveryPrefix)
	if !found || len(token) != recoveryLen || rest[recoveryIDLen] != '_' || strings.ToLower(token) != token {
		return "", false
	}
	id = rest[:recoveryIDLen]
	raw, err := hex.DecodeString(id)
	if err != nil {
		return "", false
	}
	mac, err := hex.DecodeString(rest[recoveryIDLen+1:])
	if err != nil {
		return "", false
	}
	key, err := k.read("recovery.key", recoveryHead)
	if err != nil || !hmac.Equal(mac, recoveryMAC(key, name, raw)) {
		return "", false
	}
	until := time.Unix(int64(binary.BigEndian.Uint32(raw)), 0)
	return id, now.Before(until)
}

// logRecovery adds a line to recovery.log: the record that does not depend on
// the database. A token is not handed out before its line is on the disk.
func (k Keys) logRecovery(r Recovery, name, by string, now time.Time) error {
	line, err := json.Marshal(struct {
		At           time.Time `json:"at"`
		ID           string    `json:"id"`
		Installation string    `json:"installation"`
		By           string    `json:"by"` // the user at the machine
		Until        time.Time `json:"until"`
	}{now.UTC(), r.ID, name, by, r.Until.UTC()})
	if err != nil {
		return err
	}
	path := k.path("recovery.log")
	_, missing := os.Stat(path)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return pathError(path, err)
	}
	_, err = fmt.Fprintf(f, "%s\n", line)
	if err := errors.Join(err, fsync(f), f.Close()); err != nil {
		return pathError(path, err)
	}
	if errors.Is(missing, fs.ErrNotExist) {
		return syncDir(k.Dir)
	}
	return nil
}

// Recover makes a recovery token of an installation. unrecorded is why the
// records of the installation do not say so; the keys directory does.
func (h *Host) Recover(ctx context.Context, by audit.Actor, name string, good time.Duration) (r Recovery, unrecorded error, err error) {
	if h.house != nil && h.house.Installation(name) == nil {
		return Recovery{}, nil, &store.UnknownInstallationError{Name: name}
	}
	if r, err = h.keys.NewRecovery(name, by.ID, h.now(), good); err != nil {
		return Recovery{}, nil, err
	}
	if h.house == nil {
		return r, h.broken, nil
	}
	return r, h.house.Installation(name).RecordRecovery(ctx, by, r.ID, r.Until), nil
}
