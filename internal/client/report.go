package client

import (
	"context"
	"net/http"
	"strconv"

	"github.com/pott-dev/pott/api"
)

// Report returns what is owned, what is used, and whether the records are whole.
func (c *Client) Report(ctx context.Context) (api.Report, error) {
	return get[api.Report](ctx, c, path("report"), nil)
}

// ReportPDF returns the same as PDF, in the language of the client.
func (c *Client) ReportPDF(ctx context.Context) ([]byte, error) {
	return c.text(ctx, request{method: http.MethodGet, path: path("report", "pdf")})
}

// ActivationRecord returns one time a set came into force, by its number.
func (c *Client) ActivationRecord(ctx context.Context, number int64) (api.ActivationRecord, error) {
	return get[api.ActivationRecord](ctx, c, path("activations", strconv.FormatInt(number, 10)), nil)
}

// ActivationRecordPDF returns the same as PDF, in the language of the client.
func (c *Client) ActivationRecordPDF(ctx context.Context, number int64) ([]byte, error) {
	return c.text(ctx, request{method: http.MethodGet, path: path("activations", strconv.FormatInt(number, 10), "pdf")})
}
