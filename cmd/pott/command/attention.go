package command

import (
	"strconv"

	"github.com/pott-dev/pott/api"
)

type attentionCmd struct{}

func (attentionCmd) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	a, err := cl.Attention(s.ctx)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: a, ids: idsOf(a.Items, func(i api.AttentionItem) string { return i.Kind }), human: func(o *paper) {
		if len(a.Items) == 0 {
			o.line("attention.none")
		}
		for _, i := range a.Items {
			o.printf("%s. %s\n", i.Title, i.Text)
		}
		if len(a.Dates) == 0 {
			return
		}
		o.printf("\n")
		t := &table{columns: []column{{head: "at"}, {head: "days", right: true}, {head: "what"}}}
		for _, d := range a.Dates {
			t.add(d.Date.String(), strconv.Itoa(d.Days), d.Text)
		}
		o.table(t)
	}})
}
