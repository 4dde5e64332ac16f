package authority

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/pott-dev/pott/license"
)

// maxDocument is the largest catalogue or order that is read, in bytes.
const maxDocument = 8 << 20

// decode reads one YAML document into v, refusing unknown and repeated fields,
// and returns its root so that places can be named.
func decode(text []byte, v any) (*yaml.Node, *fault) {
	if len(text) > maxDocument {
		return nil, &fault{Why: fmt.Sprintf("it has %d bytes, and at most %d are read", len(text), maxDocument)}
	}
	var root yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&root); err != nil {
		return nil, blame(err, nil)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &fault{Why: "there is more than one document in it"}
	}
	d = yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(v); err != nil {
		return nil, blame(err, &root)
	}
	if root.Kind != yaml.DocumentNode || root.Content[0].Kind != yaml.MappingNode {
		return nil, &fault{Why: "it is empty"}
	}
	return root.Content[0], nil
}

// A fault is why a document cannot be read, and where.
type fault struct {
	Line int // 0 when no line is to blame
	Why  string
}

var linePrefix = regexp.MustCompile(`^(?:yaml: )?line ([0-9]+): (.*)$`)

// blame turns what the YAML reader says into a place and a reason: its type
// errors list every fault, each with its line, and the first is enough to go on.
// Errors of our own words and dates have no line; the first place of the word
// under root, which may be nil, is as good as any.
func blame(err error, root *yaml.Node) *fault {
	if errors.Is(err, io.EOF) {
		return &fault{Why: "it is empty"}
	}
	text := err.Error()
	word := ""
	if e := (*license.BadWordError)(nil); errors.As(err, &e) {
		word = e.Word
	}
	if e := (*license.BadDateError)(nil); errors.As(err, &e) {
		word = e.Text
	}
	if line := lineOf(root, word); line > 0 {
		return &fault{line, text}
	}
	if e := (*yaml.TypeError)(nil); errors.As(err, &e) && len(e.Errors) > 0 {
		text = e.Errors[0]
	}
	text = strings.TrimPrefix(text, "yaml: ")
	f := &fault{Why: text}
	if m := linePrefix.FindStringSubmatch(text); m != nil {
		f.Line, _ = strconv.Atoi(m[1])
		f.Why = m[2]
	}
	if field, ok := strings.CutPrefix(f.Why, "field "); ok {
		if name, _, ok := strings.Cut(field, " not found in type"); ok {
			f.Why = fmt.Sprintf("the field %q is not known", name)
		}
	}
	return f
}

// lineOf returns the line of the first scalar with a value, or 0.
func lineOf(n *yaml.Node, value string) int {
	if n == nil || value == "" {
		return 0
	}
	if n.Kind == yaml.ScalarNode && n.Value == value {
		return n.Line
	}
	for _, c := range n.Content {
		if line := lineOf(c, value); line > 0 {
			return line
		}
	}
	return 0
}

// lines returns the line of every element of the list under a key of root.
func lines(root *yaml.Node, key string) []int {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != key {
			continue
		}
		var ls []int
		for _, n := range root.Content[i+1].Content {
			ls = append(ls, n.Line)
		}
		return ls
	}
	return nil
}

// at returns the i-th line, or 0.
func at(ls []int, i int) int {
	if i < len(ls) {
		return ls[i]
	}
	return 0
}
