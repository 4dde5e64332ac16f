package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/pott-dev/pott/internal/authority"
	"github.com/pott-dev/pott/internal/authority/httpapi"
	"github.com/pott-dev/pott/license"
)

type catalogueCmd struct {
	Add   catalogueAdd   `cmd:"" help:"Record the next version of a catalogue."`
	Lint  catalogueLint  `cmd:"" help:"Say everything that is wrong with a catalogue."`
	Ls    catalogueLs    `cmd:"" help:"List the catalogues on record."`
	Show  catalogueShow  `cmd:"" help:"Show the modules of a catalogue."`
	Plans cataloguePlans `cmd:"" help:"Show the plans of a catalogue."`
}

type catalogueAdd struct {
	File string `arg:"" help:"The catalogue; - reads standard input."`
	preview
}

func (c *catalogueAdd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	text, cat, err := s.goodCatalogue(c.File)
	if err != nil {
		return err
	}
	if c.DryRun {
		return s.answer(map[string]any{"dry_run": true, "issuer": cat.Issuer.Code, "modules": len(cat.Modules), "plans": len(cat.Plans)}, func(w io.Writer) {
			fmt.Fprintf(w, "would record a catalogue of %s with %d modules and %d plans\n", cat.Issuer.Code, len(cat.Modules), len(cat.Plans))
		})
	}
	stored, _, err := a.AddCatalogue(s.ctx, s.by(), text, s.p.now())
	if err != nil {
		return err
	}
	return s.answer(httpapi.CatalogueOf(stored), func(w io.Writer) {
		fmt.Fprintf(w, "catalogue %d of %s: %d modules, %d plans\n", stored.Number, stored.Issuer.Code, len(stored.Modules), len(stored.Plans))
	})
}

type catalogueLint struct {
	File string `arg:"" help:"The catalogue; - reads standard input."`
}

func (c *catalogueLint) Run(s *session) error {
	_, cat, err := s.goodCatalogue(c.File)
	if err != nil {
		return err
	}
	return s.answer(map[string]any{"issuer": cat.Issuer.Code, "modules": len(cat.Modules), "plans": len(cat.Plans), "problems": []shownProblem{}}, func(w io.Writer) {
		fmt.Fprintf(w, "nothing is wrong with the catalogue of %s: %d modules, %d plans\n", cat.Issuer.Code, len(cat.Modules), len(cat.Plans))
	})
}

type catalogueLs struct{}

func (c *catalogueLs) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	all, err := a.Catalogues(s.ctx)
	if err != nil {
		return err
	}
	list := httpapi.List[httpapi.Catalogue]{Items: []httpapi.Catalogue{}}
	var rows [][]string
	for _, stored := range all {
		c := httpapi.CatalogueOf(stored)
		list.Items = append(list.Items, c)
		rows = append(rows, []string{string(c.Issuer), c.Name, strconv.FormatInt(c.Number, 10), strconv.Itoa(c.Modules), strconv.Itoa(c.Plans), day(c.At), c.By})
	}
	return s.answer(list, func(w io.Writer) {
		s.table(w, []string{"issuer", "name", "#number", "#modules", "#plans", "added", "by"}, rows)
	})
}

// catalogue returns the catalogue of a file, or the newest one on record of an
// issuer.
func (s *session) catalogue(from string) (*authority.Catalogue, error) {
	if _, err := os.Stat(from); err == nil || from == "-" {
		_, c, err := s.goodCatalogue(from)
		return c, err
	}
	a, err := s.open()
	if err != nil {
		return nil, err
	}
	defer a.Close()
	stored, err := a.Catalogue(s.ctx, license.Issuer(strings.ToUpper(from)))
	if err != nil {
		return nil, err
	}
	return stored.Catalogue, nil
}

type catalogueShow struct {
	From string `arg:"" name:"issuer" help:"Issuer on record, or a file."`
}

// A shownModule is a module of a catalogue, as show answers.
type shownModule struct {
	Module       license.Module `json:"module"`
	Kind         license.Kind   `json:"kind"`
	Group        string         `json:"group,omitempty"`
	Hidden       bool           `json:"hidden,omitempty"`
	Unrestricted bool           `json:"unrestricted,omitempty"`
	Marker       bool           `json:"marker,omitempty"`
	PlanName     bool           `json:"plan_name,omitempty"`
	Prerequisite license.Module `json:"prerequisite,omitempty"`
	Edit         license.Module `json:"edit,omitempty"`
	Name         license.Texts  `json:"name,omitempty"`
}

func (c *catalogueShow) Run(s *session) error {
	cat, err := s.catalogue(c.From)
	if err != nil {
		return err
	}
	items := make([]shownModule, 0, len(cat.Modules))
	var rows [][]string
	for _, m := range cat.Modules {
		items = append(items, shownModule{m.Module, m.Kind, m.Group, m.Hidden, m.Unrestricted, m.Marker, m.PlanName, m.Prerequisite, m.Edit, m.Name})
		var marks []string
		for _, mark := range []struct {
			word string
			on   bool
		}{{"hidden", m.Hidden}, {"unrestricted", m.Unrestricted}, {"marker", m.Marker}, {"plan name", m.PlanName}, {"needs " + string(m.Prerequisite), m.Prerequisite != ""}} {
			if mark.on {
				marks = append(marks, mark.word)
			}
		}
		rows = append(rows, []string{string(m.Module), m.Kind.String(), m.Name.In(s.language()), strings.Join(marks, ", ")})
	}
	return s.answer(map[string]any{"issuer": cat.Issuer.Code, "items": items}, func(w io.Writer) {
		s.table(w, []string{"module", "kind", "name", "marks"}, rows)
	})
}

type cataloguePlans struct {
	From       string `arg:"" name:"issuer" help:"Issuer on record, or a file."`
	Generation string `placeholder:"CODE" help:"Generation whose plans are shown; the default one when left out."`
	Includes   bool   `help:"Show what each plan includes."`
}

// A shownPlan is a plan of a catalogue, as plans answers.
type shownPlan struct {
	Code       license.Module   `json:"code"`
	Generation string           `json:"generation,omitempty"`
	Name       license.Texts    `json:"name,omitempty"`
	Group      string           `json:"group,omitempty"`
	Parts      []string         `json:"parts,omitempty"` // "sales premium"
	Includes   []license.Module `json:"includes"`
}

func (c *cataloguePlans) Run(s *session) error {
	cat, err := s.catalogue(c.From)
	if err != nil {
		return err
	}
	generation := c.Generation
	if generation == "" {
		generation = cat.DefaultGeneration
	}
	if generation != "" && cat.Generation(generation) == nil {
		return &authority.OrderUnknownError{What: "generation", Name: generation}
	}
	items := []shownPlan{}
	var rows [][]string
	for _, p := range cat.PlansOf(generation) {
		shown := shownPlan{Code: p.Code, Generation: p.Generation, Name: p.Name, Group: p.Group, Includes: append([]license.Module{}, p.Includes...)}
		for _, part := range p.Parts {
			shown.Parts = append(shown.Parts, part.Line+" "+part.Tier)
		}
		items = append(items, shown)
		row := []string{string(p.Code), p.Name.In(s.language()), strings.Join(shown.Parts, ", "), strconv.Itoa(len(p.Includes))}
		if c.Includes {
			var words []string
			for _, m := range p.Includes {
				words = append(words, string(m))
			}
			row = append(row, strings.Join(words, " "))
		}
		rows = append(rows, row)
	}
	return s.answer(map[string]any{"issuer": cat.Issuer.Code, "generation": generation, "items": items}, func(w io.Writer) {
		s.table(w, []string{"plan", "name", "parts", "#includes", "modules"}, rows)
	})
}
