package httpapi

import (
	"net/http"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation"
)

func proofRoute() operation {
	return text("/v1/audit/proof", "getAuditProof", api.ScopeRead,
		"A proof of the audit trail, or of a range of it, for somebody without access to this server: entries, links up to the head, signed with the installation's key",
		"text/plain", serveProof).with(
		parameter{name: "from", kind: "string", doc: "The first commit, or a day."},
		parameter{name: "to", kind: "string", doc: "The last commit, or a day."},
		parameter{name: "names", kind: "boolean", doc: "Whether the people behind the opaque ids are named. Left out, the proof holds no personal values."},
	).may("request.bad-value", "audit.no-trail")
}

func serveProof(w http.ResponseWriter, c *call) error {
	proof, err := c.in.AuditProof(c.r.Context(), c.act, installation.ProofAsked{
		AuditSpan: installation.AuditSpan{From: c.query.Get("from"), To: c.query.Get("to")}, Names: c.flag("names")})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", textPlain)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", `attachment; filename="`+proof.Name()+`"`)
	if c.r.Method == http.MethodHead {
		return nil
	}
	// A long trail takes longer than other answers may.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	if err := proof.Write(c.r.Context(), w); err != nil {
		panic(http.ErrAbortHandler) // half of it has been sent: it must not look whole
	}
	return nil
}
