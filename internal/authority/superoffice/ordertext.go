package superoffice

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/license"
)

const draftHead = `# A draft, made of a license package of SuperOffice. The package proves nothing: no key and no signature of it was
# checked. Compare it with the agreement before it is signed.

`

// text writes the order as people write one.
func (im *importer) text() []byte {
	o := &im.order
	b := bytes.NewBufferString(draftHead)
	b.WriteString("format: pott-order/v1\n")
	for _, f := range []struct{ name, value string }{
		{"issuer", string(o.Issuer)}, {"company", o.Company}, {"serial", o.Serial}, {"time_zone", o.TimeZone}, {"generation", o.Generation},
		{"deployment", o.Deployment}, {"product", o.Product}, {"version", o.Version},
	} {
		if f.value != "" {
			fmt.Fprintf(b, "%s: %s\n", f.name, quoted(f.value))
		}
	}
	if o.Demo {
		b.WriteString("demo: true\n")
	}
	im.dates(b)
	b.WriteString("quantities: explicit\n")
	if len(o.Lines) > 0 {
		b.WriteString("lines:\n")
	}
	for i, l := range o.Lines {
		what := "module"
		if l.Plan != "" {
			what = "plan"
		}
		fmt.Fprintf(b, "  - {%s: %s, quantity: %d", what, scalar(l.Name()), l.Quantity)
		for _, f := range []struct {
			name string
			on   *bool
		}{{"hidden", l.Hidden}, {"unrestricted", l.Unrestricted}} {
			if f.on != nil {
				fmt.Fprintf(b, ", %s: %s", f.name, strconv.FormatBool(*f.on))
			}
		}
		b.WriteString("}")
		if im.called[i] != "" {
			fmt.Fprintf(b, "   # %s in the package", im.called[i])
		}
		b.WriteString("\n")
	}
	return b.Bytes()
}

func (im *importer) dates(b *bytes.Buffer) {
	d := im.order.Dates
	head := "dates:\n"
	for _, f := range []struct {
		name string
		date license.Date
	}{{"next_check", d.NextCheck}, {"warning", d.Warning}, {"expiry", d.Expiry}, {"grace", d.Grace}, {"maintenance", d.Maintenance}} {
		if !f.date.IsZero() {
			fmt.Fprintf(b, "%s  %s: %s\n", head, f.name, f.date)
			head = ""
		}
	}
}

// quoted writes a text so that YAML reads the same text: JSON's form is one of
// YAML's.
func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) // a Builder has no error
	text := strings.TrimSuffix(b.String(), "\n")
	// Characters that JSON leaves as they are and YAML does not read.
	return notYAML.ReplaceAllStringFunc(text, func(s string) string { return fmt.Sprintf(`\u%04x`, []rune(s)[0]) })
}

var (
	notYAML = regexp.MustCompile("[\u007f-\u009f\ufeff\ufffe\uffff]")
	plain   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	// taken are plain words that YAML reads as something else than a text.
	taken = regexp.MustCompile(`^(y|n|yes|no|on|off|true|false|null)$`)
)

// scalar writes the name of a module, without quotes where it needs none.
func scalar(m license.Module) string {
	if plain.MatchString(string(m)) && !taken.MatchString(string(m)) {
		return string(m)
	}
	return quoted(string(m))
}
