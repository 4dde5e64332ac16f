package store

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/internal/seat"
	"github.com/pott-dev/pott/internal/tamper"
	"github.com/pott-dev/pott/license"
)

// Agreement is what was said about a set that waits.
type Agreement struct {
	Checkpoint string         // of the set
	At         int64          // when somebody agreed that it takes over on its day; 0: nobody did
	By         string         // the actor
	Accepts    []license.Name // system licenses whose end was acknowledged
	Told       int64          // when administrators were told that it did not fit on its day; 0: they were not
	Choices    []AgreedChoice // what is done to people on its day, one after another
	Effects    []seat.Agreed  // what that would have done when it was agreed to, one for each person
}

// AgreedChoice is one thing to do to one person, or to everybody concerned, on
// the day of a set. People stand there by number, never by name.
type AgreedChoice struct {
	Person int64 // number; 0 is everybody
	seat.Choice
	Holding license.Name // of an extra for everybody: who holds this gets it
}

// text has a line for each choice, its words apart by tabs: names have spaces.
func choicesText(all []AgreedChoice) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "%s\t%d\t%s\t%s\t%s\n", c.Do, c.Person, c.Name, c.To, c.Holding)
	}
	return b.String()
}

func readChoices(text string) (all []AgreedChoice) {
	for line := range strings.Lines(text) {
		words := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(words) != 5 {
			continue
		}
		c := AgreedChoice{Choice: seat.Choice{Do: seat.Do(words[0]), Name: licenseNamed(words[2]), To: licenseNamed(words[3])}, Holding: licenseNamed(words[4])}
		c.Person, _ = strconv.ParseInt(words[1], 10, 64)
		all = append(all, c)
	}
	return all
}

// licenseNamed reads what Name.String wrote.
func licenseNamed(text string) license.Name {
	n, err := license.ParseName(text)
	if err != nil {
		return license.Name{}
	}
	return n
}

// effectsText has a line "person" with a number for each person, and behind it
// "login", and "given" and "released" with a quantity and a name.
func effectsText(all []seat.Agreed) string {
	var b strings.Builder
	for _, a := range all {
		fmt.Fprintf(&b, "person %d\n", a.Person)
		if a.LoginEnds {
			b.WriteString("login\n")
		}
		for _, h := range a.Given {
			fmt.Fprintf(&b, "given %d %s\n", h.Quantity, h.Name)
		}
		for _, h := range a.Released {
			fmt.Fprintf(&b, "released %d %s\n", h.Quantity, h.Name)
		}
	}
	return b.String()
}

func readEffects(text string) (all []seat.Agreed) {
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		number, name, _ := strings.Cut(rest, " ")
		n, _ := strconv.ParseInt(number, 10, 64)
		if word == "person" {
			all = append(all, seat.Agreed{Person: n})
			continue
		}
		if len(all) == 0 {
			continue
		}
		switch a, h := &all[len(all)-1], (license.Held{Name: licenseNamed(name), Quantity: n}); word {
		case "login":
			a.LoginEnds = true
		case "given":
			a.Given = append(a.Given, h)
		case "released":
			a.Released = append(a.Released, h)
		}
	}
	return all
}

func acceptsText(all []license.Name) string {
	var b strings.Builder
	for _, n := range all {
		b.WriteString(n.String() + "\n")
	}
	return b.String()
}

func readAccepts(text string) (all []license.Name) {
	for line := range strings.Lines(text) {
		if n, err := license.ParseName(strings.TrimSuffix(line, "\n")); err == nil {
			all = append(all, n)
		}
	}
	return all
}

var agreementCodec = codec[string, Agreement]{
	layout: agreementLayout,
	key:    textKey,
	parse:  parseTextKey,
	encode: func(a *Agreement) []tamper.Value {
		return []tamper.Value{tamper.Int(a.At), tamper.Str(a.By), tamper.Str(acceptsText(a.Accepts)), tamper.Int(a.Told),
			tamper.Str(choicesText(a.Choices)), tamper.Str(effectsText(a.Effects))}
	},
	decode: func(k string, v []tamper.Value) Agreement {
		return Agreement{Checkpoint: k, At: v[0].Int(), By: v[1].Str(), Accepts: readAccepts(v[2].Str()), Told: v[3].Int(),
			Choices: readChoices(v[4].Str()), Effects: readEffects(v[5].Str())}
	},
}

// Agreement returns what was said about a set that waits, by its checkpoint.
func (v *View) Agreement(checkpoint string) Agreement {
	a := v.book.agreements.get(checkpoint)
	if v.staged != nil {
		a = v.staged.agreements.get(checkpoint)
	}
	if a == nil {
		return Agreement{Checkpoint: checkpoint}
	}
	return *a
}

// PutAgreement stores what was said about a set that waits.
func (tx *Tx) PutAgreement(a Agreement) error {
	if err := tx.granting(); err != nil {
		return err
	}
	return tx.staged.agreements.put(a.Checkpoint, &a)
}
