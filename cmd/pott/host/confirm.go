package host

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/installation"
)

// confirmFor is how long a one-time code is good.
const confirmFor = 15 * time.Minute

// A Confirmation is a one-time code that agrees, from the server's machine, to an
// act an administrator asks for.
type Confirmation struct {
	Installation string    `json:"installation"`
	Code         string    `json:"code"`
	Until        time.Time `json:"until"`
}

var codeText = regexp.MustCompile(`^[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$`)

// Confirm makes a one-time code for an installation. Only its hash is kept, in
// the data directory, which nobody but the server's user may write.
func Confirm(c Config, name string, now time.Time) (Confirmation, error) {
	if !nameText.MatchString(name) {
		return Confirmation{}, (New{Name: name, TimeZone: "UTC"}).Check()
	}
	if _, err := os.Stat(c.root()); err != nil {
		return Confirmation{}, &NotMadeError{Data: c.Data}
	}
	if err := os.MkdirAll(c.confirmations(), 0o700); err != nil {
		return Confirmation{}, pathError(c.confirmations(), err)
	}
	text := rand.Text()
	done := Confirmation{Installation: name, Code: text[:4] + "-" + text[4:8] + "-" + text[8:12], Until: now.Add(confirmFor).UTC().Truncate(time.Second)}
	path := c.confirmation(name, done.Code)
	if err := writeNew(path, []byte(done.Until.Format(time.RFC3339)+"\n"), 0o600); err != nil {
		return Confirmation{}, pathError(path, err)
	}
	return done, syncDir(c.confirmations())
}

func (c Config) confirmations() string { return filepath.Join(c.Data, "confirm") }

// confirmation is the file of a code. Its name is a hash: whoever can list the
// directory learns no code.
func (c Config) confirmation(name, code string) string {
	h := sha256.Sum256([]byte("pott/confirm/v1\n" + name + "\n" + code))
	return filepath.Join(c.confirmations(), hex.EncodeToString(h[:]))
}

// UseConfirmation uses up a one-time code: it is good once, for one installation,
// and for a quarter of an hour.
func UseConfirmation(c Config, name, code string, now time.Time) error {
	code = strings.ToUpper(strings.TrimSpace(code))
	if !codeText.MatchString(code) {
		return &installation.NotConfirmedError{Why: "wrong"}
	}
	path := c.confirmation(name, code)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &installation.NotConfirmedError{Why: "wrong"}
	} else if err != nil {
		return pathError(path, err)
	}
	// Whoever takes it away has it: of two requests with one code, one fails.
	if err := os.Remove(path); errors.Is(err, fs.ErrNotExist) {
		return &installation.NotConfirmedError{Why: "wrong"}
	} else if err != nil {
		return pathError(path, err)
	}
	until, err := time.Parse(time.RFC3339, strings.TrimSpace(string(text)))
	if err != nil || now.After(until) {
		return &installation.NotConfirmedError{Why: "wrong"}
	}
	return syncDir(c.confirmations())
}

// confirm is [UseConfirmation] for the house.
func (h *Host) confirm(name, code string) error {
	return UseConfirmation(h.config, name, code, h.now())
}
