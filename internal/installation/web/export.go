package web

import (
	"encoding/csv"
	"regexp"
	"strings"
	"time"

	"github.com/pott-dev/pott/internal/i18n"
	"github.com/pott-dev/pott/internal/roster"
)

// A sheet is a list as a file: exactly the rows a page shows.
type sheet struct {
	name string   // of the file, without its ending
	head []string // words of the page's language
	rows [][]string
}

// csv answers with a list as comma-separated values: ISO dates, a point before
// decimals. With ?excel=1 it is what a spreadsheet opens by a double click:
// semicolons, and a mark that the text is UTF-8.
func (v *visit) csv(s sheet) error {
	var b strings.Builder
	w := csv.NewWriter(&b)
	if v.query("excel") != "" {
		b.WriteString("\ufeff")
		w.Comma = ';'
	}
	w.UseCRLF = true
	for _, row := range append([][]string{s.head}, s.rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			if cells[i] = cell; !plainNumber.MatchString(cell) {
				cells[i] = roster.Neutral(cell)
			}
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return v.download(s.name+".csv", "text/csv; charset=utf-8; header=present", []byte(b.String()))
}

// plainNumber is what a spreadsheet takes for nothing else.
var plainNumber = regexp.MustCompile(`^-?[0-9]+$`)

// isoTime writes a moment for a file; "" for none.
func isoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// withCode is the heading of a column of words, and of the column beside it that says
// the same in codes that never change, for programs.
func (v *visit) withCode(key string) []string {
	word := i18n.Word(v.Lang, key)
	return []string{word, v.Say("frame.code", "Column", word)}
}

// words returns words without facts, by keys that begin alike.
func (v *visit) words(keys ...string) []string {
	all := make([]string, len(keys))
	for i, key := range keys {
		all[i] = i18n.Word(v.Lang, key)
	}
	return all
}
