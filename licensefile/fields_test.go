package licensefile_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	tableHead = regexp.MustCompile(`^\| field of (.+?) \| \| value \|$`)
	tableRow  = regexp.MustCompile("^\\| `([a-z_]+)` \\| (needed|optional)[^|]* \\|")
)

// A specField is a row of one of the tables of the specification.
type specField struct{ object, name string }

// specFields returns every field there is, and whether it is needed.
func specFields(t *testing.T) map[specField]bool {
	t.Helper()
	spec, err := os.ReadFile("../spec/license-file.md")
	if err != nil {
		t.Fatal(err)
	}
	fields := map[specField]bool{}
	object := ""
	for line := range strings.Lines(string(spec)) {
		line = strings.TrimSuffix(line, "\n")
		if m := tableHead.FindStringSubmatch(line); m != nil {
			object = m[1]
		} else if m := tableRow.FindStringSubmatch(line); m != nil && object != "" {
			fields[specField{object, m[1]}] = m[2] == "needed"
		} else if !strings.HasPrefix(line, "|") {
			object = ""
		}
	}
	return fields
}

// inside says what the objects in a field are called in the specification.
var inside = map[string]string{
	"dates": "`dates`", "clients": "a client", "plan": "a plan", "parts": "a part", "names": "texts", "tooltips": "texts",
	"algorithms": "an algorithm", "fence": "a fence", "also": "a second key",
}

// objectOf says what the object on a line of a text is called.
func objectOf(format string, line int, fields map[string]any) string {
	has := func(name string) bool { _, ok := fields[name]; return ok }
	switch {
	case has("index") || has("path"):
		return "a proof's object"
	case has("serial"):
		return "the header"
	case line == 1:
		return map[string]string{"pott-license-set/v1": "the header", "pott-key-list/v1": "a key list's header", "pott-issuer-certificate/v1": "a certificate's header"}[format]
	case format == "pott-license-set/v1":
		return "a license"
	case format == "pott-issuer-certificate/v1" && (has("type") || has("from")):
		return "a signing key"
	case format == "pott-issuer-certificate/v1":
		return "a certificate's revocation"
	case has("fence"):
		return "an issuer"
	case has("next_root"):
		return "a next root"
	case has("root"):
		return "a root"
	case has("effect"):
		return "a revocation"
	}
	return ""
}

// A difference is what happened to one field.
type difference struct {
	field specField
	kind  string // "edited", "left out", "added", "letter case"
}

// differences compares two objects.
func differences(object string, was, is map[string]any) (list []difference) {
	for name, before := range was {
		after, ok := is[name]
		if !ok {
			kind := "left out"
			for other := range is {
				if _, known := was[other]; !known && strings.EqualFold(other, name) {
					kind = "letter case"
				}
			}
			list = append(list, difference{specField{object, name}, kind})
			continue
		}
		a, b := asJSON(before), asJSON(after)
		if a == b {
			continue
		}
		inner := objectsIn(before)
		if others := objectsIn(after); inner != nil && len(inner) == len(others) {
			for i := range inner {
				list = append(list, differences(inside[name], inner[i], others[i])...)
			}
			continue
		}
		list = append(list, difference{specField{object, name}, "edited"})
	}
	for name := range is {
		if _, ok := was[name]; !ok {
			list = append(list, difference{specField{object, name}, "added"})
		}
	}
	return list
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// objectsIn returns the objects of a value: itself, or those of an array.
func objectsIn(v any) (objects []map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		for _, element := range v {
			if o, ok := element.(map[string]any); ok {
				objects = append(objects, o)
			}
		}
	}
	return objects
}

// changes returns what a vector does to the fields of another, when that is on
// one line only. Signatures and checkpoints may differ: they follow.
func changes(base, other string) []difference {
	was, is := strings.Split(base, "\n"), strings.Split(other, "\n")
	if len(was) != len(is) {
		return nil
	}
	var list []difference
	lines := 0
	format, start := "", 0
	for i := range was {
		if strings.HasPrefix(was[i], "pott-") {
			format, start = was[i], i
		}
		if was[i] == is[i] || !strings.HasPrefix(was[i], "{") {
			continue
		}
		lines++
		var a, b map[string]any
		if json.Unmarshal([]byte(was[i]), &a) != nil || json.Unmarshal([]byte(is[i]), &b) != nil {
			return nil
		}
		list = append(list, differences(objectOf(format, i-start, a), a, b)...)
	}
	if lines != 1 {
		return nil
	}
	return list
}

// The tables of the specification say which fields there are. Each of them is
// edited by a vector that is refused, spelled in another letter case by one,
// and left out by one where it is needed.
func TestEveryFieldOfTheSpecificationHasAVector(t *testing.T) {
	t.Parallel()
	fields := specFields(t)
	if len(fields) < 80 {
		t.Fatalf("only %d fields in the tables of the specification", len(fields))
	}
	bases := map[string]string{}
	vectors := readVectors(t)
	for _, v := range vectors {
		if v.name == "ok-full" || v.name == "proof-ok" {
			bases[v.kind] = string(v.file)
		}
	}
	seen := map[difference]string{}
	for _, v := range vectors {
		base, ok := bases[v.kind]
		if !ok || v.expect == "ok" {
			continue
		}
		list := changes(base, string(v.file))
		for _, d := range list {
			if _, known := fields[d.field]; !known && d.kind != "added" {
				t.Errorf("%s changes the field %q of %s, which the specification does not list", v.name, d.field.name, d.field.object)
			}
			if len(list) == 1 || d.kind == "letter case" {
				seen[d] = v.name
			}
		}
	}
	for f, needed := range fields {
		has := func(kind string) bool { return seen[difference{f, kind}] != "" }
		if !has("edited") && !has("left out") && !(f.name == "requires" && has("added")) {
			t.Errorf("no vector edits the field %q of %s", f.name, f.object)
		}
		if !has("letter case") && f.name != "requires" {
			t.Errorf("no vector spells the field %q of %s in another letter case", f.name, f.object)
		}
		if needed && !has("left out") {
			t.Errorf("no vector leaves out the field %q of %s", f.name, f.object)
		}
	}
}
