package host

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"time"

	"github.com/pott-dev/pott/internal/installation/fsck"
	"github.com/pott-dev/pott/internal/tamper"
)

// A SealKey is one of the keys records are sealed with.
type SealKey struct {
	tamper.Master
	Made string // its day, as 2026-11-22; "" for the first one
}

// ID returns what seals and messages name the key by; it says nothing about the
// key.
func (k SealKey) ID() string { return tamper.IDOf(k.Key).String() }

// A Ring is all seal keys of a server, in the order they were made. As a file it
// is the first key alone, until another is made; then a line for each:
//
//	pott-seal-ring-v1
//	use - 5d41…
//	use 2026-11-22 7b52…
//
// A key that only backups need says retired instead of use.
type Ring []SealKey

const ringHead = "pott-seal-ring-v1"

var (
	ringLine = regexp.MustCompile(`^(use|retired) (-|[0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9a-f]{64})$`)
	ringMost = 64 << 10 // bytes
)

// Masters returns what the keys are derived from.
func (r Ring) Masters() tamper.Ring {
	var masters tamper.Ring
	for _, k := range r {
		masters = append(masters, k.Master)
	}
	return masters
}

// forFsck returns the keys as the reader that shares no code with the store takes
// them.
func (r Ring) forFsck() []fsck.Key {
	var keys []fsck.Key
	for _, k := range r {
		keys = append(keys, fsck.Key{Master: k.Key, Retired: k.Retired})
	}
	return keys
}

// Ring returns the keys all records are sealed with.
func (k Keys) Ring() (Ring, error) {
	path := k.path("seal.key")
	if err := k.checkMode(); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &NoKeyError{Path: path}
	} else if err != nil {
		return nil, pathError(path, err)
	}
	ring := parseRing(data)
	if ring == nil {
		return nil, &BadKeyError{Path: path}
	}
	return ring, nil
}

// Masters is [Keys.Ring] for the house.
func (k Keys) Masters() (tamper.Ring, error) {
	ring, err := k.Ring()
	return ring.Masters(), err
}

// parseRing reads the file of a ring, or of its first key alone; nil when it is
// neither. There is one spelling of every ring, and no key twice.
func parseRing(data []byte) Ring {
	if m := keyText.FindSubmatch(data); m != nil && string(m[1]) == sealHead {
		return Ring{sealKey(string(m[2]))}
	}
	if len(data) > ringMost {
		return nil
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	if !lines.Scan() || lines.Text() != ringHead {
		return nil
	}
	var ring Ring
	for lines.Scan() {
		m := ringLine.FindStringSubmatch(lines.Text())
		if m == nil {
			return nil
		}
		key := sealKey(m[3])
		key.Retired = m[1] == "retired"
		if m[2] != "-" {
			key.Made = m[2]
		}
		if ring.Masters().Find(tamper.IDOf(key.Key)) >= 0 {
			return nil
		}
		ring = append(ring, key)
	}
	if len(ring) == 0 || !bytes.Equal(ring.text(), data) {
		return nil
	}
	return ring
}

func sealKey(text string) SealKey {
	b, _ := hex.DecodeString(text) // the pattern allows nothing else
	return SealKey{Master: tamper.Master{Key: [32]byte(b)}}
}

// text returns the file of a ring.
func (r Ring) text() []byte {
	b := []byte(ringHead + "\n")
	for _, k := range r {
		state, made := "use", k.Made
		if k.Retired {
			state = "retired"
		}
		if made == "" {
			made = "-"
		}
		b = fmt.Appendf(b, "%s %s %x\n", state, made, k.Key)
	}
	return b
}

// write replaces the ring, whole or not at all: at every moment there is a file
// with every key that was there before.
func (k Keys) writeRing(r Ring) error {
	path, next := k.path("seal.key"), k.path("seal.key.next")
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a run that was cut short
		return pathError(next, err)
	}
	if err := writeNew(next, r.text(), 0o600); err != nil {
		return pathError(next, err)
	}
	if err := os.Rename(next, path); err != nil {
		return pathError(path, err)
	}
	return syncDir(k.Dir)
}

// AddSeal adds a new key to the end of the ring.
func (k Keys) AddSeal(now time.Time) (SealKey, error) {
	ring, err := k.Ring()
	if err != nil {
		return SealKey{}, err
	}
	key := SealKey{Made: now.UTC().Format(time.DateOnly)}
	rand.Read(key.Key[:])
	return key, k.writeRing(append(ring, key))
}

// RetireSeal says of a key of the ring that only backups need it.
func (k Keys) RetireSeal(id tamper.KeyID) error {
	ring, err := k.Ring()
	if err != nil {
		return err
	}
	at := ring.Masters().Find(id)
	if at < 0 {
		return &UnknownKeyError{KeyID: id.String()}
	}
	ring[at].Retired = true
	return k.writeRing(ring)
}

// UnknownKeyError is returned for a seal key that is not in the key directory.
type UnknownKeyError struct{ KeyID string }

func (e *UnknownKeyError) Error() string { return fmt.Sprintf("there is no seal key %s here", e.KeyID) }

// Code returns the stable code of the error.
func (e *UnknownKeyError) Code() string { return "seal.unknown-key" }
