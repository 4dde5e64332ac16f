package paper

import (
	"bytes"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// Sizes in millimeters of A4, and of type in points.
const (
	width, height   = 210.0, 297.0
	left, right     = 18.0, 18.0
	top, bottom     = 18.0, 20.0
	line            = 4.7 // from one line of text to the next
	gap             = 2.6 // between two columns
	factName        = 52.0
	plain, small    = 9.5, 8.0
	heading, title  = 12.5, 18.0
	keepTogether    = 6 * line // a heading stands on no page alone
	inner           = width - left - right
	lowest          = height - bottom
	mostLinesOfCell = 400
	rowsOfPage      = 51 // lines beneath heads: what is taller is broken
)

// Set sets a document. It fails only where a font cannot be read.
func Set(d Document) ([]byte, error) {
	// How many pages there are is known when it is set, so that it is set twice.
	draft := newSheet(d, 0)
	draft.document(d)
	s := newSheet(d, draft.pdf.PageCount())
	s.document(d)
	var b bytes.Buffer
	if err := s.pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	return b.Bytes(), nil
}

// A sheet is a document while it is set.
type sheet struct {
	pdf   *fpdf.Fpdf
	d     Document
	pages int     // there are; 0 while nobody knows
	y     float64 // where the next thing stands
	lacks bool    // letters of something are not at hand
	font  string  // that is set: style and size
}

func newSheet(d Document, pages int) *sheet {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCompression(true)
	pdf.SetCatalogSort(true)
	made := d.Made.UTC()
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetTitle(clean(d.Title), true)
	pdf.SetAuthor(clean(d.Author), true)
	pdf.SetSubject(clean(d.Subject), true)
	pdf.SetCreator("Pott", true)
	pdf.SetProducer("Pott", true)
	pdf.SetLang(d.Lang)
	for _, style := range styles {
		pdf.AddUTF8FontFromBytes(family, style, bytes.Clone(faces[style])) // it writes into what it gets
	}
	return &sheet{pdf: pdf, d: d, pages: pages}
}

func (s *sheet) document(d Document) {
	s.page()
	s.face("B", title)
	for _, l := range s.wrap(d.Title, inner) {
		s.text(left, s.y+6, l)
		s.y += 8
	}
	s.y += 1
	for _, text := range d.Lead {
		s.paragraph(Value{Text: text}, plain)
	}
	for _, p := range d.Parts {
		s.part(p)
	}
	if s.lacks && d.Lacking != "" {
		s.y += line / 2
		s.paragraph(Value{Text: d.Lacking, Kind: "off"}, small)
	}
}

// page begins a page, with its foot.
func (s *sheet) page() {
	s.pdf.AddPage()
	s.font = ""
	s.y = top
	s.colour("off")
	s.face("", small)
	if s.d.Page != nil {
		said := clean(s.d.Page(s.pdf.PageNo(), s.pages))
		s.textRight(width-right, height-10, said)
		room := inner - s.width(said) - 2*gap
		if foot := s.wrap(s.d.Foot, room); len(foot) > 0 {
			s.text(left, height-10, foot[0])
		}
	}
	s.colour("")
}

// need begins a page where there is no room for so much.
func (s *sheet) need(room float64) {
	if s.y+room > lowest && s.y > top {
		s.page()
	}
}

func (s *sheet) part(p Part) {
	s.y += line
	if p.Heading != "" {
		s.need(keepTogether)
		s.face("B", heading)
		for _, l := range s.wrap(p.Heading, inner) {
			s.need(6)
			s.face("B", heading)
			s.text(left, s.y+4.5, l)
			s.y += 6
		}
		s.y += 1
	}
	for _, v := range p.Says {
		s.paragraph(v, plain)
	}
	for _, f := range p.Facts {
		s.fact(f)
	}
	if p.Table != nil {
		s.table(*p.Table)
	}
	if p.Note != "" {
		s.y += 1
		s.paragraph(Value{Text: p.Note, Kind: "off"}, small)
	}
}

// paragraph sets a value over the whole width.
func (s *sheet) paragraph(v Value, size float64) {
	for _, l := range s.lines(v, inner, size) {
		s.need(line)
		s.draw(left, inner, l, false)
		s.y += line
	}
	s.y += 0.8
}

// fact sets a name, and its values beside it.
func (s *sheet) fact(f Fact) {
	names := s.lines(Value{Text: f.Name, Kind: "off"}, factName-gap, plain)
	var values []drawn
	for _, v := range f.Values {
		values = append(values, s.lines(v, inner-factName, plain)...)
	}
	for i := range max(len(names), len(values)) {
		s.need(line)
		if i < len(names) {
			s.draw(left, factName-gap, names[i], false)
		}
		if i < len(values) {
			s.draw(left+factName, inner-factName, values[i], false)
		}
		s.y += line
	}
	s.y += 0.8
}

// face sets style and size of what comes.
func (s *sheet) face(style string, size float64) {
	if font := fmt.Sprint(style, size); font != s.font {
		s.pdf.SetFont(family, style, size)
		s.font = font
	}
}

// colour sets the colour of a kind: dark enough to be read by everybody, and also
// on paper that knows no colours.
func (s *sheet) colour(kind string) {
	rgb, ok := map[string][3]int{"ok": {20, 92, 46}, "warn": {122, 74, 0}, "crit": {160, 20, 20}, "off": {84, 84, 84}}[kind]
	if !ok {
		rgb = [3]int{17, 17, 17}
	}
	s.pdf.SetTextColor(rgb[0], rgb[1], rgb[2])
}

func (s *sheet) width(text string) float64 { return s.pdf.GetStringWidth(text) }

func (s *sheet) text(x, y float64, text string) {
	if strings.TrimSpace(text) != "" {
		s.pdf.Text(x, y, text)
	}
}

func (s *sheet) textRight(x, y float64, text string) { s.text(x-s.width(text), y, text) }
