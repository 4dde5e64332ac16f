package superoffice

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads a package. It believes nothing and looks up nothing: a text with a
// document type, an entity of its own, a processing instruction, an element the
// format does not have, or the same element twice is refused, with its place.
//
// Elements may stand in any order, and an element that is missing or empty has
// its default. The error is one of this package's types.
func Parse(text []byte) (*Package, error) {
	if len(text) > MaxBytes {
		return nil, &TooLargeError{"package", MaxBytes, len(text)}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := checkEncoding(text); err != nil {
		return nil, err
	}
	r := &reader{d: xml.NewDecoder(bytes.NewReader(text))}
	r.d.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		r.charset = charset
		return nil, errors.New("another encoding")
	}
	p := &Package{}
	root, err := r.root()
	if err != nil {
		return nil, err
	}
	r.space = root.Name.Space
	if err := r.thePackage(p, root); err != nil {
		return nil, err
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return p, nil
}

// checkEncoding refuses what is not UTF-8, and NUL, which XML does not have.
func checkEncoding(text []byte) error {
	for _, mark := range []struct{ name, begin string }{
		{"UTF-32", "\xff\xfe\x00\x00"}, {"UTF-32", "\x00\x00\xfe\xff"}, {"UTF-16", "\xff\xfe"}, {"UTF-16", "\xfe\xff"},
		{"UTF-16", "<\x00"}, {"UTF-16", "\x00<"},
	} {
		if bytes.HasPrefix(text, []byte(mark.begin)) {
			return &EncodingError{mark.name}
		}
	}
	if at := bytes.IndexByte(text, 0); at >= 0 {
		line, column := position(text, at)
		return &MalformedError{line, column, "a NUL byte stands where no text can have one"}
	}
	if utf8.Valid(text) {
		return nil
	}
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	line, column := position(text, at)
	return &MalformedError{line, column, "the bytes are not UTF-8"}
}

func position(text []byte, at int) (line, column int) {
	before := text[:at]
	return bytes.Count(before, []byte{'\n'}) + 1, at - bytes.LastIndexByte(before, '\n')
}

// A reader reads one text. Nothing in it grows with the text but what it
// returns.
type reader struct {
	d       *xml.Decoder
	charset string // another encoding that the text claims
	space   string // the name space of the root, which everything shares
	at      place  // where the last token began
	tokens  int
}

type place struct{ line, column int }

func (r *reader) malformed(rule string) error {
	return &MalformedError{r.at.line, r.at.column, rule}
}

// next returns the next start, end or text. Comments are passed over.
func (r *reader) next() (xml.Token, error) {
	for {
		r.at.line, r.at.column = r.d.InputPos()
		t, err := r.d.Token()
		r.tokens++
		switch syntax := (*xml.SyntaxError)(nil); {
		case r.charset != "":
			return nil, &EncodingError{shorten(r.charset)}
		case errors.Is(err, io.EOF):
			return nil, err
		case errors.As(err, &syntax):
			return nil, r.malformed("it is not well-formed XML: " + shorten(syntax.Msg))
		case err != nil:
			return nil, r.malformed("it is not well-formed XML: " + shorten(strings.TrimPrefix(err.Error(), "xml: ")))
		}
		switch t := t.(type) {
		case xml.Comment:
		case xml.ProcInst:
			if t.Target != "xml" || r.tokens > 1 {
				return nil, r.malformed("processing instructions are not read")
			}
		case xml.Directive:
			return nil, r.malformed("a document type is not read: a package has no entities of its own")
		default:
			return t, nil
		}
	}
}

// root returns the one element around everything.
func (r *reader) root() (xml.StartElement, error) {
	for {
		t, err := r.next()
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, r.malformed("it is empty")
		}
		if err != nil {
			return xml.StartElement{}, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != "LicenseInfo" {
				return t, &UnknownElementError{r.at.line, r.at.column, shorten(t.Name.Local), "the text, whose root is LicenseInfo"}
			}
			return t, nil
		case xml.CharData:
			if !blank(t) {
				return xml.StartElement{}, r.malformed("text stands outside the root element")
			}
		}
	}
}

// end refuses anything behind the root.
func (r *reader) end() error {
	for {
		t, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if c, ok := t.(xml.CharData); !ok || !blank(c) {
			return r.malformed("something stands behind the root element")
		}
	}
}

func blank(text []byte) bool { return strings.Trim(string(text), space) == "" }

// space is what XML counts as white.
const space = " \t\r\n"

func (r *reader) thePackage(p *Package, start xml.StartElement) error {
	return object(r, p, start, packageFields, map[string]func(xml.StartElement) error{
		"ModuleLicenses": func(e xml.StartElement) error { return r.modules(p, e) },
		"PublicKey": func(e xml.StartElement) error {
			k := PublicKey{}
			err := r.publicKey(&k, e)
			if k != (PublicKey{}) {
				p.PublicKey = &k
			}
			return err
		},
	})
}

func (r *reader) publicKey(k *PublicKey, start xml.StartElement) error {
	return object(r, k, start, publicKeyFields, map[string]func(xml.StartElement) error{
		"Key": func(e xml.StartElement) error {
			numbers := Key{}
			err := object(r, &numbers, e, keyFields, nil)
			if numbers != (Key{}) {
				k.Key = &numbers
			}
			return err
		},
	})
}

func (r *reader) modules(p *Package, list xml.StartElement) error {
	nothing, err := r.attributes(list)
	if err != nil {
		return err
	}
	return r.children(list, func(e xml.StartElement) error {
		switch {
		case e.Name.Local != "ModuleLicense":
			return r.unknown(e, list)
		case nothing:
			return r.malformed("an element that is nil holds something")
		case len(p.Modules) == MaxModules:
			return &TooLargeError{"rows", MaxModules, MaxModules + 1}
		}
		m := Module{Line: r.at.line}
		at := r.at
		if err := object(r, &m, e, moduleFields, nil); err != nil {
			return err
		}
		if m.ModuleName == "" {
			return &BadValueError{at.line, at.column, "ModuleName", "", "every row has one"}
		}
		if fault := planFault(&m); fault != "" {
			return &BadValueError{at.line, at.column, "ExtraInfo", shorten(m.ExtraInfo), fault}
		}
		p.Modules = append(p.Modules, m)
		return nil
	})
}

// object reads the elements of a T: those that hold a value, and those of parts.
func object[T any](r *reader, t *T, start xml.StartElement, fields []field[T], parts map[string]func(xml.StartElement) error) error {
	nothing, err := r.attributes(start)
	if err != nil {
		return err
	}
	seen := make([]int, len(fields))
	return r.children(start, func(e xml.StartElement) error {
		i := 0
		for i < len(fields) && fields[i].name != e.Name.Local {
			i++
		}
		switch {
		case i == len(fields):
			return r.unknown(e, start)
		case nothing:
			return r.malformed("an element that is nil holds something")
		case seen[i] > 0:
			return &DuplicateElementError{r.at.line, r.at.column, e.Name.Local, seen[i]}
		}
		seen[i] = r.at.line
		if part := parts[e.Name.Local]; part != nil {
			return part(e)
		}
		at := r.at
		value, err := r.value(e)
		if err != nil || value == "" {
			return err
		}
		if err := fields[i].set(t, value); err != nil {
			return &BadValueError{at.line, at.column, e.Name.Local, shorten(value), err.Error()}
		}
		return nil
	})
}

// children calls act for every element inside start and refuses text between
// them.
func (r *reader) children(start xml.StartElement, act func(xml.StartElement) error) error {
	for {
		t, err := r.next()
		if err != nil {
			return r.unended(err)
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil
		case xml.CharData:
			if !blank(t) {
				return r.malformed("text stands between the elements of " + start.Name.Local)
			}
		case xml.StartElement:
			if t.Name.Space != r.space {
				return r.unknown(t, start)
			}
			if err := act(t); err != nil {
				return err
			}
		}
	}
}

// value returns the text of an element, without the white space around it.
func (r *reader) value(e xml.StartElement) (string, error) {
	nothing, err := r.attributes(e)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for {
		t, err := r.next()
		if err != nil {
			return "", r.unended(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return "", r.unknown(t, e)
		case xml.CharData:
			if b.Len()+len(t) > MaxValue {
				return "", &TooLargeError{e.Name.Local, MaxValue, b.Len() + len(t)}
			}
			b.Write(t)
		case xml.EndElement:
			value := strings.Trim(b.String(), space)
			if nothing && value != "" {
				return "", r.malformed("an element that is nil holds something")
			}
			return value, nil
		}
	}
}

// The name space of the one attribute that means something: it says that an
// element is there and holds nothing.
const instance = "http://www.w3.org/2001/XMLSchema-instance"

// attributes refuses every attribute but declarations of name spaces and nil.
func (r *reader) attributes(e xml.StartElement) (nothing bool, err error) {
	for _, a := range e.Attr {
		switch {
		case a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns":
		case a.Name.Space == instance && a.Name.Local == "nil" && (a.Value == "true" || a.Value == "1"):
			nothing = true
		case a.Name.Space == instance && a.Name.Local == "nil" && (a.Value == "false" || a.Value == "0"):
		default:
			return false, &UnknownElementError{r.at.line, r.at.column, "the attribute " + shorten(a.Name.Local), e.Name.Local}
		}
	}
	return nothing, nil
}

func (r *reader) unknown(e, in xml.StartElement) error {
	return &UnknownElementError{r.at.line, r.at.column, shorten(e.Name.Local), in.Name.Local}
}

// unended is the end of a text inside an element.
func (r *reader) unended(err error) error {
	if errors.Is(err, io.EOF) {
		return r.malformed("the text ends too early")
	}
	return err
}

// shorten keeps what a refusal repeats readable, however long it is.
func shorten(s string) string {
	const most = 80
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' ' // what is repeated reaches terminals
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
