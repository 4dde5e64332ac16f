package i18n

import (
	"strings"
	"text/template/parse"
	"unicode"
)

// Pseudo is a language nobody speaks, for finding what no translation will reach:
// English with accents, half as long again, between brackets. What stands outside
// brackets on a page does not come from a catalogue, and what does not fit will
// not fit in German. [Match] never chooses it.
const Pseudo = "qps"

var accents = strings.NewReplacer(
	"a", "å", "e", "é", "i", "ï", "o", "ö", "u", "ü", "y", "ÿ", "c", "ç", "n", "ñ", "s", "š", "z", "ž",
	"A", "Å", "E", "É", "I", "Ï", "O", "Ö", "U", "Ü", "Y", "Ÿ", "C", "Ç", "N", "Ñ", "S", "Š", "Z", "Ž",
)

// pseudo rewrites what a template says by itself and leaves its actions alone,
// but for the two forms of a plural, which are words too.
func pseudo(root *parse.ListNode) {
	if root == nil || len(root.Nodes) == 0 {
		return
	}
	letters := 0
	accent(root, &letters)
	root.Nodes = append([]parse.Node{bare("⟦")}, root.Nodes...)
	root.Nodes = append(root.Nodes, bare(padding(letters*2/5)+"⟧"))
}

func bare(text string) *parse.TextNode {
	return &parse.TextNode{NodeType: parse.NodeText, Text: []byte(text)}
}

// padding is n letters more, in pieces that a line can be broken between.
func padding(n int) string {
	var b strings.Builder
	for i := range n + 1 {
		if i%7 == 0 {
			b.WriteByte(' ')
		} else {
			b.WriteRune('ẋ')
		}
	}
	return b.String()
}

func accent(node parse.Node, letters *int) {
	switch n := node.(type) {
	case *parse.TextNode:
		*letters += countLetters(string(n.Text))
		n.Text = []byte(accents.Replace(string(n.Text)))
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			accent(child, letters)
		}
	case *parse.IfNode:
		accent(n.List, letters)
		accent(n.ElseList, letters)
	case *parse.RangeNode:
		accent(n.List, letters)
		accent(n.ElseList, letters)
	case *parse.WithNode:
		accent(n.List, letters)
		accent(n.ElseList, letters)
	case *parse.ActionNode:
		for _, command := range n.Pipe.Cmds {
			accentPlural(command, letters)
		}
	}
}

func accentPlural(command *parse.CommandNode, letters *int) {
	if name, ok := command.Args[0].(*parse.IdentifierNode); !ok || name.Ident != "plural" {
		return
	}
	for _, arg := range command.Args {
		if s, ok := arg.(*parse.StringNode); ok {
			*letters += countLetters(s.Text) / 2
			s.Text = accents.Replace(s.Text)
		}
	}
}

func countLetters(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
