package superoffice

import (
	"bytes"
	"encoding/xml"
)

// Bytes returns the text of the package: elements in alphabetical order, rows in
// the order they have, no element for what is not said. [Parse] reads back the
// same package.
func (p *Package) Bytes() []byte {
	w := &writer{}
	w.WriteString(xml.Header)
	if !p.Signed() {
		w.WriteString("<!-- Unsigned: there is no PublicKey and no Signature. -->\n")
	}
	w.open("LicenseInfo")
	for _, f := range packageFields {
		switch {
		case f.name == "ModuleLicenses":
			w.modules(p.Modules)
		case f.name == "PublicKey" && p.PublicKey != nil:
			w.open("PublicKey")
			w.publicKey(p.PublicKey)
			w.close("PublicKey")
		case f.get != nil:
			w.value(f.name, f.get(p))
		}
	}
	w.close("LicenseInfo")
	return w.Bytes()
}

type writer struct {
	bytes.Buffer
	depth int
}

func (w *writer) indent() {
	for range w.depth {
		w.WriteString("  ")
	}
}

func (w *writer) open(name string) {
	w.indent()
	w.WriteString("<" + name + ">\n")
	w.depth++
}

func (w *writer) close(name string) {
	w.depth--
	w.indent()
	w.WriteString("</" + name + ">\n")
}

func (w *writer) value(name, text string) {
	if text == "" {
		return
	}
	w.indent()
	w.WriteString("<" + name + ">")
	xml.EscapeText(w, []byte(text)) // a Buffer has no error
	w.WriteString("</" + name + ">\n")
}

func (w *writer) modules(modules []Module) {
	w.open("ModuleLicenses")
	for i := range modules {
		w.open("ModuleLicense")
		for _, f := range moduleFields {
			w.value(f.name, f.get(&modules[i]))
		}
		w.close("ModuleLicense")
	}
	w.close("ModuleLicenses")
}

func (w *writer) publicKey(k *PublicKey) {
	for _, f := range publicKeyFields {
		switch {
		case f.get != nil:
			w.value(f.name, f.get(k))
		case k.Key != nil:
			w.open("Key")
			for _, f := range keyFields {
				w.value(f.name, f.get(k.Key))
			}
			w.close("Key")
		}
	}
}
