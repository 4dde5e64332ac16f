package i18n

import (
	"encoding"
	"encoding/base64"
	"maps"
	"reflect"
	"time"
)

var textType = reflect.TypeFor[encoding.TextMarshaler]()

// flatten returns the exported fields of a struct as templates see them, under
// their Go names; those of an embedded struct are its own. Numbers become int64, values with a text form that text, and
// names of licenses what display makes of them.
func flatten(facts any, display func(string) string) map[string]any {
	if facts == nil {
		return nil
	}
	s := reflect.Indirect(reflect.ValueOf(facts))
	if s.Kind() != reflect.Struct {
		return nil
	}
	fields := make(map[string]any, s.NumField())
	for i := range s.NumField() {
		f := s.Type().Field(i)
		switch {
		case !f.IsExported():
		case f.Anonymous && f.Type.Kind() == reflect.Struct && !f.Type.Implements(textType):
			maps.Copy(fields, flatten(s.Field(i).Interface(), display))
		default:
			fields[f.Name] = show(s.Field(i), display)
		}
	}
	return fields
}

func show(v reflect.Value, display func(string) string) any {
	if t, ok := v.Interface().(time.Time); ok && t.IsZero() {
		return ""
	}
	if v.Type().Implements(textType) && !(v.Kind() == reflect.Pointer && v.IsNil()) {
		text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil {
			return ""
		}
		if v.Type().Name() == "Name" && display != nil {
			if name := display(string(text)); name != "" {
				return name
			}
		}
		return string(text)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return ""
		}
		return show(v.Elem(), display)
	case reflect.Struct:
		return flatten(v.Interface(), display)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			return base64.StdEncoding.EncodeToString(v.Bytes())
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = show(v.Index(i), display)
		}
		return list
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return int64(v.Uint())
	}
	return ""
}
