package roster

import (
	"slices"
	"strings"
)

// The columns of a list.
const (
	UserID       = "user_id"
	FirstName    = "first_name"
	LastName     = "last_name"
	Email        = "email"
	Group        = "group"
	Kind         = "kind"
	Login        = "login"
	ValidThrough = "valid_through"
	Profile      = "profile"
	Plans        = "plans"
	Extras       = "extras"
	Reason       = "reason" // why a row was not taken; it is written, and left out when read
)

// Columns are all columns, in the order they are written in.
var Columns = []string{UserID, FirstName, LastName, Email, Group, Kind, Login, ValidThrough, Profile, Plans, Extras, Reason}

// Languages are the languages a header may be in.
var Languages = []string{"en", "sv", "nb", "da", "de", "nl"}

// headers are the words of each column in each language; the first is written.
var headers = map[string]map[string][]string{
	"en": {
		UserID: {"User ID", "User", "User name", "Username", "Account"}, FirstName: {"First name", "Given name"}, LastName: {"Last name", "Surname", "Family name"},
		Email: {"E-mail", "E-mail address"}, Group: {"Group", "User group", "Department"}, Kind: {"Kind", "Kind of account"}, Login: {"Login", "Can log in"},
		ValidThrough: {"Valid through", "Valid until"}, Profile: {"Profile"}, Plans: {"Plans", "Plan", "User plan"}, Extras: {"Extras", "Extra"}, Reason: {"Reason"},
	},
	"sv": {
		UserID: {"Användar-ID", "Användare", "Användarnamn", "Konto"}, FirstName: {"Förnamn"}, LastName: {"Efternamn"}, Email: {"E-post", "E-postadress"},
		Group: {"Grupp", "Användargrupp", "Avdelning"}, Kind: {"Slag", "Kontotyp"}, Login: {"Inloggning", "Kan logga in"}, ValidThrough: {"Giltig till och med", "Giltig till"},
		Profile: {"Profil"}, Plans: {"Planer", "Plan", "Användarplan"}, Extras: {"Tillägg"}, Reason: {"Orsak"},
	},
	"nb": {
		UserID: {"Bruker-ID", "Bruker", "Brukernavn", "Konto"}, FirstName: {"Fornavn"}, LastName: {"Etternavn"}, Email: {"E-post", "E-postadresse"},
		Group: {"Gruppe", "Brukergruppe", "Avdeling"}, Kind: {"Slag", "Kontotype"}, Login: {"Innlogging", "Kan logge inn", "Pålogging"}, ValidThrough: {"Gyldig til og med", "Gyldig til"},
		Profile: {"Profil"}, Plans: {"Planer", "Plan", "Brukerplan"}, Extras: {"Tillegg"}, Reason: {"Årsak"},
	},
	"da": {
		UserID: {"Bruger-id", "Bruger", "Brugernavn", "Konto"}, FirstName: {"Fornavn"}, LastName: {"Efternavn"}, Email: {"E-mail", "E-mailadresse"},
		Group: {"Gruppe", "Brugergruppe", "Afdeling"}, Kind: {"Slags", "Kontotype"}, Login: {"Login", "Kan logge på", "Kan logge ind"}, ValidThrough: {"Gyldig til og med", "Gyldig til"},
		Profile: {"Profil"}, Plans: {"Planer", "Plan", "Brugerplan"}, Extras: {"Tilvalg", "Tillæg"}, Reason: {"Årsag"},
	},
	"de": {
		UserID: {"Benutzer-ID", "Benutzer", "Benutzername", "Konto"}, FirstName: {"Vorname"}, LastName: {"Nachname"}, Email: {"E-Mail", "E-Mail-Adresse"},
		Group: {"Gruppe", "Benutzergruppe", "Abteilung"}, Kind: {"Art", "Kontoart"}, Login: {"Zugang", "Anmelden möglich", "Anmeldung"}, ValidThrough: {"Gültig bis einschließlich", "Gültig bis"},
		Profile: {"Profil"}, Plans: {"Pläne", "Plan", "Benutzerplan"}, Extras: {"Zusätze", "Zusatz"}, Reason: {"Grund"},
	},
	"nl": {
		UserID: {"Gebruikers-ID", "Gebruiker", "Gebruikersnaam", "Account"}, FirstName: {"Voornaam"}, LastName: {"Achternaam"}, Email: {"E-mail", "E-mailadres"},
		Group: {"Groep", "Gebruikersgroep", "Afdeling"}, Kind: {"Soort", "Soort account"}, Login: {"Login", "Kan aanmelden", "Aanmelding"}, ValidThrough: {"Geldig tot en met", "Geldig tot"},
		Profile: {"Profiel"}, Plans: {"Plannen", "Plan", "Gebruikersplan"}, Extras: {"Extra’s", "Extra's", "Extra"}, Reason: {"Reden"},
	},
}

var yesNo = map[string][2]string{"en": {"yes", "no"}, "sv": {"ja", "nej"}, "nb": {"ja", "nei"}, "da": {"ja", "nej"}, "de": {"ja", "nein"}, "nl": {"ja", "nee"}}

// Header returns what a column is called in a language, or its word in the API
// for "".
func Header(lang, column string) string {
	if words := headers[lang][column]; len(words) > 0 {
		return words[0]
	}
	return column
}

// YesNo returns the word for yes or no in a language, or the one in the API for
// "".
func YesNo(lang string, is bool) string {
	words, ok := yesNo[lang]
	switch {
	case ok && is:
		return words[0]
	case ok:
		return words[1]
	case is:
		return "true"
	}
	return "false"
}

// ReadYesNo reads yes or no in any of the languages.
func ReadYesNo(text string) (is, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, words := range yesNo {
		if text == words[0] || text == words[1] {
			return text == words[0], true
		}
	}
	switch text {
	case "true", "1", "x", "y":
		return true, true
	case "false", "0", "n":
		return false, true
	}
	return false, false
}

// understand returns the language of a header, "" for the words of the API, and
// the column each header stands for, "" for none. It is the language that
// understands most; a word that only another language has is understood too.
func understand(header []string) (lang string, columns []string) {
	words := make([]string, len(header))
	for i, text := range header {
		words[i] = folded(text)
	}
	find := func(lang string, i int) string {
		if lang == "" {
			return byWord[""][header[i]]
		}
		return byWord[lang][words[i]]
	}
	most := 0
	for _, l := range append([]string{""}, Languages...) {
		n := 0
		for i := range header {
			if find(l, i) != "" {
				n++
			}
		}
		if n > most {
			lang, most = l, n
		}
	}
	columns = make([]string, len(header))
	for i := range header {
		for _, l := range append([]string{lang, ""}, Languages...) {
			if c := find(l, i); c != "" {
				columns[i] = c
				break
			}
		}
	}
	for i, c := range columns { // what another column says better is left out
		if c != "" && slices.Index(columns, c) < i {
			first := slices.Index(columns, c)
			if find(lang, first) == "" && find(lang, i) != "" {
				columns[first] = ""
			}
		}
	}
	return lang, columns
}

// byWord is the column of each word, folded, in each language.
var byWord = func() map[string]map[string]string {
	all := map[string]map[string]string{"": {}}
	for _, c := range Columns {
		all[""][c] = c
		for lang, words := range headers {
			if all[lang] == nil {
				all[lang] = map[string]string{}
			}
			for _, w := range words[c] {
				all[lang][folded(w)] = c
			}
		}
	}
	return all
}()

var unfolded = strings.NewReplacer(" ", "", "-", "", "_", "", ".", "", ":", "", "\u00a0", "", "’", "'")

// folded leaves out what people write in headers in different ways.
func folded(text string) string {
	return unfolded.Replace(strings.ToLower(strings.TrimSpace(text)))
}
