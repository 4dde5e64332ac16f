package tamper

import (
	"strconv"
	"strings"
)

// A Column is a column of a sealed table.
type Column struct {
	Name    string
	Kind    Kind
	Since   uint16 // the layout it came with; 0 is 1
	Default Value  // what it holds in rows of earlier layouts; unused in layout 1
}

// A Layout is which columns of a table are sealed, and in what order. Once it
// has been shipped it never changes: a new column ends the list, says which
// layout it came with, and what it holds in rows that are older.
type Layout struct {
	Table   string
	Number  uint16   // of the newest
	Key     []Column // after the installation
	Columns []Column // of the newest layout; every earlier one is the beginning of this list
	older   []*Layout
}

// NewLayout reads the columns of a table, written as in "id:t" and
// "number:i state:t site:t@2=central": name, tag, and for a column that came
// with a later layout its number and default. Layouts are part of the program,
// so a text that makes no sense panics.
func NewLayout(table, key, columns string) *Layout {
	l := &Layout{Table: table, Number: 1, Key: parseColumns(key), Columns: parseColumns(columns)}
	for i, c := range l.Columns {
		if c.Since < l.Number {
			panic("table " + table + ": column " + c.Name + " must stand before the columns of later layouts")
		}
		for ; l.Number < c.Since; l.Number++ {
			l.older = append(l.older, &Layout{Table: table, Number: l.Number, Key: l.Key, Columns: l.Columns[:i:i]})
		}
	}
	return l
}

func parseColumns(text string) []Column {
	var columns []Column
	for word := range strings.FieldsSeq(text) {
		name, kind, _ := strings.Cut(word, ":")
		kind, later, _ := strings.Cut(kind, "@")
		c := Column{Name: name, Kind: Kind(kind[0]), Since: 1}
		if later != "" {
			c.Since, c.Default = parseLater(c.Kind, later)
		}
		columns = append(columns, c)
	}
	return columns
}

// parseLater reads what follows the @ of a column.
func parseLater(kind Kind, text string) (uint16, Value) {
	number, value, _ := strings.Cut(text, "=")
	since, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		panic(err)
	}
	switch kind {
	case Integer:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			panic(err)
		}
		return uint16(since), Int(n)
	case Text:
		return uint16(since), Str(value)
	}
	return uint16(since), Bytes([]byte(value))
}

// At returns the layout of a number, or nil when this program does not know it.
func (l *Layout) At(number int64) *Layout {
	if number == int64(l.Number) {
		return l
	}
	if number < 1 || number > int64(len(l.older)) {
		return nil
	}
	return l.older[number-1]
}

// Changed returns the columns that came after a layout of this table and do not
// hold their defaults, although a row of that layout cannot hold anything else.
func (l *Layout) Changed(at *Layout, values []Value) (names []string) {
	for i := len(at.Columns); i < len(l.Columns); i++ {
		if values[i] != l.Columns[i].Default {
			names = append(names, l.Columns[i].Name)
		}
	}
	return names
}

// text returns a column as the schema text has it.
func (c Column) text() string {
	s := c.Name + ":" + string(rune(c.Kind))
	if c.Since <= 1 {
		return s
	}
	s += "@" + strconv.Itoa(int(c.Since)) + "="
	if c.Kind == Integer {
		return s + strconv.FormatInt(c.Default.Int(), 10)
	}
	return s + c.Default.Str()
}
