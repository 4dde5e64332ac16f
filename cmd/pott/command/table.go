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
	cut   cut
}

// A cut says whether a column may be shortened when the table is wider than the
// terminal, and when its turn is.
type cut uint8

const (
	never cut = iota
	late      // titles and lists: after what they explain
	early     // code names beside a title
)

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
// those that may be cut: first from code names, then from titles as long as they
// can still be read, then from both.
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
	over := 2*(len(widths)-1) - width
	for _, w := range widths {
		over += w
	}
	for _, turn := range []struct {
		cut  cut
		keep int
	}{{early, 16}, {late, 24}, {early, 8}, {late, 8}} {
		over = t.take(widths, turn.cut, turn.keep, over)
	}
	return widths
}

// take shortens the widest columns of one kind, letter by letter, and returns
// how much is still too much.
func (t *table) take(widths []int, of cut, keep, over int) int {
	for ; over > 0; over-- {
		widest := -1
		for i, c := range t.columns {
			if c.cut == of && widths[i] > keep && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return over
}

// shorten cuts a text to at most n letters and says so with "…".
func shorten(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}
