package seat

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pott-dev/pott/license"
)

// agreedTo reads "12 login -sales +basic" for each person.
func agreedTo(t *testing.T, texts ...string) (all []Agreed) {
	t.Helper()
	for _, text := range texts {
		var a Agreed
		for i, word := range strings.Fields(text) {
			switch {
			case i == 0:
				fmt.Sscan(word, &a.Person)
			case word == "login":
				a.LoginEnds = true
			case word[0] == '-':
				a.Released = append(a.Released, license.Held{Name: license.NameOf("S", license.Module(word[1:])), Quantity: 1})
			default:
				a.Given = append(a.Given, license.Held{Name: license.NameOf("S", license.Module(word[1:])), Quantity: 1})
			}
		}
		all = append(all, a)
	}
	return all
}

func TestWhatWasAgreedToIsWhatHappensOrItIsKnownForWhomNot(t *testing.T) {
	for _, row := range []struct {
		name    string
		was, is []string
		want    string
	}{
		{"nobody, then as now", nil, nil, "[]"},
		{"the same for everybody", []string{"1 -sales +basic", "2 login"}, []string{"2 login", "1 -sales +basic"}, "[]"},
		{"somebody more would be moved", []string{"1 -sales +basic"}, []string{"1 -sales +basic", "2 -sales +basic"}, "[2 came]"},
		{"somebody would be spared", []string{"1 -sales +basic", "2 -sales +basic"}, []string{"2 -sales +basic"}, "[1 spared]"},
		{"somebody would lose something else", []string{"1 -sales"}, []string{"1 -sales -travel"}, "[1 other]"},
		{"somebody would get something else", []string{"1 -sales +basic"}, []string{"1 -sales +service"}, "[1 other]"},
		{"a login has been ended already", []string{"1 login -sales"}, []string{"1 -sales"}, "[1 other]"},
		{"who is not changed at all is nobody", []string{"1"}, nil, "[]"},
		{"several, by number", []string{"9 login", "3 -sales"}, []string{"4 -sales"}, "[3 spared 4 came 9 spared]"},
	} {
		var got []string
		for _, s := range Strays(agreedTo(t, row.was...), agreedTo(t, row.is...)) {
			switch {
			case s.Was == nil:
				got = append(got, fmt.Sprint(s.Person, " came"))
			case s.Is == nil:
				got = append(got, fmt.Sprint(s.Person, " spared"))
			default:
				got = append(got, fmt.Sprint(s.Person, " other"))
			}
		}
		if text := "[" + strings.Join(got, " ") + "]"; text != row.want {
			t.Errorf("%s: %s, want %s", row.name, text, row.want)
		}
	}
}

func TestWhoWasGivenTheSameAgainIsInTheSameCase(t *testing.T) {
	sales, travel := license.NameOf("S", "sales"), license.NameOf("S", "travel")
	of := func(numbers ...int64) Agreed {
		return AgreedOf(7, Person{Login: true}, Person{Login: true}, Change{Release: []Assignment{
			{Number: numbers[0], Name: travel, Quantity: 2}, {Number: numbers[1], Name: sales, Quantity: 1}}})
	}
	if s := Strays([]Agreed{of(1, 2)}, []Agreed{of(9, 4)}); len(s) != 0 {
		t.Errorf("other numbers: %+v", s)
	}
	more := of(1, 2)
	more.Released[1].Quantity = 3
	if s := Strays([]Agreed{of(1, 2)}, []Agreed{more}); len(s) != 1 {
		t.Errorf("another quantity: %+v", s)
	}
	if a := AgreedOf(7, Person{Login: true}, Person{}, Change{}); !a.LoginEnds {
		t.Errorf("a login that ends: %+v", a)
	}
}
