package licensefile_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/pott-dev/pott/licensefile"
)

// What a reader may allocate, in all, as the specification says.
const (
	bytesPerByte = 40
	bytesAtLeast = 1 << 20
)

// repeated returns head, then what line says for 0, 1 and so on, up to a size
// or as many lines as a set may have, whichever comes first.
func repeated(head string, size int, line func(i int) string) []byte {
	b := []byte(head)
	for i := 0; ; i++ {
		next := line(i)
		if len(b)+len(next) > size || i >= licensefile.MaxLines-10 && len(next) > 4 {
			return b
		}
		b = append(b, next...)
	}
}

// hostile are texts that make the most work out of the least bytes.
func hostile() map[string][]byte {
	head := "pott-license-set/v1\n" + `{"issuer":"ACME","serial":"1","number":1,"issued":"2026-06-01T08:00:00Z","time_zone":"UTC"}` + "\n"
	notes := func(rest string) string {
		return head + "\nACME/pott-set/1/1\n2\n" + strings.Repeat("A", 43) + "=\n\n— a AAAAAAAA\n\n" + rest
	}
	certificate := "pott-issuer-certificate/v1\n" + `{"issuer":"ACME","number":1,"issued":"2026-01-02T00:00:00Z"}` + "\n"
	list := "pott-key-list/v1\n" + `{"number":1,"issued":"2026-01-01T00:00:00Z","threshold":1}` + "\n"
	constant := func(s string) func(int) string { return func(int) string { return s } }
	array := func(before, element, after string) string {
		n := (licensefile.MaxLine - len(before) - len(after)) / (len(element) + 8)
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, element, i)
			b.WriteByte(',')
		}
		return before + strings.TrimSuffix(b.String(), ",") + after + "\n"
	}
	const most = licensefile.MaxBytes
	return map[string][]byte{
		"the shortest lines":          repeated("", most, constant("a\n")),
		"the shortest blocks":         repeated("", most, constant("a\n\n")),
		"blank lines":                 bytes.Repeat([]byte("\n"), most),
		"one line":                    bytes.Repeat([]byte("a"), most),
		"a byte too many":             bytes.Repeat([]byte("a"), most+1),
		"the shortest optional lines": repeated(head, most, constant("optional:a\n")),
		"the shortest licenses":       repeated(head, most, func(i int) string { return fmt.Sprintf(`{"module":"%x","kind":"site","quantity":1}`+"\n", i) }),
		"licenses with texts": repeated(head, most, func(i int) string {
			return fmt.Sprintf(`{"module":"%x","kind":"site","quantity":1,"names":{"sv":"a"},"tooltips":{"nl":"a"}}`+"\n", i)
		}),
		"licenses with plans": repeated(head, most, func(i int) string {
			return fmt.Sprintf(`{"module":"%x","kind":"user","quantity":1,"plan":{"includes":["a"],"parts":[{"line":"a","tier":"a"}]}}`+"\n", i)
		}),
		"capitals": repeated(head, most, func(i int) string {
			return fmt.Sprintf(`{"module":"A%X","kind":"user","quantity":1,"prerequisite":"B"}`+"\n", i)
		}),
		"plans of many modules": repeated(head, most, func(i int) string {
			return array(fmt.Sprintf(`{"module":"p%d","kind":"user","quantity":1,"plan":{"includes":[`, i), `"%x"`, "]}}")
		}),
		"plans of many parts": repeated(head, most, func(i int) string {
			return array(fmt.Sprintf(`{"module":"p%d","kind":"user","quantity":1,"plan":{"parts":[`, i), `{"line":"%x","tier":"a"}`, "]}}")
		}),
		"many clients": []byte("pott-license-set/v1\n" + array(strings.TrimSuffix(strings.TrimPrefix(head, "pott-license-set/v1\n"), "}\n")+`,"clients":[`, `{"name":"%x"}`, "]}")),
		"deep nesting": []byte(head + `{"module":` + strings.Repeat("[", 60_000) + "\n"),
		"deep objects": []byte(head + strings.Repeat(`{"plan":`, 8_000) + "\n"),
		"escapes": repeated(head, most, func(i int) string {
			return fmt.Sprintf(`{"module":"%x","kind":"site","quantity":1,"version":"%s"}`+"\n", i, strings.Repeat(`\"`, 32_000))
		}),
		"a long signature":             []byte(head + "\nACME/pott-set/1/1\n2\n" + strings.Repeat("A", 43) + "=\n\n— a " + strings.Repeat("AAAA", 16_000) + "\n"),
		"a long key name":              []byte(head + "\nACME/pott-set/1/1\n2\n" + strings.Repeat("A", 43) + "=\n\n— " + strings.Repeat("a", 65_000) + " AAAAAAAA\n"),
		"a certificate of revocations": repeated(notes(certificate), most, constant(`{"revoke":"`+base64Of("lost")+`"}`+"\n")),
		"a key list of next roots": repeated(notes(certificate+"\n— a AAAAAAAA\n\n"+list), most, func(i int) string {
			return fmt.Sprintf(`{"next_root":"%x","key":"%s"}`+"\n", i, base64Of(fmt.Sprint(i%8)))
		}),
		"a key list of second keys":     []byte(list + array(`{"root":"r","key":"`+base64Of("root-1")+`","also":[`, `{"algorithm":"a%x","key":"AAAA"}`, "]}") + "\n— a AAAAAAAA\n"),
		"a key list of algorithms":      []byte("pott-key-list/v1\n" + array(`{"number":1,"issued":"2026-01-01T00:00:00Z","threshold":1,"algorithms":[`, `{"name":"a%x","from":"2030-01-01"}`, "]}") + "\n— a AAAAAAAA\n"),
		"a fence of patterns":           []byte(list + array(`{"issuer":"A","key":"`+base64Of("acme")+`","fence":{"from":"2026-01-01","through":"2026-01-01","last_date":"2026-01-01","max_term_days":1,"max_quantity":1,"max_total":1,"kinds":["user"],"modules":[`, `"%x*"`, "]}}") + "\n— a AAAAAAAA\n"),
		"a proof with a long path":      []byte("pott-license-proof/v1\n" + array(`{"index":0,"path":[`, `"`+strings.Repeat("A", 43)+`=%.0d"`, "]}") + strings.Repeat("{}\n", 5)),
		"a root file of too many roots": repeated("pott-root/v1\nthreshold 1\n", most, constant(root("root-1").String()+"\n")),
		"key lists without end":         repeated(notes(certificate+"\n— a AAAAAAAA\n"), most, constant("\npott-key-list/v1\n\n— a AAAAAAAA\n")),
	}
}

func base64Of(name string) string { return base64.StdEncoding.EncodeToString(public(name)) }

func TestHostileTextsCostABoundedAmountOfMemory(t *testing.T) {
	readers := map[string]func([]byte) error{
		"Parse":            func(b []byte) error { _, err := licensefile.Parse(b); return err },
		"ParseProof":       func(b []byte) error { _, err := licensefile.ParseProof(b); return err },
		"ParseKeyList":     func(b []byte) error { _, err := licensefile.ParseKeyList(b); return err },
		"ParseCertificate": func(b []byte) error { _, err := licensefile.ParseCertificate(b); return err },
		"ParseRootFile":    func(b []byte) error { _, err := licensefile.ParseRootFile(b); return err },
	}
	worst := 0.0
	for name, text := range hostile() {
		for reader, read := range readers {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := read(text)
			runtime.ReadMemStats(&after)
			if got := code(err); got != "set.malformed" && got != "set.too-large" && got != "set.bad-signature" && (got != "ok" || reader != "ParseKeyList") {
				t.Errorf("%s of %s: %v", reader, name, err)
			}
			if err != nil && len(err.Error()) > 1000 {
				t.Errorf("%s of %s: a refusal of %d bytes", reader, name, len(err.Error()))
			}
			used := after.TotalAlloc - before.TotalAlloc
			if limit := uint64(len(text))*bytesPerByte + bytesAtLeast; used > limit {
				t.Errorf("%s of %s: %d bytes allocated for %d bytes of text, more than %d", reader, name, used, len(text), limit)
			}
			worst = max(worst, float64(max(used, bytesAtLeast)-bytesAtLeast)/float64(len(text)))
		}
	}
	t.Logf("figure: at most %.1f bytes allocated for each byte of a hostile file", worst)
}
