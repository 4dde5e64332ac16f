package fsck

import "testing"

// Whatever stands in the database, the reader answers; it never panics.
func FuzzBytesFromTheDatabase(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte("\x05table\x00\x00\x00\x02it\x01"))
	f.Add([]byte("i\x00\x00\x00\x00\x00\x00\x00\x0ct\x00\x00\x00\x01a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, ok := readSecret(b); !ok && (len(s.totals) > 0 || len(s.marks) > 0) {
			t.Error("a secret that does not follow the layout was used")
		}
		(&batch{changes: b}).lines(func(table, key string, _ line) {
			if len(table)+len(key) > len(b) {
				t.Error("more was read than there is")
			}
		})
		readKey(b)
		readAnchor(b, []Key{{}})
		readPrinted(string(b))
		k := keysFor([32]byte{}, "x")
		h := head{epoch: b, link: b, schema: b, box: b}
		if _, ok := h.openWith(k); ok {
			t.Error("a box opened that nobody sealed")
		}
		r := withName(&row{table: tables[0], key: []any{b}, values: make([]any, len(tables[0].columns)), layout: 1, seal: b, colsum: b})
		if r.checksAs(k, "") {
			t.Error("a row checks that nobody sealed")
		}
		r.edited(k, &line{})
	})
}
