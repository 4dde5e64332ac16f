package roster_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/pott-dev/pott/internal/roster"
)

// told says in one line how a file was understood.
func told(s *roster.Sheet, err error) string {
	if err != nil {
		return err.Error()
	}
	words := []string{strings.ReplaceAll(s.Delimiter, "\t", "tab"), s.Encoding, "[" + s.Language + "]"}
	for _, r := range s.Rows {
		row := fmt.Sprint(r.Line)
		for _, c := range slices.Sorted(maps.Keys(r.Cells)) {
			row += " " + c + "=" + r.Cells[c]
		}
		if r.Short {
			row += " short"
		}
		words = append(words, row)
	}
	return strings.Join(words, "|")
}

func latin(text string) string {
	out, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return out
}

func TestReading(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, file, want string }{
		{"the words of the API", "user_id,first_name\nanna,Anna\n", ",|utf-8|[]|2 first_name=Anna user_id=anna"},
		{"Swedish with semicolons from an old spreadsheet", latin("Användarnamn;Förnamn\r\nåsa;Åsa\r\n"), ";|windows-1252|[sv]|2 first_name=Åsa user_id=åsa"},
		{"a byte order mark and tabs", "\xef\xbb\xbfBruker\tFornavn\nanna\tAnna\n", "tab|utf-8-bom|[nb]|2 first_name=Anna user_id=anna"},
		{"German, Danish and Dutch", "Benutzername;Nachname\nanna;Ek\n", ";|utf-8|[de]|2 last_name=Ek user_id=anna"},
		{"Danish", "Bruger-id;Efternavn\nanna;Ek\n", ";|utf-8|[da]|2 last_name=Ek user_id=anna"},
		{"Dutch", "Gebruiker;Achternaam\nanna;Ek\n", ";|utf-8|[nl]|2 last_name=Ek user_id=anna"},
		{"the delimiter is said in the file", "sep=;\nuser_id;group\nanna;a,b\n", ";|utf-8|[]|3 group=a,b user_id=anna"},
		{"quoted delimiters, quotes and lines", "user_id,first_name,group\nanna,\"A \"\"B\"\"\",\"a,b\"\n\nbo,\"x\ny\",c\neva,Eva,d\n", ",|utf-8|[]|2 first_name=A \"B\" group=a,b user_id=anna|4 first_name=x\ny group=c user_id=bo|6 first_name=Eva group=d user_id=eva"},
		{"columns nobody knows are left out", "User;Shoe\nanna;38\n", ";|utf-8|[en]|2 user_id=anna"},
		{"headers in any case and spelling", "USER_ID;firstname\nanna;Anna\n", ";|utf-8|[en]|2 first_name=Anna user_id=anna"},
		{"a row too short, and one too long", "user_id,group\nanna\nbo,a,b\neva,a,,\n", ",|utf-8|[]|2 user_id=anna short|3 group=a user_id=bo short|4 group=a user_id=eva"},
		{"spaces around values mean nothing", "user_id , group\n anna , a \n", ",|utf-8|[]|2 group=a user_id=anna"},
		{"formulas are values", "user_id,first_name\nanna,'=1+1\nbo,'t Hart\n", ",|utf-8|[]|2 first_name==1+1 user_id=anna|3 first_name='t Hart user_id=bo"},
		{"nothing", "", "line 1 of the list: empty"},
		{"only a header", "user_id\n", ",|utf-8|[]"},
		{"an open quote", "user_id,group\nanna,\"a\n", "line 2 of the list: quote"},
		{"a quote inside a cell", "user_id,group\nanna,a\"b\n", "line 2 of the list: quote"},
		{"nobody is named", "first_name,shoe\nAnna,38\n", "column user_id: missing"},
		{"a column twice", "user_id,email,e-mail\nanna,a,b\n", "column email: twice"},
		{"two bytes for each letter", "\xff\xfeu\x00", "line 1 of the list: utf-16"},
		{"no text at all", "user_id\n\x00\n", "line 2 of the list: binary"},
		{"a byte no encoding has", "user_id\n\x81\n", "line 2 of the list: encoding"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := told(roster.Read([]byte(test.file), roster.Reading{})); got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestWhoKnowsBetterIsBelieved(t *testing.T) {
	t.Parallel()
	file := []byte("Name;Team\nanna;a\n")
	got := told(roster.Read(file, roster.Reading{Delimiter: ";", Columns: []string{"user_id", "group"}}))
	if want := ";|utf-8|[]|2 group=a user_id=anna"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for want, hint := range map[string]roster.Reading{
		"column shoe: unknown":                 {Columns: []string{"user_id", "shoe"}},
		"line 1 of the list: delimiter":        {Delimiter: "|"},
		"line 1 of the list: unknown-encoding": {Encoding: "ebcdic"},
		"column user_id: twice":                {Columns: []string{"user_id", "user_id"}},
	} {
		if want == "column shoe: unknown" || want == "column user_id: twice" {
			hint.Delimiter = ";"
		}
		if got := told(roster.Read(file, hint)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTenThousandRowsAreReadAndNoMore(t *testing.T) {
	t.Parallel()
	file := "user_id\n" + strings.Repeat("anna\n", roster.MaxRows)
	if s, err := roster.Read([]byte(file), roster.Reading{}); err != nil || len(s.Rows) != roster.MaxRows {
		t.Errorf("%v", err)
	}
	if got := told(roster.Read([]byte(file+"bo\n"), roster.Reading{})); got != "the list has more than 10000 rows" {
		t.Error(got)
	}
	if got := told(roster.Read(make([]byte, roster.MaxBytes+1), roster.Reading{})); got != "the list has more than 10000 rows" {
		t.Error(got)
	}
}

func TestEveryLanguageReadsItsOwnHeader(t *testing.T) {
	t.Parallel()
	row := map[string]string{roster.UserID: "anna", roster.FirstName: "=HYPERLINK(\"x\")", roster.Group: "a;b,\"c\""}
	for _, lang := range append([]string{""}, roster.Languages...) {
		for _, excel := range []bool{false, true} {
			s, err := roster.Read(roster.Write(roster.Style{Language: lang, Excel: excel}, roster.Columns, []map[string]string{row}), roster.Reading{})
			if err != nil {
				t.Fatal(lang, err)
			}
			if s.Language != lang || !slices.Equal(s.Columns, roster.Columns) {
				t.Errorf("%q was read as %q: %v", lang, s.Language, s.Columns)
			}
			for c, want := range row {
				if s.Rows[0].Cells[c] != want {
					t.Errorf("%s: %s is %q", lang, c, s.Rows[0].Cells[c])
				}
			}
		}
		for _, is := range []bool{true, false} {
			if got, ok := roster.ReadYesNo(roster.YesNo(lang, is)); got != is || !ok {
				t.Errorf("%s: %v is read as %v", lang, is, got)
			}
		}
	}
}

func FuzzWhatIsWrittenIsRead(f *testing.F) {
	for _, cell := range []string{"Anna", "=1+1", "''=1", "'t Hart", "a\"b", "a;b\tc,d", "-", "＝x", "'-"} {
		f.Add(cell, "anna")
	}
	f.Fuzz(func(t *testing.T, cell, id string) {
		cell, id = strings.TrimSpace(cell), strings.TrimSpace(id)
		plain := func(s string) bool {
			return strings.ToValidUTF8(s, "") == s && !strings.ContainsAny(s, "\x00\r\n\ufffd")
		}
		if !plain(cell) || !plain(id) || id == "" {
			return
		}
		for _, excel := range []bool{true, false} {
			written := roster.Write(roster.Style{Language: "sv", Excel: excel}, []string{roster.UserID, roster.Group}, []map[string]string{{roster.UserID: id, roster.Group: cell}})
			s, err := roster.Read(written, roster.Reading{})
			if err != nil || len(s.Rows) != 1 || s.Rows[0].Cells[roster.UserID] != id || s.Rows[0].Cells[roster.Group] != cell {
				t.Fatalf("%q and %q came back as %s from\n%s", id, cell, told(s, err), written)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, file := range []string{"user_id\nanna\n", "sep=;\nuser_id;group\n\"a\";b", "\xef\xbb\xbfuser_id\t\"x\n", "\xff\xfe", latin("Användare;Grupp\nå;ä\n"), "user_id,,\r\n,,\r\n"} {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := roster.Read(file, roster.Reading{})
		if err != nil {
			return
		}
		// Read as it was understood, it is the same.
		again, err := roster.Read(file, s.Reading)
		if err != nil || told(again, nil) != told(s, nil) {
			t.Fatalf("%s\n%s %v", told(s, nil), told(again, nil), err)
		}
	})
}
