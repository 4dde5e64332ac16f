package licensefile

import (
	"strconv"
	"time"

	"github.com/pott-dev/pott/license"
)

// appendString writes s as the one JSON string that str accepts for it.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			b = append(b, c)
			continue
		}
		short := false
		for j := 0; j < len(shortEscapes) && !short; j += 2 {
			if short = c == shortEscapes[j]; short {
				b = append(b, '\\', shortEscapes[j+1])
			}
		}
		if !short {
			b = append(b, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	return append(b, '"')
}

// A writer writes one object of strict JSON; fields with their default value
// are left out by the methods that know the default.
type writer struct{ b []byte }

func (w *writer) open() { w.b = append(w.b, '{') }

func (w *writer) close() { w.b = append(w.b, '}') }

func (w *writer) name(name string) {
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
}

// must writes a string field even when it is empty.
func (w *writer) must(name, value string) {
	w.name(name)
	w.b = appendString(w.b, value)
}

// may writes a string field unless it is empty.
func (w *writer) may(name, value string) {
	if value != "" {
		w.must(name, value)
	}
}

func (w *writer) integer(name string, n int64) {
	w.name(name)
	w.b = strconv.AppendInt(w.b, n, 10)
}

// flag writes a flag when it is set.
func (w *writer) flag(name string, set bool) {
	if set {
		w.name(name)
		w.b = append(w.b, "true"...)
	}
}

func (w *writer) date(name string, d license.Date) { w.may(name, d.String()) }

func (w *writer) moment(name string, t time.Time) {
	w.must(name, t.UTC().Format(momentLayout))
}

// list writes a list of strings unless it is empty.
func list[T ~string](w *writer, name string, values []T) {
	if len(values) == 0 {
		return
	}
	w.name(name)
	w.b = append(w.b, '[')
	for i, v := range values {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = appendString(w.b, string(v))
	}
	w.b = append(w.b, ']')
}
