package superoffice

import (
	"bytes"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	sample := file(b, "testdata/designteamet.xml")
	rows := sample[bytes.Index(sample, []byte("<ModuleLicense>")):bytes.LastIndex(sample, []byte("</ModuleLicenses>"))]
	large := bytes.Replace(sample, rows, bytes.Repeat(rows, MaxModules/73), 1)
	for _, c := range []struct {
		name string
		text []byte
	}{{"73 rows", sample}, {"as many rows as are read", large}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(c.text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
