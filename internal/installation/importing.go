package installation

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/internal/locale"
	"github.com/pott-dev/pott/internal/roster"
	"github.com/pott-dev/pott/license"
)

// An Import is a list of people and what is to be done with it.
type Import struct {
	File      []byte
	Mode      string         // add, replace or remove; "" is add
	Partial   bool           // rows without errors, although others have some
	Reading   roster.Reading // what is known of the file
	PlanToken string         // of the preview that is to be done
}

// tasksOf reads a list.
func (i Import) tasksOf(act Act) (*roster.Sheet, []task, error) {
	if !slices.Contains([]string{modeAdd, modeReplace, modeRemove}, i.Mode) {
		return nil, nil, &BadValueError{Field: "mode", Why: "it is none of add, replace and remove"}
	}
	sheet, err := roster.Read(i.File, i.Reading)
	if err != nil {
		return nil, nil, err
	}
	if i.Mode == modeRemove && !sheet.Has(roster.Plans) && !sheet.Has(roster.Extras) {
		return nil, nil, &roster.ColumnError{Column: roster.Plans, Why: "missing", Headers: strings.Join(sheet.Headers[:min(len(sheet.Headers), 20)], ", ")}
	}
	tasks, seen := make([]task, 0, len(sheet.Rows)), map[string]int{}
	for _, row := range sheet.Rows {
		t := taskOf(row, i.Mode, sheet.Language, act.Language)
		folded := store.FoldUserID(t.Who)
		if first := seen[folded]; first != 0 && t.Bad == nil {
			t.Bad = refusedAlone(&TwiceError{Person: t.Who, Row: first}, act.Language)
		}
		if seen[folded] == 0 {
			seen[folded] = row.Line
		}
		tasks = append(tasks, t)
	}
	return sheet, tasks, nil
}

// taskOf reads a row. An empty cell says nothing when rows are added, and says
// "nothing" when they take the place of what is there.
func taskOf(row roster.Row, mode, sheetLang, lang string) task {
	t := task{Row: row.Line, Who: row.Cells[roster.UserID], Add: mode != modeRemove, Mode: mode, Cells: row.Cells}
	bad := func(err error) {
		if t.Bad == nil {
			t.Bad = refusedAlone(err, lang)
		}
	}
	if row.Short {
		bad(&CellsError{Row: row.Line})
	}
	if t.Who == "" {
		bad(&BadValueError{Field: roster.UserID, Why: "it is empty"})
	}
	cell := func(column string) (string, bool) {
		text, ok := row.Cells[column]
		return text, ok && (text != "" || mode == modeReplace)
	}
	for column, list := range map[string]**[]gift{roster.Plans: &t.Plans, roster.Extras: &t.Extras} {
		if text, ok := cell(column); ok {
			gifts, err := readGifts(column, text)
			if err != nil {
				bad(err)
			}
			*list = &gifts
		}
	}
	if mode == modeRemove {
		return t
	}
	for column, to := range map[string]**string{roster.FirstName: &t.Set.FirstName, roster.LastName: &t.Set.LastName, roster.Email: &t.Set.Email,
		roster.Group: &t.Set.Group, roster.Profile: &t.Profile} {
		if text, ok := cell(column); ok {
			*to = &text
		}
	}
	if text := row.Cells[roster.Kind]; text != "" {
		t.Set.Kind = &text
	}
	if text := row.Cells[roster.Login]; text != "" {
		login, ok := roster.ReadYesNo(text)
		if !ok {
			bad(&BadValueError{Field: roster.Login, Why: "it is neither yes nor no"})
		}
		t.Login = &login
	}
	if text, ok := cell(roster.ValidThrough); ok {
		day, err := readDayCell(text, sheetLang)
		if err != nil {
			bad(err)
		}
		if day != "" || t.Login != nil && *t.Login {
			t.Through = &day
		}
	}
	return t
}

// readDayCell reads a day as it is written everywhere, or as a spreadsheet writes
// it in the language of the header.
func readDayCell(text, lang string) (string, error) {
	if text == "" {
		return "", nil
	}
	if day, err := license.ParseDate(text); err == nil {
		return day.String(), nil
	}
	if at, ok := locale.For(cmp.Or(lang, "en")).ParseDate(text); ok {
		return license.DateOf(at).String(), nil
	}
	return "", &BadValueError{Field: roster.ValidThrough, Why: "it is not a day written as 2026-06-10"}
}

// readGifts reads names with spaces, commas, semicolons or bars between; name*3
// is three seats.
func readGifts(field, text string) ([]gift, error) {
	gifts := []gift{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;|\t", r) }) {
		name, many, ok := strings.Cut(word, "*")
		g := gift{Name: name, Quantity: 1}
		if ok {
			n, err := strconv.ParseInt(many, 10, 64)
			if err != nil || n < 1 {
				return nil, &BadValueError{Field: field, Why: "after * there is no number of seats"}
			}
			g.Quantity = n
		}
		gifts = append(gifts, g)
	}
	return gifts, nil
}

func refusedAlone(err error, lang string) *api.Refused {
	return refusedAs(nil, err, lang)
}

// readingOf says how a list was understood.
func readingOf(s *roster.Sheet) *api.ImportReading {
	word := map[string]string{",": "comma", ";": "semicolon", "\t": "tab"}
	r := &api.ImportReading{Delimiter: word[s.Delimiter], Encoding: s.Encoding, Language: s.Language, Rows: len(s.Rows), Columns: []api.ImportColumn{}, First: []api.ImportLine{}}
	for i, h := range s.Headers {
		r.Columns = append(r.Columns, api.ImportColumn{Header: h, Column: s.Columns[i]})
	}
	for _, row := range s.Rows[:min(5, len(s.Rows))] {
		cells := []string{}
		for _, c := range s.Columns {
			cells = append(cells, row.Cells[c])
		}
		r.First = append(r.First, api.ImportLine{Row: row.Line, Cells: cells})
	}
	return r
}

// ReadingOf reads the words the API has for how a list is understood.
func ReadingOf(delimiter, encoding, language, columns string) (roster.Reading, error) {
	r := roster.Reading{Encoding: encoding, Language: language}
	if delimiter != "" {
		word := map[string]string{"comma": ",", "semicolon": ";", "tab": "\t"}
		if r.Delimiter = word[delimiter]; r.Delimiter == "" {
			return r, &BadValueError{Field: "delimiter", Why: "it is none of comma, semicolon and tab"}
		}
	}
	if language != "" && !slices.Contains(roster.Languages, language) {
		return r, &BadValueError{Field: "language", Why: "use one of sv, en, nb, da, de, nl"}
	}
	if columns != "" {
		r.Columns = strings.Split(columns, ",")
	}
	return r, nil
}

// ImportPeople takes in a list of people: one act for all of it, or with Partial
// row by row. A preview says what would become of every row, and of every pool.
// Otherwise a job does it, which may still be running when this returns.
func (in *Installation) ImportPeople(ctx context.Context, act Act, i Import) (api.Bulk, error) {
	i.Mode = cmp.Or(i.Mode, modeAdd)
	sheet, tasks, err := i.tasksOf(act)
	if err != nil {
		return api.Bulk{}, err
	}
	sum := sha256.Sum256(i.File)
	o := bulkOrder{head: jobHead{Kind: "import", Act: i.Mode, Partial: i.Partial, File: hex.EncodeToString(sum[:])}, tasks: tasks, token: i.PlanToken, source: "import"}
	b, err := in.bulk(ctx, act, o)
	b.Mode, b.Read = i.Mode, readingOf(sheet)
	if act.DryRun && err == nil && b.Totals.Errors > 0 {
		b.Errors = errorList(sheet, tasks, b.Rows)
	}
	return b, err
}

// errorList is the rows with errors as a list that can be imported again.
func errorList(like *roster.Sheet, tasks []task, rows []api.BulkRow) string {
	columns := slices.DeleteFunc(slices.Clone(like.Columns), func(c string) bool { return c == "" || c == roster.Reason })
	return string(wrongRows(roster.Style{Language: like.Language, Excel: like.Delimiter == ";"}, columns, tasks, rows))
}

func wrongRows(style roster.Style, columns []string, tasks []task, rows []api.BulkRow) []byte {
	var out []map[string]string
	for n, row := range rows {
		if (row.Result != "error" && row.Result != "left") || n >= len(tasks) || tasks[n].Cells == nil {
			continue
		}
		cells := map[string]string{}
		for c, text := range tasks[n].Cells {
			cells[c] = text
		}
		cells[roster.Reason] = ""
		if row.Problem != nil {
			cells[roster.Reason] = row.Problem.Text
		}
		out = append(out, cells)
	}
	return roster.Write(style, append(columns, roster.Reason), out)
}

// A TwiceError is returned for the second row about one person.
type TwiceError struct {
	Person string
	Row    int // the first
}

func (e *TwiceError) Error() string {
	return fmt.Sprintf("%s stands in row %d already", e.Person, e.Row)
}

// Code returns the stable code of the error.
func (e *TwiceError) Code() string { return "bulk.twice" }

// A CellsError is returned for a row that has fewer or more cells than the header
// has columns.
type CellsError struct{ Row int }

func (e *CellsError) Error() string {
	return fmt.Sprintf("row %d has another number of cells than the header", e.Row)
}

// Code returns the stable code of the error.
func (e *CellsError) Code() string { return "bulk.cells" }

// ExportPeople is [Installation.PeopleList], and is recorded: a list of people
// leaves the house.
func (in *Installation) ExportPeople(ctx context.Context, act Act, f PeopleFilter, style roster.Style) ([]byte, error) {
	list, err := in.PeopleList(ctx, act, f, style)
	if err != nil {
		return nil, err
	}
	in.RecordExport(ctx, act, bytes.Count(list, []byte("\n"))-1)
	return list, nil
}

// PeopleList writes the people a filter chooses as a list that can be imported.
func (in *Installation) PeopleList(ctx context.Context, act Act, f PeopleFilter, style roster.Style) ([]byte, error) {
	var rows []map[string]string
	columns := slices.DeleteFunc(slices.Clone(roster.Columns), func(c string) bool { return c == roster.Reason })
	err := in.eachListed(ctx, act, f, func(v *store.View, l listed) error {
		for _, at := range l.chosen {
			rows = append(rows, listRow(v, at.who.person, style.Language))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return roster.Write(style, columns, rows), nil
}

func listRow(v *store.View, p store.Person, lang string) map[string]string {
	row := map[string]string{roster.UserID: p.Personal.UserID, roster.FirstName: p.Personal.First, roster.LastName: p.Personal.Last, roster.Email: p.Personal.Email,
		roster.Group: p.Personal.Group, roster.Kind: p.Kind.String(), roster.Login: roster.YesNo(lang, p.Login), roster.Profile: p.Profile}
	if !p.ValidThrough.IsZero() {
		row[roster.ValidThrough] = p.ValidThrough.String()
	}
	var plans, extras []string
	for _, a := range sortedByName(v.Assignments(p.ID)) {
		name := a.Name.String()
		if l := v.Active().License(a.Name); l != nil && l.Plan != nil {
			plans = append(plans, name)
			continue
		}
		if a.Quantity > 1 {
			name += "*" + strconv.FormatInt(a.Quantity, 10)
		}
		extras = append(extras, name)
	}
	row[roster.Plans], row[roster.Extras] = strings.Join(plans, " "), strings.Join(extras, " ")
	return row
}

// ListTemplate is an empty list with a row that shows how it is meant.
func ListTemplate(style roster.Style) []byte {
	columns := slices.DeleteFunc(slices.Clone(roster.Columns), func(c string) bool { return c == roster.Reason })
	return roster.Write(style, columns, []map[string]string{{roster.UserID: "anna.ek", roster.FirstName: "Anna", roster.LastName: "Ek", roster.Email: "anna.ek@example.com",
		roster.Kind: "internal", roster.Login: roster.YesNo(style.Language, true)}})
}

// MostListed is how many people a list for a file has.
const MostListed = 100_000

// ListForFile is [Installation.People] with everybody on it, and is recorded: a
// list of people leaves the house.
func (in *Installation) ListForFile(ctx context.Context, act Act, f PeopleFilter) (api.PeopleList, error) {
	f.Limit, f.Page, f.After = MostListed, 0, ""
	list, err := in.People(ctx, act, f)
	if err != nil {
		return list, err
	}
	in.RecordExport(ctx, act, list.Total)
	return list, nil
}
