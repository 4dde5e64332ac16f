package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/pott-dev/pott/internal/authority/httpapi"
)

type setLs struct {
	Serial string `placeholder:"SERIAL" help:"Only the sets of one customer."`
	State  string `enum:",prepared,begun,signed,abandoned" default:"" placeholder:"STATE" help:"Only sets in this state: prepared, begun (interrupted), signed or abandoned."`
}

func (c *setLs) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	entries, err := a.Sets(s.ctx)
	if err != nil {
		return err
	}
	list := httpapi.List[httpapi.Set]{Items: []httpapi.Set{}}
	var rows [][]string
	for _, e := range entries {
		if c.Serial != "" && c.Serial != e.Serial || c.State != "" && c.State != string(e.State) {
			continue
		}
		set := httpapi.SetOf(e)
		list.Items = append(list.Items, set)
		rows = append(rows, []string{set.Name, set.Company, set.State, strconv.FormatInt(set.Licenses, 10), set.Expiry, day(set.Prepared), set.By, set.ID})
	}
	return s.answer(list, func(w io.Writer) {
		s.table(w, []string{"set", "company", "state", "#licenses", "expiry", "prepared", "by", "record"}, rows)
	})
}

type setShow struct {
	Set   string `arg:"" help:"The set, as ISSUER/SERIAL/NUMBER or by the id of its record."`
	Order bool   `help:"Print the order it was made from."`
	Lines bool   `help:"Print the lines that are, or will be, signed."`
}

func (c *setShow) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	e, err := a.Find(s.ctx, c.Set)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		on   bool
		name string
		text []byte
	}{{c.Order, "order", e.Order}, {c.Lines, "lines", e.Lines}} {
		if part.on {
			return s.answer(map[string]string{part.name: string(part.text)}, func(w io.Writer) { w.Write(part.text) })
		}
	}
	set := httpapi.SetOf(e)
	return s.answer(set, func(w io.Writer) {
		for _, row := range [][2]string{
			{"set", set.Name}, {"for", set.Company}, {"state", set.State}, {"licenses", strconv.FormatInt(set.Licenses, 10)},
			{"expiry", set.Expiry}, {"hash", set.Hash}, {"previous", set.Previous}, {"catalogue", strconv.FormatInt(set.Catalogue, 10)},
			{"prepared", day(set.Prepared) + " by " + set.By}, {"reason", set.Reason}, {"record", set.ID},
		} {
			if row[1] != "" {
				fmt.Fprintf(w, "%-10s %s\n", row[0], row[1])
			}
		}
		if set.Decided != nil {
			fmt.Fprintf(w, "%-10s %s by %s\n", set.State, day(*set.Decided), set.DecidedBy)
		}
	})
}

type setExport struct {
	Set string `arg:"" help:"The set, as ISSUER/SERIAL/NUMBER or by the id of its record."`
	Out string `short:"o" placeholder:"FILE" help:"Where the file goes; - is standard output. Else ISSUER-SERIAL-NUMBER.pott here."`
	preview
}

func (c *setExport) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer a.Close()
	e, err := a.Find(s.ctx, c.Set)
	if err != nil {
		return err
	}
	file, err := a.File(s.ctx, e)
	if err != nil {
		return err
	}
	path := (&delivery{Out: c.Out}).path(e.Issuer, e.Serial, e.Number)
	if err := mayWrite(path); err != nil {
		return err
	}
	if c.DryRun {
		return s.answer(shownSigning{Set: httpapi.SetOf(e), File: path, Bytes: len(file), DryRun: true}, func(w io.Writer) {
			fmt.Fprintf(w, "would write %s, %d bytes\n", path, len(file))
		})
	}
	if err := s.write(path, file); err != nil || path == "-" {
		return err
	}
	return s.answer(shownSigning{Set: httpapi.SetOf(e), File: path, Bytes: len(file)}, func(w io.Writer) {
		fmt.Fprintf(w, "wrote %s, %d bytes\n", path, len(file))
	})
}
