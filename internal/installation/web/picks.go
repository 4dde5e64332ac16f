package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/license"
)

// Picks are the choices of an activation on their way from page to page: in the
// address, so that a review can be sent to a colleague, and in the forms. People
// stand there as numbers, without names, and many of them in few letters:
//
//	c=switch~superoffice.sales~superoffice.basic~12.15-19   four words, joined with ~
//	c=give~superoffice.user~superoffice.travel~all          everybody who holds travel
//	ok=superoffice.quotes                                   may be turned off for everyone
type picks struct {
	list        []api.Choice
	acknowledge []string
}

// mostPicks is how many choices one address may hold.
const mostPicks = 20_000

// picks reads the choices of an address or a form.
func readPicks(values url.Values) (picks, error) {
	var p picks
	for _, text := range values["ok"] {
		if name, err := license.ParseName(text); err != nil {
			return p, err
		} else if !slices.Contains(p.acknowledge, name.String()) {
			p.acknowledge = append(p.acknowledge, name.String())
		}
	}
	for _, text := range values["c"] {
		words := strings.Split(text, "~")
		if len(words) != 4 {
			return p, &BadFormError{}
		}
		c := api.Choice{Do: words[0], Name: words[1], To: words[2]}
		if c.Do == api.ChooseGive {
			c.To, c.Holding = "", words[2]
		}
		if words[3] == "all" {
			c.Everyone = true
			p.list = append(p.list, c)
			continue
		}
		numbers, err := readNumbers(words[3], mostPicks-len(p.list))
		if err != nil {
			return p, err
		}
		for _, n := range numbers {
			c.Person = numbered(n)
			p.list = append(p.list, c)
		}
	}
	return p, nil
}

// numbered is how a choice names a person of a number.
func numbered(n int64) string { return "#" + strconv.FormatInt(n, 10) }

// numberOf is the number a choice names, 0 when it is for everybody.
func numberOf(c api.Choice) int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix(c.Person, "#"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// readNumbers reads 12.15-19.
func readNumbers(text string, most int) ([]int64, error) {
	var all []int64
	for part := range strings.SplitSeq(text, ".") {
		low, high, isRange := strings.Cut(part, "-")
		first, err := strconv.ParseInt(low, 10, 64)
		last := first
		if err == nil && isRange {
			last, err = strconv.ParseInt(high, 10, 64)
		}
		if err != nil || first < 1 || last < first || last-first >= int64(most-len(all)) {
			return nil, &BadFormError{}
		}
		for n := first; n <= last; n++ {
			all = append(all, n)
		}
	}
	return all, nil
}

func writeNumbers(all []int64) string {
	slices.Sort(all)
	all = slices.Compact(all)
	var b strings.Builder
	for i := 0; i < len(all); i++ {
		first := all[i]
		for i+1 < len(all) && all[i+1] == all[i]+1 {
			i++
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strconv.FormatInt(first, 10))
		if all[i] > first {
			b.WriteString("-" + strconv.FormatInt(all[i], 10))
		}
	}
	return b.String()
}

// fields are the choices as an address or a form carries them. Those of one kind
// stand together, in the order their kinds were first chosen.
func (p picks) fields() [][2]string {
	var order []string
	people := map[string][]int64{}
	for _, c := range p.list {
		kind := c.Do + "~" + c.Name + "~" + cmp.Or(c.To, c.Holding) + "~"
		if c.Everyone {
			kind += "all"
		}
		if _, known := people[kind]; !known {
			order, people[kind] = append(order, kind), nil
		}
		if !c.Everyone {
			people[kind] = append(people[kind], numberOf(c))
		}
	}
	var fields [][2]string
	for _, kind := range order {
		fields = append(fields, [2]string{"c", kind + writeNumbers(people[kind])})
	}
	for _, name := range p.acknowledge {
		fields = append(fields, [2]string{"ok", name})
	}
	return fields
}

// to is a path with the choices, and other parameters behind them.
func (p picks) to(path string, pairs ...string) string {
	q := url.Values{}
	for _, f := range p.fields() {
		q.Add(f[0], f[1])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (p picks) empty() bool { return len(p.list)+len(p.acknowledge) == 0 }

func (p picks) choices() api.Choices {
	return api.Choices{Choices: p.list, Acknowledge: p.acknowledge}
}

// and is the picks with more.
func (p picks) and(more ...api.Choice) picks {
	p.list = append(slices.Clone(p.list), more...)
	return p
}

// without is the picks but for some.
func (p picks) without(is func(api.Choice) bool) picks {
	p.list = slices.DeleteFunc(slices.Clone(p.list), is)
	return p
}

// acknowledging is the picks with one license that may be turned off, or without.
func (p picks) acknowledging(name string, yes bool) picks {
	p.acknowledge = slices.DeleteFunc(slices.Clone(p.acknowledge), func(n string) bool { return n == name })
	if yes {
		p.acknowledge = append(p.acknowledge, name)
	}
	return p
}
