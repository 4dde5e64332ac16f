// Package roster reads and writes lists of people as spreadsheets keep them, and
// never guesses without saying what it guessed.
//
// A list is a CSV file with a header row. Delimiter, encoding and the language of
// the header are found out, or taken from whoever knows better. What was written
// is read as it was: cells that a spreadsheet would run as formulas are written
// with an apostrophe before them, which reading takes away again.
package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// How much is read.
const (
	MaxRows  = 10_000
	MaxBytes = 8 << 20

	maxColumns = 200
)

// The encodings that are understood.
const (
	UTF8        = "utf-8"
	UTF8BOM     = "utf-8-bom"
	Windows1252 = "windows-1252"
)

// A Reading is how a file is understood. What is left empty is found out.
type Reading struct {
	Delimiter string // "," or ";" or a tab
	Encoding  string // UTF8, UTF8BOM or Windows1252
	Language  string // of the header: one of six, or "" for the words of the API
	Columns   []string
	Headers   []string // as they stand in the file
}

// A Sheet is a file as it was understood.
type Sheet struct {
	Reading
	Rows []Row
}

// A Row is one line of people's values, which may run over several lines of the
// file.
type Row struct {
	Line  int // in the file, from 1
	Cells map[string]string
	Short bool // it has fewer cells than the header has columns, or more
}

// Has reports whether the sheet has a column.
func (s *Sheet) Has(column string) bool { return slices.Contains(s.Columns, column) }

var bom = []byte("\xef\xbb\xbf")

// Read reads a file. hint says what is known of it already; its Columns, when
// there are any, stand for the columns of the file from the left, "" for one that
// is left out.
func Read(file []byte, hint Reading) (*Sheet, error) {
	if len(file) > MaxBytes {
		return nil, &TooLargeError{Most: MaxRows}
	}
	text, encoding, err := decode(file, hint.Encoding)
	if err != nil {
		return nil, err
	}
	s := &Sheet{Reading: Reading{Encoding: encoding}}
	text, said := strings.CutPrefix(text, "sep=")
	before := 0
	if said { // how spreadsheets are told
		first, rest, _ := strings.Cut(text, "\n")
		if hint.Delimiter == "" {
			hint.Delimiter = strings.TrimRight(first, "\r")
		}
		text, before = rest, 1
	}
	if strings.TrimSpace(text) == "" {
		return nil, &MalformedError{Line: 1, Why: "empty"}
	}
	if s.Delimiter = hint.Delimiter; s.Delimiter == "" {
		s.Delimiter = delimiterOf(text)
	}
	if !slices.Contains([]string{",", ";", "\t"}, s.Delimiter) {
		return nil, &MalformedError{Line: 1, Why: "delimiter"}
	}
	return s, s.read(text, before, hint)
}

func (s *Sheet) read(text string, before int, hint Reading) error {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = rune(s.Delimiter[0]), -1, true
	header, err := r.Read()
	if err != nil {
		return malformed(err, before)
	}
	if len(header) > maxColumns {
		return &MalformedError{Line: 1, Why: "header"}
	}
	for _, cell := range header {
		s.Headers = append(s.Headers, strings.TrimSpace(cell))
	}
	s.Language, s.Columns = understand(s.Headers)
	if hint.Columns != nil {
		s.Columns = slices.Clone(hint.Columns)
		s.Columns = append(s.Columns, make([]string, max(0, len(s.Headers)-len(s.Columns)))...)[:len(s.Headers)]
	}
	if hint.Language != "" {
		s.Language = hint.Language
	}
	if err := s.check(); err != nil {
		return err
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return malformed(err, before)
		}
		if blank(record) {
			continue
		}
		if len(s.Rows) == MaxRows {
			return &TooLargeError{Most: MaxRows}
		}
		line, _ := r.FieldPos(0)
		s.Rows = append(s.Rows, s.row(record, line+before))
	}
}

// check refuses columns that cannot be told apart, and a sheet that names nobody.
func (s *Sheet) check() error {
	seen := map[string]bool{"": true}
	for _, c := range s.Columns {
		switch {
		case c != "" && !slices.Contains(Columns, c):
			return &ColumnError{Column: c, Why: "unknown"}
		case c != "" && seen[c]:
			return &ColumnError{Column: c, Why: "twice"}
		}
		seen[c] = true
	}
	if !seen[UserID] {
		return &ColumnError{Column: UserID, Why: "missing", Headers: strings.Join(s.Headers[:min(len(s.Headers), 20)], ", ")}
	}
	return nil
}

func (s *Sheet) row(record []string, line int) Row {
	row := Row{Line: line, Cells: map[string]string{}}
	for i, cell := range record {
		switch {
		case i >= len(s.Columns):
			row.Short = row.Short || strings.TrimSpace(cell) != ""
		case s.Columns[i] != "":
			row.Cells[s.Columns[i]] = Plain(strings.TrimSpace(strings.Clone(cell)))
		}
	}
	for i := len(record); i < len(s.Columns); i++ {
		row.Short = row.Short || s.Columns[i] != ""
	}
	return row
}

func blank(record []string) bool {
	return !slices.ContainsFunc(record, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// decode returns the text of a file. A file that is no UTF-8 was written by an
// older spreadsheet.
func decode(file []byte, encoding string) (text, found string, err error) {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(file, []byte(mark)) {
			return "", "", &MalformedError{Line: 1, Why: "utf-16"}
		}
	}
	rest, marked := bytes.CutPrefix(file, bom)
	switch {
	case encoding == "" && marked:
		encoding = UTF8BOM
	case encoding == "" && utf8.Valid(file):
		encoding = UTF8
	case encoding == "":
		encoding = Windows1252
	}
	switch encoding {
	case UTF8, UTF8BOM:
		if !utf8.Valid(rest) {
			return "", "", &MalformedError{Line: lineOf(rest), Why: "encoding"}
		}
		return noNUL(string(rest), encoding)
	case Windows1252:
		out, err := charmap.Windows1252.NewDecoder().Bytes(file)
		if err != nil {
			return "", "", &MalformedError{Line: 1, Why: "encoding"}
		}
		if at := bytes.ContainsRune(out, utf8.RuneError); at {
			return "", "", &MalformedError{Line: lineOfRune(out), Why: "encoding"}
		}
		return noNUL(string(out), encoding)
	}
	return "", "", &MalformedError{Line: 1, Why: "unknown-encoding"}
}

func noNUL(text, encoding string) (string, string, error) {
	if at := strings.IndexByte(text, 0); at >= 0 {
		return "", "", &MalformedError{Line: 1 + strings.Count(text[:at], "\n"), Why: "binary"}
	}
	return text, encoding, nil
}

// lineOf returns the first line that is no UTF-8.
func lineOf(text []byte) int {
	line := 1
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		text = text[n:]
	}
	return line
}

func lineOfRune(text []byte) int {
	at := bytes.IndexRune(text, utf8.RuneError)
	return 1 + bytes.Count(text[:max(at, 0)], []byte("\n"))
}

// delimiterOf returns the delimiter under which most of the header is understood.
func delimiterOf(text string) string {
	best, most := ",", -1
	for _, d := range []string{",", ";", "\t"} {
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.FieldsPerRecord = rune(d[0]), -1
		header, err := r.Read()
		if err != nil {
			continue
		}
		_, columns := understand(header)
		n := 0
		for _, c := range columns {
			if c != "" {
				n += 100
			}
		}
		if n += len(header); n > most {
			best, most = d, n
		}
	}
	return best
}

func malformed(err error, before int) error {
	if parse := new(csv.ParseError); errors.As(err, &parse) {
		return &MalformedError{Line: parse.Line + before, Why: "quote"}
	}
	return &MalformedError{Line: 1, Why: "empty"}
}

// Neutral returns a cell as it is written: what a spreadsheet would run as a
// formula begins with an apostrophe.
func Neutral(cell string) string {
	if isFormula(strings.TrimLeft(cell, "'")) {
		return "'" + cell
	}
	return cell
}

// Plain returns a cell as it was before [Neutral].
func Plain(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && isFormula(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return cell
}

func isFormula(cell string) bool {
	r, _ := utf8.DecodeRuneInString(cell)
	return cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r)
}

// A Style is how a file is written.
type Style struct {
	Language string // of the header
	Excel    bool   // semicolons and a byte order mark, as spreadsheets here want them
}

// Write writes a file with these columns.
func Write(style Style, columns []string, rows []map[string]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if style.Excel {
		b.Write(bom)
		w.Comma = ';'
	}
	w.UseCRLF = true
	record := make([]string, len(columns))
	for i, c := range columns {
		record[i] = Header(style.Language, c)
	}
	w.Write(record) // a bytes.Buffer takes everything
	for _, row := range rows {
		for i, c := range columns {
			record[i] = Neutral(row[c])
		}
		w.Write(record)
	}
	w.Flush()
	return b.Bytes()
}

// A MalformedError says where a file stops being a list.
type MalformedError struct {
	Line int
	Why  string // quote, encoding, unknown-encoding, utf-16, binary, delimiter, header or empty
}

func (e *MalformedError) Error() string { return fmt.Sprintf("line %d of the list: %s", e.Line, e.Why) }

// Code returns the stable code of the error.
func (e *MalformedError) Code() string { return "roster.malformed" }

// A TooLargeError is returned for a list of more people than are read at a time.
type TooLargeError struct{ Most int }

func (e *TooLargeError) Error() string { return fmt.Sprintf("the list has more than %d rows", e.Most) }

// Code returns the stable code of the error.
func (e *TooLargeError) Code() string { return "roster.too-large" }

// A ColumnError says what is wrong with the columns of a list.
type ColumnError struct {
	Column  string
	Why     string // missing, twice or unknown
	Headers string // of a list without a column that must be there
}

func (e *ColumnError) Error() string { return fmt.Sprintf("column %s: %s", e.Column, e.Why) }

// Code returns the stable code of the error.
func (e *ColumnError) Code() string { return "roster.column" }
