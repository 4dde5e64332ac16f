package httpapi

import (
	"net/http"
	"strconv"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/printing"
	"github.com/pott-dev/pott/internal/paper"
)

const mediaPDF = "application/pdf"

// reportRoutes are what is made to be kept on paper.
func reportRoutes() []operation {
	return []operation{
		read("/v1/report", "getReport", api.ScopeRead, "What is owned, what is used, and whether the records are whole, all of one state",
			func(c *call) (api.Report, error) { return c.in.Report(c.r.Context(), c.act) }),
		text("/v1/report/pdf", "getReportPDF", api.ScopeRead, "The same as PDF, in the language asked for", mediaPDF, serveReportPDF),
		read("/v1/activations/{number}", "getActivationRecord", api.ScopeRead, "One time a set came into force: what it changed, by whom, and where it is on record; that it left is recorded when there are people in it",
			func(c *call) (api.ActivationRecord, error) {
				r, err := c.in.ActivationRecord(c.r.Context(), c.act, c.path("number"))
				if err == nil && c.r.Method != http.MethodHead {
					c.in.RecordLeaves(c.r.Context(), c.act, r)
				}
				return r, err
			}).may("set.unknown-activation", "storage.damaged"),
		text("/v1/activations/{number}/pdf", "getActivationRecordPDF", api.ScopeRead, "The same as PDF, in the language asked for; that it left is recorded when there are people in it",
			mediaPDF, serveRecordPDF).may("set.unknown-activation", "storage.damaged"),
	}
}

// printed is for whom something is printed: whoever asks.
func (c *call) printed() printing.Reader {
	by := c.act.By.String()
	return printing.Reader{Lang: c.act.Language, Name: printing.Actor(c.act.Language, by, c.in.ActorName(by))}
}

func serveReportPDF(w http.ResponseWriter, c *call) error {
	r, err := c.in.Report(c.r.Context(), c.act)
	if err != nil {
		return err
	}
	return writePDF(w, "report", printing.Report(c.printed(), r))
}

func serveRecordPDF(w http.ResponseWriter, c *call) error {
	r, err := c.in.ActivationRecord(c.r.Context(), c.act, c.path("number"))
	if err != nil {
		return err
	}
	if c.r.Method != http.MethodHead {
		c.in.RecordLeaves(c.r.Context(), c.act, r)
	}
	return writePDF(w, "record-"+strconv.FormatInt(r.Activation.Number, 10), printing.Record(c.printed(), r))
}

func writePDF(w http.ResponseWriter, name string, d paper.Document) error {
	body, err := paper.Set(d)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", mediaPDF)
	h.Set("Content-Disposition", `attachment; filename="`+name+`.pdf"`)
	h.Set("Content-Language", d.Lang)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if _, err := w.Write(body); err != nil {
		return &goneError{err}
	}
	return nil
}
