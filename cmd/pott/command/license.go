package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/client"
	"github.com/pott-dev/pott/license"
)

type licenseCmd struct {
	Ls      licenseLs      `cmd:"" help:"List the licenses of the sets in force."`
	Show    licenseShow    `cmd:"" help:"Show one license."`
	Holders licenseHolders `cmd:"" help:"List who holds a license, and how."`
	History licenseHistory `cmd:"" help:"Show the most seats in use in each of the last days, weeks or months."`
}

type licenseLs struct {
	Hidden bool `help:"Also those that are given by plans only."`
}

func (c licenseLs) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.Licenses(s.ctx, c.Hidden)
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(l api.License) string { return l.Name.String() }), human: func(o *paper) {
		groups := [][]api.License{list.Items}
		if s.p.Terminal { // a program gets one table, in which each name says its issuer
			groups = byIssuer(list.Items)
		}
		short := shorter(namesOf(list.Items, func(l api.License) license.Name { return l.Name }))
		for i, group := range groups {
			if i > 0 {
				o.printf("\n")
			}
			if len(groups) > 1 {
				o.line("license.of", group[0].Name.Issuer, group[0].Set)
			}
			o.licenses(group, short)
		}
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

// byIssuer cuts a list, which is in the issuers' order, into one for each.
func byIssuer(list []api.License) (groups [][]api.License) {
	for len(list) > 0 {
		n := slices.IndexFunc(list, func(l api.License) bool { return l.Name.Issuer != list[0].Name.Issuer })
		if n < 0 {
			n = len(list)
		}
		groups, list = append(groups, list[:n]), list[n:]
	}
	return groups
}

func (o *paper) licenses(list []api.License, short func(license.Name) string) {
	t := &table{columns: []column{{head: "license", cut: late}, {head: "name", cut: early}, {head: "kind"}, {head: "purchased", right: true},
		{head: "in-use", right: true}, {head: "spare", right: true}, {head: "state"}}}
	for _, l := range list {
		kind := l.Kind.String()
		if l.Plan {
			kind = "plan"
		}
		t.add(title(l.DisplayName, l.Name), short(l.Name), o.s.say("kind."+kind), seats(l), inUse(l), spare(l), o.poolState(l))
	}
	o.table(t)
}

type licenseHolders struct {
	License string `arg:"" help:"The license's name, such as sale-cal or superoffice.sale-cal."`
	AsOf    string `placeholder:"DAY" help:"As it was at the end of this day, or at this moment; now when left out."`
	paging
}

func (c licenseHolders) Run(s *session) error {
	cl, err := s.client()
	if err != nil {
		return err
	}
	list, err := cl.HoldersAsOf(s.ctx, c.License, c.AsOf, client.Page{Limit: c.Limit, After: c.After})
	if err != nil {
		return err
	}
	return s.answer(answer{doc: list, ids: idsOf(list.Items, func(h api.Holder) string { return h.Person + h.Database }), human: func(o *paper) {
		t := &table{columns: []column{{head: "user"}, {head: "quantity", right: true}, {head: "how", cut: late}, {head: "since"}}}
		for _, h := range list.Items {
			var how []string
			if h.Source != "" {
				how = append(how, o.s.say("source."+h.Source))
			}
			if len(h.Via) > 0 {
				how = append(how, o.s.say("how.via", names(h.Via)))
			}
			t.add(h.Person+h.Database, fmt.Sprint(h.Quantity), strings.Join(how, ", "), day(h.Since))
		}
		o.table(t)
		s.shown(len(list.Items), list.Total, list.Next)
	}})
}

// shown says on standard error how much of a list this was.
func (s *session) shown(shown, total int, next string) {
	switch {
	case next != "" && total > 0:
		s.remark("list.more", shown, total, quoted(next))
	case next != "":
		s.remark("list.goes-on", shown, quoted(next))
	case !s.p.Terminal || total == 0:
	case total == 1:
		s.remark("list.one")
	default:
		s.remark("list.all", total)
	}
}

func idsOf[T any](items []T, id func(T) string) []string {
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i] = id(item)
	}
	return ids
}

// shorter returns how names are shown beside each other: without the issuer when
// they all have the same, which is also how they may be typed then.
func shorter(list []license.Name) func(license.Name) string {
	for _, n := range list {
		if n.Issuer != list[0].Issuer {
			return license.Name.String
		}
	}
	return func(n license.Name) string { return string(n.Module) }
}

func namesOf[T any](items []T, name func(T) license.Name) []license.Name {
	list := make([]license.Name, len(items))
	for i, item := range items {
		list[i] = name(item)
	}
	return list
}

func names(list []license.Name) string {
	return strings.Join(idsOf(list, license.Name.String), ", ")
}

// yes returns the word for something that is so, and "" for what is not.
func (o *paper) yes(so bool) string {
	if so {
		return o.s.say("yes")
	}
	return ""
}
