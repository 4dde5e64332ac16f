// Package problem says what an error means outside: which HTTP status and which
// exit code it has, and which facts may be shown. What it does not know is
// internal, and then nothing of the error is shown.
//
// An error that may be shown to the person who caused it has a method
// `Code() string`, and its code has a row in the table here and sentences in
// package i18n.
package problem

import (
	"encoding"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

// A Problem is an error as seen from outside.
type Problem struct {
	Code   string         // stable, such as "seat.pool-full"
	Status int            // of HTTP
	Exit   int            // of a command
	Facts  map[string]any // the exported fields of the error; names as in JSON, "also_full"; values fit for JSON
	Cause  error          // the error that has the code; nil when Code is [Internal]
}

// soon is after how many seconds it is worth trying again what the server could not do
// at this moment.
const soon = 5

// Again returns after how many seconds it is worth asking again, and whether asking
// again may help at all, with nobody having done anything meanwhile.
func (p Problem) Again() (seconds int, helps bool) {
	if p.Status == http.StatusServiceUnavailable && p.Exit == NotReachable && !MaybeSaved(p.Code) {
		return soon, true
	}
	return 0, false
}

// SetAgain says in the header of an answer when to ask again, where that may help and
// nobody has said otherwise.
func (p Problem) SetAgain(h http.Header) {
	if seconds, helps := p.Again(); helps && h.Get("Retry-After") == "" {
		h.Set("Retry-After", strconv.Itoa(seconds))
	}
}

// Internal is the code of an error that nobody outside may read.
const Internal = "internal"

// MaybeSaved reports whether what failed with a code may have been stored all the same:
// whoever asks again looks first.
func MaybeSaved(code string) bool { return code == Internal || code == "storage.unknown-outcome" }

// Coded is an error that may be shown to the person who caused it.
type Coded interface {
	error
	Code() string
}

// Of returns the problem of the first error in err's chain that has a code. It
// reports false, and the internal problem, when there is none or its code is
// not in the table: such an error is to be logged and not shown.
func Of(err error) (Problem, bool) {
	var coded Coded
	if errors.As(err, &coded) {
		if row, ok := table[coded.Code()]; ok {
			return Problem{coded.Code(), row.Status, row.Exit, Facts(coded), coded}, true
		}
	}
	row := table[Internal]
	return Problem{Code: Internal, Status: row.Status, Exit: row.Exit}, false
}

// Exit returns the exit code of a command that ended with err; 0 for nil.
func Exit(err error) int {
	if err == nil {
		return Done
	}
	p, _ := Of(err)
	return p.Exit
}

// Lookup returns what a code means, and whether the table has it.
func Lookup(code string) (Row, bool) {
	row, ok := table[code]
	return row, ok
}

// Codes returns every code of the table, in no order.
func Codes() []string {
	codes := make([]string, 0, len(table))
	for code := range table {
		codes = append(codes, code)
	}
	return codes
}

// Facts returns the exported fields of a struct, or of what a pointer to one
// points to, as they go into JSON. Values with a text form become that text.
// Fields of an embedded struct are the struct's own. Fields that hold an error
// are left out: an error inside an error may say anything. The result is nil when there are no fields.
func Facts(v any) map[string]any {
	s := reflect.Indirect(reflect.ValueOf(v))
	if s.Kind() != reflect.Struct {
		return nil
	}
	var facts map[string]any
	for i := range s.NumField() {
		field := s.Type().Field(i)
		if !field.IsExported() || field.Type == errorType {
			continue
		}
		if facts == nil {
			facts = map[string]any{}
		}
		if field.Anonymous && field.Type.Kind() == reflect.Struct && !field.Type.Implements(textType) {
			maps.Copy(facts, Facts(s.Field(i).Interface()))
			continue
		}
		facts[snake(field.Name)] = plain(s.Field(i))
	}
	return facts
}

var (
	errorType = reflect.TypeFor[error]()
	textType  = reflect.TypeFor[encoding.TextMarshaler]()
)

// plain turns a value into what JSON has: text, numbers, truth, lists and
// objects.
func plain(v reflect.Value) any {
	if v.Type().Implements(textType) {
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return nil
		}
		text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil {
			return nil
		}
		return string(text)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Struct:
		return Facts(v.Interface())
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			return base64.StdEncoding.EncodeToString(v.Bytes())
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return v.Uint()
	case reflect.Float32, reflect.Float64:
		return v.Float()
	}
	return nil
}

// snake turns a Go name into a JSON one: "KeyID" into "key_id".
func snake(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		if unicode.IsUpper(r) {
			after := i > 0 && !unicode.IsUpper(letters[i-1])
			before := i > 0 && i+1 < len(letters) && unicode.IsLower(letters[i+1])
			if after || before {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
