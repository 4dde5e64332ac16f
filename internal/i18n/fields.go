package i18n

import (
	"slices"
	"text/template/parse"
)

// Fields returns the facts that the text of a code names in a language, sorted,
// each once. What is named of the items of a list is not among them.
func Fields(lang, code string) []string {
	t, ok := lookup(lang, code)
	if !ok {
		return nil
	}
	var fields []string
	for _, root := range []*parse.ListNode{t.title.Root, t.detail.Root, t.hint.Root} {
		fields = named(fields, root)
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

func named(fields []string, node parse.Node) []string {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return fields
		}
		for _, child := range n.Nodes {
			fields = named(fields, child)
		}
	case *parse.ActionNode:
		fields = named(fields, n.Pipe)
	case *parse.IfNode:
		fields = named(named(named(fields, n.Pipe), n.List), n.ElseList)
	case *parse.RangeNode:
		// Inside, the dot is an item.
		fields = named(named(fields, n.Pipe), n.ElseList)
	case *parse.WithNode:
		fields = named(named(fields, n.Pipe), n.ElseList)
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			for _, arg := range command.Args {
				fields = named(fields, arg)
			}
		}
	case *parse.FieldNode:
		fields = append(fields, n.Ident[0])
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			fields = append(fields, n.Ident[1])
		}
	}
	return fields
}
