package installation

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// The longest texts, in characters.
const (
	maxUserID = 254
	maxName   = 200
	maxReason = 500
)

// checkPersonal refuses values no person may have.
func checkPersonal(p store.Personal) error {
	if err := checkText("user_id", p.UserID, 1, maxUserID); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(p.UserID) != p.UserID:
		return &BadValueError{Field: "user_id", Why: "it has a space first or last"}
	case p.UserID == "." || p.UserID == "..":
		return &BadValueError{Field: "user_id", Why: "in the path of a page it would lead elsewhere"}
	case p.UserID[0] == '#':
		return &BadValueError{Field: "user_id", Why: "it begins with #, which stands for numbers"}
	}
	for _, f := range []struct{ field, text string }{{"first_name", p.First}, {"last_name", p.Last}, {"email", p.Email}, {"group", p.Group}} {
		if err := checkText(f.field, f.text, 0, maxName); err != nil {
			return err
		}
	}
	return nil
}

// CheckUserID refuses a user id nobody may have.
func CheckUserID(id string) error { return checkPersonal(store.Personal{UserID: id}) }

// checkText refuses a text of the wrong length, and characters that cannot be
// seen or that turn others around.
func checkText(field, text string, least, most int) error {
	n := utf8.RuneCountInString(text)
	switch {
	case !utf8.ValidString(text):
		return &BadValueError{Field: field, Why: "it is not UTF-8"}
	case n < least:
		return &BadValueError{Field: field, Why: "it is empty"}
	case n > most:
		return &BadValueError{Field: field, Why: fmt.Sprintf("it has %d characters, and %d are allowed", n, most)}
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return &BadValueError{Field: field, Why: fmt.Sprintf("it has the invisible character U+%04X", r)}
		}
	}
	return nil
}

func readDay(field, text string) (license.Date, error) {
	d, err := license.ParseDate(text)
	if err != nil {
		return d, &BadValueError{Field: field, Why: "it is not a day written as 2026-06-10"}
	}
	return d, nil
}
