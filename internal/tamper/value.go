package tamper

import "encoding/binary"

// A Kind is the type of a sealed column, and the tag of its values.
type Kind byte

const (
	Integer Kind = 'i'
	Text    Kind = 't'
	Blob    Kind = 'b'
	Null    Kind = 'n' // never stored; what a null read back is sealed as
)

// A Value is the value of one column. The zero Value is not one.
type Value struct {
	kind Kind
	i    int64
	s    string // text, or the bytes of a blob
}

// Int returns an integer value.
func Int(i int64) Value { return Value{kind: Integer, i: i} }

// Str returns a text value.
func Str(s string) Value { return Value{kind: Text, s: s} }

// Bytes returns a blob value. It copies b.
func Bytes(b []byte) Value { return Value{kind: Blob, s: string(b)} }

// Flag returns the integer 1 for true and 0 for false.
func Flag(b bool) Value {
	if b {
		return Int(1)
	}
	return Int(0)
}

// Kind returns the type of v.
func (v Value) Kind() Kind { return v.kind }

// Int returns the integer, or 0 when v is not one.
func (v Value) Int() int64 { return v.i }

// Str returns the text or the bytes of a blob, or "" when v is neither.
func (v Value) Str() string { return v.s }

// Flag reports whether v is an integer other than 0.
func (v Value) Flag() bool { return v.i != 0 }

// FromSQL returns the value that a database returned for a column of a kind. A
// value of another type keeps its own kind, so that its row fails its seal.
func FromSQL(kind Kind, x any) Value {
	switch x := x.(type) {
	case int64:
		return Int(x)
	case string:
		return Str(x)
	case []byte:
		if kind == Text { // a driver may return text as bytes
			return Str(string(x))
		}
		return Bytes(x)
	}
	return Value{kind: Null}
}

// SQL returns v as an argument of a statement.
func (v Value) SQL() any {
	switch v.kind {
	case Integer:
		return v.i
	case Text:
		return v.s
	case Blob:
		return []byte(v.s)
	}
	return nil
}

// Append appends the sealed form of v to b.
func (v Value) Append(b []byte) []byte {
	b = append(b, byte(v.kind))
	switch v.kind {
	case Integer:
		b = binary.BigEndian.AppendUint64(b, uint64(v.i))
	case Text, Blob:
		b = appendText(b, v.s)
	}
	return b
}

// AppendKey appends the key made of values to b.
func AppendKey(b []byte, values ...Value) []byte {
	for _, v := range values {
		b = v.Append(b)
	}
	return b
}

// ParseKey reads back the values of a key.
func ParseKey(key []byte) ([]Value, error) {
	var values []Value
	r := reader{b: key}
	for len(r.b) > 0 && r.err == nil {
		switch kind := Kind(r.u8()); kind {
		case Integer:
			values = append(values, Int(int64(r.u64())))
		case Text:
			values = append(values, Str(string(r.text())))
		case Blob:
			values = append(values, Bytes(r.text()))
		default:
			r.fail()
		}
	}
	return values, r.err
}

func appendText[T ~string | ~[]byte](b []byte, s T) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

func appendShort[T ~string | ~[]byte](b []byte, s T) []byte {
	b = append(b, byte(len(s)))
	return append(b, s...)
}
