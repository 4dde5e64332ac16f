package paper

// table sets a table. Where it goes on another page its heads stand again; a row
// that fits a page is not broken.
func (s *sheet) table(t Table) {
	edges := t.edges()
	if t.Caption != "" {
		s.need(keepTogether)
		s.paragraph(Value{Text: t.Caption, Kind: "off"}, small)
	}
	s.heads(t, edges)
	for _, row := range t.Rows {
		s.row(t, row, edges)
	}
	s.y += 1
}

// edges are where columns begin, and where the last one ends.
func (t Table) edges() []float64 {
	sum := 0.0
	for _, c := range t.Columns {
		sum += c.share()
	}
	edges := []float64{left}
	for i, c := range t.Columns {
		edges = append(edges, edges[i]+(inner+gap)*c.share()/sum)
	}
	return edges
}

// share is the weight of a column, within reason.
func (c Column) share() float64 {
	if c.Weight > 0.1 && c.Weight < 100 {
		return c.Weight
	}
	return 0.1
}

// heads sets the heads of the columns, and a rule beneath.
func (s *sheet) heads(t Table, edges []float64) {
	cells := make([][]drawn, len(t.Columns))
	for i, c := range t.Columns {
		cells[i] = s.bold(c.Head, edges[i+1]-edges[i]-gap)
	}
	n := tallest(cells)
	s.need(float64(n+2) * line)
	s.drawCells(t, cells, edges, 0, n)
	s.rule(0.35)
}

// row sets a row; what a whole page does not hold goes on on the next.
func (s *sheet) row(t Table, row Row, edges []float64) {
	cells := make([][]drawn, len(t.Columns))
	for i := range t.Columns {
		if i < len(row.Cells) {
			cells[i] = s.lines(row.Cells[i], edges[i+1]-edges[i]-gap, plain)
		}
	}
	for at, n := 0, max(1, tallest(cells)); at < n; {
		room := int((lowest - s.y) / line)
		whole := rowsOfPage
		if rest := n - at; rest > room && (rest <= whole || room < 1) {
			s.page()
			s.heads(t, edges)
			room = int((lowest - s.y) / line)
		}
		until := min(n, at+max(1, room))
		s.drawCells(t, cells, edges, at, until)
		at = until
	}
	s.rule(0.1)
}

// drawCells sets lines of cells beside one another, from the first to before the
// last.
func (s *sheet) drawCells(t Table, cells [][]drawn, edges []float64, first, last int) {
	for i := first; i < last; i++ {
		for c := range cells {
			if i < len(cells[c]) {
				s.draw(edges[c], edges[c+1]-edges[c]-gap, cells[c][i], t.Columns[c].Right)
			}
		}
		s.y += line
	}
}

func (s *sheet) rule(thickness float64) {
	grey := 205
	if thickness > 0.2 {
		grey = 110
	}
	s.pdf.SetDrawColor(grey, grey, grey)
	s.pdf.SetLineWidth(thickness)
	s.pdf.Line(left, s.y+0.4, width-right, s.y+0.4)
	s.y += 1.2
}

func tallest(cells [][]drawn) (n int) {
	for _, c := range cells {
		n = max(n, len(c))
	}
	return n
}
