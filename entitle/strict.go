package entitle

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A scanner reads one line of the holdings file: JSON with every object's fields
// in one order, no space, and one spelling for everything, so that what it reads
// is written back byte for byte. The first thing wrong sticks.
type scanner struct {
	s   string
	i   int
	why string // what is wrong; "" while all is well
}

func (c *scanner) fail(format string, args ...any) {
	if c.why == "" {
		c.why = fmt.Sprintf("column %d: ", c.i+1) + fmt.Sprintf(format, args...)
	}
	c.i = len(c.s)
}

// next moves past a text if it stands next.
func (c *scanner) next(text string) bool {
	if strings.HasPrefix(c.s[c.i:], text) {
		c.i += len(text)
		return true
	}
	return false
}

func (c *scanner) must(text string) {
	if !c.next(text) {
		c.fail("%s must stand here", text)
	}
}

// integer reads 0 to 2^53-1.
func (c *scanner) integer() int64 {
	from := c.i
	for c.i < len(c.s) && '0' <= c.s[c.i] && c.s[c.i] <= '9' {
		c.i++
	}
	digits := c.s[from:c.i]
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n > maxInteger || len(digits) > 1 && digits[0] == '0' {
		c.fail("an integer from 0 to %d must stand here, without leading zeros", int64(maxInteger))
		return 0
	}
	return n
}

const maxInteger = 1<<53 - 1

// positive reads 1 to 2^53-1.
func (c *scanner) positive() int64 {
	n := c.integer()
	if n == 0 {
		c.fail("a number of at least 1 must stand here; 0 is left out")
	}
	return n
}

// text reads a string that is not empty.
func (c *scanner) text() string {
	c.must(`"`)
	from := c.i
	for c.i < len(c.s) && c.s[c.i] != '"' {
		if c.s[c.i] == '\\' {
			c.i++
		}
		c.i++
	}
	if c.i >= len(c.s) {
		c.fail("a string must stand here, between quotes")
		return ""
	}
	raw := c.s[from:c.i]
	c.i++
	if raw == "" {
		c.fail("an empty text is left out")
		return ""
	}
	if !strings.Contains(raw, `\`) {
		return raw
	}
	// Whatever the escapes mean, there is one way to write it.
	s, err := strconv.Unquote(`"` + strings.ReplaceAll(raw, `\u00`, `\x`) + `"`)
	if err != nil || string(appendText(nil, s)) != `"`+raw+`"` {
		c.fail(`only \" \\ \b \f \n \r \t and \u00xx are escapes, and only where they must be`)
		return ""
	}
	return s
}

// read reads a string that parse understands, in its one spelling.
func read[T fmt.Stringer](c *scanner, parse func(string) (T, error)) T {
	var zero T
	s := c.text()
	if c.why != "" {
		return zero
	}
	v, err := parse(s)
	if err != nil {
		c.fail("%v", err)
		return zero
	}
	if v.String() != s {
		c.fail("%q is written %q", s, v)
		return zero
	}
	return v
}

// checkLine says what is wrong with the bytes of a line; "" when nothing is.
func checkLine(line string) string {
	for i := range len(line) {
		if line[i] < ' ' {
			return fmt.Sprintf("column %d: a control character stands in the line", i+1)
		}
	}
	if !utf8.ValidString(line) {
		return "the line is not UTF-8"
	}
	return ""
}

// appendText writes a text in its one spelling.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		default:
			if j := strings.IndexByte("\b\f\n\r\t", c); j >= 0 {
				b = append(b, '\\', "bfnrt"[j])
			} else {
				b = append(b, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
			}
		}
	}
	return append(b, '"')
}
