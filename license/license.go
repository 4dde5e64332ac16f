package license

import "fmt"

// Kind says what a license is given to.
type Kind uint8

// The numbers are part of the file format; never renumber them.
const (
	System Kind = 1 // the whole installation: on for everybody
	Site   Kind = 2 // one database of the installation at a time
	User   Kind = 3 // one person at a time
)

// String returns the word used in files: "system", "site" or "user".
func (k Kind) String() string {
	switch k {
	case System:
		return "system"
	case Site:
		return "site"
	case User:
		return "user"
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// MarshalText returns the same as String.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (k *Kind) UnmarshalText(text []byte) error {
	for _, kind := range []Kind{System, Site, User} {
		if string(text) == kind.String() {
			*k = kind
			return nil
		}
	}
	return &BadWordError{Word: string(text), Of: "kind", Allowed: "system, site, user"}
}

// A PersonKind is a kind of account.
type PersonKind uint8

// The kinds of account a license may be given to. A person is of exactly one
// kind; a license allows one or more.
const (
	Internal  PersonKind = 1 << iota // an employee
	External                         // someone from outside
	Technical                        // a program ("system" in files)
	Anonymous                        // the account of visitors
	Resource                         // a room or a thing
)

var personKinds = []struct {
	kind PersonKind
	word string
}{{Internal, "internal"}, {External, "external"}, {Technical, "system"}, {Anonymous, "anonymous"}, {Resource, "resource"}}

// String returns the word of a single kind: "internal", "external", "system",
// "anonymous" or "resource".
func (k PersonKind) String() string {
	for _, p := range personKinds {
		if p.kind == k {
			return p.word
		}
	}
	return fmt.Sprintf("person-kind(%d)", uint8(k))
}

// Words returns the words of all kinds in the mask k, in a fixed order.
func (k PersonKind) Words() []string {
	var words []string
	for _, p := range personKinds {
		if k&p.kind != 0 {
			words = append(words, p.word)
		}
	}
	return words
}

// MarshalText returns the same as String.
func (k PersonKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (k *PersonKind) UnmarshalText(text []byte) error {
	for _, p := range personKinds {
		if string(text) == p.word {
			*k = p.kind
			return nil
		}
	}
	return &BadWordError{Word: string(text), Of: "kind of person", Allowed: "internal, external, system, anonymous, resource"}
}

// Texts is a text in several languages, keyed by "sv", "en", "nb", "da", "de"
// and "nl". English is the one that stands in for a missing language.
type Texts map[string]string

// In returns the text in a language, else the English one, else "".
func (t Texts) In(lang string) string {
	if s := t[lang]; s != "" {
		return s
	}
	return t["en"]
}

// Language returns the language of the text that In returns: lang, "en", or "" where
// there is none.
func (t Texts) Language(lang string) string {
	switch {
	case t[lang] != "":
		return lang
	case t["en"] != "":
		return "en"
	}
	return ""
}

// Languages are the languages of a set's texts, in the order they are written.
var Languages = []string{"sv", "en", "nb", "da", "de", "nl"}

// A License is one row of a set: a module granted in a quantity.
type License struct {
	Module       Module     // as the issuer spells it
	Kind         Kind       //
	Quantity     int64      // at least 1, also when unrestricted
	Unrestricted bool       // the quantity is not enforced
	OpenEnded    bool       // paid by use: the quantity is enforced but never shown as a total
	Hidden       bool       // not shown, and given only by a plan
	Marker       bool       // describes what was bought; never enforced, never given
	People       PersonKind // who may hold it (user licenses only): a mask, Internal unless the file says otherwise
	Prerequisite Module     // must be held first; "" for none. Same issuer
	Edit         Module     // on a system license: the user license that adds editing; "" for none. Same issuer
	Plan         *Plan      // set on user plans only
	Version      string     // product version it was issued for; "" for none
	Names        Texts      //
	Tooltips     Texts      //
}

// A Plan is what makes a user license a plan: whoever holds it also holds what
// it includes, for as long as it is held.
type Plan struct {
	Includes []Module // user modules of the same issuer, in the issuer's order; empty for the empty plan
	Group    string   // a person holds at most one plan of a group; "" for none
	Parts    []Part   // what a combination is made of; nil when it says nothing
}

// A Part is one line of products at one tier: "sales" at "premium".
type Part struct {
	Line string
	Tier string
}

// Empty reports whether the plan gives nothing: it is how access is withdrawn
// without deleting anybody.
func (p *Plan) Empty() bool { return len(p.Includes) == 0 }

// A BadWordError is returned for a word that is not one of a closed list.
type BadWordError struct {
	Word    string
	Of      string // what it should have been
	Allowed string
}

func (e *BadWordError) Error() string {
	return fmt.Sprintf("%q is not a %s: use one of %s", e.Word, e.Of, e.Allowed)
}

// Code returns the stable code of the error.
func (e *BadWordError) Code() string { return "license.bad-word" }
