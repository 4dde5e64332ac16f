package command

import (
	"io"
	"strings"
	"unicode/utf8"
)

// A table is printed in aligned columns, two spaces apart, without borders.
type table struct {
	columns []column
	rows    [][]string
}

type column struct {
	head  string
	right bool // numbers stand at the right
	// cut says that the column may be shortened when the table is wider than
	// the terminal.
	cut bool
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write prints the table. The header is left out unless somebody reads it, and
// nothing is cut when width is 0: a program gets every letter.
func (t *table) write(w io.Writer, header bool, width int) error {
	rows := t.rows
	if header {
		head := make([]string, len(t.columns))
		for i, c := range t.columns {
			head[i] = strings.ToUpper(c.head)
		}
		rows = append([][]string{head}, rows...)
	}
	widths := t.widths(rows, width)
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			cell = shorten(cell, widths[i])
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if t.columns[i].right {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// widths measures the columns, and takes what is too much for the terminal from
// those that may be cut, the widest first.
func (t *table) widths(rows [][]string, width int) []int {
	widths := make([]int, len(t.columns))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	if width == 0 {
		return widths
	}
	total := 2 * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	for ; total > width; total-- {
		widest := -1
		for i, c := range t.columns {
			if c.cut && widths[i] > 8 && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// shorten cuts a text to at most n letters and says so with "…".
func shorten(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}
