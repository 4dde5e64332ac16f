package tamper

import "encoding/binary"

// A FormatError says that bytes which should follow the layout do not.
type FormatError struct {
	What string // "key", "head box" or "journal changes"
}

func (e *FormatError) Error() string { return e.What + ": the bytes do not follow the layout" }

// Code returns the stable code of the error.
func (e *FormatError) Code() string { return "storage.bad-format" }

// reader takes a layout apart. After the first failure everything it returns is
// zero, and err says so.
type reader struct {
	b    []byte
	what string
	err  error
}

func (r *reader) fail() {
	r.b = nil
	if r.err == nil {
		r.err = &FormatError{What: r.what}
	}
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.fail()
		return make([]byte, min(max(n, 0), 32))
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) u8() uint8   { return r.take(1)[0] }
func (r *reader) u16() uint16 { return binary.BigEndian.Uint16(r.take(2)) }
func (r *reader) u32() uint32 { return binary.BigEndian.Uint32(r.take(4)) }
func (r *reader) u64() uint64 { return binary.BigEndian.Uint64(r.take(8)) }

func (r *reader) text() []byte {
	n := r.u32()
	if int64(n) > int64(len(r.b)) {
		r.fail()
		return nil
	}
	return r.take(int(n))
}

func (r *reader) short() string { return string(r.take(int(r.u8()))) }
