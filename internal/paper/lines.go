package paper

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// drawn is a line as it is set.
type drawn struct {
	text  string
	style string
	size  float64
	kind  string
}

// lines are a value broken into lines of a width.
func (s *sheet) lines(v Value, wide, size float64) (all []drawn) {
	d := drawn{size: size, kind: v.Kind}
	switch {
	case v.Code:
		d.style, d.size = mono, size-1
	case v.Kind == "crit" || v.Kind == "warn":
		d.style = "B"
	}
	all = s.broken(all, d, v.shown(), wide)
	if v.Sub != "" {
		all = s.broken(all, drawn{size: small, kind: "off"}, v.Sub, wide)
	}
	return all
}

// bold is a head of a column.
func (s *sheet) bold(text string, wide float64) []drawn {
	return s.broken(nil, drawn{style: "B", size: small + 0.5}, text, wide)
}

func (s *sheet) broken(all []drawn, like drawn, text string, wide float64) []drawn {
	s.face(like.style, like.size)
	for _, l := range s.wrap(text, wide) {
		if len(all) == mostLinesOfCell {
			all[len(all)-1].text = "…"
			return all
		}
		like.text = l
		all = append(all, like)
	}
	return all
}

// draw sets a line in a width, at the height where the sheet is.
func (s *sheet) draw(x, wide float64, d drawn, toTheRight bool) {
	s.face(d.style, d.size)
	s.colour(d.kind)
	if toTheRight {
		s.textRight(x+wide, s.y+line-1.3, d.text)
	} else {
		s.text(x, s.y+line-1.3, d.text)
	}
	s.colour("")
}

// longest is how many bytes of a text are set; nothing that is said is so long.
const longest = 20_000

// wrap breaks a text into lines that are not wider than a width in the type that
// is set: between words, and within a word that is wider by itself.
func (s *sheet) wrap(text string, wide float64) (all []string) {
	for paragraph := range strings.SplitSeq(text[:min(len(text), longest)], "\n") {
		all = append(all, s.wrapLine(s.written(paragraph), wide)...)
	}
	return all
}

func (s *sheet) wrapLine(text string, wide float64) (all []string) {
	now := ""
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' }) {
		with := word
		if now != "" {
			with = now + " " + word
		}
		if s.width(with) <= wide {
			now = with
			continue
		}
		if now != "" {
			all = append(all, now)
		}
		for now = word; s.width(now) > wide; {
			at := s.fits(now, wide)
			all, now = append(all, now[:at]), now[at:]
		}
	}
	if now != "" {
		all = append(all, now)
	}
	return all
}

// fits is how many bytes of a word fit a width, at least one character of it.
func (s *sheet) fits(word string, wide float64) int {
	_, at := utf8.DecodeRuneInString(word)
	sum := s.width(word[:at])
	for i, r := range word[at:] {
		if sum += s.width(string(r)); sum > wide {
			return at + i
		}
	}
	return len(word)
}

// clean is a text without what cannot be seen, or would turn others around.
func clean(text string) string {
	text = norm.NFC.String(strings.ToValidUTF8(text, "\ufffd"))
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r):
			return -1
		}
		return r
	}, text)
}

// written is a text in the letters that are at hand: of what there is no letter, a
// box.
func (s *sheet) written(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u202f' {
			r = '\u00a0'
		}
		if at(r) {
			return r
		}
		s.lacks = true
		return '□'
	}, clean(text))
}
