package license

import (
	"fmt"
	"strings"
)

// An Issuer is the code name of whoever signs a set: `[A-Z0-9]{1,32}`.
type Issuer string

// MaxModule is the longest module name, in bytes.
const MaxModule = 239

// A Module is the code name product code asks about, such as "sale-cal".
//
// Its letters are `[A-Za-z0-9 ._-]`, with no space at either end and no two
// spaces in a row. Two spellings that differ only in the case of A–Z are the
// same module; [Module.Fold] gives the one spelling they share.
type Module string

// A Name says which module is meant: the pair of its issuer and its folded
// module. Module names are unique within an issuer, never between issuers.
// The zero Name names nothing.
type Name struct {
	Issuer Issuer
	Module Module // folded
}

// NameOf returns the name of an issuer's module. It does not check either.
func NameOf(issuer Issuer, module Module) Name { return Name{issuer, module.Fold()} }

// String returns the text form, the issuer in lower case: "superoffice.sale-cal".
func (n Name) String() string {
	if n == (Name{}) {
		return ""
	}
	return foldLower(string(n.Issuer)) + "." + string(n.Module)
}

// ParseName reads the text form of a name, in any letter case. The text is cut
// at its first dot. A text without an issuer is an error: there is no default
// issuer to fall back to, so that a partner's module can never be taken for
// another's.
func ParseName(text string) (Name, error) {
	issuer, module, ok := strings.Cut(text, ".")
	if !ok {
		return Name{}, &BadNameError{Text: text, Why: "it has no issuer before a dot, as in superoffice.sale-cal"}
	}
	i, err := ParseIssuer(foldUpper(issuer))
	if err != nil {
		return Name{}, &BadNameError{Text: text, Why: "the part before the first dot is not an issuer: 1 to 32 letters A–Z and digits"}
	}
	m, err := ParseModule(module)
	if err != nil {
		return Name{}, &BadNameError{Text: text, Why: err.(*BadNameError).Why}
	}
	return NameOf(i, m), nil
}

// MarshalText returns the text form.
func (n Name) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what MarshalText writes, in any letter case.
func (n *Name) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*n = Name{}
		return nil
	}
	*n, err = ParseName(string(text))
	return err
}

// ParseIssuer checks the grammar of an issuer. Lower case is refused: an issuer
// has one spelling.
func ParseIssuer(text string) (Issuer, error) {
	if len(text) < 1 || len(text) > 32 {
		return "", &BadNameError{Text: text, Why: "an issuer has 1 to 32 characters"}
	}
	for i := range len(text) {
		if c := text[i]; !('A' <= c && c <= 'Z' || '0' <= c && c <= '9') {
			return "", &BadNameError{Text: text, Why: "an issuer is written with A–Z and 0–9 only"}
		}
	}
	return Issuer(text), nil
}

// ParseModule checks the grammar of a module and keeps its spelling.
func ParseModule(text string) (Module, error) {
	if len(text) < 1 || len(text) > MaxModule {
		return "", &BadNameError{Text: text, Why: fmt.Sprintf("a module has 1 to %d characters", MaxModule)}
	}
	// The ASCII grammar is checked before anything is folded: Unicode folding
	// takes ſ for s and the Kelvin sign for k.
	for i := range len(text) {
		c := text[i]
		ok := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c == '-' || c == '_' || c == '.' || c == ' '
		if !ok {
			return "", &BadNameError{Text: text, Why: "a module is written with A–Z, a–z, 0–9, space, dot, hyphen and underscore only"}
		}
	}
	if text[0] == ' ' || text[len(text)-1] == ' ' || strings.Contains(text, "  ") {
		return "", &BadNameError{Text: text, Why: "a module has no space first or last and no two in a row"}
	}
	return Module(text), nil
}

// Fold returns the spelling that all letter cases of m share.
func (m Module) Fold() Module { return Module(foldLower(string(m))) }

// A BadNameError says why a text is not an issuer, a module or a name.
type BadNameError struct {
	Text string
	Why  string
}

func (e *BadNameError) Error() string { return fmt.Sprintf("%q is not a name: %s", e.Text, e.Why) }

// Code returns the stable code of the error.
func (e *BadNameError) Code() string { return "license.bad-name" }

// foldLower folds A–Z only and returns s itself when there is nothing to fold.
func foldLower(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

func foldUpper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - ('a' - 'A')
		}
	}
	return string(b)
}
