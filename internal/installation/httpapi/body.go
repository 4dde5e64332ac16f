package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// The largest bodies that are read.
const (
	maxBody    = 1 << 20
	maxSetBody = 8 << 20
)

// readBody returns the whole body, or a TooLargeError as soon as it is known
// to be larger than limit.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		// Not read to its end: the connection closes after the answer.
		w.Header().Set("Connection", "close")
		return nil, &TooLargeError{Limit: limit}
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &TooLargeError{Limit: limit}
	case err != nil:
		return nil, &MalformedError{Why: "it ended early"}
	}
	return b, nil
}

// wantMedia refuses a body that says it is of another type. A body that says
// nothing is taken for the right one.
func wantMedia(r *http.Request, want string) error {
	header := r.Header.Get("Content-Type")
	if header == "" {
		return nil
	}
	got, _, err := mime.ParseMediaType(header)
	if err != nil || got != want {
		return &MediaTypeError{Got: header, Want: want}
	}
	return nil
}

// decode reads one JSON object into a struct of type T, strictly: encoding/json
// alone would take "PLAN" for "plan", the last of two fields of one name, and
// turn bytes that are no text into U+FFFD.
func decode[T any](body []byte) (T, error) {
	var into T
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	if !utf8.Valid(body) {
		return into, &MalformedError{Why: "it is not UTF-8"}
	}
	if err := checkFields(body, fieldsOf(reflect.TypeFor[T]())); err != nil {
		return into, err
	}
	if err := json.Unmarshal(body, &into); err != nil {
		return into, malformed(err)
	}
	return into, nil
}

// checkFields walks the outermost object and refuses unknown and repeated
// fields, null, and anything after the object.
func checkFields(body []byte, known []string) error {
	d := json.NewDecoder(bytes.NewReader(body))
	open, err := d.Token()
	if err != nil {
		return malformed(err)
	}
	if open != json.Delim('{') {
		return &MalformedError{Why: "it is not a JSON object"}
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return malformed(err)
		}
		name := t.(string)
		switch {
		case !slices.Contains(known, name):
			return &UnknownFieldError{Field: name, Known: known}
		case seen[name]:
			return &MalformedError{Why: fmt.Sprintf("the field %q is given twice", name)}
		}
		seen[name] = true
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return malformed(err)
		}
		if string(value) == "null" {
			return &MalformedError{Why: fmt.Sprintf("the field %q is null: leave it out instead", name)}
		}
	}
	if _, err := d.Token(); err != nil {
		return malformed(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return &MalformedError{Why: "something follows the object"}
	}
	return nil
}

func fieldsOf(t reflect.Type) []string {
	var names []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// malformed says in our words what encoding/json found.
func malformed(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return &MalformedError{Why: fmt.Sprintf("the field %q is a %s and must be a %s", kind.Field, kind.Value, jsonWord(kind.Type))}
	case errors.As(err, &syntax):
		return &MalformedError{Why: fmt.Sprintf("it is not JSON at byte %d", syntax.Offset)}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &MalformedError{Why: "it ended early"}
	}
	return &MalformedError{Why: "it is not JSON of the right shape"}
}

func jsonWord(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "whole number"
	case reflect.Slice:
		return "list"
	case reflect.Struct, reflect.Map:
		return "JSON object"
	}
	return "text"
}
