// Package papertest reads back what stands in a PDF that package paper has set, for
// tests: texts as somebody reads them, and what the file says of itself.
package papertest

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// A Paper is a PDF that was read.
type Paper struct {
	Pages [][]Text
	Info  map[string]string // Title, Author, CreationDate and so on
	Lang  string
}

// A Text is a line of a cell, where it stands: X from the left, Y from the bottom,
// in points.
type Text struct {
	X, Y float64
	Text string
}

var (
	stream   = regexp.MustCompile(`(?s)<<(/Filter /FlateDecode )?/Length \d+>>\nstream\n(.*?)\nendstream`)
	drawn    = regexp.MustCompile(`BT (-?[0-9.]+) (-?[0-9.]+) Td \(`)
	info     = regexp.MustCompile(`(?m)^/(Title|Author|Subject|Creator|Producer|CreationDate|ModDate) \(`)
	language = regexp.MustCompile(`/Lang \(([a-zA-Z-]+)\)`)
)

// Read reads a PDF; what is none fails the test.
func Read(t testing.TB, file []byte) *Paper {
	t.Helper()
	if !bytes.HasPrefix(file, []byte("%PDF-1.")) || !bytes.HasSuffix(bytes.TrimSpace(file), []byte("%%EOF")) {
		t.Fatalf("no PDF: %.40q", file)
	}
	p := &Paper{Info: map[string]string{}}
	for _, m := range stream.FindAllSubmatch(file, -1) {
		plain := m[2]
		if len(m[1]) > 0 {
			r, err := zlib.NewReader(bytes.NewReader(m[2]))
			if err != nil {
				continue
			}
			if plain, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		if texts := texts(t, plain); len(texts) > 0 {
			p.Pages = append(p.Pages, texts)
		}
	}
	for _, m := range info.FindAllSubmatchIndex(file, -1) {
		p.Info[string(file[m[2]:m[3]])] = word(file[m[1]:])
	}
	if m := language.FindSubmatch(file); m != nil {
		p.Lang = string(m[1])
	}
	return p
}

func texts(t testing.TB, content []byte) (all []Text) {
	t.Helper()
	for _, m := range drawn.FindAllSubmatchIndex(content, -1) {
		x, errX := strconv.ParseFloat(string(content[m[2]:m[3]]), 64)
		y, errY := strconv.ParseFloat(string(content[m[4]:m[5]]), 64)
		if errX != nil || errY != nil {
			t.Fatalf("a text stands at %s", content[m[0]:m[1]])
		}
		all = append(all, Text{x, y, wide(raw(content[m[1]:]))})
	}
	return all
}

// raw is the text up to the bracket that ends it, without escapes.
func raw(from []byte) (text []byte) {
	for i := 0; i < len(from); i++ {
		switch from[i] {
		case ')':
			return text
		case '\\':
			if i++; i < len(from) && from[i] == 'r' {
				text = append(text, '\r')
				continue
			}
		}
		if i < len(from) {
			text = append(text, from[i])
		}
	}
	return text
}

func wide(b []byte) string {
	var units []uint16
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}

func word(from []byte) string {
	text := raw(from)
	if wideText, is := bytes.CutPrefix(text, []byte{0xfe, 0xff}); is {
		return wide(wideText)
	}
	return string(text)
}

// Lines are all texts, page by page.
func (p *Paper) Lines() (lines []string) {
	for _, page := range p.Pages {
		for _, t := range page {
			lines = append(lines, t.Text)
		}
	}
	return lines
}

// Says reports whether a value stands on the paper: whole in one line, or broken over
// lines one beneath the other.
func (p *Paper) Says(value string) bool {
	want := narrow(value)
	columns := map[float64]*strings.Builder{}
	for _, page := range p.Pages {
		for _, t := range page {
			if goesOn(page, t, want) {
				return true
			}
			if columns[t.X] == nil {
				columns[t.X] = &strings.Builder{}
			}
			columns[t.X].WriteString(narrow(t.Text))
		}
	}
	for _, c := range columns {
		if strings.Contains(c.String(), want) {
			return true
		}
	}
	return false
}

// goesOn reports whether a value begins with a text and goes on beneath it, to the
// left or to the right as numbers and their heads do.
func goesOn(page []Text, at Text, want string) bool {
	rest, begins := strings.CutPrefix(want, narrow(at.Text))
	if !begins || rest == "" || at.Text == "" {
		return begins && at.Text != ""
	}
	for _, t := range page {
		if below := at.Y - t.Y; below > 10 && below < 16 && max(t.X-at.X, at.X-t.X) < 60 && goesOn(page, t, rest) {
			return true
		}
	}
	return false
}

// narrow is a text without its spaces.
func narrow(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\n' || r == '\t' }), "")
}
